"""What a night would change: the extracts of the documents at hand against the published ones, figure by
figure, without dbt.

Belongs here: staging aside what a night would stage, comparing, judging relations against the register.
Nothing published is touched, nor is the private build of the last night. Does not belong here: how a plan is
told (telling.plan).
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from orchestration.building.build import load_build
from orchestration.building.changes import write_changes
from orchestration.building.engine import opened
from orchestration.building.harvest import look_harvest
from orchestration.building.inputs import MEMBERS, Key, shared_inputs
from orchestration.building.isolation import Workplace, unregistered
from orchestration.building.members import Members
from orchestration.building.published import look_whole
from orchestration.building.reading import read_all
from orchestration.extraction.catalogue import Catalogue, load_catalogue
from orchestration.extraction.reports import altered, reports_to_read
from orchestration.reconciliation.register import entries_by_report
from orchestration.settings import Settings

#: A figure removed and one added in the same place of print are one figure that means something else now.
_CHANGES = """
with ranges as (
    select *, coalesce(ligne_apres, ligne_avant) as ligne,
        coalesce(valeur_imprimee_apres, valeur_imprimee_avant) as imprime,
        row_number() over (
            partition by changement, rapport_code, ligne, imprime order by indicateur_code, libelle
        ) as rang
    from audit.changement
),
ajoutes as (from ranges where changement = 'ajoute'),
retires as (from ranges where changement = 'retire'),
ensemble as (
    select
        case when a.rang is null then 'retire' when r.rang is null then 'ajoute' else 'requalifie' end
            as changement,
        coalesce(a.rapport_code, r.rapport_code) as rapport_code, coalesce(a.ligne, r.ligne) as ligne,
        r.indicateur_code as indicateur_avant, a.indicateur_code as indicateur_apres,
        r.libelle as libelle_avant, a.libelle as libelle_apres,
        r.imprime as imprime_avant, a.imprime as imprime_apres
    from ajoutes as a full join retires as r using (rapport_code, ligne, imprime, rang)
    union all
    select changement, rapport_code, ligne, indicateur_code, indicateur_code, libelle, libelle,
        valeur_imprimee_avant, valeur_imprimee_apres
    from ranges where changement = 'modifie'
)
from ensemble order by rapport_code, ligne, changement, libelle_apres, libelle_avant, imprime_apres,
    imprime_avant
"""


@dataclass(frozen=True)
class Plan:
    """What the documents at hand would change.

    ``changes`` has one row per figure: ``changement`` (``ajoute``, ``retire``, ``modifie``, ``requalifie``:
    the same print means something else), where it is printed, its indicator, label and print before and
    after; ``refused`` are the reports that could not be read and ``relations`` what the register and the
    relations of the others disagree about: report -> sentences. ``read`` are the reports whose inputs
    changed, ``kept`` counts the others; ``release`` is what is compared with (``None``: nothing).
    """

    release: str | None
    read: Sequence[str]
    kept: int
    removed: Sequence[str]
    changes: pl.DataFrame
    refused: dict[str, list[str]] = field(default_factory=dict)
    relations: dict[str, list[str]] = field(default_factory=dict)

    @property
    def publishable(self) -> bool:
        """Whether nothing that one report can tell would refuse the night."""
        return not self.refused and not self.relations


def plan_night(settings: Settings, catalogue: Callable[[], Catalogue] | None = None) -> Plan:
    """What a night would publish now, beside what is published. Raises ``NightError`` or ``ExtractionError``
    like the night itself.
    """
    published, shared, reports = (
        look_whole(settings.warehouse),
        shared_inputs(settings),
        reports_to_read(settings.raw),
    )
    release = published.path.resolve().parent.name if published.path else None
    accepted = entries_by_report()
    with tempfile.TemporaryDirectory(prefix="observatoire-plan-") as scratch:
        staged = Path(scratch) / "extracts"
        members = Members(settings.seeds, shared[Key("", MEMBERS)])
        work = Workplace(
            settings.documents,
            staged,
            published,
            shared,
            0.0,
            accepted=accepted,
            away=settings.documents_away(),
            members=members,
            harvest=look_harvest(settings.extracts),
        )
        readings = list(
            read_all(reports, work, catalogue or functools.partial(load_catalogue, settings.seeds))
        )
        refused = {r.report.code: str(r.error).splitlines() for r in readings if r.error is not None}
        committed = [r.report for r in readings if r.staged is not None and not r.staged.from_document]
        refused |= {report.code: [wrong] for report in committed if (wrong := altered(report))}
        loaded = [r.report.code for r in readings if r.staged is not None]
        read = [r.report.code for r in readings if r.staged is not None and not r.staged.kept]
        relations = {
            code: said for code in read if (said := unregistered(code, staged / code, accepted.get(code, ())))
        }
        changes = _compare(Path(scratch) / "observatoire.duckdb", staged, loaded, published.path, release)
    gone = sorted(published.reports.keys() - {report.code for report in reports})
    changes = changes.filter(~pl.col("rapport_code").is_in(list(refused)))
    return Plan(release, read, len(loaded) - len(read), gone, changes, refused, relations)


def _compare(
    build: Path, staged: Path, codes: Sequence[str], published: Path | None, release: str | None
) -> pl.DataFrame:
    """The figures that differ; without a published state, every figure is an addition."""
    load_build(build, staged, codes)
    empty = build.with_name("empty.duckdb")
    if published is None:
        with duckdb.connect(str(empty)) as connection:
            connection.execute(f"attach '{build}' as built (read_only)")
            connection.execute("create schema raw")
            connection.execute("create table raw.nombre as from built.raw.nombre limit 0")
    write_changes(build, published or empty, release or "rien")
    with opened(build, read_only=True) as connection:
        return connection.execute(_CHANGES).pl()
