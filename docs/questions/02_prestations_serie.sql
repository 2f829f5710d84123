-- Comment les prestations versées par la CPAM de l'Hérault ont-elles évolué de 2018 à 2021 ?
with totaux as (
  select periode_code, sum(valeur) as montant_eur
  from marts.fct_prestations
  where indicateur_code = 'prestations_versees' and organisme_code = 'cpam_herault'
  group by periode_code
)

select
  periode_code,
  montant_eur,
  round(100 * (montant_eur / lag(montant_eur) over (order by periode_code) - 1), 2) as evolution_pct
from totaux
order by periode_code;
