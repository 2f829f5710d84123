-- Ce qui est chargé d'un document comprend aussi ses autres nombres et les titres au-dessus : ici, les lignes qui portent des observations.
select rapport_code, ligne, texte, {{ plie('texte') }} as texte_plie
from {{ ref('int_ligne') }} as l
where exists (select 1 from {{ ref('int_observation') }} as o where o.rapport_code = l.rapport_code and o.ligne = l.ligne)
order by rapport_code, ligne
