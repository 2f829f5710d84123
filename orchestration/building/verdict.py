"""The record of an audit beside the build that it judged, ``audit.json``: run, every verdict, digest of the
file.

The audit writes it after its last write, publication asks for it before its first, and a release carries it.
Pages made of a build carry the digest of that record beside them, so that no build is published with the
pages of another. It guards against mistakes (a step called alone, a build that changed since), not against
somebody who may write the private folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from expectations.audit import SUITES, ValidationOutcome
from orchestration.building.engine import opened, wal
from orchestration.building.inputs import file_digest
from orchestration.building.volume import SUITE as VOLUME
from orchestration.building.whole import write_whole
from orchestration.errors import NightError

RECORD = "audit.json"
#: Suites that a whole audit says something of.
WHOLE = frozenset({*SUITES, VOLUME})
#: What stands beside a build that was only loaded.
NOT_BUILT = "dbt has not built it to its end"
#: Refusals that a sentence names.
SHOWN = 3


def refusal_by_dbt(build: Path) -> Path:
    """Where it stands that dbt refused a build, or has not ended it: one that ends well takes it back."""
    return build.with_name("refused.txt")


def refuse_by_dbt(build: Path, complaint: str = NOT_BUILT) -> None:
    """Note that dbt refuses a build whose tables may all stand: no audit called alone lets it pass then. It
    stands from the loading on: a kill or a full disk in the middle of dbt changes nothing.
    """
    forget_record(build)
    write_whole(refusal_by_dbt(build), complaint + "\n")


def forget_refusal_by_dbt(build: Path) -> None:
    """A whole build ended well."""
    refusal_by_dbt(build).unlink(missing_ok=True)


def refuse_what_dbt_refused(build: Path) -> None:
    """Raise ``NightError`` for a build that tests of dbt refuse."""
    if (mark := refusal_by_dbt(build)).exists():
        said = mark.read_text(encoding="utf-8", errors="replace").strip()
        raise NightError(
            f"{build.name} is not audited: {said}; mend it and run the night again, or the whole dbt "
            "build and what follows it"
        )


def record_of(build: Path) -> Path:
    return build.with_name(RECORD)


def checkpoint(build: Path) -> None:
    """Fold the write-ahead log of a build, where closing it left one, into the file."""
    if not wal(build).exists():
        return
    with opened(build, read_only=False) as connection:
        connection.execute("checkpoint")
    if wal(build).exists():
        raise NightError(f"{build.name} still has a write-ahead log, so it is not whole: build it again")


def forget_record(build: Path) -> None:
    """An audit that begins takes back what an earlier one said: one that ends midway leaves no verdict."""
    record_of(build).unlink(missing_ok=True)


def write_record(build: Path, execution: str, validations: Iterable[ValidationOutcome]) -> Path:
    """Close the build and write what the audit said of it, green or red; nothing may write into the build
    afterwards.
    """
    checkpoint(build)
    said = [
        {
            "suite": v.suite,
            "domaine": v.domaine,
            "attente": v.expectation,
            "table_controlee": v.table,
            "succes": v.success,
            "avertissement": v.warning,
            "message": v.message or None,
        }
        for v in validations
    ]
    record = {
        "execution_id": execution,
        "fichier": build.name,
        "sha256": file_digest(build),
        "validations": said,
    }
    path = record_of(build)
    write_whole(path, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    return path


def admit(build: Path) -> Path:
    """The record of a build that may be published. Raises ``NightError`` for any other; the build is only
    read.
    """
    if not build.is_file():
        raise NightError(f"there is no private build at {build}: run the steps before publication")
    record = _read(record_of(build))
    if record is None:
        raise NightError(
            f"{build.name} carries no record of its audit ({RECORD}), so it is not published: run the night "
            "again"
        )
    if refused := refusal(record):
        raise NightError(f"{build.name} is not published: {refused}; mend it and run the night again")
    if wal(build).exists() or file_digest(build) != record.get("sha256"):
        raise NightError(
            f"{build.name} changed after its audit, so it is not published: run the night again, or the "
            "audit and what follows it"
        )
    return record_of(build)


def _mark_of(pages: Path) -> Path:
    return pages.with_name(f"{pages.name}.sha256")


def forget_pages(pages: Path) -> None:
    """Pages that are being made belong to no build yet."""
    _mark_of(pages).unlink(missing_ok=True)


def mark_pages(pages: Path, build: Path) -> None:
    """Remember that ``pages`` were made, whole, of the build that the present record judged."""
    if record := _read(record_of(build)):
        _mark_of(pages).write_text(f"{record['sha256']}\n", encoding="utf-8")


def refuse_other_pages(pages: Path, record: Path) -> None:
    """Raise ``NightError`` unless ``pages`` were made of the build that ``record`` judged."""
    said = _read(record)
    try:
        made_of = _mark_of(pages).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        made_of = ""
    if said is None or not pages.is_dir() or made_of != said["sha256"]:
        raise NightError(
            f"the pages in {pages.name}/ were not made of the build that the audit judged, so nothing is "
            "published: run the night again, or the step that makes them and what follows it"
        )


def refusal(record: Mapping[str, Any]) -> str:
    """Why a record does not let its build pass; empty when it is whole and green."""
    said = record["validations"]
    if red := [entry for entry in said if not entry["succes"]]:
        told = "; ".join(
            dict.fromkeys(str(entry.get("message") or entry["attente"]) for entry in red[:SHOWN])
        )
        return f"its audit refused it at {', '.join(sorted({entry['suite'] for entry in red}))} ({told})"
    missing = sorted(WHOLE - {entry["suite"] for entry in said})
    return f"its audit is not whole, nothing was said of {', '.join(missing)}" if missing else ""


def _read(path: Path) -> dict[str, Any] | None:
    """A record that has the form of one, or ``None``."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        entries = [
            entry
            for entry in record["validations"]
            if isinstance(entry["suite"], str) and isinstance(entry["succes"], bool)
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    whole = (
        entries
        and len(entries) == len(record["validations"])
        and record.get("execution_id")
        and record.get("sha256")
    )
    return record if whole else None


def refuse_other_verdicts(connection: duckdb.DuckDBPyConnection, record: Path) -> None:
    """Raise ``NightError`` unless ``audit.validation`` of the file says, line by line, what its record says:
    all green.
    """
    said = _read(record)
    expected = (
        sorted((str(e["suite"]), str(e["attente"]), bool(e["succes"])) for e in said["validations"])
        if said
        else []
    )
    if not expected or _validations(connection) != expected:
        raise NightError(
            "audit.validation of the build is not what the record of its audit says: run the night again"
        )


def distrust(release: Path) -> str:
    """Why readers should not have a published state: its record is missing, torn or red; empty when it may be
    trusted.

    A release made before records were kept is trusted when its file says that all of its audit was green.
    """
    if (release / RECORD).exists():
        record = _read(release / RECORD)
        if record is None:
            return f"the record of its audit ({RECORD}) cannot be read"
        return _red([(entry["suite"], entry["attente"], entry["succes"]) for entry in record["validations"]])
    try:
        with duckdb.connect(str(release / "observatoire.duckdb"), read_only=True) as connection:
            said = _validations(connection)
    except duckdb.Error:
        return "its file cannot be opened"
    return _red(said) if said else "it carries no record of its audit"


def _red(said: Sequence[tuple[str, str, bool]]) -> str:
    red = sorted({suite for suite, _, success in said if not success})
    return f"its audit refused it at {', '.join(red)}" if red else ""


def _validations(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, bool]]:
    try:
        return sorted(connection.execute("select suite, attente, succes from audit.validation").fetchall())
    except duckdb.CatalogException:
        return []
