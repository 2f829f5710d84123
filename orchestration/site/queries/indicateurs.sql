select
  i.indicateur_code, i.libelle, i.definition, i.unite, i.additivite, i.domaine, i.sens, i.alias, i.concept_code, k.libelle as concept,
  count(c.observation_key) as nb_chiffres,
  count(distinct c.organisme_code) as nb_organismes,
  list(distinct c.rapport_code order by c.rapport_code) filter (c.rapport_code is not null) as rapports
from marts.dim_indicateur as i
left join marts.dim_concept as k using (concept_code)
left join site.chiffre as c using (indicateur_code)
group by all
order by i.indicateur_code
