"""Nights and what watches over them: ``nightly``, ``daemon``, ``ui``. What a night does is in the rooms
below.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.dbt.processes import stop
from orchestration.graph.supervision import mark_the_run, supervised, tell_the_end
from orchestration.settings import Settings, read_settings

if TYPE_CHECKING:
    from orchestration.graph.night import Outcome

#: Exit status of a night that published, with at least one report that keeps an older extract.
STALE = 3
#: Seconds that the UI and the daemon get to stop what they started.
PATIENCE = 20.0
DAEMON = [sys.executable, "-m", "orchestration.graph.daemon", "run"]
EXAMPLE = (
    "select rapport_code, domaine, count(*) as chiffres from marts.fct_observation group by all order by all"
)


@click.command()
@click.option("--full", is_flag=True, help="Read and build everything again, even what has not changed.")
def nightly(full: bool) -> None:
    """Read the reports, build aside, audit, publish.

    The exit status is 0 when readers have the state of today, 3 when some of its reports are stale, 1 when
    nothing was published.
    """
    if full:
        os.environ["OBSERVATOIRE_FULL"] = "1"
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # asked to stop before the first step: ends like Ctrl-C
    settings, began = read_settings(), datetime.now(UTC)
    ended = supervised()
    if ended is not None:
        sys.exit(ended if ended >= 0 else _ended_by(settings, -ended, began))
    _night(settings)


def _ended_by(settings: Settings, number: int, began: datetime) -> int:
    """Tell that a signal ended the night; the exit status."""
    diagnosis = tell_the_end(settings, number, began)
    _say("stderr", lambda: click.echo(f"\n{diagnosis}", err=True))
    mark_the_run(settings, diagnosis, began)
    return 1


def _night(settings: Settings) -> None:
    from orchestration.graph.night import run_night

    outcome = run_night(settings)
    _say("stdout", lambda: _tell(settings, outcome))
    _say("stderr", lambda: _warn(outcome))
    if outcome.refusals or outcome.stale:
        sys.exit(1 if outcome.refusals else STALE)


def _say(stream: str, words: Callable[[], None]) -> None:
    """Say something on ``stdout`` or ``stderr``. Where nobody reads it any more (``| head``, a closed
    terminal, a full disk), how the night ended is the same.
    """
    try:
        words()
        getattr(sys, stream).flush()
    except OSError:
        setattr(sys, stream, Path(os.devnull).open("w"))  # noqa: SIM115  # Python flushes it once more


def _tell(settings: Settings, outcome: Outcome) -> None:
    if outcome.held:
        click.echo(f"{outcome.held} ({outcome.seconds:.1f} s)")
    elif outcome.unchanged:
        click.echo(f"nothing changed: readers keep release {outcome.release} ({outcome.seconds:.1f} s)")
        click.echo("".join(f"note       {note}\n" for note in _undeclared(settings)), nl=False)
    else:
        _tell_night(settings, outcome)


def _warn(outcome: Outcome) -> None:
    for reason in outcome.stale:
        click.echo(f"WARNING stale: {reason}", err=True)
    if outcome.refusals:
        click.echo(f"\n{outcome.diagnosis}", err=True)


def _undeclared(settings: Settings) -> list[str]:
    from orchestration.building.inputs import declared_reports, undeclared_documents, undeclared_notes

    names = [report.document for report in declared_reports(settings.raw)]
    return undeclared_notes(undeclared_documents(settings.documents, names))


def _tell_night(settings: Settings, outcome: Outcome) -> None:
    from orchestration.telling.summary import picture, render_summary

    notes = _undeclared(settings)
    notes += [
        f"{step.name.removeprefix('read ')} {step.detail.partition('; ')[2]}"
        for step in outcome.steps
        if "; differs" in step.detail
    ]
    published = (
        [f"nothing; readers keep release {outcome.release or '(none)'}"]
        if outcome.refusals
        else _published(settings, outcome.release)
    )
    following = (
        "make ui shows the run, its steps and its checks"
        if outcome.refusals
        else f'{_typed()} query "{EXAMPLE}"'
    )
    click.echo(
        render_summary(picture(outcome.build), outcome.steps, outcome.seconds, published, following, notes)
    )


def _published(settings: Settings, release: str | None) -> list[str]:
    parquet = len(list((settings.warehouse / "parquet").glob("*.parquet")))
    size = settings.published.stat().st_size / 1e6
    return [
        f"{settings.relative(settings.published)} ({size:.1f} MB, read-only), release {release}",
        f"{settings.relative(settings.warehouse / 'site' / 'index.html')}: the pages, for a browser",
        f"{settings.relative(settings.warehouse / 'parquet')}/ ({parquet} marts), "
        f"{settings.relative(settings.warehouse / 'data_docs')}/index.html",
    ]


def _typed() -> str:
    """How this program is called from the folder that one is in: a query of the summary can be typed as it
    stands.
    """
    script = Path(sys.executable).with_name("observatoire")
    program, more = (script, "") if script.exists() else (Path(sys.executable), " -m orchestration")
    here = Path.cwd()
    return f"{program.relative_to(here) if program.is_relative_to(here) else program}{more}"


@click.command()
def daemon() -> None:
    """Run the schedule, the eye on the documents and the alarm, until stopped."""
    from orchestration.graph.home import prepare_home

    settings = read_settings()
    prepare_home(settings)
    os.chdir(settings.root)
    os.execv(sys.executable, DAEMON)


@click.command()
@click.option("--port", default=3000, show_default=True, help="Port on this machine.")
@click.option("--alone", is_flag=True, help="Without the daemon: another process runs it.")
def ui(port: int, alone: bool) -> None:
    """Open the Dagster UI on this machine only (127.0.0.1), with the history of the nights.

    The daemon runs beside it: it starts what the UI launches, and the nightly schedule while the UI is open.
    """
    from orchestration.graph.home import prepare_home

    settings = read_settings()
    prepare_home(settings)
    click.echo(
        f"Dagster UI on http://127.0.0.1:{port}{'' if alone else ', schedule ticking'} (stop with Ctrl-C)"
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    webserver = [sys.executable, "-m", "orchestration.graph.webserver", str(port)]
    with contextlib.ExitStack() as running:
        if not alone:
            running.enter_context(_stopped_at_the_end(DAEMON, settings.root, subprocess.DEVNULL))
        status = running.enter_context(_stopped_at_the_end(webserver, settings.root)).wait()
    sys.exit(status)


@contextlib.contextmanager
def _stopped_at_the_end(
    command: list[str], folder: Path, output: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is asked to stop, and given the time to stop its own, when the block ends."""
    process = subprocess.Popen(command, cwd=folder, stdout=output)
    try:
        yield process
    finally:
        stop(process, PATIENCE)
