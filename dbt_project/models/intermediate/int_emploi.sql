-- What becomes of every reviewed figure; `feuille` is what the subject facts hold, `poids` how many times it counts.
select
  c.chiffre_key,
  case
    when c.genre <> 'mesure' then c.genre
    when c.additivite = 'non_additif' then 'feuille'
    else s.emploi
  end as emploi,
  coalesce(s.poids, 1) as poids,
  s.recouvre_key
from {{ ref('int_chiffre') }} as c
left join {{ ref('int_selection') }} as s using (chiffre_key)
