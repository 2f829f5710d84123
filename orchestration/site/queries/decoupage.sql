-- How many numbers stand on each line: what a page of a report weighs.
select rapport_code, ligne, count(*) as nombres
from audit.nombre
group by rapport_code, ligne
order by rapport_code, ligne
