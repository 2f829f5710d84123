select
  rapport_code, controle_key, relation, nature, formule, domaine, lignes, unite, valeur_imprimee, valeur_recalculee, ecart, tolerance, verdict,
  motif_non_verifiable, constat_code
from marts.fct_controle
-- Bounds that hold are counted, not listed: every share and rate has some.
where not (nature in ('borne', 'plausibilite') and verdict in ('exact', 'arrondi'))
order by rapport_code, lignes, controle_key
