select rapport_code, nature, verdict, count(*) as nombre
from marts.fct_controle
group by all
order by all
