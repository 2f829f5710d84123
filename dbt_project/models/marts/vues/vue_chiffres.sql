select
  chiffre_key, organisme_code, organisme, territoire_code, territoire, annee, periode_code, domaine, concept_code, concept,
  indicateur_code, indicateur, membres, libelle,
  cast(valeur as double) as valeur, unite, nature, emploi, additivite, perimetre, perimetre_mots, valeur_imprimee,
  rapport_code, ligne, lignes, nb_impressions, constat_codes, observation_key, titre, texte_imprime,
  {{ plie("concat_ws(' ', concept, indicateur, membres, libelle)") }} as mesure,
  {{ plie("concat_ws(' ', organisme, territoire, concept, indicateur, replace(alias, '|', ' '), membres, libelle, replace(bloc, '_', ' '), titre, texte_imprime)") }} as recherche
from {{ ref('int_lecture') }}
order by organisme_code, annee, domaine, indicateur_code, rapport_code, ligne, colonne
