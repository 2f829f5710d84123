select rapport_code, ligne, colonne, valeur_imprimee, statut, motif, observation_key as nombre_key, page, boite
from {{ ref('int_nombre') }}
order by rapport_code, ligne, colonne
