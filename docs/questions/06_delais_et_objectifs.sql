-- Où les délais de paiement dépassent-ils leur objectif ?
select
  o.libelle as organisme,
  v.periode_code,
  v.indicateur,
  concat_ws(' / ', nullif(v.risque_code, 'non_precise'), nullif(v.poste_code, 'non_precise'), nullif(v.modalite_code, 'non_precise')) as sur,
  v.unite,
  v.objectif,
  v.resultat,
  v.atteinte
from marts.vue_objectifs as v
inner join marts.dim_organisme as o using (organisme_code)
where v.indicateur_code like '%delai%'
order by v.atteinte desc, organisme, v.indicateur, sur;
