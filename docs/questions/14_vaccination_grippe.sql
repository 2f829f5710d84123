-- Quel est le taux de vaccination contre la grippe, par organisme et par campagne ?
select o.libelle as organisme, f.periode_code, p.type as type_periode, f.valeur as taux_pct, f.valeur_imprimee
from marts.fct_prevention as f
inner join marts.dim_organisme as o using (organisme_code)
inner join marts.dim_periode as p using (periode_code)
where f.indicateur_code = 'taux_vaccination' and f.programme_code = 'vaccination_grippe'
order by organisme, p.date_debut, p.date_fin;
