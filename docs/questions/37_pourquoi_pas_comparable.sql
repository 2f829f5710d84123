-- Pourquoi ne peut-on pas comparer les appels reçus d'un organisme à l'autre ?
select annee, membres, organisme, territoire, valeur, perimetre, raison
from marts.vue_comparaison
where concept_code = 'appels_recus'
order by annee, membres, organisme;
