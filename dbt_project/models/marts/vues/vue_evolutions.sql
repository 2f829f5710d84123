with evolutions as (
  select
    *,
    split_part(periode_code, '/', 1) as periode_depart,
    split_part(periode_code, '/', -1) as periode_arrivee
  from {{ ref('int_chiffre') }}
  where genre = 'evolution'
),

mesures as (
  select * from {{ ref('int_chiffre') }} where genre = 'mesure'
),

rapprochees as (
  select
    e.*,
    d.valeur as valeur_depart, d.observation_key as depart_observation_key,
    a.valeur as valeur_arrivee, a.observation_key as arrivee_observation_key
  from evolutions as e
  {%- for borne, alias in [('depart', 'd'), ('arrivee', 'a')] %}
  left join mesures as {{ alias }}
    on e.indicateur_code = {{ alias }}.indicateur_code and e.periode_{{ borne }} = {{ alias }}.periode_code
    and {{ membre_plie('e.organisme_code') }} = {{ membre_plie(alias ~ '.organisme_code') }}
    and {{ membre_plie('e.territoire_code') }} = {{ membre_plie(alias ~ '.territoire_code') }}
    {{ memes_membres('e', alias) }}
  {%- endfor %}
  qualify row_number() over (partition by e.chiffre_key order by d.chiffre_key, a.chiffre_key) = 1
)

select
  r.chiffre_key as evolution_key,
  coalesce(r.concept_code, 'non_precise') as concept_code, r.indicateur_code, i.libelle as indicateur, r.domaine,
  r.organisme_code, g.libelle as organisme, r.territoire_code, t.libelle as territoire, r.periode_code, r.annee, coalesce(m.membres, '') as membres,
  r.periode_depart, r.periode_arrivee,
  {{ colonnes_dimensions('r.{}_code') }},
  r.valeur as evolution, r.demi_intervalle, r.unite,
  r.valeur_depart, r.valeur_arrivee,
  case
    when r.unite = '%' and r.valeur_depart <> 0
      then cast(round(100 * (cast(r.valeur_arrivee as double) / cast(r.valeur_depart as double) - 1), 6) as decimal(38, 6))
    when r.unite <> '%' then cast(r.valeur_arrivee - r.valeur_depart as decimal(38, 6))
  end as evolution_recalculee,
  r.rapport_code, r.lignes, r.lignes_divergentes, cast(r.nb_divergentes as integer) as nb_divergentes, r.observation_key, r.depart_observation_key, r.arrivee_observation_key, r.libelle
from rapprochees as r
inner join {{ ref('int_indicateur') }} as i on r.indicateur_code = i.indicateur_code
inner join {{ ref('int_membre') }} as g on g.dimension = 'organisme' and r.organisme_code = g.code
inner join {{ ref('int_membre') }} as t on t.dimension = 'territoire' and r.territoire_code = t.code
left join {{ ref('int_membres') }} as m on r.observation_key = m.observation_key
order by r.chiffre_key
