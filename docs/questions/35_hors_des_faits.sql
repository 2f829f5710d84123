-- Quels chiffres d'indicateurs additifs ne sont pas dans les tables de faits, et pourquoi ?
select domaine, motif_ecart, count(*) as chiffres, count(distinct indicateur_code) as indicateurs
from marts.vue_ventilations_secondaires
group by all
order by chiffres desc, domaine;
