select
  rapport_code,
  cast(ligne as integer) as ligne,
  cast(colonne as integer) as colonne,
  valeur_imprimee,
  statut,
  coalesce(nullif(motif, ''), 'sans_objet') as motif,
  {{ decimal_de("nullif(valeur, '')") }} as valeur,
  {{ decimal_de("nullif(demi_intervalle, '')") }} as demi_intervalle,
  nullif(unite, '') as unite,
  nullif(nature, '') as nature,
  nullif(role, '') as role,
  nullif(perimetre, '') as perimetre,
  coalesce(perimetre_mots, '') as perimetre_mots,
  nullif(indicateur_code, '') as indicateur_code,
  nullif(concept_code, '') as concept_devine,
  nullif(domaine, '') as domaine_devine,
  {% for dimension in dimensions_hierarchiques() -%}
  coalesce(nullif({{ dimension }}_code, ''), 'non_precise') as {{ dimension }}_code,
  {% endfor -%}
  coalesce(nullif(periode_code, ''), 'non_precise') as periode_code,
  coalesce(bloc, '') as bloc,
  coalesce(libelle, '') as libelle,
  coalesce(note, '') as note,
  cast(coalesce(nullif(confiance, ''), '0') as decimal(5, 4)) as confiance,
  coalesce(nullif(revue, ''), 'false') = 'true' as revue,
  cast(nullif(page, '') as integer) as page,
  {#- a fixed array inside a case fails where some numbers have a box and others have none -#}
  (case when nullif(x0, '') is not null then
    [cast(x0 as double), cast(y0 as double), cast(x1 as double), cast(y1 as double)]
  end)::double[4] as boite
from {{ source('raw', 'nombre') }}
