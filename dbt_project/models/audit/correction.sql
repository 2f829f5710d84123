select nombre_key, champ, rapport_code, ligne, colonne, avant, apres, motif, date_correction, appliquee
from {{ ref('int_correction') }}
order by rapport_code, ligne, colonne, champ
