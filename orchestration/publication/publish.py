"""From an audited private build to what readers open, in one atomic rename.

The gate is here, whoever calls: a build without a whole and green record of its own audit is refused
(``building.verdict``).

A published state is a folder of its own, never changed once it is complete::

    warehouse/releases/<release>/observatoire.duckdb, parquet/*.parquet, datapackage.json, ...   read-only
    files warehouse/current          -> releases/<release>       the one link that a publication replaces
    warehouse/observatoire.duckdb -> current/observatoire.duckdb, warehouse/parquet -> current/parquet, ...

Replacing ``current`` switches every file at once. A reader that holds the old file open keeps reading it, a
new reader gets the new one, and no reader ever waits for a lock: the published path is never opened for
writing.
"""

from __future__ import annotations

import contextlib
import filecmp
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.building.checksums import CHECKSUMS, write_checksums
from orchestration.building.engine import count_rows, opened, path_literal, wal
from orchestration.building.verdict import admit, record_of, refuse_other_pages, refuse_other_verdicts
from orchestration.errors import NightError
from orchestration.publication.compacting import compact, is_loose
from orchestration.publication.datapackage import write_datapackage
from orchestration.publication.revisions import keep_revisions

PUBLIC_SCHEMAS = ("marts", "audit")
#: Steps of the work, which a build made before they had a file of their own still holds.
INNER_SCHEMAS = ("intermediate", "staging")
INCOMPLETE = ".incomplete-"


@dataclass(frozen=True)
class Release:
    """A published state: its name, its folder, and the rows of every table that readers see."""

    name: str
    folder: Path
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all files of the release."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


def publish(
    build: Path,
    warehouse: Path,
    release: str,
    extras: Sequence[Path] = (),
    manifest: Path | None = None,
    pages: Sequence[Path] = (),
) -> Release:
    """Publish ``build`` as ``release`` together with ``extras`` (files or folders that are copied beside it)
    and ``pages`` (folders made of the build, which must be this one).

    With the dbt ``manifest`` that the build was made by, the release describes its Parquet files in
    ``datapackage.json``. Raises ``NightError`` when the build is missing, carries no green record of its
    audit, changed since, or is not what the pages were made of; readers then keep what they had.
    """
    record = admit(build)
    for folder in pages:
        refuse_other_pages(folder, record)
    releases = warehouse / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    remove_incomplete(releases)
    folder = releases / f"{INCOMPLETE}{release}"
    folder.mkdir()
    try:
        rows = _fill(folder, build, [record, *extras, *pages], warehouse / "current", release)
        if manifest:
            write_datapackage(folder, manifest)
        write_checksums(folder)
        refuse_foreign(warehouse, folder)
        _seal(folder)
        complete = releases / release
        folder.rename(complete)
        _sync(releases)
    except NightError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except (OSError, duckdb.Error) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise NightError(
            f"the release could not be written ({first_line(error)}): readers keep the previous state"
        ) from error
    switch(warehouse, complete)
    return Release(release, complete, rows)


def _fill(folder: Path, build: Path, extras: Sequence[Path], current: Path, release: str) -> dict[str, int]:
    target = folder / build.name
    shutil.copyfile(build, target)
    with opened(target, read_only=False) as connection:
        refuse_other_verdicts(connection, record_of(build))
        for schema in INNER_SCHEMAS:
            connection.execute(f"drop schema if exists {schema} cascade")
        keep_revisions(connection, folder, current, release)
        connection.execute("checkpoint")
        rows = count_rows(connection, *PUBLIC_SCHEMAS)
        loose = is_loose(connection)
        export_parquet(connection, folder / "parquet", "marts")
    if loose:
        compact(target)
    for extra in extras:
        _bring(extra, folder / extra.name, folder.parent.parent / "current" / extra.name)
    return rows


def _bring(source: Path, target: Path, before: Path) -> None:
    """Copy a file or a folder, as links to the files of the release ``before`` that hold the same bytes; what
    is absent is left out.
    """
    if source.is_dir():
        target.mkdir()
        for entry in sorted(source.iterdir()):
            _bring(entry, target / entry.name, before / entry.name)
    elif source.exists():
        if before.is_file() and filecmp.cmp(source, before, shallow=False):
            with contextlib.suppress(OSError):  # a file system without links: a copy does
                os.link(before.resolve(), target)
                return
        shutil.copyfile(source, target)


def export_parquet(connection: duckdb.DuckDBPyConnection, folder: Path, schema: str) -> list[Path]:
    """Write each table of ``schema`` as ``<folder>/<name>.parquet``, its rows in the order of the
    table, arrays of a fixed length as lists: DuckDB writes an empty one in a way that Arrow cannot read.
    """
    folder.mkdir()
    names = connection.execute(
        "select table_name from information_schema.tables where table_schema = ? order by all", [schema]
    ).fetchall()
    paths = []
    for (name,) in names:
        path = folder / f"{name}.parquet"
        source = f'"{schema}"."{name}"'
        connection.execute(
            f"copy ({with_lists(connection, source)}) to '{path_literal(path)}' (format parquet, compression "
            "zstd)"
        )
        paths.append(path)
    return paths


def with_lists(connection: duckdb.DuckDBPyConnection, source: str) -> str:
    """The query of all rows of a table, its arrays of a fixed length as lists."""
    columns = connection.execute(f"describe {source}").fetchall()
    arrays = {name: kind for name, kind, *_ in columns if kind.endswith("]") and not kind.endswith("[]")}
    if not arrays:
        return f"from {source}"
    casts = (f'cast("{name}" as {kind[: kind.rindex("[")]}[]) as "{name}"' for name, kind in arrays.items())
    return f"select * replace ({', '.join(casts)}) from {source}"


def first_line(error: BaseException) -> str:
    """What an error says on its first line."""
    return next(iter(str(error).splitlines()), type(error).__name__)


def _seal(folder: Path) -> None:
    """Make every file read-only and durable, the innermost folders first, whatever the umask: readers are
    other users.
    """
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(0o444 if path.is_file() else 0o755)
        _sync(path)
    for container in (folder, folder.parent):
        container.chmod(0o755)
    if any(path.name.endswith(".wal") for path in folder.iterdir()):
        raise NightError("the copy of the build still has a write-ahead log: it is not published")
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_incomplete(releases: Path) -> None:
    """Remove what an interrupted publication left; readers never saw it."""
    for folder in releases.glob(f"{INCOMPLETE}*"):
        shutil.rmtree(folder, ignore_errors=True)


def switch(warehouse: Path, release: Path) -> None:
    """Make ``release`` the state that readers open: one rename, then links for what a release newly holds; a
    name that it does not hold, as a release of an earlier version may not, leads nowhere and goes.
    """
    refuse_foreign(warehouse, release)
    links = _links(warehouse, release)
    # A log left beside the published name by a foreign writer would be replayed into the new file.
    wal(warehouse / "observatoire.duckdb").unlink(missing_ok=True)
    _link(warehouse / "current", Path("releases") / release.name)
    for link, target in links.items():
        _link(link, target)
    for link in warehouse.iterdir():
        if link not in links and _points(link, Path("current") / link.name):
            link.unlink()
    _sync(warehouse)


def refuse_foreign(warehouse: Path, release: Path) -> None:
    """Raise ``NightError`` when a folder stands where a link to ``release`` belongs."""
    for link in (warehouse / "current", *_links(warehouse, release)):
        if link.is_dir() and not link.is_symlink():
            raise NightError(
                f"{link} is a folder that this project did not write: move it away, then run again"
            )


def _links(warehouse: Path, release: Path) -> dict[Path, Path]:
    """The links that readers open, and where each must point."""
    return {
        warehouse / entry.name: Path("current") / entry.name
        for entry in sorted(release.iterdir())
        if entry.name != CHECKSUMS
    }


def misplaced(warehouse: Path) -> list[str]:
    """Names that readers open and that do not lead to the published release: removed, replaced, or pointing
    elsewhere.
    """
    release = current_release(warehouse)
    if release is None or not (warehouse / "releases" / release).is_dir():
        return []
    return [
        link.name
        for link, target in _links(warehouse, warehouse / "releases" / release).items()
        if not _points(link, target)
    ]


def mend_links(warehouse: Path) -> list[str]:
    """Make the names that readers open lead to the published release again, and let readers in; returns the
    names that did not lead there.
    """
    _let_readers_in(warehouse / "current")
    names = misplaced(warehouse)
    if names:
        switch(warehouse, warehouse / "releases" / str(current_release(warehouse)))
    return names


def _let_readers_in(release: Path) -> None:
    for folder in [release, *(path for path in release.rglob("*") if path.is_dir())]:
        with contextlib.suppress(OSError):  # absent, or of another user: the doctor tells
            if folder.stat().st_mode & 0o555 != 0o555:
                folder.chmod(0o755)


def _points(link: Path, target: Path) -> bool:
    return link.is_symlink() and Path(os.readlink(link)) == target


def _link(link: Path, target: Path) -> None:
    """Point ``link`` at ``target`` by rename; a link that is already right is left alone."""
    if _points(link, target):
        return
    fresh = link.with_name(f".{link.name}.next")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    os.replace(fresh, link)


def current_release(warehouse: Path) -> str | None:
    """The name of the published release, or ``None`` before the first publication."""
    link = warehouse / "current"
    return Path(os.readlink(link)).name if link.is_symlink() else None
