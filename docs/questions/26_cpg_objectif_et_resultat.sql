-- Quels indicateurs du CPG 2019 les deux ex-DRSM d'Occitanie ont-elles atteints, côte à côte ?
select
  v.indicateur,
  v.libelle,
  v.unite,
  max(v.objectif) filter (v.organisme_code = 'ex_drsm_lr') as objectif_lr,
  max(v.resultat) filter (v.organisme_code = 'ex_drsm_lr') as resultat_lr,
  max(v.atteinte) filter (v.organisme_code = 'ex_drsm_lr') as atteinte_lr,
  max(v.objectif) filter (v.organisme_code = 'ex_drsm_mp') as objectif_mp,
  max(v.resultat) filter (v.organisme_code = 'ex_drsm_mp') as resultat_mp,
  max(v.atteinte) filter (v.organisme_code = 'ex_drsm_mp') as atteinte_mp
from marts.vue_objectifs as v
where v.organisme_code in ('ex_drsm_lr', 'ex_drsm_mp') and v.periode_code = '2019'
group by all
order by v.indicateur, v.libelle;
