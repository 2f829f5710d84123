-- Amounts and counts for each insured person, of the bodies whose population protected is printed: figures without further precision.
select
  v.organisme_code, v.indicateur_code, i.libelle as indicateur, v.domaine, v.periode_code, v.unite, v.valeur, v.population,
  v.population_periode_code, v.taux_pour_100000, v.rapport_code, c.ligne, c.colonne
from marts.vue_taux_population as v
join site.chiffre as c using (observation_key)
join marts.dim_indicateur as i on i.indicateur_code = v.indicateur_code
where len(c.precisions) = 0 and v.unite = 'EUR' and c.periode_type = 'annee'
order by v.organisme_code, v.taux_pour_100000 desc, v.chiffre_key
