-- Findings: every registered one beside what the controls say today, and every discrepancy that nobody registered yet.
with registre as (
  select *, {{ cle(['rapport_code', 'relation']) }} as controle_key
  from {{ ref('stg_constat') }}
),

-- What is printed is told of findings only: ordered texts of every relation would cost more than its verdict.
impressions as (
  select
    t.controle_key,
    string_agg(
      'ligne ' || t.ligne || ' : « ' || o.valeur_imprimee || ' »' || case when o.libelle <> '' then ' (' || o.libelle || ')' else '' end,
      ' ; ' order by case when t.role in ('total', 'resultat') then 0 else 1 end, t.ligne, t.colonne
    ) as imprime
  from {{ ref('int_terme') }} as t
  inner join (
    select controle_key from {{ ref('int_controle') }} where verdict = 'ecart'
    union
    select controle_key from registre
  ) as c on t.controle_key = c.controle_key
  inner join {{ ref('int_observation') }} as o on t.observation_key = o.observation_key
  where o.valeur_imprimee is not null
  group by t.controle_key
)

select
  coalesce(r.constat_code, 'a_examiner:' || c.controle_key) as constat_code,
  coalesce(r.rapport_code, c.rapport_code) as rapport_code,
  coalesce(r.relation, c.relation) as relation,
  coalesce(c.controle_key, r.controle_key) as controle_key,
  case
    when r.constat_code is null then 'a_examiner'
    when coalesce(c.verdict, '') <> 'ecart' then 'disparu'
    when abs(c.ecart - r.ecart) <= r.ecart_precision then 'confirme'
    else 'autre_ecart'
  end as statut,
  c.nature, c.formule, c.domaine, c.lignes, c.valeur_imprimee, c.valeur_recalculee,
  coalesce(c.ecart, r.ecart) as ecart, c.tolerance, r.ecart as ecart_enregistre,
  coalesce(i.imprime, '') as imprime,
  -- Who looked at it found nothing in print that tells which figure is wrong: the machine's suspect is not shown.
  r.cause = 'inconnue' and coalesce(d.cause, 'inconnue') <> 'inconnue' as suspect_ecarte,
  case
    when d.cause = 'intitule_errone' or coalesce(nullif(r.cause, ''), nullif(d.cause, ''), 'inconnue') = 'inconnue' then ''
    else coalesce(nullif(d.valeur_proposee, ''), cast(c.valeur_recalculee as varchar), '')
  end as devrait_etre,
  coalesce(nullif(r.cause, ''), nullif(d.cause, ''), 'inconnue') as cause,
  case when suspect_ecarte then '' else coalesce(d.preuve, '') end as preuve,
  coalesce(d.constat, '') as constat,
  coalesce(nullif(r.explication, ''), 'Écart non encore examiné.') as explication,
  coalesce(nullif(r.gravite, ''), nullif(d.gravite, ''), 'a_evaluer') as gravite,
  coalesce(nullif(d.groupe, ''), coalesce(r.rapport_code, c.rapport_code) || ':' || coalesce(r.relation, c.relation)) as groupe,
  case
    when suspect_ecarte
      then 'Ce qui est imprimé ' || case array_length(c.lignes) when 1 then 'ligne ' else 'lignes ' end
        || array_to_string(cast(c.lignes as varchar[]), ', ') || ' se contredit ; rien d''imprimé ne dit quel chiffre est faux'
    else coalesce(nullif(d.titre, ''), coalesce(d.constat, ''))
  end as titre,
  r.date_revue
from registre as r
full join (select * from {{ ref('int_controle') }}) as c
  on r.controle_key = c.controle_key
left join impressions as i on c.controle_key = i.controle_key
left join {{ ref('stg_diagnostic') }} as d
  on coalesce(r.rapport_code, c.rapport_code) = d.rapport_code and coalesce(r.relation, c.relation) = d.relation
where r.constat_code is not null or c.verdict = 'ecart'
order by rapport_code, relation
