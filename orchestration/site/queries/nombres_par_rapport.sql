-- Every printed number of every report in reading order, with what its observation means.
select
  n.rapport_code, n.ligne, n.colonne, n.valeur_imprimee, n.statut, n.motif,
  c.valeur, c.unite, c.nature, c.indicateur_code, c.indicateur, c.organisme, c.periode_code, c.libelle, c.precisions, c.revue,
  c.nb_controles, c.nb_ecarts, c.a_verifier, c.constats, n.page, n.boite
from audit.nombre as n
left join site.chiffre as c using (rapport_code, ligne, colonne)
order by n.rapport_code, n.ligne, n.colonne
