-- The concepts of the core that a report prints, with their indicators and the concepts above and below.
with chiffres as (
  select concept_code, list(distinct rapport_code order by rapport_code) as rapports
  from site.chiffre
  group by concept_code
),

indicateurs as (
  select
    concept_code,
    list({'code': indicateur_code, 'libelle': libelle, 'nombre': nombre} order by nombre desc, indicateur_code) as indicateurs
  from (
    select i.concept_code, i.indicateur_code, i.libelle, count(*) as nombre
    from marts.dim_indicateur as i
    join site.chiffre as c using (indicateur_code)
    group by all
  )
  group by concept_code
)

select
  k.concept_code, k.libelle, k.definition, k.unite, k.domaine, k.alias, k.comparable, k.raison, k.nb_rapports, k.nb_chiffres,
  p.concept_code as parent_code, p.libelle as parent,
  coalesce(c.rapports, []) as rapports,
  coalesce(i.indicateurs, []) as indicateurs,
  (
    select list({'code': f.concept_code, 'libelle': f.libelle} order by f.libelle)
    from marts.dim_concept as f
    where f.parent_code = k.concept_code and f.nb_chiffres > 0
  ) as enfants
from marts.dim_concept as k
left join marts.dim_concept as p on p.concept_code = k.parent_code and p.nb_chiffres > 0
left join chiffres as c on c.concept_code = k.concept_code
left join indicateurs as i on i.concept_code = k.concept_code
where k.concept_code <> 'non_precise' and k.nb_chiffres > 0
order by k.concept_code
