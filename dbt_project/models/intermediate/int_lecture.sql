-- Every figure with the words that people read: bodies, members, concepts, scope, findings. One row per figure, reviewed only.
-- Every figure has a fate and a scope: joined as what may be missing, they are not taken for a filter, and the engine keeps the wide side
-- of each join out of its tables in memory.
-- A heading is a loaded line that carries no number: lines enter the build for their numbers or for standing above them.
with titres as (
  select l.rapport_code, l.ligne, l.texte
  from {{ ref('int_ligne') }} as l
  where not exists (select 1 from {{ ref('int_nombre') }} as n where n.rapport_code = l.rapport_code and n.ligne = l.ligne)
),

titres_au_dessus as (
  select c.chiffre_key, max_by(t.texte, t.ligne) as titre
  from {{ ref('int_chiffre') }} as c
  inner join titres as t on c.rapport_code = t.rapport_code and t.ligne between c.ligne - {{ portee_d_un_titre() }} and c.ligne - 1
  group by c.chiffre_key
),

-- The figure of a year: what is printed for the year, else the stock of its 31 December; a campaign is the year in which it starts.
-- Measures only (no objective, evolution, share, mean of an additive count, threshold).
annuels as (
  select c.chiffre_key
  from {{ ref('int_chiffre') }} as c
  inner join {{ ref('int_periode') }} as p on c.periode_code = p.periode_code
  left join {{ ref('int_membres') }} as m on c.observation_key = m.observation_key
  where c.genre = 'mesure' and c.annee is not null
    and (
      p.type in ('annee', 'campagne')
      or (
        c.additivite <> 'additif' and p.type = 'jour' and extract(month from p.date_fin) = 12 and extract(day from p.date_fin) = 31
      )
    )
  qualify row_number() over (
    partition by c.indicateur_code, c.organisme_code, c.territoire_code, c.unite, c.annee, coalesce(m.membres_key, '')
    order by case p.type when 'annee' then 1 when 'jour' then 2 else 3 end, c.chiffre_key
  ) = 1
)

select
  c.chiffre_key, c.rapport_code, c.ligne, c.colonne, c.lignes, c.observation_key,
  c.organisme_code, o.libelle as organisme, o.type as organisme_type, o.territoire_code as ressort_code,
  c.territoire_code, t.libelle as territoire,
  c.periode_code, c.annee, p.type as periode_type, p.date_fin,
  coalesce(c.concept_code, 'non_precise') as concept_code, k.libelle as concept, k.comparable as concept_comparable, k.raison as concept_raison,
  c.indicateur_code, i.libelle as indicateur, i.alias, c.domaine, c.additivite,
  coalesce(m.membres, '') as membres,
  {{ colonnes_dimensions('c.{}_code') }},
  coalesce(m.membres_key, '') as membres_key,
  c.libelle, c.bloc, c.valeur, c.demi_intervalle, c.unite, c.nature, c.genre, c.valeur_imprimee, e.emploi,
  s.perimetre, s.perimetre_mots, s.conditionnel,
  coalesce(f.constat_codes, cast([] as varchar[])) as constat_codes,
  cast(c.nb_impressions as integer) as nb_impressions,
  coalesce(l.texte, '') as texte_imprime, coalesce(a.titre, '') as titre,
  y.chiffre_key is not null as annuel
from {{ ref('int_chiffre') }} as c
left join {{ ref('int_emploi') }} as e on c.chiffre_key = e.chiffre_key
inner join {{ ref('int_periode') }} as p on c.periode_code = p.periode_code
inner join {{ ref('int_indicateur') }} as i on c.indicateur_code = i.indicateur_code
inner join {{ ref('int_concept') }} as k on i.concept_code = k.concept_code
inner join {{ ref('int_membre') }} as o on o.dimension = 'organisme' and c.organisme_code = o.code
inner join {{ ref('int_membre') }} as t on t.dimension = 'territoire' and c.territoire_code = t.code
left join {{ ref('int_perimetre') }} as s on c.observation_key = s.observation_key
left join {{ ref('int_membres') }} as m on c.observation_key = m.observation_key
left join {{ ref('int_constat_fait') }} as f on c.chiffre_key = f.fait_key
left join {{ ref('int_ligne') }} as l on c.rapport_code = l.rapport_code and c.ligne = l.ligne
left join titres_au_dessus as a on c.chiffre_key = a.chiffre_key
left join annuels as y on c.chiffre_key = y.chiffre_key
