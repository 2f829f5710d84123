-- What can stand beside another body's: figures of a whole body over a year or at a day, without further precision.
select
  concept_code, indicateur_code, indicateur, organisme_code, organisme, organisme_type, periode_code, periode_type, annee, precisions, nature, valeur,
  unite, demi_intervalle, valeur_imprimee, rapport_code, ligne, colonne, libelle, perimetre, perimetre_mots, revue, constats
from site.chiffre
where
  concept_code <> 'non_precise' and nature in ('constate', 'total', 'moyenne', 'score') and len(precisions) = 0 and annee is not null
  and periode_type in ('annee', 'jour')
order by concept_code, indicateur_code, organisme_code, annee desc, periode_code desc, rapport_code, ligne, colonne
