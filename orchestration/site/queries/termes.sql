-- The terms of every relation that a page lists (controles_par_rapport), by report; a term may stand in the print of another one.
select
  f.rapport_code, o.rapport_code as imprime_dans, p.controle_key, p.rang, p.role, p.poids, p.constante, o.ligne, o.colonne, o.valeur_imprimee, o.libelle, o.indicateur
from marts.pont_controle_observation as p
join marts.fct_controle as f using (controle_key)
left join site.chiffre as o using (observation_key)
where not (f.nature in ('borne', 'plausibilite', 'seconde_lecture') and f.verdict in ('exact', 'arrondi'))
order by f.rapport_code, p.controle_key, p.role in ('total', 'resultat') desc, p.rang, o.ligne, o.colonne
