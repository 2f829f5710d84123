-- Quelles erreurs les rapports contiennent-ils, des plus graves aux plus légères ?
select gravite, rapport_code, lignes, constat, formule, valeur_imprimee, valeur_recalculee, ecart, cause, preuve, explication, statut
from marts.dim_constat
order by
  case gravite when 'forte' then 1 when 'moyenne' then 2 when 'faible' then 3 else 4 end,
  rapport_code, lignes;
