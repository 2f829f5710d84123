-- What was loaded of the print: lines that carry numbers and the headings above, where the document was present.
select rapport_code, cast(ligne as integer) as ligne, texte
from raw.ligne
order by rapport_code, ligne
