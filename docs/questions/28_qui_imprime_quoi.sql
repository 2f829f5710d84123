-- Qui imprime quoi : quels indicateurs se trouvent dans plusieurs rapports ?
with matrice as (
  pivot (
    select indicateur_code, rapport_code, observation_key
    from marts.fct_observation
  )
  on rapport_code using count(observation_key)
),

rapports as (
  select indicateur_code, count(distinct rapport_code) as nb_rapports
  from marts.fct_observation
  group by indicateur_code
)

select i.domaine, i.libelle as indicateur, r.nb_rapports, m.* exclude (indicateur_code)
from matrice as m
inner join rapports as r using (indicateur_code)
inner join marts.dim_indicateur as i using (indicateur_code)
where r.nb_rapports > 1
order by r.nb_rapports desc, i.domaine, indicateur;
