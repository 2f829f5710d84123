"""Fits the weights of meaning by catalogue from the committed extracts and the seeds, and says honestly what
they are worth.

The committed weights were fitted with OBSERVATOIRE_DOCUMENTS where the documents are: discovery reads them,
and the fit and the confidence see what print makes of a label. Without, the extracts teach alone.
``make weights`` writes ``orchestration/discovery/weights.json``: the weights in use, and for each body the
ones fitted as if its report did not exist (its phrases, its own rows of the catalogue, its figures), with
which ``tests/discovery/test_concepts.py`` measures. Each body that teaches is read without its own
phrases and rows too. The log-odds are linear in the evidence; evidence that speaks for
a sense never has a negative weight.
``--show`` prints the measure of every body left out, from the documents where they are at hand.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from orchestration.discovery.concepts import (
    LIKELY_DOMAIN,
    WEIGHTS_FILE,
    Concept,
    Weights,
    concepts_in,
    domain_shares,
    domains_of,
    in_sections,
    load_weights,
    sense_odds,
)
from orchestration.discovery.evidence import OF_DOMAIN, OF_SENSE, SPEAKS_FOR, domain_evidence, sense_evidence
from orchestration.discovery.phrases import PhraseBook
from orchestration.discovery.wording import surroundings
from tests.discovery.left_out import (
    Body,
    Known,
    as_extracted,
    as_printed,
    book_without,
    catalogue,
    known,
    reports,
    views,
)

Matrix = npt.NDArray[np.float64]
#: Figures of a body whose senses are weighed; a long report teaches no more than several short ones.
MOST = 300
STEPS, RATE = 400, 0.1
_ALONE = {"own": 1.0, "beside": 0.0}


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

    def fit(self, names: Sequence[str], penalty: float, positive: Sequence[str], none: bool) -> Matrix:
        """The weights of most likelihood by Adam, with a penalty on their squares; those of ``positive``
        names stay at zero or above; with ``none``, no row may be right."""
        rows, sizes = np.vstack(self.rows), np.array([len(r) for r in self.rows])
        starts = np.r_[0, np.cumsum(sizes)[:-1]]
        group = np.repeat(np.arange(len(sizes)), sizes)
        right = np.array(self.right)
        chosen = np.where(right >= 0)[0]
        worth = np.array(self.worth) / np.mean(self.worth)
        held = [names.index(name) for name in positive]
        weights = np.zeros(rows.shape[1])
        mean, square = np.zeros_like(weights), np.zeros_like(weights)
        for step in range(1, STEPS + 1):
            scores = rows @ weights
            most = np.maximum.reduceat(scores, starts)
            most = np.maximum(most, 0) if none else most
            odds = np.exp(scores - most[group])
            whole = np.add.reduceat(odds, starts) + (np.exp(-most) if none else 0)
            gap = -odds / whole[group]
            gap[starts[chosen] + right[chosen]] += 1
            slope = rows.T @ (gap * worth[group]) / len(sizes) - penalty * weights / len(sizes)
            mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
            weights += RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
            weights[held] = np.maximum(weights[held], 0)
        return weights


def fitted(bodies: Sequence[Body], without: frozenset[str] = frozenset()) -> Weights:
    """Weights from ``bodies``, each read as if it and ``without`` did not exist."""
    taught = [(view, book_without(without | {body.code})) for body in bodies for view in views(body)]
    first, second, third = Choices(), Choices(), Choices()
    for body, book in taught:
        _teach_domains(first, body, book)
    alone = dict(zip(OF_DOMAIN, first.fit(OF_DOMAIN, 1.0, (), False).tolist(), strict=True))
    weights = Weights(alone, _ALONE, dict.fromkeys(OF_SENSE, 0.0), (0.0, 1.0), (0.0, 1.0))
    met = [(views(body)[0], book_without(without | {body.code})) for body in bodies]
    for body, book in met:
        _teach_neighbours(second, body, book, weights)
    own, beside = second.fit(("own", "beside"), 1.0, (), False).tolist()
    weights = replace(weights, neighbours={"own": own, "beside": beside})
    for body, book in taught:
        _teach_senses(third, body, book, weights)
    sense = third.fit(OF_SENSE, 2.0, SPEAKS_FOR, True).tolist()
    weights = replace(weights, sense=dict(zip(OF_SENSE, sense, strict=True)))
    answers = [answer for body, book in met for answer in _answers(body, book, weights)]
    return _sure(weights, answers)


def _teach_domains(choices: Choices, body: Body, book: PhraseBook) -> None:
    figures = known(body, book)
    around = surroundings([k.seen for k in figures], body.text, book.members)
    for figure, words in zip(figures, around, strict=True):
        evidence = np.array(domain_evidence(book, figure.seen, words)).T.tolist()
        choices.add(evidence, book.domains.index(figure.domain), len(figures) ** -0.5)


def _teach_neighbours(choices: Choices, body: Body, book: PhraseBook, weights: Weights) -> None:
    figures = known(body, book)
    seen = [k.seen for k in figures]
    alone = domains_of(book, seen, surroundings(seen, body.text, book.members), weights)
    for figure, mine, near in zip(figures, alone, in_sections(seen, alone), strict=True):
        rows = [[mine[d], near[d]] for d in book.domains]
        choices.add(rows, book.domains.index(figure.domain), len(figures) ** -0.5)


def _teach_senses(choices: Choices, body: Body, book: PhraseBook, weights: Weights) -> None:
    figures = known(body, book)
    seen = [k.seen for k in figures]
    around = surroundings(seen, body.text, book.members)
    domains = domains_of(book, seen, around, weights)
    every = max(1, round(len(figures) / MOST))
    for at in range(0, len(figures), every):
        evidence = sense_evidence(book, seen[at], around[at], domains[at])
        if evidence:
            codes = list(evidence)
            rows = [[evidence[code][name] for name in OF_SENSE] for code in codes]
            right = codes.index(sense) if (sense := figures[at].sense or "") in evidence else None
            choices.add(rows, right, len(figures) ** -0.5)


Answer = tuple[float, bool, float, bool]


def _answers(body: Body, book: PhraseBook, weights: Weights) -> Iterator[Answer]:
    """For each figure, the share of the likeliest domain, whether it is right, and the same of the sense."""
    figures = known(body, book)
    seen = [k.seen for k in figures]
    around = surroundings(seen, body.text, book.members)
    domains = domains_of(book, seen, around, weights)
    every = max(1, round(len(figures) / MOST))
    for at in range(0, len(figures), every):
        shares = sense_odds(book, seen[at], around[at], domains[at], weights)
        by_domain = domain_shares(book, shares, domains[at])
        domain, sense = (
            max(by_domain, key=by_domain.__getitem__),
            max(shares, key=shares.__getitem__, default=""),
        )
        yield (
            by_domain[domain],
            domain == figures[at].domain,
            shares.get(sense, 0.0),
            sense == figures[at].sense,
        )


def _sure(weights: Weights, answers: Sequence[Answer]) -> Weights:
    domain = _line([(share, right) for share, right, _, _ in answers])
    sense = _line([(share, right) for _, _, share, right in answers])
    return replace(weights, domain_sure=domain, sense_sure=sense)


def _line(answers: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Offset and slope that turn the log-odds of a share into the share of right answers, by Newton."""
    shares = np.clip(np.array([share for share, _ in answers]), 1e-6, 1 - 1e-6)
    rows = np.c_[np.ones(len(shares)), np.log(shares / (1 - shares))]
    right = np.array([good for _, good in answers], dtype=float)
    line = np.array([0.0, 1.0])
    for _ in range(30):
        told = 1 / (1 + np.exp(-rows @ line))
        bend = rows.T @ (rows * (told * (1 - told))[:, None]) + 1e-3 * np.eye(2)
        line += np.linalg.solve(bend, rows.T @ (right - told))
    return float(line[0]), float(line[1])


def _kept(weights: Weights) -> dict[str, Any]:
    sure = {"domain_sure": weights.domain_sure, "sense_sure": weights.sense_sure}
    lines = {k: {"offset": round(a, 3), "slope": round(b, 3)} for k, (a, b) in sure.items()}
    of = {"domain": weights.domain, "neighbours": weights.neighbours, "sense": weights.sense}
    return {k: {name: round(x, 3) for name, x in v.items()} for k, v in of.items()} | lines


def write() -> None:
    """Fit everything and write the file."""
    bodies = [as_extracted(r.code) for r in reports()]
    without = {}
    answers: list[Answer] = []
    for left in bodies:
        others = [b for b in bodies if b.code != left.code]
        weights = fitted(others, frozenset({left.code}))
        without[left.code] = _kept(weights)
        answers.extend(_answers(views(left)[0], book_without(frozenset({left.code})), weights))
    weights = _sure(fitted(bodies), answers)
    kept = {"weights": _kept(weights), "without": without}
    WEIGHTS_FILE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def show() -> None:
    """The measure of every body left out, with the weights that never saw it."""
    pooled: list[tuple[float, bool, float, bool, bool]] = []
    for report in reports():
        body = as_printed(report.code) or as_extracted(report.code)
        book = book_without(frozenset({report.code}))
        weights = load_weights(report.code)
        figures = known(body, book)
        found = concepts_in(book, [k.seen for k in figures], body.text, weights)
        told = [
            (
                c.domain_confidence,
                c.domain == k.domain,
                c.confidence,
                _right(book, c, k),
                c.given not in ("non_precise",),
            )
            for c, k in zip(found, figures, strict=True)
        ]
        _tell(report.code, told)
        pooled.extend(told)
    _tell("all", pooled)


def _right(book: PhraseBook, concept: Concept, figure: Known) -> bool:
    """Whether what is given is the meaning of a figure, or the parent of its concept."""
    given = book.sense_of.get(concept.given, concept.given)
    wider = catalogue().concepts[figure.sense].parent if figure.sense in catalogue().concepts else ""
    return given == figure.sense or (bool(wider) and given == wider)


def _tell(name: str, told: list[tuple[float, bool, float, bool, bool]]) -> None:
    placed = [right for sure, right, _, _, _ in told if sure >= LIKELY_DOMAIN]
    given = [right for _, _, _, right, is_given in told if is_given]
    print(
        f"{name:22} {len(told):5} figures  domain given {len(placed) / len(told):5.1%}, right "
        f"{sum(placed) / max(1, len(placed)):5.1%}  meaning given {len(given) / len(told):5.1%}, right "
        f"{sum(given) / max(1, len(given)):5.1%}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="measure only, write nothing")
    if not parser.parse_args().show:
        write()
        load_weights.cache_clear()
    show()


if __name__ == "__main__":
    main()
