"""How much of what is printed the controls see: one wrong digit anywhere, figure by figure, and the causes
they name.

Run: ``python -m tests.benchmarks.bench_controls [--warehouse FILE] [--draws N] [digits] [ceiling] [causes]``
(all by default).

``digits``  every figure of every report gets wrong digits, one at a time (``--draws`` of them, all when 0):
caught by an equality, caught by a bound, marked as out of the ordinary, or unseen. A figure is controlled by
a kind when one of its wrong digits is seen by it; only ``--draws 0`` tries them all. A relation that fails
and is registered sees it too: its gap is no longer the one that the register expects. The digit is taken to
be wrong in the ink, where the second reader sees the same and is no help. Where it was only read wrong, it
is: two columns say how many figures it read, and how many wrong readings are then seen. The last column is
the share of figures that are marked as they are printed.
``ceiling``  the same, were every figure that no equality and no bound controls known to within a factor:
what plausibility could see at best, and how well it would have to know.
``causes``  a seeded sample of caught wrong digits is diagnosed and the named suspect compared with the truth.

Without a warehouse the committed extracts are judged; with one, the controls that need every report too.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl

from orchestration.commands.register import extract_frames
from orchestration.reconciliation.causes import diagnose_all, report_context
from orchestration.reconciliation.context import ReportContext
from orchestration.reconciliation.digits import one_digit_away
from orchestration.reconciliation.findings import register_gap
from orchestration.reconciliation.terms import READINGS, PrintedNumber
from orchestration.reconciliation.verdicts import judge
from orchestration.settings import read_settings

EQUALITY, BOUND, MARK = "égalité", "borne", "vraisemblance"
KINDS = {"borne": BOUND, "plausibilite": MARK}
SEED = 17
#: Factors to within which a figure may be known.
KNOWN = (1.2, 1.35, 1.5, 2, 3, 4.5, 9)
_NUMBERS = "select o.* exclude (constat_codes), 'observation' as statut from marts.fct_observation as o"
_RELATIONS = """
select c.rapport_code, c.relation, c.nature, c.formule, p.role, p.poids, p.paire, c.reserve,
  o.ligne, o.colonne, case when p.observation_key = 'constante' then p.constante end as constante
from marts.fct_controle as c
inner join marts.pont_controle_observation as p using (controle_key)
left join marts.fct_observation as o using (observation_key)
order by c.rapport_code, c.relation, p.rang
"""


@dataclass(frozen=True)
class Seen:
    """One wrong digit: the figure, the value it would have had, and the kinds of control that see it."""

    number: PrintedNumber
    wrong: Decimal
    kinds: frozenset[str]
    read_twice: bool


def contexts(warehouse: Path | None) -> dict[str, ReportContext]:
    """Every report of the committed extracts, or of a build, judged."""
    numbers, relations = extract_frames(read_settings().raw) if warehouse is None else built_frames(warehouse)
    found = {}
    for code in sorted(numbers["rapport_code"].unique()):
        mine = pl.col("rapport_code") == code
        found[code] = report_context(numbers.filter(mine), relations.filter(mine), code)
    return found


def built_frames(warehouse: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The observations and the terms of every control of a build, as text."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        frames = [
            connection.execute(query).pl().cast(pl.String, strict=False) for query in (_NUMBERS, _RELATIONS)
        ]
    return frames[0].fill_null(""), frames[1].fill_null("")


def seen_by(number: PrintedNumber, wrong: Decimal, context: ReportContext) -> frozenset[str]:
    """The kinds of control that see the figure printed wrong: their verdict turns, or a registered gap is
    another one.
    """
    turned = []
    for verdict in context.by_place.get(number.place, ()):
        if not verdict.holds and not verdict.fails:
            continue
        after = judge(verdict.relation.substituted({number.place: wrong}))
        if not after.holds if verdict.holds else register_gap(after) != register_gap(verdict):
            turned.append(verdict.relation.nature)
    return frozenset(KINDS.get(nature, EQUALITY) for nature in turned)


def mutate(context: ReportContext, draws: int, rng: random.Random) -> Iterator[Seen]:
    """Wrong digits of every figure of a report, and what sees them."""
    twice = {p for v in context.verdicts if v.relation.nature in READINGS for p in v.relation.places}
    for place in sorted(context.numbers):
        number = context.numbers[place]
        if number.value is None:
            continue
        candidates = list(one_digit_away(number))
        for wrong in candidates if not draws else rng.sample(candidates, min(draws, len(candidates))):
            yield Seen(number, wrong, seen_by(number, wrong, context), place in twice)


def digits_report(found: Mapping[str, ReportContext], draws: int) -> str:
    """Per report: wrong digits seen, and figures controlled, by kind."""
    lines = [
        f"{'rapport':22}{'chiffres':>9}{'en égalité':>12}{'en borne':>10}{'vraisemb.':>11}"
        f"{'contrôlés':>11}{'faux vus':>10}{'égalité':>9}{'relus':>8}{'lus faux':>10}{'marqués':>9}"
    ]
    every: list[list[Seen]] = []
    for code, context in found.items():
        outcomes = list(mutate(context, draws, random.Random(f"{SEED} {code}")))
        every.append(outcomes)
        lines.append(_digits_line(code, [outcomes], _marked(context)))
    return "\n".join([*lines, _digits_line("ensemble", every, sum(map(_marked, found.values())))])


def _marked(context: ReportContext) -> int:
    """True figures that are marked as out of the ordinary."""
    return sum(
        KINDS.get(verdict.relation.nature) == MARK and not verdict.holds for verdict in context.verdicts
    )


def _digits_line(code: str, reports: Sequence[Sequence[Seen]], marked: int) -> str:
    figures: dict[tuple[int, tuple[int, int]], set[str]] = defaultdict(set)
    for rank, outcomes in enumerate(reports):
        for outcome in outcomes:
            figures[rank, outcome.number.place] |= outcome.kinds
    tried = [outcome for outcomes in reports for outcome in outcomes]
    shares = [
        *(
            sum(kind in kinds for kinds in figures.values()) / len(figures)
            for kind in (EQUALITY, BOUND, MARK)
        ),
        sum(map(bool, figures.values())) / len(figures),
        sum(bool(outcome.kinds) for outcome in tried) / len(tried),
        sum(EQUALITY in outcome.kinds for outcome in tried) / len(tried),
        len({(rank, o.number.place) for rank, seen in enumerate(reports) for o in seen if o.read_twice})
        / len(figures),
        sum(bool(outcome.kinds) or outcome.read_twice for outcome in tried) / len(tried),
        marked / len(figures),
    ]
    widths = (12, 10, 11, 11, 10, 9, 8, 10, 9)
    return f"{code:22}{len(figures):>9}" + "".join(
        f"{share:>{width}.1%}" for share, width in zip(shares, widths, strict=True)
    )


def ceiling_report(found: Mapping[str, ReportContext], draws: int) -> str:
    """Figures controlled and wrong digits seen, were what nothing else controls known to within a factor."""
    outcomes = [
        outcome
        for code, context in found.items()
        for outcome in mutate(context, draws, random.Random(f"{SEED} {code}"))
    ]
    lines = [f"{'connus à un facteur':22}{'contrôlés':>11}{'faux vus':>10}"]
    for factor in KNOWN:
        figures: dict[tuple[str, tuple[int, int]], bool] = defaultdict(bool)
        seen = 0
        for outcome in outcomes:
            caught = bool(outcome.kinds - {MARK}) or not within(outcome, factor)
            figures[outcome.number.report, outcome.number.place] |= caught
            seen += caught
        lines.append(
            f"{factor:<22}{sum(figures.values()) / len(figures):>11.1%}{seen / len(outcomes):>10.1%}"
        )
    return "\n".join(lines)


def within(outcome: Seen, factor: float) -> bool:
    """Whether a wrong value lies within a factor of the true one: of its odds for a percentage; an evolution
    within twenty points for each whole above one.
    """
    true, wrong = float(outcome.number.value or 0), float(outcome.wrong)
    if outcome.number.nature == "evolution":
        return abs(true - wrong) <= 20 * (factor - 1)
    if outcome.number.unit == "%" and 0 <= true <= 100:
        if wrong > 100:
            return False
        true, wrong = ((value + 0.5) / (100.5 - value) for value in (true, wrong))
    return abs(true) / factor <= abs(wrong) <= abs(true) * factor


def causes_report(found: Mapping[str, ReportContext], sample: int, seed: int = SEED) -> str:
    """Of caught wrong digits: named right (the figure and its value), named innocent, one of two,
    not named.
    """
    counts: Counter[str] = Counter()
    by_cause: dict[str, Counter[str]] = defaultdict(Counter)
    for context, outcome in _caught(found, sample, seed):
        told, cause = judge_cause(context, outcome)
        counts[told] += 1
        by_cause[cause][told] += 1
    total, named = sum(counts.values()), counts["juste"] + counts["juste, autre valeur"] + counts["innocent"]
    lines = [f"{told:24}{count:6}{count / total:8.1%}" for told, count in counts.most_common()]
    lines.append(
        f"nommés {named / total:.1%} ; justes quand nommés {(named - counts['innocent']) / max(named, 1):.1%}"
    )
    lines += [f"    {cause:22}{dict(told)}" for cause, told in sorted(by_cause.items())]
    return "\n".join([f"causes : {total} chiffres faux vus", *lines])


def _caught(
    found: Mapping[str, ReportContext], sample: int, seed: int
) -> Iterator[tuple[ReportContext, Seen]]:
    rng = random.Random(seed)
    pool = [
        (context, outcome)
        for context in found.values()
        for outcome in mutate(context, 1, rng)
        if EQUALITY in outcome.kinds
        and not any(v.fails for v in context.by_place.get(outcome.number.place, ()))
    ]
    yield from rng.sample(pool, min(sample, len(pool)))


def judge_cause(context: ReportContext, outcome: Seen) -> tuple[str, str]:
    """What the diagnosis of one planted error says of it, and the cause that it names."""
    place = outcome.number.place
    mutated = context.printing({place: outcome.wrong})
    before = {verdict.relation.key for verdict in context.failing}
    touched = [d for d in diagnose_all(mutated) if d.verdict.relation.key not in before]
    named = [d for d in touched if d.named]
    if not named:
        told = "l'un des deux" if any(place in d.rivals for d in touched) else "non nommé"
        return told, "inconnue"
    right = [d for d in named if d.suspect is not None and d.suspect.place == place]
    wrong = [d for d in named if d not in right]
    if wrong:
        return "innocent", wrong[0].cause
    exact = any(d.proposed == outcome.number.value for d in right)
    return ("juste" if exact else "juste, autre valeur"), right[0].cause


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the measures; the exit status is always 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_controls", description=__doc__)
    parser.add_argument("what", nargs="*", default=["digits", "ceiling", "causes"])
    parser.add_argument("--warehouse", type=Path)
    parser.add_argument("--draws", type=int, default=6)
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=SEED, help="of the sample of causes")
    options = parser.parse_args(arguments)
    found = contexts(options.warehouse)
    if "digits" in options.what:
        print(digits_report(found, options.draws))
    if "ceiling" in options.what:
        print(ceiling_report(found, options.draws))
    if "causes" in options.what:
        print(causes_report(found, options.sample, options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
