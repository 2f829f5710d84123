-- The leaves: one row per figure that a subject fact holds. An amount printed once for several beneficiaries counts for all of them.
select
  c.chiffre_key as fait_key,
  c.* exclude (chiffre_key, valeur, demi_intervalle, choix),
  cast(e.poids * c.valeur as decimal(38, 6)) as valeur,
  cast(e.poids * c.demi_intervalle as decimal(38, 6)) as demi_intervalle,
  cast(e.poids as decimal(18, 6)) as poids,
  c.choix || case when e.poids <> 1 then ' ; le rapport le compte plusieurs fois (poids) dans son total' else '' end as choix
from {{ ref('int_chiffre') }} as c
inner join {{ ref('int_emploi') }} as e using (chiffre_key)
where e.emploi = 'feuille'
