select * from {{ ref('stg_code_ancien') }}
