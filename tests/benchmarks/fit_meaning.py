"""Fits the weights of meaning by catalogue to the reviewed reports and the seeds, and says honestly what they
are worth.

``make weights`` writes ``orchestration/discovery/weights.json``: the weights in use, and for each body the
ones fitted as if its report did not exist (its phrases, its own rows of the catalogue, its figures), with
which ``tests/discovery/test_concepts.py`` measures. Each body that teaches is read without its own phrases
and rows too, in its document where OBSERVATOIRE_DOCUMENTS has it (the committed weights had all), else in its
extract. The log-odds are linear in the evidence; evidence that speaks for a sense never has a negative
weight. The confidence is fitted to what weights say of a body that they have not seen: each body that teaches
is left out in turn, so that a body to be measured is left out twice.
``--show`` prints the measure of every body left out: given and right at the thresholds in use, the share of
right answers by confidence, and how much is given at a precision.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.discovery.concepts import (
    LIKELY_DOMAIN,
    WEIGHTS_FILE,
    Weights,
    concepts_in,
    domain_shares,
    domains_of,
    in_sections,
    load_weights,
    mean_share,
    shares_of,
    together,
    under_one_heading,
    with_named,
)
from orchestration.discovery.evidence import OF_DOMAIN, OF_SENSE, SPEAKS_FOR, domain_evidence, sense_evidence
from orchestration.discovery.phrases import PhraseBook
from orchestration.discovery.wording import Around, SeenFigure, surroundings
from orchestration.extraction.catalogue import UNSTATED
from tests.discovery.left_out import (
    Body,
    Known,
    as_extracted,
    as_printed,
    book_without,
    catalogue,
    coverage_at,
    known,
    reports,
)

Matrix = npt.NDArray[np.float64]
#: Figures of a body whose senses are weighed; a long report teaches no more than several short ones.
MOST = 300
#: The share of answers, the surest, of which no confidence promises more than they held.
SUREST = 0.15
#: What no confidence in a domain or in a meaning goes beyond: no bin of bodies left out held more.
MOST_SURE = (0.95, 0.9)
STEPS = 40
#: A confidence that is the share itself.
_BARE = (0.0, 1.0, 1.0)
_ALONE = {"own": 1.0, "beside": 0.0}
_TOGETHER = ("own", "none", "under")


class Choices:
    """Choices among rows of evidence: which row is right (or none of them), how much the choice counts."""

    def __init__(self) -> None:
        self.rows: list[Matrix] = []
        self.right: list[int] = []
        self.worth: list[float] = []

    def add(self, rows: list[list[float]], right: int | None, worth: float) -> None:
        self.rows.append(np.array(rows))
        self.right.append(-1 if right is None else right)
        self.worth.append(worth)

    def add_sense(self, codes: list[str], rows: list[list[float]], figure: Known, worth: float) -> None:
        """The choice among the likely senses of a figure, where there are any."""
        if codes:
            self.add(rows, codes.index(figure.sense) if figure.sense in codes else None, worth)

    def fit(self, names: Sequence[str], penalty: float, positive: Sequence[str], none: bool) -> Matrix:
        """The weights of most likelihood by Newton's method, with a penalty on their squares; those of
        ``positive`` names stay at zero or above; with ``none``, no row may be right."""
        told = _Told(self, none)
        held = np.array([name in positive for name in names])
        weights = np.zeros(len(names))
        value, slope, bend = told.at(weights, penalty)
        for _ in range(STEPS):
            free = ~(held & (weights <= 0) & (slope <= 0))
            step = np.zeros_like(weights)
            step[free] = np.linalg.solve(bend[np.ix_(free, free)], slope[free])
            for part in 0.5 ** np.arange(12):
                moved = weights + part * step
                moved[held] = np.maximum(moved[held], 0)
                better = told.at(moved, penalty)
                if better[0] > value:
                    break
            if better[0] <= value + 1e-6:
                break
            weights, (value, slope, bend) = moved, better
        return weights


class _Told:
    """What choices tell of weights: their penalised likelihood, its slope and how it bends."""

    def __init__(self, choices: Choices, none: bool) -> None:
        self.rows, self.none = np.vstack(choices.rows), none
        sizes = np.array([len(r) for r in choices.rows])
        self.starts = np.r_[0, np.cumsum(sizes)[:-1]]
        self.group = np.repeat(np.arange(len(sizes)), sizes)
        right = np.array(choices.right)
        self.chosen = np.where(right >= 0)[0]
        self.right = self.starts[self.chosen] + right[self.chosen]
        self.worth = np.array(choices.worth) / np.mean(choices.worth)

    def at(self, weights: Matrix, penalty: float) -> tuple[float, Matrix, Matrix]:
        scores = self.rows @ weights
        most = np.maximum.reduceat(scores, self.starts)
        most = np.maximum(most, 0) if self.none else most
        odds = np.exp(scores - most[self.group])
        nothing = np.exp(-most) if self.none else np.zeros_like(most)
        whole = np.add.reduceat(odds, self.starts) + nothing
        shares = odds / whole[self.group]
        scored = -most
        scored[self.chosen] += scores[self.right]
        value = self.worth @ (scored - np.log(whole)) - penalty / 2 * weights @ weights
        gap = -shares * self.worth[self.group]
        gap[self.right] += self.worth[self.chosen]
        slope = self.rows.T @ gap - penalty * weights
        weighed = self.rows * (shares * self.worth[self.group])[:, None]
        means = np.add.reduceat(self.rows * shares[:, None], self.starts)
        bend = self.rows.T @ weighed - means.T @ (means * self.worth[:, None])
        return float(value), slope, bend + penalty * np.eye(len(weights))


@dataclass
class Lesson:
    """A body read as if it and others did not exist: its figures, and what speaks for their domains and, once
    these are weighed, for their senses."""

    book: PhraseBook
    figures: list[Known]
    seen: list[SeenFigure]
    around: list[Around]
    for_domain: list[Matrix]
    for_sense: list[dict[str, list[float]]]

    @property
    def worth(self) -> float:
        return float(len(self.figures) ** -0.5)


def lessons(bodies: Sequence[Body], without: frozenset[str] = frozenset()) -> list[Lesson]:
    """``bodies``, each read as if it and ``without`` did not exist."""
    read = [_lesson(body, book_without(without | {body.code})) for body in bodies]
    weights = _domains_fitted(read)
    for lesson in read:
        domains = domains_of(lesson.book, lesson.seen, lesson.around, weights)
        for figure in zip(lesson.seen, lesson.around, domains, strict=True):
            evidence = sense_evidence(lesson.book, *figure)
            lesson.for_sense.append({code: [of[name] for name in OF_SENSE] for code, of in evidence.items()})
    return read


def _lesson(body: Body, book: PhraseBook) -> Lesson:
    figures = known(body, book)
    seen = [k.seen for k in figures]
    around = surroundings(seen, body.text, book.members)
    for_domain = [np.array(domain_evidence(book, *of)).T for of in zip(seen, around, strict=True)]
    return Lesson(book, figures, seen, around, for_domain, [])


def fitted(read: Sequence[Lesson]) -> Weights:
    """The weights that lessons teach; the confidence is still the bare share."""
    weights, senses, last = _domains_fitted(read), Choices(), Choices()
    for lesson in read:
        every = max(1, round(len(lesson.figures) / MOST))
        for figure, evidence in list(zip(lesson.figures, lesson.for_sense, strict=True))[::every]:
            senses.add_sense(list(evidence), list(evidence.values()), figure, lesson.worth)
    sense = senses.fit(OF_SENSE, 2.0, SPEAKS_FOR, True).tolist()
    weights = replace(weights, sense=dict(zip(OF_SENSE, sense, strict=True)))
    for lesson in read:
        alone = _alone(lesson, weights)
        shares = [shares_of(scores) for scores in alone]
        for at, (figure, scores) in enumerate(zip(lesson.figures, alone, strict=True)):
            helpers = [shares[near] for near in under_one_heading(lesson.seen, at)]
            rows = [[score, 1.0, mean_share(code, helpers)] for code, score in scores.items()]
            last.add_sense(list(scores), rows, figure, lesson.worth)
    helped = last.fit(_TOGETHER, 1.0, ("under",), True).tolist()
    return replace(weights, together=dict(zip(_TOGETHER, helped, strict=True)))


def _domains_fitted(read: Sequence[Lesson]) -> Weights:
    first, second = Choices(), Choices()
    for lesson in read:
        for figure, evidence in zip(lesson.figures, lesson.for_domain, strict=True):
            first.add(evidence.tolist(), lesson.book.domains.index(figure.domain), lesson.worth)
    alone = dict(zip(OF_DOMAIN, first.fit(OF_DOMAIN, 1.0, (), False).tolist(), strict=True))
    nothing = dict.fromkeys(OF_SENSE, 0.0)
    weights = Weights(alone, _ALONE, nothing, dict.fromkeys(_TOGETHER, 0.0), _BARE, _BARE)
    for lesson in read:
        told = domains_of(lesson.book, lesson.seen, lesson.around, weights)
        for figure, mine, near in zip(lesson.figures, told, in_sections(lesson.seen, told), strict=True):
            rows = [[mine[d], near[d]] for d in lesson.book.domains]
            second.add(rows, lesson.book.domains.index(figure.domain), lesson.worth)
    own, beside = second.fit(("own", "beside"), 1.0, (), False).tolist()
    return replace(weights, neighbours={"own": own, "beside": beside})


def _alone(lesson: Lesson, weights: Weights) -> list[dict[str, float]]:
    of = np.array([weights.sense[name] for name in OF_SENSE])
    return [{code: float(of @ row) for code, row in evidence.items()} for evidence in lesson.for_sense]


Answer = tuple[float, bool, float, bool]


def _answers(lesson: Lesson, weights: Weights) -> Iterator[Answer]:
    """For each figure, the share of the likeliest domain, whether it is right, and the same of the sense."""
    alone = _alone(lesson, weights)
    told = [shares_of(scores) for scores in alone]
    domains = domains_of(lesson.book, lesson.seen, lesson.around, weights)
    for at, (figure, scores) in enumerate(zip(lesson.figures, alone, strict=True)):
        helpers = [told[near] for near in under_one_heading(lesson.seen, at)]
        shares = shares_of(together(scores, helpers, weights.together))
        shares = with_named(lesson.book, figure.seen, shares)
        by_domain = domain_shares(lesson.book, shares, domains[at])
        domain = max(by_domain, key=by_domain.__getitem__)
        sense = max(shares, key=shares.__getitem__, default="")
        right = by_domain[domain], domain == figure.domain
        yield *right, shares.get(sense, 0.0), _right(lesson.book, sense, figure)


def _surely(read: Sequence[Lesson]) -> Weights:
    """The weights that lessons teach; how sure they are is told by each body in turn, with the weights of the
    others."""
    answers: list[Answer] = []
    for left in read:
        weights = fitted([lesson for lesson in read if lesson is not left])
        answers.extend(_answers(left, weights))
    return _sure(fitted(read), answers)


def _sure(weights: Weights, answers: Sequence[Answer]) -> Weights:
    domain = _line([(share, right) for share, right, _, _ in answers], MOST_SURE[0])
    sense = _line([(share, right) for _, _, share, right in answers], MOST_SURE[1])
    return replace(weights, domain_sure=domain, sense_sure=sense)


def _line(answers: Sequence[tuple[float, bool]], most: float) -> tuple[float, float, float]:
    """Offset and slope that turn the log-odds of a share into the share of right answers, by Newton; and the
    most that may be promised: the share of right answers among the surest, ``most`` at best."""
    shares = np.clip(np.array([share for share, _ in answers]), 1e-6, 1 - 1e-6)
    rows = np.c_[np.ones(len(shares)), np.log(shares / (1 - shares))]
    right = np.array([good for _, good in answers], dtype=float)
    line = np.array([0.0, 1.0])
    for _ in range(30):
        told = 1 / (1 + np.exp(-rows @ line))
        bend = rows.T @ (rows * (told * (1 - told))[:, None]) + 1e-3 * np.eye(2)
        line += np.linalg.solve(bend, rows.T @ (right - told))
    surest = np.argsort(-shares, kind="stable")[: max(1, round(len(shares) * SUREST))]
    return float(line[0]), float(line[1]), min(most, float(right[surest].mean()))


def _kept(weights: Weights) -> dict[str, Any]:
    sure = {"domain_sure": weights.domain_sure, "sense_sure": weights.sense_sure}
    lines = {
        k: {"offset": round(a, 3), "slope": round(b, 3), "most": round(c, 2)} for k, (a, b, c) in sure.items()
    }
    of = {name: getattr(weights, name) for name in ("domain", "neighbours", "sense", "together")}
    return {k: {name: round(x, 3) for name, x in v.items()} for k, v in of.items()} | lines


def write() -> None:
    """Fit everything and write the file."""
    bodies = [as_printed(r.code) or as_extracted(r.code) for r in reports()]
    without = {}
    for left in bodies:
        others = [body for body in bodies if body is not left]
        without[left.code] = _kept(_surely(lessons(others, frozenset({left.code}))))
    kept = {"weights": _kept(_surely(lessons(bodies))), "without": without}
    WEIGHTS_FILE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def show() -> None:
    """The measure of every body left out, with the weights that never saw it."""
    pooled: list[Told] = []
    for report in reports():
        body = as_printed(report.code) or as_extracted(report.code)
        book = book_without(frozenset({report.code}))
        figures = known(body, book)
        found = concepts_in(book, [k.seen for k in figures], body.text, load_weights(report.code))
        told = [
            Told(
                c.domain_confidence,
                c.domain == k.domain,
                c.confidence,
                _right(book, best, k),
                c.given != UNSTATED,
            )
            for c, k in zip(found, figures, strict=True)
            for best in [c.given if c.given != UNSTATED or not c.proposals else c.proposals[0].code]
        ]
        told += [Told(0.0, False, 0.0, False, False)] * body.unread
        _tell(report.code, told)
        pooled.extend(told)
    _tell("all", pooled)
    _tell_confidence(
        "domain", [(t.domain_sure, t.domain_right) for t in pooled if t.domain_sure >= LIKELY_DOMAIN]
    )
    _tell_confidence("meaning", [(t.sure, t.right) for t in pooled])


class Told(NamedTuple):
    """How surely the domain and the likeliest meaning of a figure are told, whether they are right, and
    whether the meaning is sure enough to be given."""

    domain_sure: float
    domain_right: bool
    sure: float
    right: bool
    given: bool


def _right(book: PhraseBook, given: str, figure: Known) -> bool:
    """Whether what is given is the meaning of a figure, or the parent of its concept."""
    sense = book.sense_of.get(given, given)
    wider = catalogue().concepts[figure.sense].parent if figure.sense in catalogue().concepts else ""
    return sense == figure.sense or (bool(wider) and sense == wider)


def _tell(name: str, told: Sequence[Told]) -> None:
    placed = [t.domain_right for t in told if t.domain_sure >= LIKELY_DOMAIN]
    given = [t.right for t in told if t.given]
    print(
        f"{name:22} {len(told):5} figures  domain given {len(placed) / len(told):5.1%}, right "
        f"{sum(placed) / max(1, len(placed)):5.1%}  meaning given {len(given) / len(told):5.1%}, right "
        f"{sum(given) / max(1, len(given)):5.1%}"
    )


def _tell_confidence(name: str, answers: Sequence[tuple[float, bool]]) -> None:
    """What a confidence promised and held, by bin; and the share of answers, surest first, at a precision."""
    for low, high in pairwise((0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)):
        if of := [a for a in answers if low <= a[0] < high]:
            promised, held = (sum(map(float, x)) / len(of) for x in zip(*of, strict=True))
            limits = f"{low:.1f}-{min(1.0, high):.1f}"
            print(f"{name:8} {limits} {len(of):5}  promised {promised:.2f}, held {held:.2f}")
    curve = (f"{coverage_at(answers, least):5.1%} at {least:.0%}" for least in (0.75, 0.8, 0.85, 0.9, 0.95))
    print(f"{name:8} given, of these: " + ", ".join(curve))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="measure only, write nothing")
    if not parser.parse_args().show:
        write()
        load_weights.cache_clear()
    show()


if __name__ == "__main__":
    main()
