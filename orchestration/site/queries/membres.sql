-- Members of the conformed dimensions that figures use, and the indicators that they are used with.
with emplois as (
  unpivot (
    select
      observation_key, indicateur_code, risque_code, canal_code, public_code, profession_code, acteur_code, programme_code, motif_code,
      etablissement_code, poste_code, site_code, age_code, sexe_code, modalite_code
    from marts.fct_observation
  )
  on risque_code, canal_code, public_code, profession_code, acteur_code, programme_code, motif_code, etablissement_code, poste_code, site_code,
  age_code, sexe_code, modalite_code
  into name dimension value membre_code
),

comptes as (
  select replace(dimension, '_code', '') as dimension, membre_code, indicateur_code, count(*) as nombre
  from emplois
  where membre_code not in ('non_precise', 'ensemble')
  group by all
),

membres as (
  select 'risque' as dimension, risque_code as membre_code, libelle, alias from marts.dim_risque
  union all select 'canal', canal_code, libelle, alias from marts.dim_canal
  union all select 'public', public_code, libelle, alias from marts.dim_public
  union all select 'profession', profession_code, libelle, alias from marts.dim_profession
  union all select 'acteur', acteur_code, libelle, alias from marts.dim_acteur
  union all select 'programme', programme_code, libelle, alias from marts.dim_programme
  union all select 'motif', motif_code, libelle, alias from marts.dim_motif
  union all select 'etablissement', etablissement_code, libelle, alias from marts.dim_etablissement
  union all select 'poste', poste_code, libelle, alias from marts.dim_poste
  union all select 'site', site_code, libelle, alias from marts.dim_site
  union all select 'age', age_code, libelle, alias from marts.dim_age
  union all select 'sexe', sexe_code, libelle, alias from marts.dim_sexe
  union all select 'modalite', modalite_code, libelle, alias from marts.dim_modalite
)

select
  m.dimension, m.membre_code, m.libelle, m.alias, sum(c.nombre)::integer as nb_chiffres,
  list({'code': c.indicateur_code, 'libelle': i.libelle, 'nombre': c.nombre} order by c.nombre desc, c.indicateur_code) as indicateurs
from membres as m
join comptes as c using (dimension, membre_code)
join marts.dim_indicateur as i on i.indicateur_code = c.indicateur_code
group by all
order by m.dimension, m.libelle, m.membre_code
