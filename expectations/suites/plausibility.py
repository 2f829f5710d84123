"""Suite `vraisemblance`: what is worth a look. Warnings, never failures.

A real figure may be extraordinary; a figure read wrong usually is. What is certain belongs in the other
suites; that the controls of plausibility were all made is the subject of completeness.py.
"""

from __future__ import annotations

from expectations.checks import BATCH, Check
from expectations.suites.totals import BRIDGE, MESSAGE

SUITE = "vraisemblance"
MOST_MARKED = 0.02


def checks() -> list[Check]:
    """The checks of the suite."""
    return [
        Check(
            SUITE,
            BRIDGE,
            "aucun chiffre ne sort de l'ordinaire",
            query=_marked("r.nature = 'plausibilite'"),
            warning=True,
        ),
        Check(
            SUITE,
            BRIDGE,
            "aucun chiffre n'est lu de deux façons, ni sans relecture contre les autres",
            query=_marked("r.nature <> 'plausibilite'"),
            warning=True,
        ),
        Check(
            SUITE,
            BRIDGE,
            "aucun écart n'attend que deux périmètres soient rapprochés",
            query=_marked("true", "a_rapprocher"),
            warning=True,
        ),
        Check(
            SUITE,
            BRIDGE,
            "l'ordinaire est appris assez large : deux chiffres sur cent au plus en sortent",
            query=_TOO_MANY,
            warning=True,
        ),
    ]


def _marked(condition: str, verdict: str = "a_verifier") -> str:
    return f"""
select {MESSAGE} || coalesce(nullif(' ; ' || c.reserve, ' ; '), '') as message, r.rapport_code, r.relation
from recalcul as r
inner join marts.fct_controle as c using (controle_key)
where r.verdict = '{verdict}' and {condition} and (select count(*) from {BATCH} as lot) >= 0
"""


_TOO_MANY = f"""
with juges as (
  select p.observation_key, bool_or(r.verdict = 'a_verifier') as marque
  from {BATCH} as p
  inner join recalcul as r using (controle_key)
  where r.nature = 'plausibilite' and p.role = 'resultat'
  group by p.observation_key
)
select count(*) filter (marque) || ' chiffres marqués sur ' || count(*) as message
from juges
having count(*) filter (marque) > {MOST_MARKED} * count(*)
"""
