select changement, rapport_code, count(*) as nombre
from audit.changement
group by all
order by all
