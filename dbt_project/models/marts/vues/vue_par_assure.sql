-- The whole population protected in each territory, at the end of each year or, failing that, at the first days of the next; where a
-- wider territory is not printed but all its départements are, their sum.
with imprimees as (
  select
    rapport_code, organisme_code, territoire_code, valeur as population, periode_code as population_periode_code,
    case when periode_type = 'jour' and extract(month from date_fin) = 1 then annee - 1 else annee end as annee
  from {{ ref('int_lecture') }}
  where indicateur_code = 'population_protegee' and genre = 'mesure' and membres = '' and valeur > 0 and perimetre_mots not like 'dont%'
    and (periode_type = 'annee' or (periode_type = 'jour' and strftime(date_fin, '%m-%d') in ('12-31', '01-01', '01-02')))
),

{{ departements_de_territoires() }},

sommees as (
  select
    i.rapport_code, i.organisme_code, d.territoire_code, sum(i.population) as population, i.population_periode_code, i.annee
  from departements as d
  inner join imprimees as i on d.departement_code = i.territoire_code
  group by i.rapport_code, i.organisme_code, d.territoire_code, i.population_periode_code, i.annee
  having count(*) = any_value(d.nb_departements)
),

populations as (
  select * from imprimees
  union all by name
  select s.* from sommees as s anti join imprimees as i using (territoire_code, annee)
),

comptes as (
  select *, territoire_code in ('non_precise', 'ensemble') or territoire_code = ressort_code as chez_lui,
    case when territoire_code in ('non_precise', 'ensemble') then ressort_code else territoire_code end as population_territoire
  from {{ ref('int_annuel') }}
  where additivite <> 'non_additif' and indicateur_code <> 'population_protegee' and unite in ('EUR', 'nombre', 'jours')
    and periode_type <> 'campagne'
),

rapprochees as (
  select c.*, p.population, p.population_periode_code, p.rapport_code as population_rapport_code
  from comptes as c
  left join populations as p on c.population_territoire = p.territoire_code and c.annee = p.annee
  qualify row_number() over (
    partition by c.chiffre_key
    order by c.organisme_code = p.organisme_code desc, c.rapport_code = p.rapport_code desc, length(p.population_periode_code), p.rapport_code
  ) = 1
),

jugees as (
  select
    *,
    case
      when perimetre = 'elargi' or (perimetre = 'partiel' and not conditionnel and chez_lui)
        then 'Périmètre ' || perimetre || ' : ' || perimetre_mots
      when population is null then 'Population protégée non publiée pour ' || annee
    end as refus
  from rapprochees
),

-- A body whose report of the year prints nothing of a concept that another body's whole figure is known for.
attendus as (
  select c.*, r.organisme_code, p.annee, r.rapport_code, r.a_relire
  from (
    select distinct concept_code, concept, indicateur_code, indicateur, domaine
    from jugees
    where membres = '' and chez_lui and concept_code <> 'non_precise' and refus is null
  ) as c
  cross join {{ ref('int_rapport') }} as r
  inner join {{ ref('int_periode') }} as p on r.periode_code = p.periode_code
),

absents as (
  select
    a.*, o.libelle as organisme,
    exists (
      select 1 from comptes as c
      where c.indicateur_code = a.indicateur_code and c.organisme_code = a.organisme_code and c.annee = a.annee
    ) as en_partie
  from attendus as a
  inner join {{ ref('int_membre') }} as o on o.dimension = 'organisme' and a.organisme_code = o.code
  where not exists (
    select 1 from comptes as c
    where c.indicateur_code = a.indicateur_code and c.organisme_code = a.organisme_code and c.annee = a.annee and c.membres = ''
  )
)

select
  concept_code, concept, indicateur_code, indicateur, domaine, annee, membres, organisme_code, organisme, territoire_code,
  cast(valeur as double) as valeur, unite,
  case when refus is null then cast(population as double) end as population,
  case when refus is null then population_periode_code end as population_periode_code,
  case when refus is null then population_rapport_code end as population_rapport_code,
  case when refus is null then round(cast(valeur as double) / cast(population as double), 6) end as par_assure,
  case when refus is null then round(100000 * cast(valeur as double) / cast(population as double), 2) end as pour_100000,
  coalesce(refus, '') as raison,
  perimetre, rapport_code, ligne, observation_key
from jugees

union all by name

select
  concept_code, concept, indicateur_code, indicateur, domaine, annee, '' as membres, organisme_code, organisme,
  'non_precise' as territoire_code,
  case
    when en_partie then 'Publié par parties seulement en ' || annee
    when a_relire then 'Rapport de ' || annee || ' pas encore relu en entier'
    else 'Non publié par le rapport de ' || annee
  end as raison,
  'non_precise' as perimetre, rapport_code
from absents
order by concept_code, indicateur_code, annee, membres, organisme_code, ligne
