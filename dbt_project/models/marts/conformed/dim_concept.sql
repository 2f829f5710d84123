select
  concept_code, libelle, definition, unite, domaine, parent_code, alias, comparable, raison, nb_rapports, nb_chiffres
from {{ ref('int_concept') }}
order by domaine, concept_code
