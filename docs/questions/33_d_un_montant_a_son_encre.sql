-- D'où vient le total des charges de l'Hérault : quel rapport, quelle ligne, quel texte, et où est-il répété ?
select p.rapport_code, p.titre, p.ligne, p.colonne, p.valeur_imprimee, p.valeur, p.demi_intervalle, p.texte_imprime
from marts.vue_provenance as p
inner join marts.fct_observation as o using (observation_key)
where o.indicateur_code = 'prestations_versees' and o.organisme_code = 'cpam_herault'
  and o.periode_code = '2021' and o.risque_code = 'ensemble' and o.nature <> 'evolution'
order by p.ligne;
