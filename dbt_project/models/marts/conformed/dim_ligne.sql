select rapport_code, ligne, texte
from {{ ref('int_ligne') }}
order by rapport_code, ligne
