select * from {{ ref('stg_rapport') }}
