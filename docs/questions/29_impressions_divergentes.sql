-- Quels chiffres un rapport imprime-t-il de deux façons qui se contredisent, et lequel est retenu ?
select
  i.libelle as indicateur,
  o.rapport_code,
  o.ligne,
  o.valeur_imprimee,
  p.accord,
  p.ecart,
  f.choix
from marts.pont_fait_observation as p
inner join marts.fct_observation as o using (observation_key)
inner join marts.dim_indicateur as i using (indicateur_code)
inner join (
  select fait_key, choix, nb_divergentes from marts.fct_prestations
  union all select fait_key, choix, nb_divergentes from marts.fct_accueil
  union all select fait_key, choix, nb_divergentes from marts.fct_acces_droits
  union all select fait_key, choix, nb_divergentes from marts.fct_offre_soins
  union all select fait_key, choix, nb_divergentes from marts.fct_fraude
) as f using (fait_key)
where f.nb_divergentes > 0
order by indicateur, p.fait_key, o.rapport_code, o.ligne;
