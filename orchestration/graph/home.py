"""The folder of the Dagster instance (``DAGSTER_HOME``): its configuration, and its history of runs when that
is damaged.

No warehouse depends on that history, so a damaged one is set aside and never stops a night.
"""

from __future__ import annotations

import os
import resource
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from orchestration.building.lock import keep_private
from orchestration.building.whole import write_whole
from orchestration.errors import MAKE_ROOM, NightError, says_full
from orchestration.progress import progress
from orchestration.settings import Settings

#: The databases that every run needs; each run has one more of its own.
DATABASES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
#: Bytes without which SQLite cannot begin a write.
ROOM = 1 << 20
Result = TypeVar("Result")


def home_of(settings: Settings) -> Path:
    """The folder of the instance, by default ``.dagster`` in the project."""
    home = settings.root / Path(os.environ.get("DAGSTER_HOME") or ".dagster").expanduser()
    os.environ["DAGSTER_HOME"] = str(
        home
    )  # Dagster itself refuses a relative one, and so would every process that is started
    return home


def prepare_home(settings: Settings) -> Path:
    """The folder of the instance, with the configuration of the project in it and a history that can be
    opened.
    """
    home = home_of(settings)
    home.mkdir(parents=True, exist_ok=True)
    keep_private(home)
    if not is_configured(settings, home):
        write_whole(home / "dagster.yaml", _configuration(settings, home))
    set_damaged_aside(home, damaged_databases(home))
    return home


def is_configured(settings: Settings, home: Path) -> bool:
    """Whether an instance has the configuration of this version of the project."""
    try:
        said = (home / "dagster.yaml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return said == _configuration(settings, home)


def _configuration(settings: Settings, home: Path) -> str:
    return (settings.root / "dagster.yaml").read_text(encoding="utf-8").replace("DAGSTER_HOME/", f"{home}/")


def damaged_databases(home: Path, thoroughly: bool = False) -> list[str]:
    """Names of the databases of an instance that are not SQLite's, or (``thoroughly``: reads them whole) not
    consistent.
    """
    return [name for name in DATABASES if (home / name).exists() and not _sound(home / name, thoroughly)]


def _sound(path: Path, thoroughly: bool) -> bool:
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            said = connection.execute(
                "pragma quick_check(1)" if thoroughly else "select 'ok' from sqlite_master limit 1"
            ).fetchone()
            return said is None or said == ("ok",)
        finally:
            connection.close()
    except sqlite3.OperationalError:  # locked, or not readable now: that is no damage
        return True
    except sqlite3.DatabaseError:
        return False


def set_damaged_aside(home: Path, names: Iterable[str]) -> list[Path]:
    """Rename the folders of damaged databases, so that the history begins anew; returns where the damaged
    ones lie.
    """
    moved = []
    for folder in sorted({Path(name).parts[0] for name in names}):
        rank = 1
        while (target := home / f"{folder}.damaged-{rank}").exists():
            rank += 1
        (home / folder).rename(target)
        progress.warning("the history of runs was damaged: it begins anew, the old one is %s", target)
        moved.append(target)
    return moved


def on_a_sound_history(home: Path, attempt: Callable[[], Result]) -> Result:
    """What ``attempt`` returns; once more on a new history when the old one turns out to be damaged on the
    way.

    Raises ``NightError`` when the history cannot be written at all.
    """
    import sqlalchemy.exc

    try:
        return attempt()
    except sqlalchemy.exc.OperationalError as error:
        raise NightError(_unwritable(home, str(error.orig))) from error
    except sqlalchemy.exc.DatabaseError:
        set_damaged_aside(home, damaged_databases(home, thoroughly=True) or [DATABASES[0]])
        return attempt()


def _unwritable(home: Path, said: str) -> str:
    """Why the history cannot be written: SQLite often calls a full disk an error of input and output."""
    if says_full(said) or not room_left(home):
        return f"the disk is full (the history of runs in {home}: {said}): {MAKE_ROOM}"
    bounded = resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY
    memory = ", or the memory that this process may take (`ulimit -v`)" if bounded else ""
    check = f"check its disk and its permissions{memory}"
    return f"the history of runs in {home} cannot be written ({said}): {check}"


def room_left(folder: Path) -> bool:
    """Whether the disk of a folder takes another file of some size, for this user."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize > ROOM and (disk.f_favail > 0 or not disk.f_files)
