"""What a build says of itself in its schema ``audit``: ``entree`` and ``rapport`` (what it started from, how
each report entered it), ``execution`` (what ran), ``validation`` (what the audit said).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from expectations.audit import ValidationOutcome
from orchestration.building.engine import insert, written_at_once
from orchestration.building.inputs import UNSETTLED, Inputs
from orchestration.building.journal import NightStep
from orchestration.building.origin import State
from orchestration.building.published import Published

_EXECUTION = """
create or replace table audit.execution (
    execution_id varchar not null, etape varchar not null, debut timestamptz not null,
    duree_secondes double not null, lignes bigint, detail varchar)
"""
_VALIDATION = """
create or replace table audit.validation (
    execution_id varchar not null, suite varchar not null, domaine varchar, attente varchar not null,
    table_controlee varchar, succes boolean not null, avertissement boolean not null,
    attendu varchar, observe varchar, message varchar)
"""
_COMMENTS = (
    "comment on table audit.execution is 'Ce qui a tourné : une ligne par étape de la nuit, dans l''ordre de "
    "fin'",
    "comment on table audit.validation is 'Ce que l''audit a dit : une ligne par attente vérifiée sur la "
    "construction'",
)


_STATES = """
create or replace table audit.entree (rapport_code varchar not null, genre varchar not null,
    empreinte varchar not null);
create or replace table audit.rapport (
    rapport_code varchar not null, source varchar not null, empreinte_lecture varchar not null,
    perime boolean not null, motif varchar, depuis timestamptz, mots varchar, empreinte_membres varchar);
comment on table audit.entree is
    'Ce dont cet état est parti : une empreinte par entrée, celles de tous les rapports sans code';
comment on table audit.rapport is
    'D''où viennent les lignes de chaque rapport, pourquoi et depuis quand elles sont périmées, s''il y en a';
comment on column audit.rapport.mots is
    'Empreintes des mots du document : un membre modifié ne fait relire que les rapports où il figure';
comment on column audit.rapport.empreinte_membres is 'Empreinte des membres qui concernent le rapport';
"""


def write_states(
    build: Path, inputs: Inputs, states: Sequence[State], before: Published | None = None
) -> None:
    """Write ``audit.entree`` and ``audit.rapport``: what the build started from, and how each report entered
    it.

    A report that was stale ``before`` stays so since the same moment.
    """
    before, now = before or Published(), datetime.now(UTC)
    with written_at_once(build) as connection:
        connection.execute("create schema if not exists audit")
        connection.execute(_STATES)
        insert(connection, "audit.entree", [[*key, digest] for key, digest in sorted(inputs.items())])
        rows = [
            [
                s.code,
                s.source,
                s.reading,
                bool(s.reason),
                s.reason or None,
                before.stale_since(s.code, now) if s.reason else None,
                s.words,
                s.members,
            ]
            for s in states
        ]
        insert(connection, "audit.rapport", rows)


def unsettle(build: Path, shared: Inputs) -> None:
    """Mark the shared inputs that changed since the build was begun: its rows are of the ones, its models may
    be of the others.

    A state published from such a build (a run of some steps only) is never taken for that of the day.
    """
    with written_at_once(build) as connection:
        for key, digest in shared.items():
            connection.execute(
                "update audit.entree set empreinte = ? where rapport_code = ? and genre = ? and empreinte <> "
                "?",
                [UNSETTLED, *key, digest],
            )


def write_records(
    build: Path, execution: str, steps: Sequence[NightStep], validations: Iterable[ValidationOutcome]
) -> dict[str, int]:
    """Replace both tables of the build; returns their rows."""
    ran = [(execution, step.name, step.start, step.seconds, step.rows, step.detail or None) for step in steps]
    said = [
        (
            execution,
            v.suite,
            v.domaine,
            v.expectation,
            v.table,
            v.success,
            v.warning,
            v.expected,
            v.observed,
            v.message or None,
        )
        for v in validations
    ]
    with written_at_once(build) as connection:
        connection.execute("create schema if not exists audit")
        for statement in (_EXECUTION, _VALIDATION, *_COMMENTS):
            connection.execute(statement)
        insert(connection, "audit.execution", ran)
        insert(connection, "audit.validation", said)
    return {"audit.execution": len(ran), "audit.validation": len(said)}
