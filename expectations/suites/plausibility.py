"""Suite `vraisemblance`: values out of the ordinary beside other bodies and other years. Warnings, never failures.

A real figure may be extraordinary; a scale read wrong usually is. What is certain belongs in the other suites.
"""

from __future__ import annotations

from expectations.checks import BATCH, Check, place
from expectations.contract import DIMENSIONS

SUITE = "vraisemblance"
OBSERVATION = "marts.fct_observation"
_MEANING = ", ".join(("indicateur_code", "unite", "nature", *(f"{name}_code" for name in DIMENSIONS)))


def checks() -> list[Check]:
    """The checks of the suite."""
    return [
        Check(
            SUITE, OBSERVATION, "une valeur reste à mille fois près celle des autres organismes", query=_BODIES, warning=True
        ),
        Check(SUITE, OBSERVATION, "une valeur reste à cinquante fois près celle des autres années", query=_YEARS, warning=True),
    ]


_BODIES = f"""
with valeurs as (
  select *, abs(valeur) as grandeur from {BATCH} as b
  where unite in ('nombre', 'EUR') and nature = 'constate' and valeur <> 0 and revue
),
groupes as (
  select {_MEANING}, median(grandeur) as mediane, count(distinct organisme_code) as organismes
  from valeurs group by all having count(distinct organisme_code) >= 2
)
select {place()} || ' : lu ' || lot.valeur || ', médiane des ' || g.organismes || ' organismes ' || g.mediane as message
from valeurs as lot
inner join groupes as g using ({_MEANING})
where greatest(lot.grandeur / g.mediane, g.mediane / lot.grandeur) > 1000
"""
_YEARS = f"""
with valeurs as (
  select *, abs(valeur) as grandeur, try_cast(left(periode_code, 4) as integer) as an from {BATCH} as b
  where unite in ('nombre', 'EUR') and nature = 'constate' and abs(valeur) > 10 and revue
    and regexp_matches(periode_code, '^[0-9]+$')
)
select {place()} || ' : lu ' || lot.valeur || ', ' || autre.valeur || ' en ' || autre.periode_code as message
from valeurs as lot
inner join valeurs as autre using (organisme_code, territoire_code, {_MEANING})
where autre.an = lot.an - 1 and lot.grandeur / autre.grandeur not between 0.02 and 50
"""
