"""Which rank the right indicator has among those that a review proposes, and what its confidence is worth: a
reviewed report is brought to a house that never saw it (``left_out_house``) and read from its first figure to
its last, all that stands before a figure decided right.

    python -m tests.benchmarks.bench_ranks [CODE] [misses]

Only the first figure of its words and unit counts. One report a process: each house has
its own weights.
Prints the share first and in the five, what the confidence of the first promised and held, and how many
indicators must be made; ``misses`` prints each figure whose right indicator is not first.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from orchestration.extraction.reports import list_reports
from orchestration.notation.folding import fold_label
from orchestration.review.dossier import Dossier, Item
from orchestration.review.seeds import known_of
from orchestration.review.suggestions import Suggester, Suggestion
from tests.benchmarks.left_out_house import LeftOut, left_out

#: How often what is decided is learned anew while a report is read.
TURNS = 12
BINS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True)
class Asked:
    """A figure with what it means and what is proposed for it; ``known`` is whether its indicator exists."""

    item: Item
    means: str
    known: bool
    proposed: Sequence[Suggestion]

    @property
    def rank(self) -> int:
        """The rank of the right indicator from 0; that behind the last where it is not proposed."""
        codes = [one.indicator.code for one in self.proposed]
        return codes.index(self.means) if self.means in codes else len(codes) + 1


def asked(world: LeftOut) -> Iterator[Asked]:
    """The first figure of each words and unit, in the order of print, with what stands before it decided."""
    dossier = world.house.dossier(world.code)
    means = world.meant(dossier.catalogue)
    items = sorted(dossier.items, key=lambda item: (item.line, item.column))
    told = {item.key: truth for item in items if (truth := means(item))}
    turn, seen = max(1, len(items) // TURNS), set[tuple[str, str]]()
    for start in range(0, len(items), turn):
        known = {i.key: told[i.key].indicator for i in items[:start] if i.key in told}
        suggester = _learned(world, dossier, known)
        for at, item in enumerate(items[start : start + turn], start):
            key = fold_label(item.label), item.meaning["unite"]
            if item.key in told and key not in seen:
                before = {n: told[i.key].indicator for n, i in enumerate(items[:at]) if i.key in told}
                suggester._proposed = suggester._meanings.beside(before)
                code = told[item.key].indicator
                yield Asked(item, code, code in dossier.catalogue.indicators, suggester.of(item))
            seen.add(key)


def _learned(world: LeftOut, dossier: Dossier, known: dict[str, str]) -> Suggester:
    """What proposes where some figures are decided; an indicator that must be made teaches nothing."""
    there = dossier.catalogue.indicators
    items = tuple(
        replace(item, reviewed=True, meaning={**item.meaning, "indicateur": known[item.key]})
        if known.get(item.key) in there
        else item
        for item in dossier.items
    )
    seeds, raw = world.house.settings.seeds, world.house.settings.raw
    return Suggester(dossier.catalogue, list_reports(raw), replace(dossier, items=items), known_of(seeds))


def tell(code: str, answers: Sequence[Asked]) -> None:
    known = [one for one in answers if one.known]
    first = sum(one.rank == 0 for one in known) / len(known)
    five = sum(one.rank < len(one.proposed) for one in known) / len(known)
    made = len({one.means for one in answers if not one.known})
    print(f"{code}: {len(known)} labels, first {first:.1%}, in the five {five:.1%}")
    print(f"  {made} indicators to make for {len(answers) - len(known)} labels")
    tops = [(one.proposed[0], one.rank == 0) for one in answers if one.proposed]
    for low, high in pairwise(BINS):
        of = [(top.confidence, right) for top, right in tops if low <= top.confidence < high and not top.why]
        if of:
            promised, held = (sum(map(float, told)) / len(of) for told in zip(*of, strict=True))
            print(f"  confidence {low} to {high}: {len(of)}, promised {promised:.2f}, held {held:.2f}")
    for why, count in Counter(top.why.partition(",")[0] for top, _ in tops if top.why).items():
        right = sum(good for top, good in tops if top.why.startswith(why))
        print(f"  {why}: {count}, right {right}")


def tell_misses(answers: Sequence[Asked]) -> None:
    for one in answers:
        if one.known and one.rank:
            item, named = one.item, "; ".join(f"{s.indicator.code} {s.sure}" for s in one.proposed)
            read = f"{item.printed} {item.meaning['unite']}/{item.meaning['nature']}"
            print(f"  {one.rank} l.{item.line} {read} [{item.label}] ({item.heading})")
            print(f"     = {one.means}; {named}")


if __name__ == "__main__":
    report, how = [*sys.argv[1:], "cpam_correze_2021", ""][:2]
    with tempfile.TemporaryDirectory() as folder:
        house = left_out(report, Path(folder), Path(os.environ["OBSERVATOIRE_DOCUMENTS"]))
        started = time.process_time()
        answers = list(asked(house))
        tell(report, answers)
        if how == "misses":
            tell_misses(answers)
        print(f"  {time.process_time() - started:.1f} CPU seconds")
