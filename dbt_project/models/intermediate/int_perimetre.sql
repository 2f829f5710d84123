-- What each figure covers of its indicator for its body. The template decides where it says so; else a rule does:
-- not reviewed: `non_precise`; a territory wider than the body's: `elargi`; a `dont`: `partiel`; narrowed by members or by a territory
-- within the body's: `partiel` unless the whole is printed too (then the slice stands beside its whole); otherwise `entier`.
-- `conditionnel`: narrow only by what its members say, so that the same members of another body measure the same.
with situees as (
  select
    o.*,
    coalesce(m.membres, '') as membres,
    coalesce(t.gauche > b.gauche or t.droite < b.droite, false) as dans_le_territoire,
    coalesce(t.gauche < b.gauche or t.droite > b.droite, false)
      and o.territoire_code not in ('non_precise', 'ensemble') as hors_du_territoire,
    coalesce(t.libelle, '') as territoire
  from {{ ref('int_observation') }} as o
  left join {{ ref('int_membres') }} as m on o.observation_key = m.observation_key
  left join {{ ref('int_membre') }} as g on g.dimension = 'organisme' and o.organisme_code = g.code
  left join {{ ref('int_membre') }} as b
    on b.dimension = 'territoire' and g.territoire_code = b.code and b.code not in ('non_precise', 'ensemble')
  left join {{ ref('int_membre') }} as t on t.dimension = 'territoire' and o.territoire_code = t.code
),

entieres as (
  select distinct indicateur_code, organisme_code, periode_code, nature = 'evolution' as evolution
  from situees
  where membres = '' and not dans_le_territoire and not hors_du_territoire and role <> 'dont' and nature <> 'part' and perimetre is null
),

jugees as (
  select
    s.observation_key, s.perimetre as dit, s.perimetre_mots as mots_dits, s.membres, s.territoire, s.dans_le_territoire, s.revue, s.role,
    s.hors_du_territoire, s.nature,
    s.membres <> '' or s.dans_le_territoire as etroite,
    e.indicateur_code is not null as tout_imprime
  from situees as s
  left join entieres as e
    on s.indicateur_code = e.indicateur_code and s.organisme_code = e.organisme_code and s.periode_code = e.periode_code
    and (s.nature = 'evolution') = e.evolution
)

select
  observation_key,
  case
    when dit is not null then dit
    when not revue then 'non_precise'
    when hors_du_territoire then 'elargi'
    when role = 'dont' then 'partiel'
    when etroite and not tout_imprime and nature <> 'part' then 'partiel'
    else 'entier'
  end as perimetre,
  case
    when dit is not null then mots_dits
    when not revue then 'lu sans relecture'
    when hors_du_territoire then 'territoire plus large que celui de l''organisme : ' || territoire
    when role = 'dont' then 'dont : partie d''un tout' || case when tout_imprime then '' else ' qui n''est pas imprimé' end
    when etroite and not tout_imprime and nature <> 'part'
      then 'seulement ' || concat_ws(', ', nullif(membres, ''), case when dans_le_territoire then territoire end) || ' : le tout n''est pas imprimé'
    when etroite then 'une part de l''ensemble, imprimé lui aussi'
    else ''
  end as perimetre_mots,
  dit is null and revue and not hors_du_territoire and role <> 'dont' and not dans_le_territoire as conditionnel
from jugees
