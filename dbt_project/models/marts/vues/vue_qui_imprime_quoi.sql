with imprimes as (
  select
    concept_code, rapport_code,
    count(*) as nb_chiffres,
    count(*) filter (genre = 'mesure' and membres = '' and perimetre = 'entier') as nb_entiers,
    min(annee) as premiere_annee, max(annee) as derniere_annee,
    min(ligne) as premiere_ligne
  from {{ ref('int_lecture') }}
  group by concept_code, rapport_code
)

select
  c.concept_code, c.libelle as concept, c.domaine, r.rapport_code, r.organisme_code, o.libelle as organisme, p.annee,
  case
    when i.nb_chiffres is null and r.a_relire then 'non relu'
    when i.nb_chiffres is null then 'non publié'
    when i.nb_entiers > 0 then 'publié'
    else 'publié en partie'
  end as publication,
  cast(coalesce(i.nb_chiffres, 0) as integer) as nb_chiffres,
  cast(coalesce(i.nb_entiers, 0) as integer) as nb_entiers,
  i.premiere_annee, i.derniere_annee, i.premiere_ligne,
  c.comparable, c.raison
from {{ ref('int_concept') }} as c
cross join {{ ref('int_rapport') }} as r
inner join {{ ref('int_membre') }} as o on o.dimension = 'organisme' and r.organisme_code = o.code
inner join {{ ref('int_periode') }} as p on r.periode_code = p.periode_code
left join imprimes as i on c.concept_code = i.concept_code and r.rapport_code = i.rapport_code
where c.concept_code <> 'non_precise'
order by c.domaine, c.concept_code, r.rapport_code
