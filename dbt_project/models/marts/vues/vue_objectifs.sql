with objectifs as (
  select * from {{ ref('int_chiffre') }} where genre = 'objectif'
),

mesures as (
  select * from {{ ref('int_chiffre') }} where genre in ('mesure', 'part', 'moyenne', 'score')
),

-- The result measured on the same members; of several kinds of measure, the first of the list.
rapprochees as (
  select
    o.*,
    r.chiffre_key as resultat_key, r.valeur as resultat, r.demi_intervalle as demi_resultat,
    r.observation_key as resultat_observation_key, r.lignes as lignes_resultat
  from objectifs as o
  left join mesures as r
    on o.indicateur_code = r.indicateur_code and o.unite = r.unite and o.periode_code = r.periode_code
    and {{ membre_plie('o.organisme_code') }} = {{ membre_plie('r.organisme_code') }}
    and {{ membre_plie('o.territoire_code') }} = {{ membre_plie('r.territoire_code') }}
    {{ memes_membres('o', 'r') }}
  qualify row_number() over (partition by o.chiffre_key order by r.genre, r.chiffre_key) = 1
)

select
  r.chiffre_key as objectif_key,
  r.indicateur_code, i.libelle as indicateur, r.domaine, r.organisme_code, r.territoire_code, r.periode_code,
  {{ colonnes_dimensions('r.{}_code') }},
  r.unite, i.sens,
  r.valeur as objectif, r.resultat, cast(r.resultat - r.valeur as decimal(38, 6)) as ecart,
  case
    when r.resultat is null then 'non_verifiable'
    when i.sens = 'baisse' and r.resultat <= r.valeur then 'atteint'
    when i.sens = 'hausse' and r.resultat >= r.valeur then 'atteint'
    else 'non_atteint'
  end as atteinte,
  r.rapport_code, r.lignes as lignes_objectif, r.lignes_resultat,
  r.observation_key as objectif_observation_key, r.resultat_observation_key, r.libelle
from rapprochees as r
inner join {{ ref('int_indicateur') }} as i using (indicateur_code)
