with cellules as (
  select
    *,
    territoire_code in ('non_precise', 'ensemble') or territoire_code = ressort_code as chez_lui,
    perimetre = 'entier' or conditionnel as pleine
  from {{ ref('int_annuel') }}
  where concept_code <> 'non_precise'
),

-- Bodies of one kind side by side: same indicator, unit, year, kind of period and members, each for its own territory.
reunies as (
  select
    *,
    count(distinct case when chez_lui and pleine then organisme_code end) over (
      partition by indicateur_code, unite, annee, periode_type = 'campagne', membres_key, organisme_type
    ) as nb_organismes
  from cellules
),

jugees as (
  select
    *,
    case
      when not concept_comparable then concept_raison
      when not chez_lui then 'Territoire autre que celui de l''organisme : ' || territoire
      when not pleine then 'Périmètre ' || perimetre || ' : ' || perimetre_mots
      when nb_organismes < 2 then 'Aucun autre organisme ne l''imprime pour cette année et ces membres'
    end as refus
  from reunies
)

select
  concept_code, concept, indicateur_code, indicateur, annee, membres, organisme_code, organisme, territoire_code, territoire, periode_code,
  cast(valeur as double) as valeur, cast(demi_intervalle as double) as demi_intervalle, unite, perimetre, perimetre_mots,
  refus is null as comparable, coalesce(refus, concept_raison) as raison, cast(nb_organismes as integer) as nb_organismes,
  {{ colonnes_dimensions() }},
  rapport_code, ligne, valeur_imprimee, constat_codes, observation_key
from jugees
order by concept_code, indicateur_code, annee, membres, unite, organisme_code, territoire_code
