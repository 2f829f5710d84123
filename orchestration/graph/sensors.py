"""What starts a night without hands, and what happens when one fails or fails to come: schedule, eye on the
documents, alarm, watch.

Nothing here reads a document's meaning. A tick that finds no work says so and starts nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.building.inputs import (
    DOCUMENT,
    UNSETTLED,
    Key,
    declared_reports,
    document_digest,
    stamp_of,
)
from orchestration.building.published import look
from orchestration.building.suspects import accused_in
from orchestration.graph.checks.freshness import report_freshness
from orchestration.graph.dead_runs import WITHOUT_A_WORD, bury_when_idle, crash_of, was_buried
from orchestration.graph.night import (
    forget_mended,
    forget_old_runs,
    found_by,
    keep,
    last_build,
    launched_by,
    launched_by_hand,
    record_failure,
    refusals,
    show_diagnosis,
    without_work,
)
from orchestration.publication.freshness import Freshness, judge_freshness, last_confirmation
from orchestration.publication.hold import held
from orchestration.publication.publish import current_release
from orchestration.settings import CRON, TIME_ZONE, Settings
from orchestration.telling.diagnosis import explain_refusal
from orchestration.telling.notification import beat, notify

if TYPE_CHECKING:
    from orchestration.graph.dagster_internals import UnresolvedJob as Job

#: Seconds between two looks at the documents; a file that two looks see alike is no longer being copied.
EVERY = 30
#: What makes the UI and the daemon see a report that was declared or removed.
RELOAD = "reload definitions (Deployment, Code locations, Reload), or restart the daemon and the UI"
#: Who starts nights without hands, and the tag of one that follows a night of theirs that was killed; killed
#: too, that one waits for the schedule.
BEGUN_BY_ITSELF, AFTER_A_KILL = ("schedule", "documents", "second attempt"), "a night that was killed"
#: Seconds between two looks at the clock.
WATCH_EVERY = 120


@dataclass
class Seen:
    """What the last look at the documents remembers: their stamps, the state of the folder and the release
    that were answered for, and why the folder could not be read."""

    stamps: dict[str, list[int]] = field(default_factory=dict)
    asked: str = ""
    away: str = ""

    @classmethod
    def read(cls, cursor: str | None) -> Seen:
        try:
            return cls(**json.loads(cursor)) if cursor else cls()
        except (ValueError, TypeError):
            return cls()

    def write(self) -> str:
        return json.dumps(asdict(self))


def nightly_schedule(job: Job, settings: Settings) -> dg.ScheduleDefinition:
    """The nightly tick; it starts nothing when the next state could not differ from the published one."""

    @dg.schedule(
        name="every_night",
        job=job,
        cron_schedule=settings.cron,
        execution_timezone=TIME_ZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=settings.wrong.get(CRON, "Every night at two in Paris, unless nothing changed."),
    )
    def every_night(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        bury_and_tell(context.instance, settings)
        forget_old_runs(context.instance)
        if standing := without_work(settings):
            return dg.SkipReason(keep(settings, standing))
        return dg.RunRequest(tags={"launched_by": "schedule"})

    return every_night


def documents_sensor(
    job: Job, settings: Settings, known: Iterable[str] | None = None, every: int = EVERY
) -> dg.SensorDefinition:
    """Starts a night when a declared document appears, changes or disappears, once it is copied whole.

    ``known`` are the codes of the reports that these definitions hold: others were declared since they were
    loaded.
    """
    loaded = None if known is None else frozenset(known)

    @dg.sensor(
        name="documents",
        job=job,
        minimum_interval_seconds=every,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="A night when a document appears, changes or disappears.",
    )
    def documents(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        bury_and_tell(context.instance, settings)
        declared = declared_reports(settings.raw)
        replaced = {report.replaces for report in declared}
        reports = [report for report in declared if report.code not in replaced]
        seen = evaluate(settings, [report.document for report in reports if report.document], context.cursor)
        codes = {report.code for report in reports}
        if loaded is None or codes == loaded or seen.skip_reason is None:
            return seen
        since = (
            "raw/ has changed since these definitions were loaded "
            f"({', '.join(sorted(codes ^ loaded))[:200]}): {RELOAD}"
        )
        return dg.SensorResult(skip_reason=f"{seen.skip_reason.skip_message}; {since}", cursor=seen.cursor)

    return documents


def evaluate(settings: Settings, names: Iterable[str], cursor: str | None) -> dg.SensorResult:
    """One look at the documents: wait while they change, skip what is published or was asked for, else ask
    for a night.

    Documents whose stamps are those of the last answer are not read at all. One state of the folder starts
    one night, whatever the number of looks; a document that comes back to an earlier content, even one that
    was refused, is another state.
    """
    seen, away = Seen.read(cursor), settings.documents_away()
    if away or seen.away:
        tell_documents(seen.away, away)
    if away:
        return dg.SensorResult(skip_reason=away, cursor=replace(seen, away=away).write())
    stamps = stamp(settings, names)
    if stamps != seen.stamps:
        moved = sorted(
            name for name in stamps.keys() | seen.stamps.keys() if stamps.get(name) != seen.stamps.get(name)
        )
        return dg.SensorResult(
            skip_reason=f"changed, waiting until stable: {', '.join(moved)[:300]}",
            cursor=Seen(stamps, seen.asked).write(),
        )
    state = hashlib.sha256(json.dumps(stamps, sort_keys=True).encode()).hexdigest()
    key = f"{state[:32]}-{current_release(settings.warehouse) or 'first'}"
    after = Seen(stamps, key).write()
    if seen.asked == key:
        return dg.SensorResult(
            skip_reason="nothing changed since the last night that was asked for",
            cursor=after if seen.away else None,
        )
    return _answer(settings, stamps, key, Seen(stamps, seen.asked).write(), after, names)


def _answer(
    settings: Settings,
    stamps: Mapping[str, list[int]],
    key: str,
    before: str,
    after: str,
    names: Iterable[str],
) -> dg.SensorResult:
    digests = {name: digest_by_stamp(settings.documents / name, stamps.get(name)) for name in names}
    if UNSETTLED in digests.values():
        return dg.SensorResult(
            skip_reason="a document cannot be read now", cursor=replace(Seen.read(before), stamps={}).write()
        )
    if kept := held(settings):
        return dg.SensorResult(skip_reason=kept, cursor=before)
    if published_digests(settings, digests) == digests:
        forget_mended(settings)
        return dg.SensorResult(skip_reason="the published state was read from these documents", cursor=after)
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=f"documents-{key}", tags={"launched_by": "documents"})],
        cursor=after,
    )


#: Digests of the documents that this process has read, with the stamps that they had.
_known: dict[Path, tuple[list[int] | None, str]] = {}


def digest_by_stamp(path: Path, stamped: list[int] | None) -> str:
    """The digest of a document, read only when its stamp is another than when it was read last."""
    if stamped is None or _known.get(path, (None, ""))[0] != stamped:
        _known[path] = (stamped, document_digest(path))
    return _known[path][1]


def tell_documents(before: str, away: str) -> None:
    """Tell people once that the documents cannot be read, and once that they can again; either is empty when
    they can.
    """
    if away and not before:
        notify(
            "Observatoire: the documents cannot be read",
            f"{away}. Until then the reports keep their last good rows.",
        )
    elif before and not away:
        notify(
            "Observatoire: the documents can be read again",
            f"The next look compares them with what is published. It was: {before}",
        )


def stamp(settings: Settings, names: Iterable[str]) -> dict[str, list[int]]:
    """The stamp of each document that is there."""
    found = {}
    for name in names:
        try:
            found[name] = list(stamp_of(settings.documents / name))
        except OSError:
            continue
    return found


def published_digests(settings: Settings, names: Iterable[str]) -> dict[str, str]:
    """The digests of the documents that the published state was read from, by file name."""
    inputs = look(settings.published).inputs
    codes = {report.document: report.code for report in declared_reports(settings.raw)}
    keys = {name: Key(codes[name], DOCUMENT) for name in names if name in codes}
    return {name: inputs[key] for name, key in keys.items() if key in inputs}


def failure_sensor(job: Job, settings: Settings) -> dg.SensorDefinition:
    """Writes the diagnosis of a night that failed under the daemon, and tells it. The command line does so by
    itself.

    Where the whole build was refused for reports that may be left stale, it asks for a night without them
    instead.
    """

    @dg.run_failure_sensor(
        name="alarm",
        monitored_jobs=[job],
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
        request_job=job,
        description="Why a night failed, written beside the private build and told where configured.",
    )
    def alarm(context: dg.RunFailureSensorContext) -> dg.RunRequest | dg.SkipReason | None:
        return answer_failure(context.instance, context.dagster_run, settings)

    return alarm


def answer_failure(
    instance: dg.DagsterInstance, run: dg.DagsterRun, settings: Settings
) -> dg.RunRequest | dg.SkipReason | None:
    """Tell why a run failed, or ask for a night without the reports that it was refused for; one that nobody
    stopped on purpose, as far as is known, begins again once. Where readers' state was confirmed since, only
    the list of runs says why.
    """
    failed = run.run_id
    events = [entry.dagster_event for entry in instance.all_logs(failed) if entry.dagster_event]
    killed = was_buried(run) or bool(crash_of(event.message or "" for event in events))
    if launched_by_hand(run):
        return dg.SkipReason("the command line told its own failure")
    if confirmed_since(instance, run, settings, killed):
        release = current_release(settings.warehouse)
        shown = explain_refusal(refusals(events), None, release, findings=found_by(events))
        show_diagnosis(instance, failed, shown)
        return dg.SkipReason("a later night has confirmed what readers have")
    if accused_in(settings.private, failed):
        return dg.RunRequest(run_key=f"again-{failed}", tags={"launched_by": "second attempt"})
    again = killed and launched_by(run) in BEGUN_BY_ITSELF
    sentences = refusals(events) + ["It begins again at once, by itself"] * again
    told = record_failure(settings, sentences, last_build(settings, failed), found_by(events))
    show_diagnosis(instance, failed, told)
    return dg.RunRequest(run_key=f"again-{failed}", tags={"launched_by": AFTER_A_KILL}) if again else None


def bury_and_tell(instance: dg.DagsterInstance, settings: Settings) -> None:
    """Mark dead nights as failed while no night works. One that the command line had begun is told here: the
    alarm never hears of it.
    """
    for run_id in bury_when_idle(instance, settings):
        run = instance.get_run_by_id(run_id)
        if run is not None and launched_by_hand(run) and not confirmed_since(instance, run, settings):
            told = record_failure(settings, [WITHOUT_A_WORD], last_build(settings, run_id))
            show_diagnosis(instance, run_id, told)


def confirmed_since(
    instance: dg.DagsterInstance, run: dg.DagsterRun, settings: Settings, killed: bool = True
) -> bool:
    """Whether readers' state was confirmed after a run ended: what became of that run is no news then. One
    that was ``killed`` counts from its beginning: when it ended, nobody knows.
    """
    record, confirmed = instance.get_run_record_by_id(run.run_id), last_confirmation(settings)
    if record is None or confirmed is None:
        return False
    began = record.start_time or record.create_timestamp.timestamp()
    ended = record.end_time or record.update_timestamp.timestamp()
    return confirmed.at.timestamp() > (began if killed else ended)


def watch_sensor(asset: dg.AssetKey, settings: Settings) -> dg.SensorDefinition:
    """Turns the freshness of ``asset`` red although no night runs, and tells it once; once more when it is
    green again.
    """

    @dg.sensor(
        name="watch",
        minimum_interval_seconds=WATCH_EVERY,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Whether a night confirmed what readers have, as late as the schedule promises.",
    )
    def watch(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        seen = judge_freshness(settings, datetime.now(UTC))
        report_freshness(context.instance, asset, seen)
        if seen.fresh:
            beat()
        return dg.SensorResult(skip_reason=seen.sentence, cursor=tell_turn(seen, context.cursor))

    return watch


def tell_turn(seen: Freshness, before: str | None) -> str:
    """Tell people when freshness turned since the last look, whose verdict is ``before``; returns the verdict
    to remember.

    The first look at an installation that no night ever confirmed tells nobody.
    """
    verdict = "fresh" if seen.fresh else "late"
    if verdict != (before or "fresh") and (before or seen.confirmed):
        notify(
            f"Observatoire: {'fresh again' if seen.fresh else 'no night confirms what readers have'}",
            seen.sentence,
        )
    return verdict
