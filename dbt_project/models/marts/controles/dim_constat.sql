select
  constat_code, rapport_code, relation, nature, formule, domaine, lignes, valeur_imprimee, valeur_recalculee, ecart, tolerance,
  ecart_enregistre, imprime, devrait_etre, cause, preuve, constat, explication, gravite, controle_key, statut, groupe, titre, date_revue
from {{ ref('int_constat') }}
order by rapport_code, relation
