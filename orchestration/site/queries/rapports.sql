with comptes as (
  select
    rapport_code,
    count(*) as nb_nombres,
    count(*) filter (statut = 'observation') as nb_observations,
    count(*) filter (statut = 'ecarte') as nb_ecartes,
    count(*) filter (statut = 'a_relever') as nb_a_relever
  from audit.nombre
  group by rapport_code
),

controles as (
  select
    rapport_code,
    count(*) filter (nature not in ('plausibilite', 'seconde_lecture')) as nb_controles,
    count(*) filter (nature not in ('plausibilite', 'seconde_lecture') and verdict = 'a_verifier') as nb_a_verifier,
    count(*) filter (nature = 'plausibilite') as nb_vraisemblances,
    count(*) filter (nature = 'seconde_lecture') as nb_relus,
    count(*) filter (nature = 'seconde_lecture' and verdict in ('exact', 'arrondi')) as nb_relus_pareils
  from marts.fct_controle
  group by rapport_code
),

constats as (
  select rapport_code, count(distinct groupe) as nb_constats
  from marts.dim_constat
  group by rapport_code
),

revue as (
  select rapport_code, count(*) filter (not revue) as nb_non_revues
  from marts.fct_observation
  group by rapport_code
)

select
  r.rapport_code, r.titre, r.organisme_code, o.libelle as organisme, r.periode_code, r.document, r.document_sha256, r.nb_lignes,
  r.document_present, t.libelle as territoire,
  coalesce(c.nb_nombres, 0) as nb_nombres, coalesce(c.nb_observations, 0) as nb_observations,
  coalesce(c.nb_ecartes, 0) as nb_ecartes, coalesce(c.nb_a_relever, 0) as nb_a_relever,
  coalesce(k.nb_controles, 0) as nb_controles, coalesce(k.nb_a_verifier, 0) as nb_a_verifier,
  coalesce(k.nb_vraisemblances, 0) as nb_vraisemblances,
  coalesce(k.nb_relus, 0) as nb_relus, coalesce(k.nb_relus_pareils, 0) as nb_relus_pareils,
  coalesce(f.nb_constats, 0) as nb_constats, coalesce(v.nb_non_revues, 0) as nb_non_revues,
  coalesce(p.perime, false) as perime, p.motif as motif_perime
from marts.dim_rapport as r
left join marts.dim_organisme as o using (organisme_code)
left join marts.dim_territoire as t on t.territoire_code = r.territoire_code
left join comptes as c using (rapport_code)
left join controles as k using (rapport_code)
left join constats as f using (rapport_code)
left join revue as v using (rapport_code)
left join audit.rapport as p using (rapport_code)
order by r.rapport_code
