-- Which figures of an additive indicator may become leaves, and why the others may not.
-- `dont`: part of a leaf, and something else of the same indicator is printed. `comparaison`: a wider body or territory than the
-- report's own, or several years together, beside the report's own figure. `portee_inconnue`: smaller than one of its own parts.
-- `ventilation_secondaire`: a total by its name that no sum accounts for, beside the rows of its block.
with etendues as (
  select
    r.rapport_code,
    o.gauche as organisme_gauche, o.droite as organisme_droite,
    t.gauche as territoire_gauche, t.droite as territoire_droite
  from {{ ref('stg_rapport') }} as r
  inner join {{ ref('int_membre') }} as o on o.dimension = 'organisme' and r.organisme_code = o.code
  inner join {{ ref('int_membre') }} as t on t.dimension = 'territoire' and r.territoire_code = t.code
),

propres as (
  select distinct c.chiffre_key
  from {{ ref('int_cellule') }} as c
  inner join {{ ref('int_impression') }} as i using (chiffre_key)
  inner join etendues as e on i.rapport_code = e.rapport_code
  where (c.organisme_gauche = 0 or (c.organisme_gauche >= e.organisme_gauche and c.organisme_droite <= e.organisme_droite))
    and (c.territoire_gauche = 0 or (c.territoire_gauche >= e.territoire_gauche and c.territoire_droite <= e.territoire_droite))
    and not c.cumul
),

donts as (
  select distinct d.chiffre_key
  from {{ ref('int_cellule') }} as d
  inner join {{ ref('int_cellule') }} as c
    on d.groupe = c.groupe
    and {{ chevauche_en('c', 'd', 'organisme') }}
    and {{ chevauche_en('c', 'd', 'territoire') }}
    and {{ chevauche_en('c', 'd', 'jours') }}
  where d.toujours_dont and not c.toujours_dont
),

au_large as (
  select distinct p.a_key as chiffre_key
  from {{ ref('int_paire') }} as p
  inner join propres on p.b_key = propres.chiffre_key
  where p.contient
    and p.a_key not in (select chiffre_key from propres)
    and p.b_key not in (select chiffre_key from donts)
),

portee_inconnue as (
  select distinct p.a_key as chiffre_key
  from {{ ref('int_paire') }} as p
  inner join {{ ref('int_cellule') }} as a on p.a_key = a.chiffre_key
  inner join {{ ref('int_cellule') }} as b on p.b_key = b.chiffre_key
  where p.contient and not p.declaree and not a.total_imprime
    and a.valeur >= 0 and b.valeur - b.demi_intervalle > a.valeur + a.demi_intervalle
    and p.b_key not in (select chiffre_key from donts)
    and p.b_key not in (select chiffre_key from au_large)
),

-- A row that is said to be a total, and two rows of its block or more that are none and that it is said to hold nothing of: no printed
-- sum says which of them it holds, and beside them it would count what it holds twice.
tenus as (
  select total_key as chiffre_key from {{ ref('int_somme_declaree') }}
  union
  select terme_key from {{ ref('int_somme_declaree') }}
  union
  select b_key from {{ ref('int_paire') }} where contient
),

totaux_sans_somme as (
  select t.chiffre_key
  from {{ ref('int_cellule') }} as t
  inner join {{ ref('int_cellule') }} as c
    on t.rapport_code = c.rapport_code and t.bloc = c.bloc and t.groupe = c.groupe and t.lieu = c.lieu
  left join tenus on t.chiffre_key = tenus.chiffre_key
  left join {{ ref('int_paire') }} as p on t.chiffre_key = p.a_key and c.chiffre_key = p.b_key
  where t.toujours_total and not c.toujours_total and not c.toujours_dont and tenus.chiffre_key is null and p.a_key is null
  group by t.chiffre_key
  having count(*) > 1
)

select
  c.chiffre_key,
  c.groupe,
  case
    when d.chiffre_key is not null then 'dont'
    when l.chiffre_key is not null then 'comparaison'
    when p.chiffre_key is not null then 'portee_inconnue'
    when t.chiffre_key is not null then 'ventilation_secondaire'
    else 'candidate'
  end as statut
from {{ ref('int_cellule') }} as c
left join donts as d using (chiffre_key)
left join au_large as l using (chiffre_key)
left join portee_inconnue as p using (chiffre_key)
left join totaux_sans_somme as t using (chiffre_key)
