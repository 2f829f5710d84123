-- Où les rapports parlent-ils de décroché, quel que soit le nom de l'indicateur ?
select organisme, annee, indicateur, membres, valeur, unite, nature, rapport_code, ligne
from marts.vue_chiffres
where recherche like '%decroche%'
order by organisme, annee, ligne;
