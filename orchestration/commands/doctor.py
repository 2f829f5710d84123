"""Checking an installation: what a night needs, and what would surprise the engineer in the morning. One line
per finding.

Nothing here changes anything; each check stands alone and cannot stop the others.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click
import yaml

from orchestration.building.checksums import damaged_files
from orchestration.building.engine import wal
from orchestration.building.inputs import declared_reports, undeclared_documents, undeclared_notes
from orchestration.building.lock import only_night
from orchestration.building.published import look
from orchestration.building.tidying import in_the_way
from orchestration.building.verdict import distrust
from orchestration.errors import Busy, NightError
from orchestration.graph.home import damaged_databases, home_of, is_configured
from orchestration.publication.freshness import judge_freshness
from orchestration.publication.publish import INCOMPLETE, current_release, misplaced
from orchestration.settings import Settings, read_settings

WRONG, ODD, GOOD = "wrong", "odd", "good"
OLDEST_PYTHON = (3, 11)
#: Bytes that a night may write before it removes anything: a build, its copy, its Parquet, the pages of the
#: audit.
ROOM = 1_000_000_000
#: Files that a release may need: marts as Parquet and the pages of the audit, twice.
FILES = 1000
UI_PORT = 3000
#: The settings of installed services.
INSTALLED = Path("/etc/observatoire/environment")
_PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)
#: Packages whose versions the code relies on.
WATCHED = (
    "dagster",
    "dagster-dbt",
    "dagster-webserver",
    "dbt-core",
    "dbt-duckdb",
    "duckdb",
    "great-expectations",
    "polars",
)


@dataclass(frozen=True)
class HealthCheck:
    """One line: ``level`` is ``wrong`` (a night could fail), ``odd`` (worth a look) or ``good``."""

    level: str
    text: str


def examine(settings: Settings | None = None) -> list[HealthCheck]:
    """Every check of an installation. Never raises: a check that breaks is itself a finding."""
    settings = settings or read_settings()
    found = [HealthCheck(WRONG, sentence) for sentence in settings.wrong.values()]
    for check in CHECKS:
        try:
            found += check(settings)
        except Exception as error:
            found.append(
                HealthCheck(
                    WRONG,
                    f"the check of {check.__name__.removeprefix('_')} broke: {type(error).__name__}: {error}",
                )
            )
    return found


def render_checks(findings: list[HealthCheck]) -> str:
    """The findings, what is wrong first, and a last line that sums up."""
    marks = {WRONG: "WRONG", ODD: "look ", GOOD: "ok   "}
    ordered = sorted(findings, key=lambda finding: (WRONG, ODD, GOOD).index(finding.level))
    wrong = sum(finding.level == WRONG for finding in findings)
    return "\n".join(
        [
            *(f"{marks[f.level]}  {' '.join(f.text.split())}" for f in ordered),
            f"{wrong} wrong" if wrong else "ready for a night",
        ]
    )


def _python(_: Settings) -> Iterator[HealthCheck]:
    shown = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        yield HealthCheck(WRONG, f"Python {shown} is too old: 3.11 or newer is needed")
    else:
        yield HealthCheck(GOOD, f"Python {shown}")
    if shut := _closed_to_others(Path(sys.executable).resolve()):
        yield HealthCheck(
            ODD,
            f"this Python lies in {shut}, which other users cannot enter: services that run "
            "as another user cannot start it; "
            "remove .venv and make it again with BASE_PYTHON=/usr/bin/python3.11",
        )


def _closed_to_others(program: Path) -> Path | None:
    """The first folder on the way to ``program`` that not everybody may enter."""
    return next((folder for folder in reversed(program.parents) if not folder.stat().st_mode & 0o001), None)


def _place(settings: Settings) -> Iterator[HealthCheck]:
    """An installation has its settings in a file that ``make`` does not read."""
    if INSTALLED.exists() and not os.environ.get("OBSERVATOIRE_WAREHOUSE"):
        yield HealthCheck(
            ODD,
            f"this looks at the folder of a clone, {settings.root}; for the installed "
            "services, whose settings are in "
            f"{INSTALLED}, run `sudo observatoire doctor`",
        )


def _packages(settings: Settings) -> Iterator[HealthCheck]:
    pinned = dict(
        _PINNED.findall((settings.root / "requirements" / "runtime.lock").read_text(encoding="utf-8"))
    )
    others = [
        f"{name} {_installed(name)} (the lock says {pinned[name]})"
        for name in WATCHED
        if name in pinned and _installed(name) != pinned[name]
    ]
    if others:
        yield HealthCheck(WRONG, f"other packages than the lock's: {', '.join(others)}; run `make setup`")
    else:
        yield HealthCheck(GOOD, "the packages are those of the lock")


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _folders(settings: Settings) -> Iterator[HealthCheck]:
    home = home_of(settings)
    for what, path in (
        ("the warehouse", settings.warehouse),
        ("the history of nights", home),
        ("the output of dbt", settings.target),
    ):
        if _writable(path):
            yield HealthCheck(GOOD, f"{what} can be written: {settings.relative(path)}")
        else:
            yield HealthCheck(WRONG, f"{what} cannot be written: give {path} to the user of the night")
    if _writable(settings.raw) and os.geteuid() != 0:
        yield HealthCheck(
            ODD, f"{settings.relative(settings.raw)} can be written by this user: a night only reads it"
        )


def _writable(path: Path) -> bool:
    while not path.exists() and path != path.parent:
        path = path.parent
    return path.is_dir() and os.access(path, os.W_OK | os.X_OK) and not os.statvfs(path).f_flag & os.ST_RDONLY


def _reports(settings: Settings) -> Iterator[HealthCheck]:
    from orchestration.extraction.errors import ExtractionError
    from orchestration.extraction.reports import altered, list_reports, outdated
    from orchestration.extraction.templates import load_template

    try:
        reports = list_reports(settings.raw)
        for report in reports:
            load_template(report.folder)
        yield HealthCheck(GOOD, f"{len(reports)} reports are declared, their templates are well formed")
    except ExtractionError as error:
        yield HealthCheck(WRONG, str(error))
        return
    yield from (HealthCheck(WRONG, said) for report in reports if (said := altered(report)))
    yield from (
        HealthCheck(ODD, f"{report.code}: {said}; with its document at hand, `make extract` reads it again")
        for report in reports
        if (said := outdated(report))
    )


def _documents(settings: Settings) -> Iterator[HealthCheck]:
    if away := settings.documents_away():
        yield HealthCheck(WRONG, away)
        return
    names = [report.document for report in declared_reports(settings.raw)]
    here = [name for name in names if (settings.documents / name).exists()]
    shut = [name for name in here if not os.access(settings.documents / name, os.R_OK)]
    if shut:
        yield HealthCheck(
            WRONG, f"documents that cannot be read: {', '.join(shut)}; give them to the user of the night"
        )
    level = GOOD if len(here) == len(names) else ODD
    yield HealthCheck(
        level,
        f"{len(here)} of {len(names)} documents are in {settings.documents}; the others are taken from their "
        "committed extracts",
    )
    yield from (
        HealthCheck(ODD, note) for note in undeclared_notes(undeclared_documents(settings.documents, names))
    )


def _disk(settings: Settings) -> Iterator[HealthCheck]:
    place = settings.warehouse if settings.warehouse.exists() else settings.root
    free, files = shutil.disk_usage(place).free, os.statvfs(place)
    if files.f_files and files.f_favail < FILES:
        yield HealthCheck(
            WRONG,
            f"{files.f_favail} more files fit on the disk of the warehouse: a release needs about {FILES}",
        )
    published = settings.published.stat().st_size if settings.published.exists() else 0
    needed = max(ROOM, 6 * published)
    level = GOOD if free >= needed else WRONG if free < 4 * published or free < ROOM / 5 else ODD
    yield HealthCheck(
        level, f"{free / 1e9:.1f} GB are free for the warehouse, {needed / 1e9:.1f} GB are comfortable"
    )


def _published(settings: Settings) -> Iterator[HealthCheck]:
    release, link = current_release(settings.warehouse), settings.warehouse / "current"
    if link.exists() and not link.is_symlink():
        yield HealthCheck(
            WRONG, f"{link} is not the link that a publication makes: move it away, then run `make nightly`"
        )
        return
    if release is None:
        yield HealthCheck(ODD, "nothing is published yet: run `make nightly`")
        return
    if damaged := damaged_files(settings.warehouse / "current"):
        yield HealthCheck(
            WRONG,
            f"release {release} is damaged ({', '.join(damaged[:3])}): run `make nightly`, or `make "
            "rollback` meanwhile",
        )
        return
    if reason := distrust(settings.warehouse / "current"):
        yield HealthCheck(
            WRONG,
            f"release {release} should never have been published, {reason}: run `make nightly`, or `make "
            "rollback` meanwhile",
        )
        return
    if lost := misplaced(settings.warehouse):
        yield HealthCheck(
            WRONG,
            f"{', '.join(lost[:5])} in the warehouse do not lead to release {release}: readers miss them; "
            "run `make nightly`",
        )
        return
    state = look(settings.published)
    yield HealthCheck(GOOD if state.inputs else ODD, f"release {release} opens and is whole")
    yield from (HealthCheck(ODD, f"{report.code} is stale: {report.reason}") for report in state.stale)


def _freshness(settings: Settings) -> Iterator[HealthCheck]:
    if current_release(settings.warehouse) is not None:
        seen = judge_freshness(settings, datetime.now(UTC))
        yield HealthCheck(GOOD if seen.fresh else ODD, seen.sentence)


def _leftovers(settings: Settings) -> Iterator[HealthCheck]:
    if wal(settings.published).exists():
        yield HealthCheck(
            WRONG,
            f"{wal(settings.published).name} lies beside the published file: a program opened it for "
            "writing; run `make nightly`",
        )
    for path in (settings.warehouse / "releases").glob("*/*.duckdb"):
        if path.stat().st_mode & 0o222:
            yield HealthCheck(ODD, f"{settings.relative(path)} can be written: published files are read-only")
    if unfinished := list((settings.warehouse / "releases").glob(f"{INCOMPLETE}*")):
        yield HealthCheck(
            ODD, f"{len(unfinished)} unfinished publication lies in releases/: the next one removes it"
        )
    if blocking := in_the_way(settings):
        yield HealthCheck(
            ODD,
            f"{settings.relative(blocking[0])} is not of the kind that a night writes: the next night "
            "removes it",
        )
    note = settings.private / "diagnosis.txt"
    if note.exists():
        yield HealthCheck(
            ODD, f"the last night failed: {note.read_text(encoding='utf-8', errors='replace')[:400]}"
        )


def _lock(settings: Settings) -> Iterator[HealthCheck]:
    if not settings.private.is_dir():
        return
    try:
        with only_night(settings.private):
            yield HealthCheck(GOOD, "no night is running")
    except NightError as error:
        yield HealthCheck(ODD if isinstance(error, Busy) else WRONG, str(error))


def _daemon(settings: Settings) -> Iterator[HealthCheck]:
    home = home_of(settings)
    if not (home / "dagster.yaml").exists():
        yield HealthCheck(ODD, f"{home} holds no instance yet: the first night, or `make ui`, makes it")
        return
    if damaged := damaged_databases(home, thoroughly=True):
        yield HealthCheck(
            WRONG,
            f"the history of runs is damaged ({', '.join(damaged)}): the next night sets it aside; then "
            "restart the daemon and the UI",
        )
        return
    if not is_configured(settings, home):  # it may name modules that this version does not have
        yield HealthCheck(
            ODD,
            f"the configuration in {home} is that of another version: the daemon, the UI or the next night "
            "writes it when it starts",
        )
        return
    import dagster as dg

    from orchestration.graph.dagster_internals import daemons_healthy
    from orchestration.graph.dead_runs import dead_runs

    with dg.DagsterInstance.from_config(str(home)) as instance:
        stopped = [state.name for state in instance.all_instigator_state() if state.status.value == "STOPPED"]
        alive = daemons_healthy(instance)
        dead = dead_runs(instance)
        waiting = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]))
    yield from (HealthCheck(ODD, f"{name} was stopped by hand in the UI") for name in stopped)
    for run in dead:
        told = f"the night of run {run[:8]} ended without a word (killed, or the machine stopped)"
        yield HealthCheck(ODD, f"{told}: the daemon's next look, or the next night, marks it as failed")
    if waiting:
        told = f"{len(waiting)} runs wait in the queue, the first is {waiting[-1].run_id[:8]}: "
        yield HealthCheck(
            GOOD if alive else ODD, told + ("one works at a time" if alive else "only the daemon begins them")
        )
    yield (
        HealthCheck(GOOD, "the daemon ticks")
        if alive
        else HealthCheck(ODD, "the daemon does not tick: no night starts by itself (docs/operations.md)")
    )


def _telemetry(settings: Settings) -> Iterator[HealthCheck]:
    dagster = yaml.safe_load((settings.root / "dagster.yaml").read_text(encoding="utf-8"))
    dbt = yaml.safe_load((settings.dbt_project / "dbt_project.yml").read_text(encoding="utf-8"))
    on = [
        name
        for name, off in (
            ("Dagster", dagster.get("telemetry", {}).get("enabled") is False),
            ("dbt", dbt.get("flags", {}).get("send_anonymous_usage_stats") is False),
        )
        if not off
    ]
    yield (
        HealthCheck(WRONG, f"telemetry of {', '.join(on)} is on")
        if on
        else HealthCheck(GOOD, "telemetry is off")
    )


def _port(_: Settings) -> Iterator[HealthCheck]:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex(("127.0.0.1", UI_PORT)):
            yield HealthCheck(GOOD, f"port {UI_PORT} is free for the UI")
            return
    listening = Path("/proc/net/tcp").read_text() if Path("/proc/net/tcp").exists() else ""
    open_to_all = re.search(rf"^ *\d+: 00000000:{UI_PORT:04X} \S+ 0A ", listening, re.MULTILINE)
    yield HealthCheck(
        ODD,
        f"port {UI_PORT} is taken{', and open to other machines' if open_to_all else ''}: the UI runs, or "
        "give `ui --port` another one",
    )


def _channels(_: Settings) -> Iterator[HealthCheck]:
    from orchestration.telling.notification import faults, read_channels

    wrong, channels = faults(), read_channels()
    yield from (HealthCheck(ODD, fault) for fault in wrong)
    told = [
        name
        for name, there in (("a webhook", channels.webhook), ("mail", channels.smtp and channels.recipients))
        if there and not any(f"sent to the {name.removeprefix('a ')}" in fault for fault in wrong)
    ]
    yield (
        HealthCheck(GOOD, f"failures are told by {' and '.join(told)}")
        if told
        else HealthCheck(GOOD, "failures are written to diagnosis.txt only")
    )


CHECKS: tuple[Callable[[Settings], Iterator[HealthCheck]], ...] = (
    _python,
    _place,
    _packages,
    _folders,
    _reports,
    _documents,
    _disk,
    _published,
    _freshness,
    _leftovers,
    _lock,
    _daemon,
    _telemetry,
    _port,
    _channels,
)


@click.command()
def doctor() -> None:
    """Check this installation and say what is wrong, one line each; the exit status is 1 when a night could
    fail.
    """
    findings = examine()
    click.echo(render_checks(findings))
    if any(finding.level == WRONG for finding in findings):
        sys.exit(1)
