"""What a night starts from, as digests, and what the published state started from: the difference is the work
to do.

Only bytes count, never clocks. The digests of a published state are in its table ``audit.entree``, so no
cache beside the warehouse can claim what the warehouse does not hold. Light to import: a night without work
must end at once.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.plain_yaml import load_yaml
from orchestration.settings import Settings

DOCUMENT_SUFFIXES = (".txt", ".html", ".htm", ".pdf")

#: Digest of a file that is not there, and of one that may still change: the latter never equals itself on
#: another night.
ABSENT, UNSETTLED, OVERSIZED = "absent", "instable", "trop-grand"
#: Bytes of a document above which it is refused unread (``extraction.documents`` says the same).
MOST_BYTES = 64 * 1024 * 1024
#: Kinds of inputs that every report depends on, and those that only the models and the audit depend on.
READER, MEMBERS, PROJECT = "lecteur", "membres", "projet"
#: Kinds of inputs of one report.
DECLARATION, TEMPLATE, DOCUMENT, EXTRACT = "rapport", "gabarit", "document", "extrait"
#: Sources that decide how a document becomes an extract and which of its relations are said to fail.
_READER_SOURCES = tuple(
    f"orchestration/{room}" for room in ("extraction", "discovery", "notation", "reconciliation")
)
_PROJECT_SOURCES = ("orchestration", "expectations", "dbt_project", "requirements/runtime.lock")
_NO_SOURCES = {"target", "logs", "dbt_packages", "__pycache__", "uncommitted"}


class Key(NamedTuple):
    """One input: the report that depends on it (empty for all of them) and its kind."""

    report: str
    kind: str


Inputs = Mapping[Key, str]
#: Size, time of writing, time of change (both in nanoseconds since 1970) and identity of a file.
Stamp = tuple[int, int, int, int]
#: Nanoseconds after which a file that is written again has another stamp for certain.
SETTLED = 2_000_000_000


class Declared(NamedTuple):
    """A report as far as its inputs go: its code, its folder, its document, and the code of the report
    that it replaces.
    """

    code: str
    folder: Path
    document: str
    replaces: str = ""


def declared_reports(raw: Path) -> list[Declared]:
    """The reports of ``raw`` as far as their inputs go, by code; one whose declaration is not plain has no
    document (the night will say why).

    A declaration whose stamp is known is not parsed again by this process.
    """
    folders = sorted(raw.iterdir()) if raw.is_dir() else []
    found = (_declared(folder) for folder in folders)
    return [report for report in found if report is not None]


#: Declarations that this process has parsed, with the stamps that they had.
_parsed: dict[Path, tuple[Stamp, Declared]] = {}


def _declared(folder: Path) -> Declared | None:
    path = folder / "report.yml"
    try:
        stamp = stamp_of(path)
    except OSError:
        return None
    known = _parsed.get(folder)
    if known is not None and known[0] == stamp:
        return known[1]
    declared = declaration_of(folder)
    if time.time_ns() - stamp[2] > SETTLED:
        _parsed[folder] = (stamp, declared)
    return declared


def declaration_of(folder: Path, document: str = "") -> Declared:
    """A report as its folder declares it; parsed anew where the name of its document is not at hand."""
    said = {} if document else _said_by(folder / "report.yml")
    named = document or said.get("document")
    replaced = said.get("remplace")
    return Declared(
        folder.name,
        folder,
        Path(named).name if isinstance(named, str) else "",
        replaced if isinstance(replaced, str) else "",
    )


def _said_by(path: Path) -> dict[str, object]:
    """What a declaration says, nothing where it is not plain."""
    try:
        said = load_yaml(path)
    except (ExtractionError, OSError):
        return {}
    return said if isinstance(said, dict) else {}


def stamp_of(path: Path) -> Stamp:
    """Size, times and identity of a file; the time of change is the one that a copy cannot keep. Raises
    ``OSError``.
    """
    seen = path.stat()
    return seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino


def undeclared_documents(documents: Path, names: Iterable[str]) -> list[str]:
    """Files of the documents folder that look like reports and that no report declares."""
    declared = set(names)
    try:
        there = list(documents.iterdir())
    except OSError:  # absent, or it may be entered but not listed
        return []
    return sorted(
        path.name
        for path in there
        if path.suffix.casefold() in DOCUMENT_SUFFIXES and path.name not in declared
    )


def undeclared_notes(names: Sequence[str], shown: int = 5) -> list[str]:
    """A line for each of a few undeclared documents, one line for many."""
    if len(names) > shown:
        return [
            f"{len(names)} files in the documents folder are declared by no report: "
            f"{', '.join(names[:shown])} ..."
        ]
    return [f"{name} is in the documents folder, and no report declares it" for name in names]


def shared_inputs(settings: Settings) -> dict[Key, str]:
    """The inputs that all reports share."""
    return {
        Key("", READER): digest_of(settings.root / name for name in _READER_SOURCES),
        Key("", MEMBERS): digest_of([settings.seeds]),
        Key("", PROJECT): digest_of(settings.root / name for name in _PROJECT_SOURCES),
    }


def report_inputs(report: Declared, documents: Path) -> dict[Key, str]:
    """The inputs of one report; the committed extract is one even where its document is present, for it must
    agree with it.
    """
    kinds = {
        DECLARATION: file_digest(report.folder / "report.yml"),
        TEMPLATE: digest_of(report.folder / name for name in ("template.yml", "template", "corrections.yml")),
        DOCUMENT: document_digest(documents / report.document) if report.document else ABSENT,
        EXTRACT: digest_of(
            report.folder / name for name in ("numbers.csv", "relations.csv", "diagnostics.csv", "sceau.json")
        ),
    }
    return {Key(report.code, kind): digest for kind, digest in kinds.items()}


def all_inputs(settings: Settings, reports: Iterable[Declared]) -> dict[Key, str]:
    """Every input of a night as it is now."""
    found = shared_inputs(settings)
    for report in reports:
        found |= report_inputs(report, settings.documents)
    return found


def reading_key(code: str, inputs: Inputs) -> str:
    """The digest of everything that the extract of a report depends on."""
    parts = [
        f"{key.kind}={digest}"
        for key, digest in sorted(inputs.items())
        if key.report == code or key in (("", READER), ("", MEMBERS))
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, ``ABSENT`` when there is no such file, ``UNSETTLED`` when it cannot be
    read.
    """
    if not path.exists():
        return ABSENT
    if not path.is_file():
        return UNSETTLED
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return UNSETTLED


def document_digest(path: Path) -> str:
    """The digest of a document; one that is larger than any that is read is told by its size and time, and
    not read for it.
    """
    try:
        seen = path.stat()
    except OSError:
        return file_digest(path)
    return (
        f"{OVERSIZED}-{seen.st_size}-{seen.st_mtime_ns}" if seen.st_size > MOST_BYTES else file_digest(path)
    )


def digest_of(paths: Iterable[Path]) -> str:
    """One digest of files and folders (with all that is in them, caches and outputs excepted), names
    included.
    """
    found = hashlib.sha256()
    for top in paths:
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            relative = path.relative_to(top.parent)
            if path.is_dir() or _NO_SOURCES & set(relative.parts) or path.name.startswith("."):
                continue
            found.update(f"{relative}\0{file_digest(path)}\0".encode())
    return found.hexdigest()


def differences(published: Inputs, now: Inputs) -> list[str]:
    """What changed, for people: ``cpam_x_2021 document``, ``projet`` ...; a digest that may still change
    always differs.
    """
    changed = [
        key
        for key in sorted(published.keys() | now.keys())
        if published.get(key) != now.get(key) or now.get(key) == UNSETTLED
    ]
    return [f"{key.report} {key.kind}".strip() for key in changed]
