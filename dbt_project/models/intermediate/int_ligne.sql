select rapport_code, ligne, trim(texte) as texte
from {{ ref('stg_ligne') }}
