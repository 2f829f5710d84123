-- What is searched is folded text. Names of bodies and indicators recur in many figures: each is folded once, the rest with its figure.
with noms as (
  select organisme as nom from {{ ref('int_lecture') }}
  union
  select territoire from {{ ref('int_lecture') }}
),

noms_plies as (
  select nom, nullif({{ plie('nom') }}, '') as plie from noms
),

indicateurs_plies as (
  select indicateur_code, nullif({{ plie('nom') }}, '') as plie, nullif({{ plie("replace(alias, '|', ' ')") }}, '') as alias_plie
  from (select distinct indicateur_code, concat_ws(' ', concept, indicateur) as nom, alias from {{ ref('int_lecture') }})
),

lus as (
  select
    *,
    nullif({{ plie("concat_ws(' ', membres, libelle)") }}, '') as plie,
    nullif({{ plie("concat_ws(' ', replace(bloc, '_', ' '), titre, texte_imprime)") }}, '') as autour_plie
  from {{ ref('int_lecture') }}
)

select
  l.chiffre_key, l.organisme_code, l.organisme, l.territoire_code, l.territoire, l.annee, l.periode_code, l.domaine, l.concept_code, l.concept,
  l.indicateur_code, l.indicateur, l.membres, l.libelle,
  cast(l.valeur as double) as valeur, l.unite, l.nature, l.emploi, l.additivite, l.perimetre, l.perimetre_mots, l.valeur_imprimee,
  l.rapport_code, l.ligne, l.lignes, l.nb_impressions, l.constat_codes, l.observation_key, l.titre, l.texte_imprime,
  concat_ws(' ', i.plie, l.plie) as mesure,
  concat_ws(' ', o.plie, t.plie, i.plie, i.alias_plie, l.plie, l.autour_plie) as recherche
from lus as l
left join noms_plies as o on l.organisme = o.nom
left join noms_plies as t on l.territoire = t.nom
left join indicateurs_plies as i on l.indicateur_code = i.indicateur_code
order by l.organisme_code, l.annee, l.domaine, l.indicateur_code, l.rapport_code, l.ligne, l.colonne
