-- Every reviewed print of every figure: same indicator, body, territory, period, members, kind of measure and unit.
-- The print that stands for the figure is the most precise; then one of the body's own report; then the first place.
-- Narrow: what a print says besides stands in `int_observation`.
with reperees as (
  select
    o.observation_key, o.rapport_code, o.ligne, o.colonne, o.valeur, o.demi_intervalle,
    {{ cle_chiffre('o') }} as chiffre_key,
    o.organisme_code = r.organisme_code as du_rapport
  from {{ ref('int_observation') }} as o
  left join {{ ref('stg_rapport') }} as r using (rapport_code)
  where o.revue
),

rangees as (
  select
    *,
    row_number() over figure as rang,
    first_value(rapport_code) over figure as rapport_retenu,
    first_value(valeur) over figure as valeur_retenue,
    first_value(demi_intervalle) over figure as demi_retenu
  from reperees
  window figure as (
    partition by chiffre_key
    order by demi_intervalle, coalesce(du_rapport, false) desc, rapport_code, ligne, colonne
  )
)

select
  observation_key, chiffre_key, rapport_code, ligne, valeur, demi_intervalle, rang, rapport_retenu,
  rang = 1 as retenue,
  valeur - valeur_retenue as ecart_retenue,
  abs(valeur - valeur_retenue) <= demi_intervalle + demi_retenu as concorde,
  abs(valeur - valeur_retenue) > demi_intervalle + demi_retenu
    and abs(valeur_retenue) >= abs(valeur)
    and sign(valeur_retenue) * sign(valeur) >= 0
    and abs(valeur - valeur_retenue) < 2 * demi_intervalle + demi_retenu as tronquee
from rangees
