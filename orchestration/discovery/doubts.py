"""What the relations of an extract say against its figures: the clauses that the review list, the review page
and the night tell alike, because all three judge the same relations.

A relation of figures that nobody reviewed is no finding and fails no night when it does not hold: what a
draft takes a figure for may be wrong. Does not belong here: which figures imply one another (structure,
extraction.relations), how a relation is judged (reconciliation.verdicts).
"""

from __future__ import annotations

from collections import defaultdict

from orchestration.extraction.reports import Extract
from orchestration.reconciliation.findings import state
from orchestration.reconciliation.terms import READINGS, Address, read_numbers, read_relations
from orchestration.reconciliation.verdicts import GAP, TO_LOOK_AT, TO_RECONCILE, Verdict, judge

#: What a relation is that its figures contradict, whoever read them.
CONTRADICTED = frozenset({GAP, TO_RECONCILE, TO_LOOK_AT})


def doubts_of(extract: Extract) -> dict[Address, list[str]]:
    """A clause for each figure of ``extract`` that stands in a relation which does not hold, by its line and
    column.
    """
    found: dict[Address, list[str]] = defaultdict(list)
    for verdict in verdicts_of(extract):
        if verdict.verdict in CONTRADICTED:
            for place in verdict.relation.places:
                found[place].append(clause_of(verdict))
    return found


def verdicts_of(extract: Extract) -> list[Verdict]:
    """The relations of ``extract``, judged; a second reading, which says how sure a reading is, is none.

    Raises ``RelationRefused``.
    """
    relations = read_relations(read_numbers(extract.numbers), extract.relations)
    return [judge(relation) for relation in relations if relation.nature not in READINGS]


def clause_of(verdict: Verdict) -> str:
    """A clause in French: what is printed, what was recomputed from what."""
    told = state(verdict).rstrip(".")
    return told[:1].lower() + told[1:]
