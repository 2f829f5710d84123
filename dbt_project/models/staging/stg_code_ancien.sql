select dimension, ancien_code, nouveau_code, cast(facteur as decimal(18, 6)) as facteur, version, raison
from {{ ref('codes_anciens') }}
