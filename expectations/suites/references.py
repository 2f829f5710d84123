"""Suite `references`: every code points to a member, every term to an observation, no report stands twice.

Does not belong here: what a row holds by itself (schema).
"""

from __future__ import annotations

from expectations.checks import BATCH, Check, place
from expectations.contract import MEMBERSHIPS
from expectations.suites.schema import all_facts

SUITE = "references"
OBSERVATION, BRIDGE = "marts.fct_observation", "marts.pont_controle_observation"
_CODES = tuple(f"{name}_code" for name in MEMBERSHIPS)


def checks() -> list[Check]:
    """The checks of the suite."""
    return [
        Check(SUITE, OBSERVATION, "chaque code a son membre", query=_orphan_members()),
        Check(
            SUITE,
            OBSERVATION,
            "chaque observation a son rapport",
            query=_orphans("rapport_code", "marts.dim_rapport"),
        ),
        Check(
            SUITE,
            "audit.nombre",
            "chaque nombre a son rapport",
            query=_orphans("rapport_code", "marts.dim_rapport"),
        ),
        Check(SUITE, BRIDGE, "chaque terme a sa relation et son observation", query=_LOST_TERMS),
        Check(SUITE, BRIDGE, "chaque constat cité existe", query=_LOST_FINDINGS),
        Check(SUITE, OBSERVATION, "un seul rapport par organisme et période", query=_SAME_REPORT_TWICE),
        Check(
            SUITE,
            OBSERVATION,
            "un chiffre imprimé deux fois est le même, ou un constat le dit",
            query=_CONTRADICTIONS,
        ),
        Check(
            SUITE,
            OBSERVATION,
            "un rapport ne revient pas sur le chiffre d'un autre",
            query=_REVISIONS,
            warning=True,
        ),
        Check(SUITE, OBSERVATION, "chaque fait est son observation relue", query=_strange_facts()),
    ]


def _orphan_members() -> str:
    lost = " union all ".join(
        f"select lot.rapport_code, lot.ligne, lot.colonne, lot.valeur_imprimee, '{name}' as dimension, "
        f"lot.{name}_code as membre from observations as lot "
        f"where not exists (select 1 from marts.dim_{name} as d where d.{name}_code = lot.{name}_code)"
        for name in MEMBERSHIPS
    )
    return (
        f"with observations as (select * from {BATCH} as b), perdues as ({lost}) "
        f"select {place()} || ' : ' || coalesce(lot.membre, 'NULL') || ' n''est pas un membre de dim_' "
        "|| lot.dimension as message from perdues as lot"
    )


def _orphans(column: str, table: str) -> str:
    return (
        f"select {place()} || ' : ' || coalesce(lot.{column}, 'NULL') || ' n''est pas dans {table}' as "
        "message "
        f"from {BATCH} as lot where not exists (select 1 from {table} as d where d.{column} = lot.{column})"
    )


_LOST_TERMS = f"""
select
  coalesce(c.rapport_code || ', relation ' || c.relation, 'relation ' || coalesce(lot.controle_key, 'NULL'))
  || ' : le terme de rôle ' || coalesce(lot.role, 'NULL') || case
    when c.controle_key is null then ' n''a pas de relation'
    else ' ne pointe sur aucune observation' end as message,
  c.rapport_code, c.relation
from {BATCH} as lot
left join marts.fct_controle as c using (controle_key)
left join marts.fct_observation as o using (observation_key)
where c.controle_key is null or
    (o.observation_key is null and lot.observation_key is distinct from 'constante')
  or (lot.observation_key = 'constante' and lot.constante is null)
"""

_LOST_FINDINGS = f"""
select lot.rapport_code || ', relation ' || lot.relation || ' : constat ' || lot.constat_code || ' absent'
    as message
from marts.fct_controle as lot
where lot.constat_code is not null and (select count(*) from {BATCH} as b) >= 0
  and not exists (select 1 from marts.dim_constat as d where d.constat_code = lot.constat_code)
"""

_SAME_REPORT_TWICE = f"""
select 'le même rapport est lu plusieurs fois : ' ||
    string_agg(lot.rapport_code, ', ' order by lot.rapport_code)
  || ' (' || lot.organisme_code || ', ' || lot.periode_code || ')' as message
from marts.dim_rapport as lot
where (select count(*) from {BATCH} as b) >= 0
group by lot.organisme_code, lot.periode_code
having count(*) > 1
"""

_SAME_MEANING = " and ".join(f"a.{name} = b.{name}" for name in (*_CODES, "unite", "nature"))
_OPPOSED = f"""
with observations as (
  select b.*, r.organisme_code as auteur, r.periode_code as exercice
  from {BATCH} as b left join marts.dim_rapport as r using (rapport_code) where b.revue
),
constatees as (
  select p.observation_key
  from marts.pont_controle_observation as p inner join marts.fct_controle as c using (controle_key)
  where c.verdict = 'ecart'
),
opposees as (
  select
    a.rapport_code || ', ligne ' || a.ligne || ' : « ' || a.valeur_imprimee || ' » et ' || b.rapport_code
        || ', ligne '
    || b.ligne || ' : « ' || b.valeur_imprimee || ' » pour ' || a.indicateur_code || ', ' || a.organisme_code
    || ', '
    || a.periode_code as message,
    (a.auteur, a.exercice) is not distinct from (b.auteur, b.exercice) as meme_source
  from observations as a
  inner join observations as b
    on {_SAME_MEANING} and (a.rapport_code, a.ligne, a.colonne) < (b.rapport_code, b.ligne, b.colonne)
  where abs(a.valeur - b.valeur) > 2 * (a.demi_intervalle + b.demi_intervalle)
    and (a.rapport_code <> b.rapport_code or not exists (
      select 1 from constatees as k where k.observation_key in (a.observation_key, b.observation_key)))
)
"""
_CONTRADICTIONS = f"{_OPPOSED} select message from opposees where meme_source"
_REVISIONS = f"{_OPPOSED} select message from opposees where not meme_source"


def _strange_facts() -> str:
    """A fact says what its observation says; a whole that another print of it calls one may stand for what
    the observation leaves unsaid.
    """
    codes = " or ".join(
        f"(f.{code} is distinct from lot.{code} and not (f.{code} = 'ensemble' and lot.{code} = "
        "'non_precise'))"
        for code in _CODES
    )
    return (
        f"select f.fait || ' : ' || {place('f')} || case when lot.observation_key is null "
        f"then ' : sans observation' else ' : diffère de son observation' end as message "
        f"from {all_facts()} as f left join {BATCH} as lot using (observation_key) "
        "where lot.observation_key is null or f.valeur is distinct from lot.valeur * f.poids or f.unite is "
        "distinct from lot.unite "
        "or f.ligne is distinct from lot.ligne or f.domaine is distinct from lot.domaine or not lot.revue "
        f"or {codes}"
    )
