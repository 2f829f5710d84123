-- À quels thèmes la CPAM du Var a-t-elle consacré ses subventions en 2021 ?
select
  m.libelle as theme,
  f.valeur as montant_eur,
  f.poids as nombre_de_fois,
  f.valeur_imprimee,
  f.ligne
from marts.fct_acces_droits as f
inner join marts.dim_motif as m using (motif_code)
where f.indicateur_code = 'subventions_montant' and f.organisme_code = 'cpam_var' and f.periode_code = '2021'
order by montant_eur desc;
