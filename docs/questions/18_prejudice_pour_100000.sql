-- Quel est le préjudice subi et évité pour 100 000 personnes protégées, avec son incertitude d'arrondi ?
select
  o.libelle as organisme,
  v.periode_code,
  i.libelle as indicateur,
  v.valeur as montant_eur,
  v.population,
  v.population_origine,
  round(v.taux_pour_100000, 0) as eur_pour_100000,
  round(v.demi_intervalle_taux, 2) as plus_ou_moins
from marts.vue_taux_population as v
inner join marts.dim_organisme as o using (organisme_code)
inner join marts.dim_indicateur as i using (indicateur_code)
where v.emploi = 'feuille' and v.indicateur_code in ('prejudice_subi', 'prejudice_evite', 'prejudice_detecte')
order by indicateur, eur_pour_100000 desc;
