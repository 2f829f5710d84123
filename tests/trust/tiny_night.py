"""A night without dbt and without the audit's suites: the true reading, isolation, loading, records and
publication.

Run as
``python -m tests.trust.tiny_night ROOT [--kill MODULE.FUNCTION:before|after[:N]] [--tolerance SHARE]``:
``--kill`` ends the process with SIGKILL around the N-th call of a function, as a power cut would. The exit
statuses are those of ``make nightly``.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.building import (
    build,
    changes,
    engine,
    isolation,
    lock,
    published,
    records,
    vanished,
    volume,
)
from orchestration.building.harvest import look_harvest
from orchestration.building.inputs import MEMBERS, Key, shared_inputs
from orchestration.building.members import Members
from orchestration.discovery.complete import Shelf
from orchestration.errors import NightError
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import reports_to_read
from orchestration.graph.night import without_work
from orchestration.graph.resources import told_by_system
from orchestration.publication import freshness, publish, retention
from orchestration.reconciliation.register import entries_by_report
from orchestration.settings import Settings, read_settings
from tests.publication.tiny_build import audited
from tests.trust.documents import catalogue

DECLARED = (
    "code: {code}\ntitre: X\norganisme: cpam_x\nterritoire: dep_00\nperiode: {year}\ndocument: {code}.txt\n"
)
TEMPLATE = """
blocs:
- bloc: b
  commun: {indicateur: visites}
  champs:
  - {lire: "matin {a}", a: {sexe: femmes}}
  - {lire: "soir {b}", b: {sexe: hommes}}
  - {lire: "total {t}", t: {role: total, sexe: ensemble}}
  controles: ["t = a + b"]
"""
PRINTED = "matin {}\nsoir 30\ntotal {}\n"


def lay_out(root: Path, reports: int = 3) -> Settings:
    """An installation with tiny reports, whose totals are right, and empty seeds."""
    for index in range(reports):
        code = f"cpam_x_{2019 + index}"
        folder = root / "raw" / code
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.yml").write_text(DECLARED.format(code=code, year=2019 + index % 80))
        (folder / "template.yml").write_text(TEMPLATE)
        write_document(root, index, 12)
    (root / "dbt_project" / "seeds").mkdir(parents=True, exist_ok=True)
    return settings_of(root)


def write_document(root: Path, index: int, morning: int, total: int | None = None) -> Path:
    """Write the document of one report; a ``total`` of its own is a discrepancy."""
    path = root / "documents" / f"cpam_x_{2019 + index}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PRINTED.format(morning, morning + 30 if total is None else total))
    return path


def settings_of(root: Path, tolerance: str = "0", loss: str = "0.5") -> Settings:
    environment = {
        "OBSERVATOIRE_DOCUMENTS": str(root / "documents"),
        "OBSERVATOIRE_TOLERANCE": tolerance,
        "OBSERVATOIRE_VOLUME": loss,
    }
    return read_settings(environment, root)


def run(settings: Settings) -> str:
    """One night; what it says. Raises what a night refuses."""
    with lock.only_night(settings.private):
        if standing := without_work(settings):
            freshness.confirm(settings, freshness.UNCHANGED)
            return f"nothing changed, {len(standing.stale)} stale"
        reports = reports_to_read(settings.raw)
        codes = [report.code for report in reports]
        shared = shared_inputs(settings)
        work = isolation.Workplace(
            settings.documents,
            settings.staged,
            published.look_whole(settings.warehouse),
            shared,
            settings.tolerance,
            isolation.standing_suspects(settings, shared),
            entries_by_report(),
            settings.documents_away(),
            Members(settings.seeds, shared[Key("", MEMBERS)]),
            look_harvest(settings.extracts),
        )
        shelf = Shelf(catalogue, settings.raw)
        staged = [isolation.stage_or_keep(report, work, shelf) for report in reports]
        states = isolation.read_states(settings.staged, codes)
        stale = isolation.refuse_too_many_stale(states, settings.tolerance, settings.documents_away())
        build.load_build(settings.build, settings.staged, isolation.present(settings.staged, codes))
        read = [report.code for report in staged if not report.kept]
        for code in read if not settings.tolerance else []:
            isolation.refuse_unregistered(code, settings.staged / code, work.accepted.get(code, ()))
        release = publish.current_release(settings.warehouse)
        with engine.opened(settings.build, read_only=False), engine.kept_apart(settings.published):
            make_models(settings.build)
            records.write_states(settings.build, isolation.as_inputs(states, shared), states, work.published)
            changes.write_changes(settings.build, settings.published, release)
            vanished.write_vanished(settings.build, settings.published, release)
            compared = volume.measure(settings.build, work.published.path, release, settings.volume)
        if compared.refused:
            raise NightError(compared.refusal)
        audited(settings.build)
        name = retention.next_release(settings.warehouse, datetime.now(UTC))
        publish.publish(settings.build, settings.warehouse, name)
        freshness.confirm(settings, freshness.PUBLISHED)
        retention.remove_old_releases(settings.warehouse, settings.kept)
        return (
            f"published {name}, {sum(report.kept and not report.stale for report in staged)} kept, "
            f"{len(stale)} stale"
        )


def make_models(path: Path) -> None:
    """What dbt does, in one table."""
    with engine.opened(path, read_only=False) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_observation as select rapport_code, cast(ligne as integer) as ligne, "
            "cast(valeur as decimal(18, 2)) as valeur "
            "from raw.nombre where statut = 'observation' order by all"
        )


def kill_around(point: str) -> None:
    """Replace a function by one that ends this process around its N-th call."""
    name, moment, *rank = point.split(":")
    module_name, function_name = name.rsplit(".", 1)
    module = importlib.import_module(module_name)
    function, left = getattr(module, function_name), [int(rank[0]) if rank else 1]

    @functools.wraps(function)
    def deadly(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*arguments, **named)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(module, function_name, deadly)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--kill")
    parser.add_argument("--tolerance", default="0")
    options = parser.parse_args(arguments)
    if options.kill:
        kill_around(options.kill)
    try:
        print(run(settings_of(options.root, options.tolerance)))
    except (NightError, ExtractionError) as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, duckdb.Error) as error:
        print(told_by_system(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
