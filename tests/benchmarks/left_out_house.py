"""A house that never saw one of the reviewed reports: the others are reviewed, its document is there to be
brought, and what its figures mean is known from its committed extract.

Gone from the seeds: indicators, members and concepts that the extract of no other report names; aliases whose
words stand in its document and in that of no other report; and the weights are those fitted without it. What
leaks all the same: the rules of reading and the words of the labels and definitions that stay were written by
people who had seen all five reports.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import polars as pl

from orchestration.discovery import concepts
from orchestration.discovery.bring import bring
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, WHOLE, Catalogue
from orchestration.extraction.reports import load_report, read_extract
from orchestration.notation.folding import fold_label
from orchestration.review.dossier import Item, Unread
from orchestration.settings import PROJECT_ROOT
from tests.review.conftest import REVIEWED, House, settings_of
from tests.review.invented import Meant

SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"
#: Seeds that say something of an indicator, by the columns that name one.
_OF_INDICATORS = {
    "liens_indicateurs.csv": ("code", "terme_code", "base_code"),
    "sens_indicateurs.csv": ("code",),
    "membres_impliques.csv": ("indicateur_code",),
}
_KEPT = frozenset({"a_definir", UNSTATED, WHOLE})
#: What is compared beside the value, under the names of an extract.
_SAID = ("periode", "organisme", *DIMENSIONS)
Row = dict[str, str]


@dataclass(frozen=True)
class Truth:
    """What a printed figure means: its value in base units, and each key of a meaning."""

    printed: str
    value: Decimal
    said: Mapping[str, str]

    @property
    def indicator(self) -> str:
        return self.said["indicateur"]


@dataclass
class LeftOut:
    """The house, the code of the report that it never saw, what its figures mean by their place, and the rows
    of the indicators that are gone with it.
    """

    house: House
    code: str
    truths: Mapping[tuple[int, int], Truth]
    gone: Mapping[str, Row]
    told: list[str] = field(default_factory=list)

    def meant(self, catalogue: Catalogue) -> Callable[[Item | Unread], Truth | None]:
        """What a number means, by its place; members that its indicator says already are not asked for."""

        def of(number: Item | Unread) -> Truth | None:
            truth = self.truths.get(place_of(number.line, number.column, number.printed))
            if truth is None:
                return None
            names = list(DIMENSIONS)
            implied = {names[rank]: code for rank, code in catalogue.implied.get(truth.indicator, ())}
            kept = {k: "" if implied.get(k) == v else v for k, v in truth.said.items()}
            return Truth(truth.printed, truth.value, kept)

        return of


def left_out(code: str, root: Path, documents: Path) -> LeftOut:
    """Lay out the house under ``root`` and bring the report to it."""
    others = [other for other in REVIEWED if other != code]
    settings = settings_of(root)
    shutil.copytree(SEEDS, settings.seeds)
    gone, told = _forget(settings.seeds, code, others, documents)
    for other in others:
        shutil.copytree(PROJECT_ROOT / "raw" / other, settings.raw / other)
    settings.documents.mkdir()
    unseen = concepts.load_weights(code)
    concepts.load_weights = lambda without="": unseen  # type: ignore[assignment]  # for all that follows
    body, year = code.rsplit("_", 1)
    bring(documents / f"{code}.txt", root, settings.documents, body=body, year=year)
    return LeftOut(House(settings), code, truths_of(code), gone, told)


def truths_of(code: str) -> dict[tuple[int, int], Truth]:
    """What the committed extract says of each figure, by its place."""
    rows = _observed(code).iter_rows(named=True)
    return {
        place_of(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"]): Truth(
            row["valeur_imprimee"],
            Decimal(row["valeur"]),
            {
                **{key: row[key] for key in ("unite", "nature", "role")},
                **{key: row[f"{key}_code"] for key in ("indicateur", *_SAID)},
            },
        )
        for row in rows
    }


def place_of(line: int, column: int, printed: str) -> tuple[int, int]:
    """Where the first digit of a number stands: a sign may or may not be taken for a part of it."""
    digit = re.search(r"\d", printed)
    return line, column + (digit.start() if digit else 0)


def as_meant(truth: Truth) -> Meant:
    """What a figure means, as the person in the browser knows it."""
    said = truth.said
    members = tuple((d, said[d]) for d in DIMENSIONS if said[d] not in ("", UNSTATED))
    return Meant(truth.printed, truth.indicator, said["unite"], said["periode"], said["nature"], members)


@lru_cache(maxsize=8)
def _observed(code: str) -> pl.DataFrame:
    numbers = read_extract(load_report(PROJECT_ROOT / "raw" / code)).numbers
    return numbers.filter(pl.col("statut") == "observation")


def _only_of(code: str, others: Iterable[str], column: str) -> set[str]:
    """The codes of a column that the extract of no other report holds."""
    of_others = {value for other in others for value in _observed(other)[column].unique()}
    return set(_observed(code)[column].unique()) - of_others - _KEPT


def _forget(
    seeds: Path, code: str, others: Iterable[str], documents: Path
) -> tuple[dict[str, Row], list[str]]:
    """Take out of ``seeds`` what comes from one report alone; returns the rows of its indicators, and what
    was taken out in words.
    """
    others = list(others)
    gone = _only_of(code, others, "indicateur_code")
    rows = _kept(seeds / "indicateurs.csv", lambda row: row["code"] not in gone)
    for name, columns in _OF_INDICATORS.items():
        _kept(seeds / name, lambda row, columns=columns: all(row[c] not in gone for c in columns))  # type: ignore[misc]
    told = [f"{len(rows)} indicators"]
    used = {row["concept_code"] for row in _rows(seeds / "indicateurs.csv")}
    parents = {row["parent_code"] for row in _rows(seeds / "concepts.csv")}
    told.append(
        f"{len(_kept(seeds / 'concepts.csv', lambda row: row['code'] in used | parents | _KEPT))} concepts"
    )
    implied = {row["membre_code"] for row in _rows(seeds / "membres_impliques.csv")}
    members = 0
    for dimension, name in DIMENSIONS.items():
        path = seeds / f"{name}.csv"
        held = implied | {row.get("parent_code", "") for row in _rows(path)} | _KEPT
        unused = _only_of(code, others, f"{dimension}_code") - held
        members += len(_kept(path, lambda row, unused=unused: row["code"] not in unused))  # type: ignore[misc]
    told.append(f"{members} members")
    told.append(f"{_forget_aliases(seeds, code, others, documents)} aliases")
    return {row["code"]: row for row in rows}, told


def _forget_aliases(seeds: Path, code: str, others: Iterable[str], documents: Path) -> int:
    """Take out the aliases whose words stand in the document of one report and of no other."""
    own, *rest = (_spoken(documents / f"{one}.txt") for one in (code, *others))
    count = 0
    for name in ("indicateurs", "concepts", *DIMENSIONS.values()):
        path, rows = seeds / f"{name}.csv", _rows(seeds / f"{name}.csv")
        for row in rows:
            told = row.get("alias", "").split("|")
            kept = [
                alias
                for alias in told
                if (words := _words(alias)) not in own or any(words in text for text in rest)
            ]
            count += len(told) - len(kept)
            row["alias"] = "|".join(kept)
        if rows and "alias" in rows[0]:
            _write(path, rows)
    return count


@lru_cache(maxsize=8)
def _spoken(path: Path) -> str:
    return _words(path.read_text(encoding="utf-8"))


def _words(text: str) -> str:
    return f" {' '.join(re.findall('[a-z0-9]+', fold_label(text)))} "


def _kept(path: Path, keeps: Callable[[Row], bool]) -> list[Row]:
    """Keep rows of a seed; returns the others."""
    rows = _rows(path)
    gone = [row for row in rows if not keeps(row)]
    if gone:
        _write(path, [row for row in rows if keeps(row)])
    return gone


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
