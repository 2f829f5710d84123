-- Combien de personnes bénéficient de la C2S dans chaque caisse, avec et sans participation ?
select
  o.libelle as organisme,
  f.periode_code,
  coalesce(sum(f.valeur) filter (f.programme_code = 'c2s_gratuite'), 0) as sans_participation,
  coalesce(sum(f.valeur) filter (f.programme_code = 'c2s_participative'), 0) as avec_participation,
  sum(f.valeur) as ensemble
from marts.fct_acces_droits as f
inner join marts.dim_organisme as o using (organisme_code)
where f.indicateur_code = 'beneficiaires_c2s'
group by all
order by all;
