select * from site.chiffre
order by organisme_code, domaine, indicateur, indicateur_code, annee desc nulls last, periode_code desc, rapport_code, ligne, colonne
