select
  rapport_code, controle_key, nature, formule, unite, valeur_imprimee, valeur_recalculee, verdict, reserve, constat_code
from marts.fct_controle
-- Bounds and second readings that hold are counted, not listed: every share has some, every figure was read twice.
where not (nature in ('borne', 'plausibilite', 'seconde_lecture') and verdict in ('exact', 'arrondi'))
order by rapport_code, lignes, controle_key
