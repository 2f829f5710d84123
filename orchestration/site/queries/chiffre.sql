-- One row per observation with everything a page says of it, in words. Made once, then read in the order of each kind of page.
create or replace table site.chiffre as
with verdicts as (
  select
    p.observation_key,
    count(distinct c.controle_key) filter (c.nature not in ('borne', 'plausibilite', 'seconde_lecture')) as nb_controles,
    count(distinct c.controle_key) filter (c.verdict = 'ecart') as nb_ecarts,
    list(distinct c.nature order by c.nature) filter (c.verdict = 'a_verifier') as a_verifier,
    list(distinct c.constat_code order by c.constat_code) filter (c.constat_code is not null) as constats
  from marts.pont_controle_observation as p
  join marts.fct_controle as c using (controle_key)
  where
    p.observation_key is not null
    and not (c.nature in ('borne', 'plausibilite', 'seconde_lecture') and c.verdict in ('exact', 'arrondi') and c.constat_code is null)
  group by p.observation_key
)

select
  o.observation_key, o.rapport_code, o.ligne, o.colonne, o.valeur_imprimee, o.valeur, o.demi_intervalle, o.unite, o.nature,
  o.indicateur_code, i.libelle as indicateur, o.domaine, o.organisme_code, org.libelle as organisme, org.type as organisme_type, o.periode_code, per.type as periode_type,
  o.annee, o.concept_code,
  o.libelle, o.revue, o.perimetre, o.perimetre_mots,
  list_filter([
    case when o.territoire_code not in (org.territoire_code, 'non_precise') then ter.libelle end,
    case when o.risque_code not in ('non_precise', 'ensemble') then risque.libelle end,
    case when o.canal_code not in ('non_precise', 'ensemble') then canal.libelle end,
    case when o.public_code not in ('non_precise', 'ensemble') then public.libelle end,
    case when o.profession_code not in ('non_precise', 'ensemble') then profession.libelle end,
    case when o.acteur_code not in ('non_precise', 'ensemble') then acteur.libelle end,
    case when o.programme_code not in ('non_precise', 'ensemble') then programme.libelle end,
    case when o.motif_code not in ('non_precise', 'ensemble') then motif.libelle end,
    case when o.etablissement_code not in ('non_precise', 'ensemble') then etablissement.libelle end,
    case when o.poste_code not in ('non_precise', 'ensemble') then poste.libelle end,
    case when o.site_code not in ('non_precise', 'ensemble') then site.libelle end,
    case when o.age_code not in ('non_precise', 'ensemble') then age.libelle end,
    case when o.sexe_code not in ('non_precise', 'ensemble') then sexe.libelle end,
    case when o.modalite_code not in ('non_precise', 'ensemble') then modalite.libelle end
  ], x -> x is not null) as precisions,
  coalesce(v.nb_controles, 0) as nb_controles,
  coalesce(v.nb_ecarts, 0) as nb_ecarts,
  coalesce(v.a_verifier, []) as a_verifier,
  coalesce(v.constats, []) as constats
from marts.fct_observation as o
left join marts.dim_indicateur as i using (indicateur_code)
left join marts.dim_organisme as org using (organisme_code)
left join marts.dim_periode as per using (periode_code)
left join marts.dim_territoire as ter on ter.territoire_code = o.territoire_code
left join marts.dim_risque as risque using (risque_code)
left join marts.dim_canal as canal using (canal_code)
left join marts.dim_public as public using (public_code)
left join marts.dim_profession as profession using (profession_code)
left join marts.dim_acteur as acteur using (acteur_code)
left join marts.dim_programme as programme using (programme_code)
left join marts.dim_motif as motif using (motif_code)
left join marts.dim_etablissement as etablissement using (etablissement_code)
left join marts.dim_poste as poste using (poste_code)
left join marts.dim_site as site using (site_code)
left join marts.dim_age as age using (age_code)
left join marts.dim_sexe as sexe using (sexe_code)
left join marts.dim_modalite as modalite using (modalite_code)
left join verdicts as v using (observation_key)
