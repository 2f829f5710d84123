"""Reports whose rows a whole build was refused for: remembered until what they are read from changes.

A fault that shows only once the build is whole (a dbt test, a suite of the audit) names no step of one
report. The published state passed everything, so the reports that were read anew since are the suspects,
narrowed to those that the refusal names: all of them at once, each with what is said of it. A night that
begins again sets them back to their last good extract, like a report that could not be read, within the same
share. Where several are suspected together, any of them may be innocent: all are heard again as soon as one
of them changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.building.origin import Origin, State
from orchestration.building.whole import write_whole

if TYPE_CHECKING:
    from orchestration.building.published import Published

SUSPECTS_FILE = "suspects.json"
LONGEST = 600


@dataclass(frozen=True)
class Complaint:
    """A sentence of a refusal, and whatever else tells whose rows it is about."""

    text: str
    rows: str = ""

    def names(self, code: str) -> bool:
        return re.search(rf"(?<!\w){re.escape(code)}(?!\w)", f"{self.text} {self.rows}") is not None


@dataclass(frozen=True)
class Suspect:
    """Why rows were refused, in which run; ``readings`` (of the reports suspected together) and ``project``
    are the digests for which that holds.

    ``source`` is where the refused rows came from: a committed extract that was refused is no good one to
    fall back to.
    """

    readings: Mapping[str, str]
    project: str
    source: str
    reason: str
    run: str

    def still(self, readings: Mapping[str, str], project: str) -> bool:
        """Whether the same rows would meet the same checks."""
        return project == self.project and all(
            readings.get(code) == reading for code, reading in self.readings.items()
        )


def read_suspects(private: Path) -> dict[str, Suspect]:
    """The suspects by report; none where the file is absent or not what this module writes (they would be
    found again).
    """
    try:
        told = json.loads((private / SUSPECTS_FILE).read_text(encoding="utf-8"))
        return {str(code): Suspect(**entry) for code, entry in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def accuse(
    private: Path,
    states: Sequence[State],
    published: Published,
    tolerance: float,
    complaints: Iterable[Complaint],
    *,
    project: str,
    run: str,
) -> list[str]:
    """Remember the reports that a refused build can be blamed on; returns their codes, none when blame is not
    possible.

    ``complaints`` are all that the refusal says; every report that they name is blamed at once. Blame needs
    a published state to compare with or the name of the report in a complaint, and ends where more reports
    than ``tolerance`` (a share) would be stale. A suspect whose committed extract is refused in its turn is
    blamed again, and nobody else in its place.
    """
    complaints, before = list(complaints), read_suspects(private)
    anew = [state for state in states if not state.reason and _is_new(state, published)]
    named = [s for s in (*anew, *_again(states, before)) if any(c.names(s.code) for c in complaints)]
    blamed = named or (anew if published.reports else [])
    stale = {state.code for state in states if state.reason}
    if not blamed or len(stale | {state.code for state in blamed}) > tolerance * len(states):
        return []
    apart = [{state.code: state.reading} for state in named] or [
        {state.code: state.reading for state in blamed}
    ] * len(blamed)
    found = {
        state.code: Suspect(readings, project, state.source, _reason(state.code, complaints), run)
        for state, readings in zip(blamed, apart, strict=True)
    }
    _write(private, {**before, **found})
    return sorted(found)


def _again(states: Iterable[State], before: Mapping[str, Suspect]) -> list[State]:
    """The suspects whose committed extract is in the build, with the readings they were suspected for."""
    return [
        replace(state, reading=before[state.code].readings[state.code])
        for state in states
        if state.reason and state.source == Origin.EXTRACT and state.code in before
    ]


def _write(private: Path, suspects: Mapping[str, Suspect]) -> None:
    said = {code: asdict(suspect) for code, suspect in suspects.items()}
    write_whole(private / SUSPECTS_FILE, json.dumps(said, ensure_ascii=False, indent=1) + "\n")


def accused_in(private: Path, run: str) -> list[str]:
    """The reports that a run was refused for, when the next one will do without them."""
    return sorted(code for code, suspect in read_suspects(private).items() if suspect.run == run)


def standing(
    suspects: Mapping[str, Suspect], readings: Mapping[str, str], project: str
) -> dict[str, Suspect]:
    """The suspicions that still hold: the rows would be the same again, and so would those of whoever is
    suspected with them.
    """
    return {code: suspect for code, suspect in suspects.items() if suspect.still(readings, project)}


def _is_new(state: State, published: Published) -> bool:
    kept = published.reports.get(state.code)
    return kept is None or kept.stale or kept.reading != state.reading


def _reason(code: str, complaints: Sequence[Complaint]) -> str:
    told = [complaint for complaint in complaints if complaint.names(code)] or complaints
    text = "; ".join(dict.fromkeys(" ".join(complaint.text.split()) for complaint in told))
    return (
        "its rows were refused with the whole build: "
        f"{text if len(text) <= LONGEST else text[:LONGEST].rsplit(' ', 1)[0] + ' ...'}"
    )
