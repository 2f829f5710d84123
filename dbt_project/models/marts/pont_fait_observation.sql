select
  f.fait_key,
  i.observation_key,
  f.domaine,
  i.retenue,
  i.valeur,
  i.demi_intervalle,
  i.ecart_retenue as ecart,
  case when i.retenue then 'retenue' when i.concorde then 'concordante' when i.tronquee then 'tronquee' else 'divergente' end as accord
from {{ ref('int_fait') }} as f
inner join {{ ref('int_impression') }} as i on f.fait_key = i.chiffre_key
order by f.fait_key, i.rang
