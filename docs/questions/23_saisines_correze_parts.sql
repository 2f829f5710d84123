-- Qui saisit la médiation de la CPAM de la Corrèze, par quel canal, et comment cela a-t-il changé entre 2020 et 2021 ?
select
  coalesce(nullif(a.libelle, 'Non précisé'), c.libelle) as auteur_ou_canal,
  max(v.part) filter (v.periode_code = '2020') as part_2020_pct,
  max(v.part) filter (v.periode_code = '2021') as part_2021_pct,
  part_2021_pct - part_2020_pct as difference_points
from marts.vue_parts as v
inner join marts.dim_acteur as a using (acteur_code)
inner join marts.dim_canal as c using (canal_code)
where v.indicateur_code = 'saisines_mediation' and v.organisme_code = 'cpam_correze'
  and (v.acteur_code <> 'non_precise' or v.canal_code <> 'non_precise')
group by all
order by part_2021_pct desc nulls last, auteur_ou_canal;
