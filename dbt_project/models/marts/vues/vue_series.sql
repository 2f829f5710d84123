with annees as (
  select
    *,
    lag(valeur) over serie as valeur_precedente,
    lag(annee) over serie as annee_precedente,
    cast(count(*) over (
      partition by organisme_code, territoire_code, indicateur_code, unite, membres_key, periode_type = 'campagne', perimetre
    ) as integer) as nb_annees
  from {{ ref('int_annuel') }}
  window serie as (
    partition by organisme_code, territoire_code, indicateur_code, unite, membres_key, periode_type = 'campagne', perimetre
    order by annee
  )
)

select
  organisme_code, organisme, territoire_code, territoire, domaine, concept_code, concept, indicateur_code, indicateur, membres,
  annee, periode_code, cast(valeur as double) as valeur, unite, perimetre, perimetre_mots,
  annee_precedente, cast(valeur_precedente as double) as valeur_precedente,
  case
    when annee_precedente = annee - 1 and valeur_precedente > 0 and unite not in ('%', 'points')
      then round(100 * (cast(valeur as double) / cast(valeur_precedente as double) - 1), 2)
  end as evolution_pct,
  nb_annees,
  {{ colonnes_dimensions() }},
  rapport_code, ligne, valeur_imprimee, constat_codes, observation_key
from annees
order by organisme_code, indicateur_code, membres, unite, territoire_code, annee
