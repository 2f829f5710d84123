-- Printed figures with what the catalogue says of their indicator, and the kind of measure (`genre`) that decides their fate.
with observations as (
  select
    n.*,
    coalesce(i.additivite, 'non_additif') as additivite,
    case when n.indicateur_code = 'a_definir' then coalesce(n.domaine_devine, 'autre') else coalesce(i.domaine, 'autre') end as domaine,
    case
      when n.indicateur_code = 'a_definir' then coalesce(n.concept_devine, 'non_precise')
      else coalesce(i.concept_code, 'non_precise')
    end as concept_code,
    case when n.nature = 'evolution' then p.annee_fin else p.annee end as annee
  from {{ ref('int_nombre') }} as n
  left join {{ ref('stg_indicateur') }} as i using (indicateur_code)
  left join {{ ref('int_periode') }} as p using (periode_code)
  where n.statut = 'observation'
)

select
  *,
  case
    when nature in ('objectif', 'evolution', 'parametre', 'rang') then nature
    when additivite = 'non_additif' then 'mesure'
    when nature = 'part' or unite in ('%', 'points', 'pour_mille', 'ratio') then 'part'
    when nature in ('constate', 'total') then 'mesure'
    else nature
  end as genre
from observations
