-- The corrected readings beside what the report is read as now: one that waits for the document is not there yet.
select
  c.*,
  {{ cle(['c.rapport_code', 'c.ligne', 'c.colonne']) }} as nombre_key,
  coalesce(case c.champ
    when 'valeur' then n.valeur = try_cast(c.apres as decimal(38, 6))
    when 'unite' then n.unite = c.apres
    when 'nature' then n.nature = c.apres
    when 'role' then n.role = c.apres
    {% for code in ['indicateur', 'periode'] + dimensions_hierarchiques() -%}
    when '{{ code }}' then n.{{ code }}_code = c.apres
    {% endfor -%}
  end, false) as appliquee
from {{ ref('stg_correction') }} as c
left join {{ ref('int_nombre') }} as n
  on n.rapport_code = c.rapport_code and n.ligne = c.ligne and n.colonne = c.colonne
