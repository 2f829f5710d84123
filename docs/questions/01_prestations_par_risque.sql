-- Combien la CPAM de l'Hérault a-t-elle versé en 2021, par risque, et quelle part de l'ensemble ?
select
  r.libelle as risque,
  f.valeur as montant_eur,
  round(100 * f.valeur / sum(f.valeur) over (), 2) as part_pct,
  f.valeur_imprimee,
  f.ligne
from marts.fct_prestations as f
inner join marts.dim_risque as r using (risque_code)
where f.indicateur_code = 'prestations_versees' and f.organisme_code = 'cpam_herault' and f.periode_code = '2021'
order by montant_eur desc;
