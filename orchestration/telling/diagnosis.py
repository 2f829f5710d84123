"""Why a night failed, in one paragraph: which report, which lines, which numbers, and the likely cause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.building.engine import opened
from orchestration.errors import GIVE_MEMORY, MAKE_ROOM, NightError, says_full, says_no_memory

SHOWN, MANY = 3, 6
#: Where the failed step of a run holds what ``found_in`` said of its build.
FINDINGS = "diagnosis"
#: How sentences name lines of a document, in English and in French; those of a template or a table are not.
_LINES = re.compile(
    r"\b(?<!\.(?:yml|csv)[,:] )(?:lines?|lignes?|ligne\(s\)) (\d+(?:(?:, | to | et | à )\d+)*)"
)
#: Tags of a failed run that show what its diagnosis names.
SHOWN_TAGS = ("reports", "lines", "failing")
#: How ``publication.freshness`` says since when nights fail.
_FAILING = re.compile(r"Nights fail (since [^.]+)\.")
#: Suites that say again, expectation by expectation, what the gaps say relation by relation.
ABOUT_RELATIONS = ("totaux_", "registre")
_GAPS = """
    select c.rapport_code, c.lignes, d.constat, d.cause, d.preuve
    from marts.fct_controle as c
    left join raw.diagnostic as d using (rapport_code, relation)
    where c.verdict = 'ecart' and coalesce(c.constat_code, '') = ''
    order by case d.gravite when 'forte' then 0 when 'moyenne' then 1 else 2 end, c.rapport_code, c.lignes
"""
_FAILED = "select suite, coalesce(message, observe, attente) from audit.validation where not succes"


@dataclass(frozen=True)
class Gap:
    """A relation that does not hold and that nobody accepted as a finding, told in French."""

    report: str
    lines: Sequence[int]
    statement: str | None
    cause: str | None
    evidence: str | None

    def __str__(self) -> str:
        lines = (
            ", ".join(map(str, self.lines))
            if len(self.lines) <= MANY
            else f"{min(self.lines)} to {max(self.lines)}"
        )
        place = f"{self.report}, line{'s' if len(self.lines) > 1 else ''} {lines}"
        why = f" Likely cause: {self.cause}, {self.evidence}." if self.cause else ""
        return shortened(f"{place}: {self.statement or 'the relation does not hold.'}{why}")


def shortened(text: str, limit: int = 400) -> str:
    """``text`` on one line, cut at a blank where it is longer than ``limit`` characters."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " ..."


def condensed(sentence: str) -> str:
    """The first lines of a sentence that lists many problems, how many it leaves out, and its last line: what
    to do.
    """
    lines = sentence.splitlines()
    if len(lines) <= SHOWN + 1:
        return sentence
    return "\n".join([*lines[:SHOWN], f"({len(lines) - SHOWN - 1} more like these.)", lines[-1]])


def explain_refusal(
    sentences: Sequence[str],
    build: Path | None,
    published: str | None,
    since: str = "",
    findings: str | None = None,
) -> str:
    """One paragraph from the refusals of the night and from what its private build shows, or from
    ``findings``, what it showed; ``since`` tells how long nights fail.
    """
    if findings is None:
        findings = found_in(build) if build else ""
    parts = [
        "The night failed:",
        *_of_the_machine(sentences),
        *(shortened(condensed(sentence).rstrip("."), 1200) + "." for sentence in sentences),
        findings,
        since,
        f"The private build is kept for inspection at {build}." if build else "",
        f"Readers keep release {published}."
        if published
        else "Nothing was published before, and nothing is now.",
    ]
    return " ".join(filter(None, parts))


#: The way out where a report itself is wrong.
REGISTER = (
    "Where the report prints it so: explain it on the page of a report under review (`make review`), or "
    "`make extract` and add what `.venv/bin/observatoire register --propose` prints to "
    "expectations/constats.yml."
)


def found_in(build: Path) -> str:
    """What a private build shows to be wrong: relations that fail without being registered, then what its
    audit says; empty where nothing is.
    """
    gaps, failed = _look(build)
    parts = []
    if gaps:
        verb = "fails" if len(gaps) == 1 else "fail"
        parts.append(
            f"{_count(len(gaps), 'printed relation')} {verb} without being registered. "
            f"{' '.join(map(str, gaps[:SHOWN]))} {REGISTER}"
        )
    others = [
        f"{suite}: {shortened(message)}."
        for suite, message in failed
        if not (gaps and suite.startswith(ABOUT_RELATIONS))
    ]
    if others:
        parts.append(f"The audit also says: {' '.join(others[:SHOWN])}")
    if len(gaps) > SHOWN or len(others) > SHOWN:
        parts.append("The audit's pages and audit.validation show the rest.")
    return " ".join(parts)


def tags_of(diagnosis: str, codes: Iterable[str]) -> dict[str, str]:
    """What a list of runs shows of a diagnosis: the ``reports`` that it names, of those that ``codes`` lists,
    the ``lines`` of their documents, both in the order in which they are named, and since when nights fail
    (``failing``); each absent when there is none.
    """
    known = sorted(codes, key=len, reverse=True)
    word = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, known))})(?!\w)") if known else None
    reports = list(dict.fromkeys(word.findall(diagnosis))) if word else []
    named = ", ".join(_LINES.findall(diagnosis)).replace(" à ", " to ") if reports else ""
    lines = re.findall(r"\d+(?: to \d+)?", named)
    failing = _FAILING.search(diagnosis)
    said = (
        ", ".join(reports[:MANY]),
        ", ".join(list(dict.fromkeys(lines))[:MANY]),
        failing[1] if failing else "",
    )
    return {name: value for name, value in zip(SHOWN_TAGS, said, strict=True) if value}


def _of_the_machine(sentences: Sequence[str]) -> list[str]:
    """What the machine lacks, where no sentence of those who met it says so."""
    lacks = {
        f"the disk is full: {MAKE_ROOM}.": says_full,
        f"there is too little memory: {GIVE_MEMORY}.": says_no_memory,
    }
    return [
        told
        for told, says in lacks.items()
        if any(map(says, sentences)) and not any(told.partition(":")[0] in s for s in sentences)
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _look(build: Path) -> tuple[list[Gap], list[tuple[Any, ...]]]:
    try:
        with opened(build, read_only=True) as connection:
            return [Gap(*row) for row in _rows(connection, _GAPS)], _rows(connection, _FAILED)
    except (duckdb.Error, NightError):  # a build that is torn or held tells nothing; the sentences do
        return [], []


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    try:
        return connection.execute(query).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return []
