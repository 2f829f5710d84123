select
  i.indicateur_code,
  i.libelle,
  i.definition,
  i.unite,
  i.additivite,
  i.domaine,
  i.sens,
  i.concept_code,
  i.alias
from {{ ref('int_indicateur') }} as i
order by i.domaine, i.indicateur_code
