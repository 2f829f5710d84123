with objectifs as (
  select o.*, p.date_debut, p.date_fin
  from {{ ref('int_chiffre') }} as o
  inner join {{ ref('int_periode') }} as p using (periode_code)
  where o.genre = 'objectif'
),

mesures as (
  select m.*, p.date_debut, p.date_fin
  from {{ ref('int_chiffre') }} as m
  inner join {{ ref('int_periode') }} as p using (periode_code)
  where m.genre in ('mesure', 'part', 'moyenne', 'score')
),

-- The result measured on the same members in the same period; for what does not add up over time (rates, stocks), else the last one
-- within the period of the objective.
resultats as (
  select
    o.chiffre_key,
    r.valeur as resultat, r.periode_code as resultat_periode_code,
    r.observation_key as resultat_observation_key, r.lignes as lignes_resultat
  from objectifs as o
  inner join mesures as r
    on o.indicateur_code = r.indicateur_code and o.unite = r.unite
    and {{ membre_plie('o.organisme_code') }} = {{ membre_plie('r.organisme_code') }}
    and {{ membre_plie('o.territoire_code') }} = {{ membre_plie('r.territoire_code') }}
    {{ memes_membres('o', 'r') }}
  where o.periode_code = r.periode_code
    or (o.additivite <> 'additif' and r.date_debut >= o.date_debut and r.date_fin <= o.date_fin)
  qualify row_number() over (
    partition by o.chiffre_key
    order by o.periode_code = r.periode_code desc, r.date_fin desc, r.genre, r.chiffre_key
  ) = 1
),

rapprochees as (
  select o.*, r.resultat, r.resultat_periode_code, r.resultat_observation_key, r.lignes_resultat
  from objectifs as o
  left join resultats as r on o.chiffre_key = r.chiffre_key
),

-- Where the report prints how far an objective was reached instead of the result.
atteintes as (
  select o.chiffre_key, t.valeur as taux_atteinte, t.observation_key as taux_observation_key
  from objectifs as o
  inner join mesures as t
    on starts_with(t.indicateur_code, 'taux_atteinte') and o.rapport_code = t.rapport_code and o.bloc = t.bloc
    and o.periode_code = t.periode_code and o.organisme_code = t.organisme_code and o.territoire_code = t.territoire_code
    {{ memes_membres('o', 't') }}
  qualify row_number() over (partition by o.chiffre_key order by t.chiffre_key) = 1
)

select
  r.chiffre_key as objectif_key,
  coalesce(r.concept_code, 'non_precise') as concept_code, r.indicateur_code, i.libelle as indicateur, r.domaine,
  r.organisme_code, g.libelle as organisme, r.territoire_code, t.libelle as territoire, r.periode_code, r.annee, coalesce(m.membres, '') as membres,
  {{ colonnes_dimensions('r.{}_code') }},
  r.unite, i.sens,
  r.valeur as objectif, r.resultat, r.resultat_periode_code, cast(r.resultat - r.valeur as decimal(38, 6)) as ecart, a.taux_atteinte,
  case
    when r.resultat is not null and r.valeur > 0 and i.sens = 'hausse'
      then cast(round(100 * cast(r.resultat as double) / cast(r.valeur as double), 6) as decimal(38, 6))
  end as taux_atteinte_calcule,
  case
    when r.resultat is null and a.taux_atteinte is null then 'non_verifiable'
    when coalesce(
      case i.sens when 'baisse' then r.resultat <= r.valeur else r.resultat >= r.valeur end,
      a.taux_atteinte >= 100
    ) then 'atteint'
    else 'non_atteint'
  end as atteinte,
  r.rapport_code, r.lignes as lignes_objectif, r.lignes_resultat,
  r.observation_key as objectif_observation_key, r.resultat_observation_key, r.libelle
from rapprochees as r
inner join {{ ref('int_indicateur') }} as i on r.indicateur_code = i.indicateur_code
inner join {{ ref('int_membre') }} as g on g.dimension = 'organisme' and r.organisme_code = g.code
inner join {{ ref('int_membre') }} as t on t.dimension = 'territoire' and r.territoire_code = t.code
left join {{ ref('int_membres') }} as m on r.observation_key = m.observation_key
left join atteintes as a on r.chiffre_key = a.chiffre_key
order by r.chiffre_key
