with corrections as (
  select
    nombre_key,
    string_agg(
      champ || ' : lu ' || avant || ', corrigé en ' || apres || ' par une personne le ' || cast(date_correction as varchar) || ', parce que : ' || motif,
      ' ; ' order by champ
    ) as correction
  from {{ ref('int_correction') }}
  where appliquee
  group by nombre_key
)

select
  o.observation_key,
  o.rapport_code, r.titre, r.document, o.ligne, o.colonne, o.valeur_imprimee, o.valeur, o.demi_intervalle, o.unite,
  o.indicateur_code, o.libelle, o.bloc, o.note,
  coalesce(l.texte, '') as texte_imprime,
  coalesce(k.correction, '') as correction
from {{ ref('int_observation') }} as o
inner join {{ ref('int_rapport') }} as r using (rapport_code)
left join {{ ref('int_ligne') }} as l using (rapport_code, ligne)
left join corrections as k on k.nombre_key = o.observation_key
order by o.rapport_code, o.ligne, o.colonne
