select motif, count(*) as nombre
from audit.nombre
where statut = 'ecarte'
group by motif
order by nombre desc, motif
