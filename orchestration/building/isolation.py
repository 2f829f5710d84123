"""One report at a time: read again when something changed, kept as published when nothing did, set back when
it went wrong.

A report that cannot be read, whose relations fail without being registered, or whose rows a whole build was
refused for, does not stop the others: its last good extract stays, marked stale with the reason. How many may
be stale before the night fails is ``Settings.tolerance``, the share of reports; with the default of 0 the
first one fails the night.
"""

from __future__ import annotations

import contextlib
import errno
import json
import shutil
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from orchestration.building.harvest import Harvest, harvested_frames
from orchestration.building.inputs import (
    ABSENT,
    DOCUMENT,
    PROJECT,
    UNSETTLED,
    Inputs,
    Key,
    declaration_of,
    declared_reports,
    reading_key,
    report_inputs,
)
from orchestration.building.members import Members
from orchestration.building.origin import Origin, State
from orchestration.building.patience import patiently
from orchestration.building.published import Published
from orchestration.building.staging import (
    KEPT_FILE,
    StagedReport,
    stage_report,
    summarize,
    write_facts,
)
from orchestration.building.suspects import Suspect, read_suspects, standing
from orchestration.discovery.complete import Shelf
from orchestration.errors import GIVE_MEMORY, NightError, Passing, lacks_memory
from orchestration.extraction.catalogue import Catalogue
from orchestration.extraction.errors import ExtractionError, StillChanging
from orchestration.extraction.reports import (
    NUMBERS_FILE,
    RELATIONS_FILE,
    Report,
    altered,
)
from orchestration.reconciliation.findings import find
from orchestration.reconciliation.register import RegisterEntry, RegisterRefused, agrees, check_register
from orchestration.reconciliation.terms import RelationRefused
from orchestration.settings import Settings

STATE_FILE = "state.json"
#: Characters of a reason, and reasons (or reports of one), that the sentence of a night has room for.
LONGEST_REASON, SHOWN_REASONS = 200, 4
OF_THE_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE)
REFUSALS = (ExtractionError, RelationRefused, RegisterRefused, NightError)
#: What a committed extract is read with: nothing.
_EMPTY_SHELF = Shelf(lambda: Catalogue({}, {}, {}), Path(ABSENT))


@dataclass(frozen=True)
class Workplace:
    """The folders and the state that every report of a night shares; ``tolerance`` is a share of reports.

    ``suspects`` are the reports that an earlier build was refused for, as they still are; ``accepted`` are
    the findings of the register by report, read once a night; ``away`` says why no document can be read at
    all, empty when they can. Without ``members``, an edit of a seed concerns every report. ``harvest`` holds
    what Spark read.
    """

    documents: Path
    staged: Path
    published: Published
    shared: Inputs
    tolerance: float
    suspects: Mapping[str, Suspect] = field(default_factory=dict)
    accepted: Mapping[str, Sequence[RegisterEntry]] = field(default_factory=dict)
    away: str = ""
    members: Members | None = None
    harvest: Harvest = field(default_factory=Harvest)

    def holds(self, report: Report, inputs: Inputs) -> bool:
        """Whether the published rows of a report are those that reading it from ``inputs`` would give."""
        return self.published.holds(report.code, inputs, lambda words: self.concerned(report, words) or "")

    def has(self, report: Report, inputs: Inputs) -> bool:
        """Whether the rows of a report need no reading: they are published, or Spark read them."""
        return self.holds(report, inputs) or self.harvest.holds(report.code, reading_key(report.code, inputs))

    def concerned(self, report: Report, words: str) -> str | None:
        """The digest of the rows of the seeds that concern a report whose document has ``words``."""
        return self.members.digest(report.folder, report.brouillon, words) if self.members else None


def standing_suspects(settings: Settings, shared: Inputs) -> dict[str, Suspect]:
    """The reports that an earlier build was refused for, and whose rows would be the same again."""
    if not (suspects := read_suspects(settings.private)):
        return {}
    readings = {
        report.code: reading_key(report.code, {**shared, **report_inputs(report, settings.documents)})
        for report in declared_reports(settings.raw)
    }
    return standing(suspects, readings, judged_by(settings, shared))


def judged_by(settings: Settings, shared: Inputs) -> str:
    """What decides whether rows are refused, besides the rows: the project, and the loss of rows that a night
    accepts.
    """
    return f"{shared[Key('', PROJECT)]} {settings.volume}"


def stage_or_keep(report: Report, work: Workplace, shelf: Shelf, own: Inputs | None = None) -> StagedReport:
    """Stage one report by the least work that gives the same rows. ``own`` are its inputs where the caller
    has them.

    Raises what reading refuses when no stale report is tolerated; otherwise the last good extract is staged
    instead.
    """
    if own is None:
        own = report_inputs(declaration_of(report.folder, report.document), work.documents)
    inputs = {**work.shared, **own}
    if report.fault:
        return _set_back_or_refuse(report, work, inputs, ExtractionError(report.fault), extract=False)
    if work.away and not work.tolerance:
        raise NightError(work.away)
    if work.holds(report, inputs):
        with contextlib.suppress(duckdb.Error, KeyError):  # a damaged state: read again
            return _keep(report, work, inputs)
    if work.away:
        return _set_back(report, work, inputs, NightError(work.away))
    reading = reading_key(report.code, inputs)
    if work.tolerance and (suspect := work.suspects.get(report.code)):
        good = (
            suspect.source != Origin.EXTRACT and not report.brouillon
        )  # a draft's extract is the refused one
        return _set_back(report, work, inputs, NightError(suspect.reason), extract=good)
    try:
        staged = _stage(report, work, reading, shelf)
        if work.tolerance:
            _refuse_untrusted(report, work)
    except REFUSALS as error:
        return _set_back_or_refuse(report, work, inputs, error)
    except (Exception, pl.exceptions.PanicException) as error:
        if _is_of_the_machine(error, work):
            raise
        return _set_back_or_refuse(report, work, inputs, _unforeseen(report, work, error))
    source = Origin.DOCUMENT if staged.from_document else Origin.EXTRACT
    members = work.concerned(report, staged.words)
    own_inputs = _own(inputs, report.code, staged.document_sha256)
    _write_state(work, State(report.code, source, own_inputs, reading, words=staged.words, members=members))
    return staged


def _stage(report: Report, work: Workplace, reading: str, shelf: Shelf) -> StagedReport:
    """Stage what Spark read under the same key; else read the report here."""
    if not work.harvest.holds(report.code, reading):
        return patiently(lambda: stage_report(report, work.documents, work.staged, shelf))
    folder = _fresh(work.staged / report.code)
    (folder / KEPT_FILE).write_text(f"{work.harvest.folder}\n", encoding="utf-8")
    write_facts(folder, work.harvest.facts(report.code))
    return work.harvest.staged(report.code)


def _is_of_the_machine(error: BaseException, work: Workplace) -> bool:
    """Whether no report is to blame: the disk is full, or what a night writes itself cannot be written."""
    if not isinstance(error, OSError):
        return False
    return error.errno in OF_THE_MACHINE or str(error.filename or "").startswith(str(work.staged))


def _unforeseen(report: Report, work: Workplace, error: BaseException) -> NightError:
    """The sentence for a fault of the reader, or of the machine, that one report brought to light; its trace
    is kept for the one who mends it.
    """
    trace = work.staged.parent / "traces" / f"{report.code}.txt"
    with contextlib.suppress(OSError):
        trace.parent.mkdir(parents=True, exist_ok=True)
        trace.write_text(
            "".join(traceback.format_exception(error)), encoding="utf-8", errors="backslashreplace"
        )
    said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    if lacks_memory(error):
        return Passing(f"{report.code}: there is too little memory to read it ({said}): {GIVE_MEMORY}")
    kind = Passing if isinstance(error, OSError) else NightError
    return kind(
        f"{report.code}: reading it broke in a way that nobody foresaw ({said}); the trace is in {trace}"
    )


def _refuse_untrusted(report: Report, work: Workplace) -> None:
    """Raise ``NightError`` for what the audit of the whole build would refuse this report for, as far as one
    report can tell.
    """
    if (report.folder / NUMBERS_FILE).exists() and (said := altered(report)):
        raise NightError(said)
    refuse_unregistered(report.code, work.staged / report.code, work.accepted.get(report.code, ()))


def _own(inputs: Inputs, code: str, document: str | None = None) -> dict[str, str]:
    """The inputs of one report; ``document`` is the digest of the bytes that were really read."""
    own = {key.kind: digest for key, digest in inputs.items() if key.report == code}
    if document and own.get(DOCUMENT) != document:
        own[DOCUMENT] = UNSETTLED
    return own


def _keep(report: Report, work: Workplace, inputs: Inputs) -> StagedReport:
    """Stage the published rows of a report whose inputs are those of the published state."""
    kept = work.published.reports[report.code]
    staged = _stage_published(report, work, reason="")
    _write_state(
        work,
        State(
            report.code,
            kept.source,
            _own(inputs, report.code),
            kept.reading,
            words=kept.words,
            members=kept.members,
        ),
    )
    return staged


def _stage_published(report: Report, work: Workplace, reason: str) -> StagedReport:
    """Stage a report whose rows loading takes from the published file itself."""
    holding, folder = work.published.holdings[report.code], _fresh(work.staged / report.code)
    (folder / KEPT_FILE).write_text(f"{Path(str(work.published.path)).resolve()}\n", encoding="utf-8")
    write_facts(folder, holding.facts)
    difference = "" if reason else holding.facts.get("ecart_extrait") or ""
    return summarize(
        report.code, holding.numbers, holding.relations, holding.facts, difference, kept=True, stale=reason
    )


def _set_back_or_refuse(
    report: Report, work: Workplace, inputs: Inputs, error: Exception, extract: bool = True
) -> StagedReport:
    """Set a report back where that is tolerated; raises ``error`` where it is not."""
    if not work.tolerance:
        raise error
    return _set_back(report, work, inputs, error, extract)


def _set_back(
    report: Report, work: Workplace, inputs: Inputs, error: Exception, extract: bool = True
) -> StagedReport:
    """Stage the last good extract: the published rows, else the committed extract (unless it is the bad one),
    else nothing at all.
    """
    reason = " ".join(str(error).split())
    own = _own(inputs, report.code)
    if isinstance(error, (StillChanging, Passing)):
        own[DOCUMENT] = UNSETTLED
    kept = work.published.reports.get(report.code)
    if kept is not None and kept.source != Origin.NOWHERE:
        with contextlib.suppress(duckdb.Error, KeyError):
            staged = _stage_published(report, work, reason)
            _write_state(
                work,
                State(
                    report.code, Origin.PUBLISHED, own, work.published.reports[report.code].reading, reason
                ),
            )
            return staged
    staged, source = _stage_extract(report, work) if extract else _stage_nothing(report, work)
    _write_state(work, State(report.code, source, own, "", reason))
    return staged.with_reason(reason)


def _stage_extract(report: Report, work: Workplace) -> tuple[StagedReport, Origin]:
    try:
        staged = stage_report(report, work.staged / ABSENT, work.staged, _EMPTY_SHELF)
        _refuse_untrusted(report, work)
    except REFUSALS:
        return _stage_nothing(report, work)
    return staged, Origin.EXTRACT


def _stage_nothing(report: Report, work: Workplace) -> tuple[StagedReport, Origin]:
    _fresh(work.staged / report.code)
    return StagedReport(report.code, False, {}, 0), Origin.NOWHERE


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def refuse_unregistered(code: str, folder: Path, entries: Sequence[RegisterEntry]) -> None:
    """Raise ``NightError`` when the relations of a staged report and its accepted findings do not agree."""
    if problems := unregistered(code, folder, entries):
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise NightError(f"{problems[0]}{more}")


def unregistered(code: str, folder: Path, entries: Sequence[RegisterEntry]) -> list[str]:
    """What the relations of a staged report and its accepted findings disagree about, one sentence each that
    names the report.
    """
    if (pointer := folder / KEPT_FILE).exists():
        numbers, relations = harvested_frames(Path(pointer.read_text(encoding="utf-8").strip()), code)
    else:
        numbers, relations = (
            pl.read_csv(folder / name, infer_schema=False, empty_string_is_null=False)
            for name in (NUMBERS_FILE, RELATIONS_FILE)
        )
    if agrees(entries, numbers, relations, code):
        return []
    problems = check_register(entries, find(numbers, relations, code))
    return [problem if problem.startswith(code) else f"{code}: {problem}" for problem in problems]


def _write_state(work: Workplace, state: State) -> None:
    path = work.staged / state.code / STATE_FILE
    path.write_text(json.dumps(state.__dict__, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_states(staged: Path, codes: Iterable[str]) -> list[State]:
    """How each report of ``codes`` entered the build; reports staged by hand have no state and are
    left out.
    """
    paths = [staged / code / STATE_FILE for code in codes]
    return [State(**json.loads(path.read_text(encoding="utf-8"))) for path in paths if path.exists()]


def present(staged: Path, codes: Iterable[str]) -> list[str]:
    """The codes that have rows to load; refuses when none has."""
    states = {state.code: state for state in read_states(staged, codes)}
    return [code for code in codes if code not in states or states[code].source != Origin.NOWHERE]


def refuse_too_many_stale(states: Iterable[State], tolerance: float, away: str = "") -> list[State]:
    """The stale reports. Raises ``NightError`` when their share is above ``tolerance``, or when no report is
    left.

    Those that are stale because no document can be read (``away``) are no fault of theirs: they do not count.
    """
    states = list(states)
    stale = [state for state in states if state.reason]
    counted = [state for state in stale if state.reason != away]
    if stale and (
        len(counted) > tolerance * len(states) or all(state.source == Origin.NOWHERE for state in states)
    ):
        reasons = [*_reasons(stale)]
        more = f" And {len(reasons) - SHOWN_REASONS} more reasons." if len(reasons) > SHOWN_REASONS else ""
        raise NightError(
            f"{len(stale)} of {len(states)} reports are stale, {tolerance:.0%} is tolerated. "
            f"{' '.join(reasons[:SHOWN_REASONS])}{more}"
        )
    return stale


def _reasons(stale: Iterable[State]) -> Iterator[str]:
    """Each reason once, after the reports that it is about; a report with many problems leaves room for the
    others (the whole of it stands where the report is shown).
    """
    about: dict[str, list[str]] = {}
    for state in stale:
        about.setdefault(state.reason.removeprefix(f"{state.code}: ").rstrip("."), []).append(state.code)
    return (f"{_few(codes)}: {_beginning(reason)}." for reason, codes in about.items())


def _few(codes: Sequence[str]) -> str:
    more = f" and {len(codes) - SHOWN_REASONS} others" if len(codes) > SHOWN_REASONS else ""
    return f"{', '.join(codes[:SHOWN_REASONS])}{more}"


def _beginning(reason: str) -> str:
    if len(reason) <= LONGEST_REASON:
        return reason
    return f"{reason[:LONGEST_REASON].rsplit(' ', 1)[0]} ..."


def as_inputs(states: Iterable[State], shared: Inputs) -> Mapping[Key, str]:
    """Every input of a build: what all reports share, and what each report was read from."""
    return {
        **shared,
        **{Key(state.code, kind): digest for state in states for kind, digest in state.inputs.items()},
    }
