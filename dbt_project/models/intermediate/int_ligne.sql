select * from {{ ref('stg_ligne') }}
