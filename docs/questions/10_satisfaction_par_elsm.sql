-- Quels ELSM d'Occitanie satisfont le mieux les professionnels de santé et les assurés ?
select
  o.libelle as organisme,
  max(f.valeur) filter (f.public_code = 'assures') as satisfaction_assures_pct,
  max(f.valeur) filter (f.public_code = 'professionnels_sante') as satisfaction_professionnels_pct
from marts.fct_accueil as f
inner join marts.dim_organisme as o using (organisme_code)
where f.indicateur_code = 'taux_satisfaction' and o.type = 'elsm'
group by all
order by satisfaction_assures_pct desc nulls last, organisme;
