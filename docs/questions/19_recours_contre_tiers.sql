-- Combien chaque caisse a-t-elle recouvré par le recours contre tiers ?
select o.libelle as caisse, f.periode_code, f.valeur as montant_eur, f.demi_intervalle, f.rapport_code, f.ligne
from marts.fct_contentieux as f
inner join marts.dim_organisme as o using (organisme_code)
where f.indicateur_code = 'recours_contre_tiers_montant'
order by montant_eur desc;
