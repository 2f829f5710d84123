select
  indicateur_code, organisme_code, organisme, organisme_type, periode_code, periode_type, annee, precisions, nature, valeur, unite, demi_intervalle,
  valeur_imprimee, rapport_code, ligne, colonne, libelle, perimetre, perimetre_mots, revue, constats
from site.chiffre
order by indicateur_code, organisme_code, annee desc nulls last, periode_code desc, rapport_code, ligne, colonne
