select *
from {{ ref('int_rapport') }}
order by rapport_code
