-- The ledger with the key of each printed number.
select *, {{ cle(['rapport_code', 'ligne', 'colonne']) }} as observation_key
from {{ ref('stg_nombre') }}
