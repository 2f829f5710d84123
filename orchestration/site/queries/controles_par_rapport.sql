select
  rapport_code, controle_key, relation, nature, formule, domaine, lignes, unite, valeur_imprimee, valeur_recalculee, ecart, tolerance, verdict,
  motif_non_verifiable, constat_code
from marts.fct_controle
order by rapport_code, lignes, controle_key
