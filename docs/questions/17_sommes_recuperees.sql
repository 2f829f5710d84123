-- Auprès de qui la CPAM du Rhône a-t-elle récupéré les sommes de la fraude en 2020, et combien par dossier ?
select
  a.libelle as acteur,
  sum(f.valeur) filter (f.indicateur_code = 'fraudes_montant_recupere') as montant_eur,
  sum(f.valeur) filter (f.indicateur_code = 'fraudes_recuperation_nombre') as dossiers,
  round(montant_eur / nullif(dossiers, 0), 2) as par_dossier_eur
from marts.fct_fraude as f
inner join marts.dim_acteur as a using (acteur_code)
where f.indicateur_code in ('fraudes_montant_recupere', 'fraudes_recuperation_nombre') and f.organisme_code = 'cpam_rhone'
group by all
having montant_eur is not null
order by montant_eur desc;
