-- The leaves: one row per figure that a subject fact holds.
select
  c.chiffre_key as fait_key,
  c.* exclude (chiffre_key)
from {{ ref('int_chiffre') }} as c
inner join {{ ref('int_emploi') }} as e using (chiffre_key)
where e.emploi = 'feuille'
order by c.domaine, c.indicateur_code, c.organisme_code, c.territoire_code, c.periode_code, c.rapport_code, c.ligne, c.colonne
