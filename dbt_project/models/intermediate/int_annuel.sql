-- The figure of a year: what is printed for the year, else the stock of its 31 December; a campaign is the year in which it starts.
-- Measures only (no objective, evolution, share, mean of an additive count, threshold).
select *
from {{ ref('int_lecture') }}
where genre = 'mesure' and annee is not null
  and (
    periode_type in ('annee', 'campagne')
    or (additivite <> 'additif' and periode_type = 'jour' and extract(month from date_fin) = 12 and extract(day from date_fin) = 31)
  )
qualify row_number() over (
  partition by indicateur_code, organisme_code, territoire_code, unite, annee, membres_key
  order by case periode_type when 'annee' then 1 when 'jour' then 2 else 3 end, chiffre_key
) = 1
