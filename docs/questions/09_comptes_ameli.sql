-- Combien de comptes ameli sont ouverts dans chaque caisse, et combien pour cent personnes protégées quand le rapport imprime la population ?
select
  o.libelle as organisme,
  f.periode_code,
  f.valeur as comptes,
  round(t.taux_pour_100000 / 1000, 1) as pour_100_proteges,
  t.population_periode_code
from marts.fct_accueil as f
inner join marts.dim_organisme as o using (organisme_code)
left join marts.vue_taux_population as t on f.fait_key = t.chiffre_key
where f.indicateur_code = 'comptes_ameli_ouverts'
order by comptes desc;
