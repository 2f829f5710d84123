-- Quelles caisses impriment la même chose pour la même année, et avec quelles valeurs ?
select concept, annee, membres, organisme, valeur, unite, rapport_code, ligne
from marts.vue_comparaison
where comparable
order by concept, annee, membres, organisme;
