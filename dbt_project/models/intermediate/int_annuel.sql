-- The figure of a year for each indicator, body, territory and set of members, as people read it.
select *
from {{ ref('int_lecture') }}
where annuel
