"""Suite `completude`: what was to be compared was compared; comparing nothing is a failure, not a pass."""

from __future__ import annotations

from expectations.checks import BATCH, Check
from expectations.contract import MEMBERSHIPS

SUITE = "completude"
CONTROL = "marts.fct_controle"
#: How the keys of relations between reports begin: dbt makes them, no extract announces them.
ACROSS = "entre_rapports/"
_MEANING = ", ".join(f"o.{name}" for name in (*(f"{code}_code" for code in MEMBERSHIPS), "unite"))


def checks() -> list[Check]:
    """The checks of the suite."""
    return [
        Check(SUITE, CONTROL, "chaque relation attendue est comparée, et l'inverse", query=_NOT_COMPARED),
        Check(
            SUITE,
            CONTROL,
            "chaque taux qui a assez de semblables leur est comparé",
            query=_ORDINARY_NOT_COMPARED,
        ),
        Check(
            SUITE,
            CONTROL,
            "chaque chiffre que plusieurs rapports impriment y est comparé",
            query=_NOT_COMPARED_ACROSS,
        ),
        Check(SUITE, CONTROL, "chaque relation a tous ses termes", query=_OTHER_TERMS),
        Check(SUITE, CONTROL, "aucun terme n'est sans valeur", query=_UNVERIFIABLE),
        Check(
            SUITE,
            CONTROL,
            "chaque rapport et chaque nature ont des relations comparées",
            query=_NOTHING_COMPARED,
        ),
        Check(SUITE, CONTROL, "chaque total imprimé est dans une relation", query=_LONE_TOTALS, warning=True),
        Check(SUITE, CONTROL, "un bloc qui imprime des totaux en compare", query=_SILENT_BLOCKS),
    ]


_NOT_COMPARED = f"""
with attendues as (select distinct rapport_code, relation from raw.relation)
select
  coalesce(lot.rapport_code, a.rapport_code) || ', relation ' || coalesce(lot.relation, a.relation)
  || case when a.relation is null then ' : comparée sans être attendue' else ' : attendue, pas comparée' end
  as message
from (select * from {BATCH} as l where nature <> 'plausibilite' and relation not like '{ACROSS}%') as lot
full join attendues as a on lot.rapport_code = a.rapport_code and lot.relation = a.relation
where lot.relation is null or a.relation is null
"""
# What the reports together teach is made by dbt: counted again here from the figures, at least nine alike.
_ORDINARY_NOT_COMPARED = f"""
with semblables as (
  select rapport_code, 'plausibilite/' || ligne || '-' || colonne as relation
  from marts.fct_observation
  where revue and case when unite = '%' then valeur between 0 and 100 else valeur > 0 end
    and unite not in ('nombre', 'EUR', 'points', 'autre') and nature not in ('evolution', 'rang')
  qualify count(*) over (partition by indicateur_code, unite) >= 9
)
select s.rapport_code || ', ' || s.relation || ' : attendue, pas comparée' as message
from semblables as s
left join {BATCH} as lot on s.rapport_code = lot.rapport_code and s.relation = lot.relation
where coalesce(lot.verdict, 'non_verifiable') = 'non_verifiable'
"""
# Looked for again in the figures: of the reports that print one figure, each but the oldest compares it.
_NOT_COMPARED_ACROSS = f"""
with imprimes as (
  select
    o.rapport_code, o.indicateur_code, o.unite, o.periode_code,
    row_number() over (
      partition by o.nature, {_MEANING} order by min(r.periode_code), o.rapport_code
    ) as rang
  from marts.fct_observation as o
  inner join marts.dim_rapport as r using (rapport_code)
  where o.revue and o.perimetre = 'entier' and o.unite <> 'autre' and o.indicateur_code <> 'a_definir'
    and o.organisme_code <> 'non_precise'
  group by o.rapport_code, o.nature, {_MEANING}
)
select i.rapport_code || ' : ' || i.indicateur_code || ', ' || i.periode_code
  || ', imprimé aussi dans un rapport plus ancien, ne lui est pas comparé' as message
from imprimes as i
where i.rang > 1 and not exists (
  select 1
  from {BATCH} as lot
  inner join marts.pont_controle_observation as p using (controle_key)
  inner join marts.fct_observation as o using (observation_key)
  where lot.rapport_code = i.rapport_code and lot.relation like '{ACROSS}repetition/%' and p.role = 'total'
    and lot.verdict <> 'non_verifiable' and o.indicateur_code = i.indicateur_code and o.unite = i.unite
    and replace(o.periode_code, '-12-31', '') = replace(i.periode_code, '-12-31', '')
)
"""
_OTHER_TERMS = f"""
with attendus as (select rapport_code, relation, count(*) as nb from raw.relation group by all),
presents as (
  select c.rapport_code, c.relation, count(*) as nb
  from marts.pont_controle_observation as p inner join {BATCH} as c using (controle_key) group by all
)
select a.rapport_code || ', relation ' || a.relation || ' : ' || a.nb || ' termes attendus, '
    || coalesce(p.nb, 0)
  || ' présents' as message
from attendus as a
left join presents as p on a.rapport_code = p.rapport_code and a.relation = p.relation
where a.nb is distinct from p.nb
"""
_UNVERIFIABLE = f"""
select lot.rapport_code || ', relation ' || lot.relation || ' (lignes '
    || coalesce(array_to_string(lot.lignes, ', '), '?')
  || ') : ' || t.manquants || ' terme(s) sans valeur' as message, lot.rapport_code, lot.relation
from {BATCH} as lot
inner join (
  select p.controle_key, count(*) as manquants
  from marts.pont_controle_observation as p
  left join marts.fct_observation as o using (observation_key)
  where case when p.observation_key = 'constante' then p.constante else o.valeur end is null
  group by p.controle_key
) as t using (controle_key)
"""
# A family that was expected and of which nothing could be compared; the whole audit without any comparison.
_NOTHING_COMPARED = f"""
with familles as (
  select rapport_code, nature, count(distinct relation) as attendues from raw.relation group by all
),
comparees as (
  select rapport_code, nature, count(*) as nb from {BATCH} as lot
  where verdict <> 'non_verifiable' and nature <> 'plausibilite' group by all
)
select f.rapport_code || ' : ' || f.attendues || ' relations de nature ' || f.nature
    || ' attendues, aucune comparée' as message
from familles as f
left join comparees as c on f.rapport_code = c.rapport_code and f.nature = c.nature
where coalesce(c.nb, 0) = 0
union all
select 'aucune relation n''a été comparée' where (select coalesce(sum(nb), 0) from comparees) = 0
"""
# A bound or an ordinary value confirms no total.
_BOUND_BY_EQUALITY = (
    "marts.pont_controle_observation as p inner join marts.fct_controle as c using (controle_key) "
    "where c.nature not in ('borne', 'plausibilite', 'seconde_lecture')"
)
# A total whose parts stand beside it in the same block, and which nobody compares with them.
_LONE_TOTALS = f"""
select lot.rapport_code || ', ligne ' || lot.ligne || ' : le total « ' || lot.valeur_imprimee
    || ' » n''est dans aucune relation' as message
from marts.fct_observation as lot
where lot.nature = 'total' and (select count(*) from {BATCH} as b) >= 0
  and not exists (select 1 from {_BOUND_BY_EQUALITY} and p.observation_key = lot.observation_key)
  and exists (
    select 1 from marts.fct_observation as part
    where part.rapport_code = lot.rapport_code and part.bloc = lot.bloc
        and part.indicateur_code = lot.indicateur_code
      and part.periode_code = lot.periode_code and part.unite = lot.unite and part.nature = 'constate'
  )
"""
_SILENT_BLOCKS = f"""
with blocs as (
  select lot.rapport_code, lot.bloc, count(*) filter (nature = 'total') as totaux, count(*) as nb,
    count(*) filter (exists (
      select 1 from {_BOUND_BY_EQUALITY} and p.observation_key = lot.observation_key)) as relies
  from marts.fct_observation as lot group by all
)
select rapport_code || ', bloc ' || bloc || ' : ' || totaux || ' totaux imprimés, aucun comparé' as message
from blocs where totaux > 1 and relies = 0 and (select count(*) from {BATCH} as b) >= 0
"""
