-- Combien de médecins généralistes en Occitanie, quand le rapport ne les imprime que par département ?
select territoire_code, territoire, annee, valeur, emploi, rapport_code, ligne
from marts.vue_chiffres
where concept_code = 'professionnels_sante' and organisme_code = 'drsm_occitanie' and membres = 'Médecins généralistes' and nature = 'constate'
order by territoire_code;
