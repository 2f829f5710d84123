select code as indicateur_code, sens
from {{ ref('sens_indicateurs') }}
