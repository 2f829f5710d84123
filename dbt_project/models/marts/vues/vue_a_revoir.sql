select
  o.observation_key, o.rapport_code, o.ligne, o.colonne, o.valeur_imprimee, o.valeur, o.demi_intervalle, o.unite, o.nature,
  o.indicateur_code, i.libelle as indicateur, o.domaine, o.organisme_code, o.periode_code, o.confiance, o.libelle, o.note,
  coalesce(c.formule, '') as habituel,
  coalesce(l.texte, '') as texte_imprime
from {{ ref('int_observation') }} as o
inner join {{ ref('int_indicateur') }} as i using (indicateur_code)
left join {{ ref('int_ligne') }} as l using (rapport_code, ligne)
left join {{ ref('int_controle') }} as c
  on
    c.rapport_code = o.rapport_code and c.relation = concat('plausibilite/', o.ligne, '-', o.colonne) and c.verdict = 'a_verifier'
where not o.revue
order by c.formule is null, o.confiance, o.rapport_code, o.ligne, o.colonne
