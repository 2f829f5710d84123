select * from site.chiffre
order by indicateur_code, organisme_code, annee desc nulls last, periode_code desc, rapport_code, ligne, colonne
