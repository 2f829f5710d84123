-- Que sont devenus tous les nombres imprimés : lus, mis de côté et pourquoi ?
select rapport_code, statut, motif, count(*) as nombres
from audit.nombre
group by all
order by rapport_code, statut, nombres desc, motif;
