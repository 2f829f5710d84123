"""The rules that decide what a figure means, judged on the corpus of the tests: how often each decided, and
how often rightly.

``python -m tests.benchmarks.bench_rules`` prints a line for each rule of natures, periods, units and bodies,
and for each rule that sets numbers aside: how many digits of the corpus it takes, and how many of them belong
to a figure that a reader would take. A rule that never decides, or is often wrong, is one to delete or to
mend. With ``--without`` it leaves each rule out in turn and prints in how many excerpts it had a say and how
many figures of the corpus are then read wrong, the first of them named: a rule whose absence nobody notices
is one to delete (half a minute: only the excerpts in which a rule had a say are read again).
"""

from __future__ import annotations

import argparse
from collections import Counter
from types import ModuleType

from orchestration.discovery import natures, organisations, periods, units
from orchestration.discovery.deciding import DecisionRule
from orchestration.discovery.figures import discover
from orchestration.extraction import rules
from orchestration.extraction.rules import RULES, claims
from tests.discovery.scoring import Excerpt, Expected, document_of, excerpts, score

KINDS: dict[str, tuple[DecisionRule, ...]] = {
    "nature": natures.RULES,
    "periode": (*periods.LEVELS, *periods.EVOLUTIONS),
    "unite": (*units.SCALED, *units.BARE),
    "organisme": organisations.RULES,
}
#: The lists of rules, where they stand.
LISTS: tuple[tuple[ModuleType, str], ...] = (
    *((natures, "RULES"), (periods, "LEVELS"), (periods, "EVOLUTIONS")),
    *((units, "SCALED"), (units, "BARE"), (organisations, "RULES"), (rules, "RULES")),
)
#: The lists by what the names of their rules begin with.
OF_KIND = {
    "nature": (natures,),
    "periode": (periods,),
    "unite": (units,),
    "organisme": (organisations,),
    "ecarte": (rules,),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--without", action="store_true", help="leave each rule out in turn")
    if parser.parse_args().without:
        _leave_out()
    else:
        _count()


def _leave_out() -> None:
    known = list(excerpts())
    usual = [set(score(excerpt).faults) for excerpt in known]
    used = [_used(excerpt) for excerpt in known]
    for module, name in LISTS:
        whole, kind = getattr(module, name), _kind_of(module)
        for rule in whole:
            setattr(module, name, tuple(other for other in whole if other is not rule))
            at = [i for i, rules_used in enumerate(used) if f"{kind}.{rule.name}" in rules_used]
            missed = sorted(fault for i in at for fault in set(score(known[i]).faults) - usual[i])
            print(f"{f'{kind}.{rule.name}':44} {len(at):4d} {len(missed):4d}  {next(iter(missed), '')}")
        setattr(module, name, whole)


def _kind_of(module: ModuleType) -> str:
    """What the names of a list's rules begin with where a figure carries them."""
    return next(k for k, names in OF_KIND.items() if module in names)


def _used(excerpt: Excerpt) -> set[str]:
    """The rules that decide or set aside anything in an excerpt: no other one can change it."""
    folded = excerpt.document.folded
    decided = {name for figure in discover(excerpt.document, excerpt.year) for name in figure.rules}
    return decided | {f"ecarte.{claim.rule}" for claim in claims(folded.flat, folded.text)}


def _count() -> None:
    decided, right = Counter[str](), Counter[str]()
    taken, wrongly = Counter[str](), Counter[str]()
    for excerpt in excerpts():
        document = document_of(excerpt.text)
        expected = {e.at: e for e in excerpt.figures}
        for figure in discover(document, excerpt.year):
            first = next(
                (i for i in range(figure.start, figure.end) if document.text[i].isdigit()), figure.start
            )
            for name in figure.rules:
                decided[name] += 1
                right[name] += first in expected and _right(name.partition(".")[0], figure, expected[first])
        folded = document.folded
        for claim in claims(folded.flat, folded.text):
            digits = [i for i in range(claim.start, claim.end) if folded.flat[i].isdigit()]
            taken[claim.rule] += 1
            wrongly[claim.rule] += any(folded.offsets[i] in expected for i in digits)
    _print(decided, right)
    print(f"\n{'rule that sets aside':34} {'certainty':>9} {'taken':>6} {'figures':>8}")
    for rule in RULES:
        print(f"{rule.name:34} {rule.certainty:9.2f} {taken[rule.name]:6d} {wrongly[rule.name]:8d}")


def _right(kind: str, figure: object, expected: Expected) -> bool:
    names = {"nature": "nature", "periode": "period", "unite": "unit"}
    if kind not in names:
        return expected.body in ("", getattr(figure, "organisation", "") or "-")
    wanted = getattr(expected, names[kind])
    return not wanted or getattr(figure, names[kind]) == wanted


def _print(decided: Counter[str], right: Counter[str]) -> None:
    print(f"{'rule':34} {'confidence':>10} {'decided':>8} {'right':>7}")
    for kind, listed in KINDS.items():
        known = {f"{kind}.{rule.name}": rule.confidence for rule in listed}
        for name in (*known, f"{kind}.sans_regle"):
            times = decided[name]
            told = f"{right[name] / times:7.1%}" if times else "      -"
            print(f"{name:34} {known.get(name, 0.6):10.2f} {times:8d} {told}")


if __name__ == "__main__":
    main()
