"""Running the nightly job in this process, recorded in the instance that the UI shows.

Heavy libraries are imported inside the functions: a command that refuses must refuse at once.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import shutil
import sys
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from orchestration.building.inputs import all_inputs, declared_reports, differences
from orchestration.building.journal import Journal, NightStep
from orchestration.building.lock import only_night
from orchestration.building.published import KeptReport, Published, look, look_whole
from orchestration.building.stopping import heard_at_the_end
from orchestration.building.suspects import accused_in
from orchestration.building.tidying import clear_the_way
from orchestration.building.whole import write_whole
from orchestration.dbt import warm
from orchestration.dbt.manifest import current_manifest, dbt_environment
from orchestration.errors import Busy, NightError
from orchestration.extraction.errors import ExtractionError
from orchestration.graph.dead_runs import ENDED, bury_when_idle, crash_of, repeats
from orchestration.graph.home import home_of, on_a_sound_history, prepare_home
from orchestration.progress import moment, progress
from orchestration.publication.freshness import (
    DIAGNOSIS,
    PUBLISHED,
    UNCHANGED,
    confirm,
    one_more_failure,
)
from orchestration.publication.hold import held
from orchestration.publication.publish import current_release, mend_links
from orchestration.settings import OF_A_NIGHT, Settings, read_settings
from orchestration.telling.diagnosis import FINDINGS, SHOWN_TAGS, explain_refusal, shortened, tags_of

if TYPE_CHECKING:
    from dagster import (
        AssetCheckEvaluation,
        DagsterEvent,
        DagsterInstance,
        DagsterRun,
        ExecuteInProcessResult,
    )

    from orchestration.graph.dagster_internals import SerializableErrorInfo

LOCATION = "observatoire"
#: How often a night begins again without the reports that its build was refused for.
MORE_ATTEMPTS = 5
#: Runs that the history keeps.
KEPT_RUNS = 200
#: Bytes of events that the history keeps.
KEPT_BYTES = 2_000_000_000
BY_HAND = {"launched_by": "command line"}
#: The step whose blocking checks are the gate, and Dagster's name for what a check said.
AUDIT_STEP, CHECKED = "audit__validation", "ASSET_CHECK_EVALUATION"
#: Tag of a failed run that says why, and how long it may be.
DIAGNOSIS_TAG, LONGEST_TAG = "diagnosis", 600
#: Names of the errors that a signal becomes under Dagster.
INTERRUPTED = ("DagsterExecutionInterruptedError", "KeyboardInterrupt")


@dataclass(frozen=True)
class Outcome:
    """How a night ended. ``refusals`` is empty when it succeeded; ``seconds`` counts from the start of the
    process.

    ``build`` is the private build, when this night came as far as beginning one; ``unchanged`` tells that
    there was no work, ``held`` why readers keep a state that the operator gave back, and ``stale`` names the
    published reports that keep an older extract, each with its reason.
    """

    steps: list[NightStep]
    seconds: float
    build: Path | None = None
    release: str | None = None
    refusals: list[str] = field(default_factory=list)
    diagnosis: str = ""
    unchanged: bool = False
    stale: list[str] = field(default_factory=list)
    held: str = ""


def run_night(settings: Settings, out: TextIO | None = None) -> Outcome:
    """Run the nightly job, telling its steps on ``out``. Whatever refuses it is diagnosed and told; only
    ``Busy`` is raised.
    """
    try:
        settings.require(*OF_A_NIGHT)
        # refuse early: a run that cannot get the lock would only litter the history
        with heard_at_the_end(), only_night(settings.private):
            clear_the_way(settings)
            if standing := without_work(settings):
                return _nothing_to_do(settings, standing)
            Journal(settings.private / "journal.jsonl").begin()
    except Busy:
        raise
    except Exception as error:
        return _outcome(settings, [_told(settings, error)], began=False)
    try:
        before = current_release(settings.warehouse)
        with _telling(out or sys.stdout):
            result = _attempts(settings)
            return _outcome_of(settings, result, before)
    except Exception as error:
        return _outcome(settings, [_told(settings, error)])


def _attempts(settings: Settings) -> ExecuteInProcessResult:
    """Run the job; again without the new rows of reports that the whole build was refused for, where they may
    be left stale.
    """
    prepare_home(settings)
    current_manifest(settings, _parse_to_build)
    result = _attempt(settings)
    for _ in range(MORE_ATTEMPTS):
        suspects = [] if result.success else accused_in(settings.private, result.run_id)
        if not suspects:
            break
        progress.info(
            "again, with the last good extract of %s: the build was refused for it", ", ".join(suspects)
        )
        result = _attempt(settings)
    return result


def _told(settings: Settings, error: Exception) -> str:
    """The sentence for an error; the trace of one that nobody foresaw goes to a file for the one who mends
    it.
    """
    if isinstance(error, (NightError, ExtractionError)):
        return str(error)
    said = " ".join(str(error).split())[:300]
    if isinstance(error, OSError):
        from orchestration.graph.resources import told_by_system

        return told_by_system(error)
    trace = settings.private / "trace.txt"
    with contextlib.suppress(OSError):
        trace.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return (
        f"the night broke in a way that nobody foresaw ({type(error).__name__}: {said}); the trace is in "
        f"{trace}"
    )


def _attempt(settings: Settings) -> ExecuteInProcessResult:
    moment.debug("starting Dagster")
    warm.prepare(settings.dbt_project, dbt_environment(settings))
    try:
        with _quiet(settings.private / "night.log"):
            return on_a_sound_history(home_of(settings), _execute)
    finally:
        warm.dismiss()


def _parse_to_build(settings: Settings) -> None:
    """Write the manifest by the dbt process that builds later: a project is parsed once."""
    warm.prepare_and_write(settings.dbt_project, dbt_environment(settings))


def _execute() -> ExecuteInProcessResult:
    import dagster as dg

    from orchestration.graph.definitions import NIGHTLY, defs

    with dg.DagsterInstance.get() as instance:
        tell_the_dead(bury_when_idle(instance, read_settings()))
        forget_old_runs(instance)
        return defs.resolve_job_def(NIGHTLY).execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags={".dagster/repository": f"__repository__@{LOCATION}", **BY_HAND},
        )


def tell_the_dead(runs: Sequence[str]) -> None:
    """Say once that nights ended without a word."""
    if runs:
        told = ", ".join(run[:8] for run in runs)
        progress.warning(
            "a night before ended without a word (killed, or the machine stopped): run %s, now marked failed",
            told,
        )


@dataclass(frozen=True)
class UnchangedState:
    """A published state that a night would not change: it is that of the day or, where ``held`` says so, the
    operator keeps it.
    """

    published: Published
    held: str = ""

    @property
    def stale(self) -> list[KeptReport]:
        return self.published.stale


def without_work(settings: Settings) -> UnchangedState | None:
    """The published state when the next one could not differ from it (same inputs, whole, no more stale than
    tolerated), or is held.

    Its links are made again where somebody removed or replaced them.
    """
    if settings.full:
        return None
    published = look_whole(settings.warehouse)
    kept = held(settings) if published.inputs else ""
    if not kept and not _is_of_the_day(settings, published):
        return None
    mend_links(settings.warehouse)
    return UnchangedState(published, kept)


def _is_of_the_day(settings: Settings, published: Published) -> bool:
    reports, away = declared_reports(settings.raw), settings.documents_away()
    if not published.inputs or (away and not settings.tolerance):
        return False
    stale = [report for report in published.stale if report.reason != away]
    return len(stale) <= settings.tolerance * len(reports) and not differences(
        published.inputs, all_inputs(settings, reports)
    )


def keep(settings: Settings, standing: UnchangedState) -> str:
    """Remember that readers have what they should; a sentence that says so."""
    if standing.held:
        return standing.held
    confirm(settings, UNCHANGED)
    return f"nothing changed since release {current_release(settings.warehouse)}: readers keep it"


def forget_mended(settings: Settings) -> None:
    """End the failure that is told, where its cause was taken back and readers have the state of the day."""
    if (settings.private / DIAGNOSIS).exists() and (standing := without_work(settings)):
        keep(settings, standing)


def _nothing_to_do(settings: Settings, standing: UnchangedState) -> Outcome:
    journal = Journal(settings.private / "journal.jsonl")
    journal.begin()
    with journal.step("compare") as step:
        step.detail = keep(settings, standing)
    stale = [f"{report.code}: {report.reason}" for report in standing.stale]
    release = current_release(settings.warehouse)
    return Outcome(
        journal.steps(), seconds_since_start(), None, release, unchanged=True, stale=stale, held=standing.held
    )


def forget_old_runs(
    instance: DagsterInstance, kept: int = KEPT_RUNS, at_once: int = 20, most_bytes: int = KEPT_BYTES
) -> list[str]:
    """Remove the oldest runs beyond ``kept``, or beyond ``most_bytes`` of events, a few at a time, with what
    they printed; returns their ids.

    A night of five reports leaves about two megabytes of events, one of two thousand some ten times as much:
    without this, an installation left alone fills its disk in some years. The newest run stays, whatever its
    size.
    """
    root, newest = Path(instance.root_directory), instance.get_runs(limit=kept + at_once)
    totals = itertools.accumulate(_bytes_of(root / "history" / "runs" / f"{run.run_id}.db") for run in newest)
    beyond = sum(total <= most_bytes for total in totals)
    surplus = [run.run_id for run in reversed(newest[min(kept, max(1, beyond)) :]) if run.is_finished][
        :at_once
    ][::-1]
    for run_id in surplus:
        instance.delete_run(run_id)
        shutil.rmtree(root / "storage" / run_id, ignore_errors=True)
        for left in (root / "history" / "runs").glob(
            f"{run_id}.db*"
        ):  # deleting a run empties its events, not their file
            left.unlink(missing_ok=True)
    return surplus


def _bytes_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def refusals(events: Iterable[DagsterEvent]) -> list[str]:
    """Why a run failed: one sentence per failed step, or the reason why no step began; empty when nothing
    failed.
    """
    events = list(events)
    refused = [
        e.asset_check_evaluation_data.check_name
        for e in events
        if e.event_type_value == CHECKED and stops(e.asset_check_evaluation_data)
    ]
    failures = [event for event in events if event.is_step_failure]
    ended = [event for event in events if event.is_job_failure]
    sentences = [_sentence(event, refused) for event in failures]
    if ended and not sentences:
        sentences = [crash_of(event.message or "" for event in events) or _end_of(ended[-1])]
    return list(dict.fromkeys(sentences))


def _end_of(event: DagsterEvent) -> str:
    """Why a run failed of which no step did; one that was marked from outside says so in its message only."""
    data = event.event_specific_data
    if data is None:
        return event.message or "the run stopped before its first step"
    error = event.job_failure_data.error
    return _root_message(error) if error else "the run stopped before its first step"


def show_diagnosis(instance: DagsterInstance, run_id: str, diagnosis: str) -> None:
    """Let the UI show the sentence where a run is listed, before its events, with the reports and the lines
    that it names, and since when nights fail. What is only shown never fails a night.
    """
    with contextlib.suppress(Exception):
        shown = tags_of(diagnosis, [report.code for report in declared_reports(read_settings().raw)])
        instance.add_run_tags(run_id, {DIAGNOSIS_TAG: shortened(diagnosis, LONGEST_TAG), **shown})


def _show(run_id: str, diagnosis: str) -> None:
    import dagster as dg

    with contextlib.suppress(Exception), dg.DagsterInstance.get() as instance:
        show_diagnosis(instance, run_id, diagnosis)


def forget_repeated(instance: DagsterInstance, run: DagsterRun) -> None:
    """Remove from a run the tags that speak of the one that it repeats. What is only shown never fails a
    night.
    """
    from orchestration.graph.dagster_internals import tags_removed

    if repeats(run):
        with contextlib.suppress(Exception):
            tags_removed(instance, run.run_id, [DIAGNOSIS_TAG, *SHOWN_TAGS, ENDED, *BY_HAND])


def launched_by(run: DagsterRun) -> str:
    """Who started a run; empty for a click in the UI, also one that repeats a run of somebody else."""
    return "" if repeats(run) else run.tags.get("launched_by", "")


def launched_by_hand(run: DagsterRun) -> bool:
    """Whether a run was started from the command line, which tells its own failures."""
    return launched_by(run) == BY_HAND["launched_by"]


def sentence_of(event: DagsterEvent) -> str:
    """What a failed step says, in one sentence."""
    data = event.step_failure_data
    if data.user_failure_data is not None and data.user_failure_data.description:
        return data.user_failure_data.description
    if data.error is not None and data.error.cls_name in INTERRUPTED:
        return f"the night was asked to stop during {event.step_key} (Ctrl-C, or the machine shutting down)"
    return f"step {event.step_key} broke: {_root_message(data.error)}"


def stops(check: AssetCheckEvaluation) -> bool:
    """Whether a check stopped the night: a warning never does."""
    return not check.passed and bool(check.blocking) and check.severity.value == "ERROR"


def _sentence(event: DagsterEvent, refused: Sequence[str]) -> str:
    failure = event.step_failure_data.user_failure_data
    if refused and event.step_key == AUDIT_STEP and not (failure and failure.description):
        return f"the audit refused the build at {', '.join(refused)}"
    return sentence_of(event)


def _root_message(error: SerializableErrorInfo | None) -> str:
    """The message of the first error of a chain, on one line."""
    if error is None:
        return "unknown error"
    while error.cause is not None:
        error = error.cause
    return " ".join(error.message.split())


def _outcome_of(settings: Settings, result: ExecuteInProcessResult, before: str | None) -> Outcome:
    """How a night ended that found the release ``before``, by its last run. Once readers have a newer one,
    what failed after it (a request to stop, a full disk) is told and refuses nothing.
    """
    events = result.all_events
    said = [] if result.success else refusals(events)
    now = current_release(settings.warehouse)
    if said and now is not None and now > (before or ""):
        progress.info("readers have release %s; what came after it was not done: %s", now, said[0])
        confirm(settings, PUBLISHED)
        said = []
    outcome = _outcome(settings, said, run=result.run_id, findings=found_by(events))
    if outcome.diagnosis:
        _show(result.run_id, outcome.diagnosis)
    return outcome


def _outcome(
    settings: Settings,
    refusals: list[str],
    began: bool = True,
    run: str = "",
    findings: str | None = None,
) -> Outcome:
    """How a night ended; one that never ``began`` left the journal and the build of another."""
    steps = Journal(settings.private / "journal.jsonl").steps() if began else []
    release = current_release(settings.warehouse)
    build = last_build(settings, run) if began else None
    diagnosis = record_failure(settings, refusals, build, findings) if refusals else ""
    stale = (
        [] if refusals else [f"{report.code}: {report.reason}" for report in look(settings.published).stale]
    )
    return Outcome(steps, seconds_since_start(), build, release, refusals, diagnosis, stale=stale)


def last_build(settings: Settings, run: str = "") -> Path | None:
    """The private build of the last night, when that night came as far as beginning one; of ``run`` only,
    where its id is given: another one may have begun since.
    """
    journal = Journal(settings.private / "journal.jsonl")
    loaded = any(step.name == "load" for step in journal.steps())
    return settings.build if loaded and run in ("", journal.run()) else None


def found_by(events: Iterable[DagsterEvent]) -> str | None:
    """What the audit of a run found in its build, as its failed step holds it; ``None`` where none says."""
    for event in events:
        data = event.step_failure_data.user_failure_data if event.is_step_failure else None
        if data is not None and FINDINGS in data.metadata:
            return str(data.metadata[FINDINGS].value)
    return None


def record_failure(
    settings: Settings, refusals: list[str], build: Path | None, findings: str | None = None
) -> str:
    """Write the diagnosis of a night beside its private build, tell it on the configured channels, and return
    it. ``findings`` are what is known of the build already (``telling.diagnosis``).
    """
    from orchestration.telling.notification import notify

    release, since = current_release(settings.warehouse), one_more_failure(settings)
    diagnosis = explain_refusal(refusals, build, release, since, findings)
    with contextlib.suppress(OSError):
        (settings.private / DIAGNOSIS).unlink(missing_ok=True)  # what a full disk leaves is not of this night
        write_whole(settings.private / DIAGNOSIS, diagnosis + "\n")
    notify("Observatoire: the night failed", diagnosis)
    return diagnosis


def seconds_since_start() -> float:
    """Wall time since this process started, imports included (falls back to the CPU clock elsewhere than on
    Linux).
    """
    try:
        ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
        uptime = float(Path("/proc/uptime").read_text().split()[0])
        return uptime - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return time.process_time()


@contextlib.contextmanager
def _quiet(log: Path) -> Iterator[None]:
    """Send what Dagster and dbt print to a file beside the private build, so that people see only
    the steps.
    """
    file = log.open("w", encoding="utf-8")
    try:
        with contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
            yield
    finally:
        with contextlib.suppress(
            OSError
        ):  # a full disk refuses the last lines: that is no news to end a night with
            file.close()


class _Steps(logging.Handler):
    """Tells the steps: a line for each that ended, and on a terminal the one that is under way."""

    def __init__(self, out: TextIO) -> None:
        super().__init__(logging.DEBUG)
        self._out = out
        self._live = out.isatty()

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):  # nobody reads any more (`| head`, a closed terminal)
            self._tell(record)

    def _tell(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.levelno <= logging.DEBUG or text.startswith("start "):
            if self._live:
                self._out.write(f"\r\033[K{seconds_since_start():6.1f} s  {text[:100]}")
        else:
            self._out.write(("\r\033[K" if self._live else "") + f"{seconds_since_start():6.1f} s  {text}\n")
        self._out.flush()


@contextlib.contextmanager
def _telling(out: TextIO) -> Iterator[None]:
    handler = _Steps(out)
    levels = [(logger, logger.level) for logger in (progress, moment)]
    for logger, _ in levels:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        for logger, level in levels:
            logger.removeHandler(handler)
            logger.setLevel(level)
