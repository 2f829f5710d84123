select
  c.controle_key, c.rapport_code, c.relation, c.nature, c.formule, c.domaine, c.lignes, c.unite, c.valeur_imprimee, c.valeur_recalculee,
  c.ecart, c.tolerance, c.verdict, c.reserve, c.motif_non_verifiable,
  f.constat_code
from {{ ref('int_controle') }} as c
left join {{ ref('int_constat') }} as f on c.controle_key = f.controle_key and f.statut = 'confirme'
order by c.rapport_code, c.relation
