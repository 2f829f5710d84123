-- Combien de bénéficiaires de la complémentaire santé solidaire pour 100 000 assurés, et pourquoi certaines caisses manquent-elles ?
select organisme, annee, membres, valeur, population, pour_100000, raison
from marts.vue_par_assure
where concept_code = 'beneficiaires_c2s'
order by annee, membres, organisme;
