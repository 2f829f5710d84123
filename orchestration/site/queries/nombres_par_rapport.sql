-- Every printed number of every report in reading order, with what its observation means, and what a person corrected in it, in words.
with membres as (
  select 'indicateur' as champ, indicateur_code as code, libelle from marts.dim_indicateur
  union all select 'risque', risque_code, libelle from marts.dim_risque
  union all select 'canal', canal_code, libelle from marts.dim_canal
  union all select 'public', public_code, libelle from marts.dim_public
  union all select 'profession', profession_code, libelle from marts.dim_profession
  union all select 'acteur', acteur_code, libelle from marts.dim_acteur
  union all select 'programme', programme_code, libelle from marts.dim_programme
  union all select 'motif', motif_code, libelle from marts.dim_motif
  union all select 'etablissement', etablissement_code, libelle from marts.dim_etablissement
  union all select 'poste', poste_code, libelle from marts.dim_poste
  union all select 'site', site_code, libelle from marts.dim_site
  union all select 'age', age_code, libelle from marts.dim_age
  union all select 'sexe', sexe_code, libelle from marts.dim_sexe
  union all select 'modalite', modalite_code, libelle from marts.dim_modalite
  union all select 'organisme', organisme_code, libelle from marts.dim_organisme
  union all select 'territoire', territoire_code, libelle from marts.dim_territoire
),

corrections as (
  select
    c.nombre_key,
    list({
      'champ': c.champ, 'avant': coalesce(a.libelle, c.avant), 'apres': coalesce(b.libelle, c.apres), 'motif': c.motif,
      'jour': c.date_correction, 'appliquee': c.appliquee
    } order by c.champ) as corrections
  from audit.correction as c
  left join membres as a on a.champ = c.champ and a.code = c.avant
  left join membres as b on b.champ = c.champ and b.code = c.apres
  group by c.nombre_key
)

select
  n.rapport_code, n.ligne, n.colonne, n.valeur_imprimee, n.statut, n.motif,
  c.valeur, c.unite, c.nature, c.indicateur_code, c.indicateur, c.organisme, c.periode_code, c.libelle, c.precisions, c.revue,
  c.nb_controles, c.nb_ecarts, c.a_verifier, c.constats, n.page, n.boite,
  coalesce(k.corrections, []) as corrections
from audit.nombre as n
left join corrections as k using (nombre_key)
left join site.chiffre as c using (rapport_code, ligne, colonne)
order by n.rapport_code, n.ligne, n.colonne
