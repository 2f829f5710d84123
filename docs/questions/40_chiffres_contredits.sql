-- Quels chiffres des tables de faits un constat contredit-il, et que dit-il ?
select f.rapport_code, f.ligne, f.valeur_imprimee, f.libelle, c.constat_code, c.explication
from marts.vue_chiffres as f
inner join marts.dim_constat as c on list_contains(f.constat_codes, c.constat_code)
where f.emploi = 'feuille'
order by all;
