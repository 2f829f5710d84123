select
  rapport_code, controle_key, relation, nature, formule, domaine, lignes, unite, valeur_imprimee, valeur_recalculee, ecart, tolerance, verdict, reserve,
  motif_non_verifiable, constat_code
from marts.fct_controle
-- Bounds and second readings that hold are counted, not listed: every share has some, every figure was read twice.
where not (nature in ('borne', 'plausibilite', 'seconde_lecture') and verdict in ('exact', 'arrondi'))
order by rapport_code, lignes, controle_key
