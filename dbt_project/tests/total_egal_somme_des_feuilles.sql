{{ config(meta={'dagster': {'ref': {'name': 'int_fait'}}}) }}
-- Every printed total that its parts replace is the sum of its leaves within print, or a finding says that it, or a subtotal in it, is not.
with recursive {{ parties_de_totaux() }},

sommes as (
  select p.total_key, sum(f.valeur) as somme, sum(f.demi_intervalle) as demi_somme, count(*) as nb_feuilles
  from parties as p
  inner join {{ ref('int_fait') }} as f on p.partie_key = f.fait_key
  group by p.total_key
),

constates as (
  select distinct i.chiffre_key
  from {{ ref('int_constat') }} as c
  inner join {{ ref('int_terme') }} as t using (controle_key)
  inner join {{ ref('int_impression') }} as i using (observation_key)
  where t.role = 'total'
),

expliques as (
  select chiffre_key from constates
  union
  select p.total_key from parties as p inner join constates as c on p.partie_key = c.chiffre_key
)

select
  t.rapport_code, t.ligne, t.indicateur_code, t.valeur as total_imprime, s.somme, t.valeur - s.somme as ecart,
  t.demi_intervalle + s.demi_somme as tolerance, s.nb_feuilles
from {{ ref('int_emploi') }} as e
inner join {{ ref('int_chiffre') }} as t using (chiffre_key)
left join sommes as s on e.chiffre_key = s.total_key
where e.emploi = 'total'
  and (s.somme is null or abs(t.valeur - s.somme) > t.demi_intervalle + s.demi_somme)
  and t.chiffre_key not in (select chiffre_key from expliques)
