"""The command line. Every refusal is one sentence on standard error and an exit status of 1, never a traceback."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.dbt.processes import stop
from orchestration.errors import NightError
from orchestration.extraction.errors import ExtractionError
from orchestration.settings import Settings, read_settings

if TYPE_CHECKING:
    from orchestration.extraction.catalogue import Catalogue
    from orchestration.extraction.reports import Report
    from orchestration.graph.night import Outcome

#: Exit status of a night that published, with at least one report that keeps an older extract.
STALE = 3
#: Seconds that the UI and the daemon get to stop what they started.
PATIENCE = 20.0
EXAMPLE = (
    '.venv/bin/python -m orchestration query "select rapport_code, domaine, count(*) as chiffres '
    'from marts.fct_observation group by all order by all"'
)


@click.group()
def cli() -> None:
    """Observatoire: activity reports of the Assurance Maladie, from print to an audited warehouse."""


@cli.command()
@click.option("--full", is_flag=True, help="Read and build everything again, even what has not changed.")
def nightly(full: bool) -> None:
    """Read the reports, build aside, audit, publish.

    The exit status is 0 when readers have the state of today, 3 when some of its reports are stale, 1 when nothing was published.
    """
    from orchestration.graph.night import run_night

    if full:
        os.environ["OBSERVATOIRE_FULL"] = "1"
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # asked to stop before the first step: ends like Ctrl-C
    settings = read_settings()
    outcome = run_night(settings)
    if outcome.held:
        click.echo(f"{outcome.held} ({outcome.seconds:.1f} s)")
    elif outcome.unchanged:
        click.echo(f"nothing changed: readers keep release {outcome.release} ({outcome.seconds:.1f} s)")
        click.echo("".join(f"note       {note}\n" for note in _undeclared(settings)), nl=False)
    else:
        _tell_night(settings, outcome)
    for reason in outcome.stale:
        click.echo(f"WARNING stale: {reason}", err=True)
    if outcome.refusals:
        click.echo(f"\n{outcome.diagnosis}", err=True)
    if outcome.refusals or outcome.stale:
        sys.exit(1 if outcome.refusals else STALE)


def _undeclared(settings: Settings) -> list[str]:
    from orchestration.building.inputs import declared_reports, undeclared_documents, undeclared_notes

    names = [report.document for report in declared_reports(settings.raw) or []]
    return undeclared_notes(undeclared_documents(settings.documents, names))


def _tell_night(settings: Settings, outcome: Outcome) -> None:
    from orchestration.telling.summary import picture, render

    notes = _undeclared(settings)
    notes += [f"{step.name.removeprefix('read ')} {step.detail.partition('; ')[2]}" for step in outcome.steps if "; differs" in step.detail]
    published = [f"nothing; readers keep release {outcome.release or '(none)'}"] if outcome.refusals else _published(settings, outcome.release)
    following = "make ui shows the run, its steps and its checks" if outcome.refusals else EXAMPLE
    click.echo(render(picture(outcome.build), outcome.steps, outcome.seconds, published, following, notes))


def _published(settings: Settings, release: str | None) -> list[str]:
    parquet = len(list((settings.warehouse / "parquet").glob("*.parquet")))
    size = settings.published.stat().st_size / 1e6
    return [
        f"{settings.relative(settings.published)} ({size:.1f} MB, read-only), release {release}",
        f"{settings.relative(settings.warehouse / 'site' / 'index.html')}: the pages, for a browser",
        f"{settings.relative(settings.warehouse / 'parquet')}/ ({parquet} marts), {settings.relative(settings.warehouse / 'data_docs')}/index.html",
    ]


@cli.command()
@click.argument("sql")
@click.option("--rows", default=100, show_default=True, help="Rows to show.")
def query(sql: str, rows: int) -> None:
    """Run SQL on the published warehouse: it reads that file and nothing else."""
    from orchestration.publication.query import old_codes, sealed

    with sealed(read_settings().published) as connection:
        relation = connection.sql(sql)
        if relation is not None:
            relation.show(max_rows=rows, max_width=_terminal_width())
        for note in old_codes(connection, sql):
            click.echo(note, err=True)


def _terminal_width() -> int:
    try:
        return os.get_terminal_size().columns
    except OSError:
        return 160


@cli.command()
@click.argument("codes", nargs=-1)
def extract(codes: tuple[str, ...]) -> None:
    """Read the documents again and write the committed extracts of raw/ (all reports, or those named), and the schema of templates."""
    from orchestration.extraction.catalogue import load_catalogue
    from orchestration.extraction.reports import list_reports
    from orchestration.extraction.template_schema import write_schema

    settings = read_settings()
    if away := settings.documents_away():
        raise NightError(away)
    catalogue = load_catalogue(settings.seeds)
    reports = list_reports(settings.raw)
    unknown = set(codes) - {report.code for report in reports}
    if unknown:
        raise NightError(f"no report is called {', '.join(sorted(unknown))}; there are: {', '.join(r.code for r in reports)}")
    failed = [report.code for report in reports if (not codes or report.code in codes) and not _extract(report, settings, catalogue)]
    write_schema(settings.raw, catalogue)
    if failed:
        raise NightError(f"not extracted: {', '.join(failed)}; their committed extracts are as they were")


def _extract(report: Report, settings: Settings, catalogue: Catalogue) -> bool:
    from orchestration.building.staging import compare_with_committed
    from orchestration.discovery.complete import extract_any
    from orchestration.extraction.documents import read_document
    from orchestration.extraction.reports import write_extract

    path = settings.documents / report.document
    if not path.exists():
        click.echo(f"{report.code}: no document {report.document} in {settings.documents}; its extract stays as it is")
        return True
    try:
        fresh = extract_any(report, read_document(path, report.encodage), catalogue, settings.raw)
    except ExtractionError as error:
        click.echo(str(error), err=True)
        return False
    try:
        told = str(compare_with_committed(report, fresh) or "unchanged")
    except ExtractionError:  # written by another version, or damaged: this command is the cure that its message names
        told = "written anew"
    write_extract(report, fresh)
    click.echo(f"{report.code}: {fresh.numbers.height} numbers; {told}")
    return True


@cli.command()
@click.option("--build", is_flag=True, help="Look at the private build of the last night instead of the published file.")
def constats(build: bool) -> None:
    """List the findings: what the reports themselves get wrong, the gravest first."""
    from orchestration.telling.findings import list_findings, render_findings

    settings = read_settings()
    path = settings.build if build else settings.published
    if not path.exists():
        raise NightError(f"there is no {settings.relative(path)} yet: run `make nightly`")
    click.echo(render_findings(list_findings(path), _terminal_width()))


@cli.command()
def releases() -> None:
    """List the published states that are kept, the newest last; the one that readers have is marked."""
    from orchestration.building.changes import count_changes
    from orchestration.publication.publish import current_release
    from orchestration.publication.retention import list_releases

    settings = read_settings()
    current = current_release(settings.warehouse)
    for name in list_releases(settings.warehouse):
        changes = ", ".join(f"{count} {kind}" for kind, count in count_changes(settings.warehouse / "releases" / name).items())
        click.echo(f"{'*' if name == current else ' '} {name}  {changes or 'no figure changed, or the first state'}")


@cli.command()
@click.argument("release", required=False)
@click.option("--let-go", is_flag=True, help="End the hold: the next night may publish again.")
def rollback(release: str | None, let_go: bool) -> None:
    """Give readers an earlier published state again (by default the one before), in one rename.

    Nights keep it until an input changes; ``--let-go`` ends that, and so does a night with ``--full``.
    """
    from orchestration.building.lock import only_night
    from orchestration.publication import hold
    from orchestration.publication.retention import roll_back

    settings = read_settings()
    with only_night(settings.private):
        if let_go:
            ended = hold.let_go(settings)
            click.echo("the next night publishes what it finds" if ended else "no state was held: nights publish what they find")
            return
        name = roll_back(settings.warehouse, release)
        kept = hold.hold(settings, name)
    told = f"nights keep it until an input changes ({hold.LET_GO} ends that): mend what was wrong" if kept else "it is the state of today's inputs"
    click.echo(f"readers have release {name}; {told}")


@cli.command()
def doctor() -> None:
    """Check this installation and say what is wrong, one line each; the exit status is 1 when a night could fail."""
    from orchestration.commands.doctor import WRONG, examine, render

    findings = examine()
    click.echo(render(findings))
    if any(finding.level == WRONG for finding in findings):
        sys.exit(1)


@cli.command()
def daemon() -> None:
    """Run the schedule, the eye on the documents and the alarm, until stopped."""
    from orchestration.graph.home import prepare_home

    settings = read_settings()
    prepare_home(settings)
    os.chdir(settings.root)
    os.execv(sys.executable, [sys.executable, "-m", "dagster._daemon", "run"])


@cli.command()
@click.option("--port", default=3000, show_default=True)
@click.option("--alone", is_flag=True, help="Without the daemon: another process runs it.")
def ui(port: int, alone: bool) -> None:
    """Open the Dagster UI on this machine only (127.0.0.1), with the history of the nights.

    The daemon runs beside it: it starts what the UI launches, and the nightly schedule while the UI is open.
    """
    from orchestration.graph.home import prepare_home

    settings = read_settings()
    prepare_home(settings)
    click.echo(f"Dagster UI on http://127.0.0.1:{port}{'' if alone else ', schedule ticking'} (stop with Ctrl-C)")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    webserver = [sys.executable, "-m", "orchestration.graph.webserver", str(port)]
    with contextlib.ExitStack() as running:
        if not alone:
            running.enter_context(_stopped_at_the_end([sys.executable, "-m", "dagster._daemon", "run"], settings.root, subprocess.DEVNULL))
        status = running.enter_context(_stopped_at_the_end(webserver, settings.root)).wait()
    sys.exit(status)


@contextlib.contextmanager
def _stopped_at_the_end(command: list[str], folder: Path, output: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is asked to stop, and given the time to stop its own, when the block ends."""
    process = subprocess.Popen(command, cwd=folder, stdout=output)
    try:
        yield process
    finally:
        stop(process, PATIENCE)


def main() -> None:
    """Entry point: run a command, telling refusals plainly, whatever bytes the name of a file has."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    # Started in the background of a script, SIGINT is ignored, and Dagster would leave SIGTERM ignored after its first run.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit("interrupted")
    except (NightError, ExtractionError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"{error.filename or 'a file'}: {error.strerror or error}; check the disk and the permissions, then run again", err=True)
        sys.exit(1)
    except MemoryError:
        sys.exit("there is not enough memory on this machine for it; nothing published has changed: close other programs, then run again")
    except KeyboardInterrupt:
        sys.exit("interrupted")
    except Exception as error:
        if os.environ.get("OBSERVATOIRE_TRACE"):
            raise
        sys.exit(f"this broke in a way that nobody foresaw ({type(error).__name__}: {' '.join(str(error).split())[:300]}); OBSERVATOIRE_TRACE=1 shows where")
