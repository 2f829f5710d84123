select
  o.organisme_code, o.libelle, o.type, o.parent_code, o.parent_libelle, o.territoire_code, o.territoire_libelle, o.alias, t.departement_code,
  count(c.observation_key) as nb_chiffres, count(distinct c.indicateur_code) as nb_indicateurs
from marts.dim_organisme as o
left join marts.dim_territoire as t using (territoire_code)
left join site.chiffre as c using (organisme_code)
group by all
order by o.organisme_code
