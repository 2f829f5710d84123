select
  cle as constat_code,
  rapport_code,
  relation,
  cast(nullif(cast(ecart as varchar), '') as decimal(38, 6)) as ecart,
  -- A gap registered with two decimals stands for all gaps that round to it.
  cast(0.5 / pow(10, len(split_part(cast(ecart as varchar), '.', 2))) as decimal(38, 6)) + 0.000001 as ecart_precision,
  coalesce(explication, '') as explication,
  coalesce(cause, '') as cause,
  coalesce(gravite, '') as gravite,
  try_cast(date as date) as date_revue
from {{ source('raw', 'constat') }}
