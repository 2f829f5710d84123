select indicateur_code, dimension, membre_code
from {{ ref('membres_impliques') }}
