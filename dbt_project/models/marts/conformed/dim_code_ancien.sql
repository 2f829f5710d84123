select dimension, ancien_code, nouveau_code, facteur, version, raison
from {{ ref('int_code_ancien') }}
order by dimension, ancien_code
