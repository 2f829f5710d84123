"""Where things are: the folders of a project, told by its root and the environment. No reading, no writing.

``OBSERVATOIRE_DOCUMENTS`` names the folder of the printed reports, ``OBSERVATOIRE_RAW`` that of the committed
extracts and ``OBSERVATOIRE_WAREHOUSE`` that of the published files; relative paths start at the project's
root. ``OBSERVATOIRE_TOLERANCE`` is the share of reports that may be stale before a night fails,
``OBSERVATOIRE_VOLUME`` the share of its rows in a table that a report may lose; ``OBSERVATOIRE_FULL`` makes a
night read everything again, ``OBSERVATOIRE_KEPT`` is the number of published states to keep,
``OBSERVATOIRE_KEPT_GB`` what they may take together, and ``OBSERVATOIRE_CRON`` moves the nightly tick (five
fields, time of Paris). ``OBSERVATOIRE_EXTRACTS`` names the folder of the extracts that Spark reads.
``OBSERVATOIRE_TEXTE`` lets the published pages show whole documents, for an
installation that may.

Reading them never raises: a value that cannot be taken leaves the default, and is told by the part that needs
it (``require``).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from orchestration import cron
from orchestration.errors import NightError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DATABASE = "observatoire"
#: At two, when nobody reads; the time zone is that of the schedule.
EVERY_NIGHT = "0 2 * * *"
TIME_ZONE = "Europe/Paris"
DOCUMENTS, CRON = "OBSERVATOIRE_DOCUMENTS", "OBSERVATOIRE_CRON"
#: What a night cannot do without; the schedule needs its own.
OF_A_NIGHT = (
    "OBSERVATOIRE_WAREHOUSE", "OBSERVATOIRE_RAW", DOCUMENTS, "OBSERVATOIRE_TOLERANCE", "OBSERVATOIRE_VOLUME",
    "OBSERVATOIRE_KEPT", "OBSERVATOIRE_KEPT_GB",
)  # fmt: skip
#: What one engine may keep in memory, as ``dbt_project/profiles.yml`` says too; beyond, it writes beside its
#: file. Two thousand reports must fit into the 4 GiB of the installed services, beside the rest of the night.
ENGINE_MEMORY = "2500MB"
Value = TypeVar("Value")


@dataclass(frozen=True)
class Settings:
    """Absolute paths of one installation. ``documents_declared`` is true when somebody asked for that folder
    by name.

    ``wrong`` holds, by variable, a sentence for each value that could not be taken; its field then has the
    default.
    """

    root: Path
    documents: Path
    raw: Path
    warehouse: Path
    extracts: Path
    documents_declared: bool = False
    tolerance: float = 0.0
    volume: float = 0.5
    full: bool = False
    cron: str = EVERY_NIGHT
    kept: int = 7
    kept_gb: float = 20.0
    whole_text: bool = False
    wrong: Mapping[str, str] = field(default_factory=dict)

    def require(self, *variables: str) -> None:
        """Raise ``NightError`` with the sentence of the first of ``variables`` that could not be taken."""
        for variable in variables:
            if variable in self.wrong:
                raise NightError(self.wrong[variable])

    def documents_away(self) -> str:
        """Why the documents folder that somebody named cannot be read now; empty when it can, or when nobody
        named one.
        """
        if not self.documents_declared:
            return ""
        what = f"{DOCUMENTS} names {self.documents}, which"
        try:
            if stat.S_ISDIR(self.documents.stat().st_mode):
                os.stat(self.documents / ".")  # a share whose server is gone still looks like a folder
                return ""
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            return (
                f"{what} cannot be entered ({error.strerror}): bring it back, or give it to the user of "
                "the night"
            )
        return (
            f"{what} is not a folder: bring it back or correct the path; unset, nights start from the "
            "committed extracts"
        )

    @property
    def dbt_project(self) -> Path:
        return self.root / "dbt_project"

    @property
    def usual(self) -> bool:
        """Whether the published files are where a fresh clone puts them."""
        return self.warehouse == self.root / "warehouse"

    @property
    def target(self) -> Path:
        """Where dbt keeps its manifest and what it parsed; an installation elsewhere has its own."""
        return self.dbt_project / "target" if self.usual else self.private / "target"

    @property
    def seeds(self) -> Path:
        return self.dbt_project / "seeds"

    @property
    def private(self) -> Path:
        """What a night builds before anybody may see it; kept afterwards for inspection."""
        return self.warehouse / ".build"

    @property
    def build(self) -> Path:
        """The private build. Its name fixes the DuckDB catalog that dbt compiles into the views."""
        return self.private / f"{DATABASE}.duckdb"

    @property
    def staged(self) -> Path:
        """Extracts of this night, one folder per report, as they will be loaded."""
        return self.private / "extracts"

    @property
    def published(self) -> Path:
        return self.warehouse / f"{DATABASE}.duckdb"

    @property
    def data_docs(self) -> Path:
        return self.private / "data_docs"

    @property
    def site(self) -> Path:
        """The pages for people, as built; a publication takes them along."""
        return self.private / "site"

    def relative(self, path: Path) -> str:
        """A path as shown to people: relative to the project where possible."""
        return os.path.relpath(path, self.root) if path.is_relative_to(self.root) else str(path)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0


def _share(text: str) -> float:
    if not 0 <= (share := _number(text)) < 1:
        raise NightError(
            f"OBSERVATOIRE_TOLERANCE is {text!r}: give a share of reports from 0 to less than 1, such as 0.4"
        )
    return share


def _loss(text: str) -> float:
    if not 0 <= (share := _number(text)) <= 1:
        raise NightError(
            f"OBSERVATOIRE_VOLUME is {text!r}: give the share of its rows that a report may lose, from 0 to "
            "1, such as 0.5"
        )
    return share


def _kept(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 2 <= int(text) <= 1000:
        raise NightError(
            f"OBSERVATOIRE_KEPT is {text!r}: give the number of published states to keep, from 2 to 1000"
        )
    return int(text)


def _kept_size(text: str) -> float:
    if not 0.1 <= (size := _number(text)) <= 1e6:
        raise NightError(
            f"OBSERVATOIRE_KEPT_GB is {text!r}: give the gigabytes that published states may take together, "
            "from 0.1, such as 20"
        )
    return size


def _cron(text: str) -> str:
    if not cron.is_valid(text):
        raise NightError(
            f"OBSERVATOIRE_CRON is {text!r}: give five fields, such as '{EVERY_NIGHT}' for every night at two"
        )
    return text


def read_settings(environ: Mapping[str, str] | None = None, root: Path | None = None) -> Settings:
    """The settings of an installation. Never raises: see ``Settings.wrong`` and
    ``Settings.documents_away``.
    """
    environ = os.environ if environ is None else environ
    root = root or Path(environ.get("OBSERVATOIRE_ROOT") or PROJECT_ROOT)
    wrong: dict[str, str] = {}

    def folder(variable: str, default: str) -> Path:
        try:
            return (root / Path(environ.get(variable) or default).expanduser()).resolve()
        except (
            OSError,
            RuntimeError,
            ValueError,
        ) as error:  # a loop of links, a home that nobody has, a zero byte
            wrong[variable] = f"{variable} is {environ[variable]!r}, which is no path ({error}): correct it"
            return (root / default).resolve()

    def value(variable: str, default: str, taken: Callable[[str], Value]) -> Value:
        try:
            return taken(environ.get(variable) or default)
        except NightError as error:
            wrong[variable] = str(error)
            return taken(default)

    return Settings(
        root=root,
        documents=folder(DOCUMENTS, "raw/documents"),
        raw=folder("OBSERVATOIRE_RAW", "raw"),
        warehouse=(warehouse := folder("OBSERVATOIRE_WAREHOUSE", "warehouse")),
        extracts=folder("OBSERVATOIRE_EXTRACTS", str(warehouse / ".build" / "parquet")),
        documents_declared=bool(environ.get(DOCUMENTS)),
        kept=value("OBSERVATOIRE_KEPT", "7", _kept),
        kept_gb=value("OBSERVATOIRE_KEPT_GB", "20", _kept_size),
        whole_text=bool(environ.get("OBSERVATOIRE_TEXTE")),
        cron=value(CRON, EVERY_NIGHT, _cron) if environ.get(CRON) else EVERY_NIGHT,
        full=bool(environ.get("OBSERVATOIRE_FULL")),
        tolerance=value("OBSERVATOIRE_TOLERANCE", "0", _share),
        volume=value("OBSERVATOIRE_VOLUME", "0.5", _loss),
        wrong=wrong,
    )
