select
  organisme_code, domaine, indicateur_code, indicateur, periode_code, periode_type, annee, precisions, nature, valeur, unite, rapport_code, ligne,
  colonne, perimetre, perimetre_mots, revue, constats
from site.chiffre
order by organisme_code, domaine, indicateur, indicateur_code, annee desc nulls last, periode_code desc, rapport_code, ligne, colonne
