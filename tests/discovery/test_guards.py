"""What is asked before a search to save it never hides what the search would find."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from orchestration.discovery import labels, layout, movements, natures, organisations, periods
from orchestration.extraction.documents import fold_document
from orchestration.notation import tokens
from orchestration.notation.folding import plain
from orchestration.notation.lexicon import HintedPattern
from tests.discovery.scoring import excerpts

BLANKS = (" ", "  ", "   ", "\t", "\u00a0", "\u202f \u00a0", "\n", " \n ", "\r", "\u00a0\u00a0\u00a0")
HINTED = [
    pytest.param(found, id=f"{module.__name__.rpartition('.')[2]}.{name}")
    for module in (movements, natures, periods)
    for name, found in vars(module).items()
    if isinstance(found, HintedPattern)
]
#: A phrase for each of them.
TOLD = (
    "dépasse de",
    "un écart à la cible qui était de ",
    "un résultat net (",
    "un solde en déficit de ",
    "d'ici la fin de l'année 2027 ",
    "un taux de ",
    "un objectif de ",
    "le contrat prévoit ",
    "en moyenne, ",
    " visites de plus",
    "atteint ",
    "celui de 2019 était de ",
    "celui d'il y a trois ans",
    "l'an passé",
)


def _texts() -> list[str]:
    """Lines of the corpus and the same with other blanks and marks between their words."""
    draw = random.Random(14)
    lines = [line for e in excerpts() for line in e.text.split("\n") if line.strip()]
    mixed = [re.sub(r" ", lambda _: draw.choice(BLANKS) if draw.random() < 0.2 else " ", s) for s in lines]
    marked = [
        re.sub(r"\b", lambda _: draw.choice("(-?…./€") if draw.random() < 0.1 else "", s) for s in lines
    ]
    return [*lines, *mixed, *marked]


TEXTS = _texts()


@pytest.mark.parametrize("hinted", HINTED)
def test_each_text_that_a_hinted_pattern_matches_holds_a_hint(hinted: HintedPattern) -> None:
    said = [plain(text) for text in (*TOLD, *TEXTS)]
    matched = [text for text in said if hinted.pattern.search(text)]
    assert matched, "no phrase tries this pattern: add one to TOLD"
    assert [text for text in matched if not hinted.search(text)] == []


def test_forms_of_a_time_are_found_with_and_without_what_they_need() -> None:
    for text in map(plain, TEXTS):
        wanted = [m.span() for form, _, _ in periods._READERS for m in form.finditer(text)]
        assert [match.span() for match, _, _ in periods._written(text)] == wanted, text
        assert periods._may_tell(text) is bool(periods._HINT.search(text)), text


def _pairs() -> Iterator[tuple[object, object, str]]:
    for text in TEXTS:
        yield layout.is_wide(text), bool(layout._WIDE.search(text)), text
        yield labels._trimmed(text), re.sub(r"^[\s\W_]+|[\s\W_]+$", "", text), text
        yield labels._without_numbers(text), labels._NUMBERS.sub(lambda m: m["named"] or " ", text), text
        named = organisations.of_title(text)
        yield organisations._may_name(text) or not named, True, text


def test_short_ways_give_what_the_patterns_give() -> None:
    assert [(text, a, b) for a, b, text in _pairs() if a != b] == []


def test_words_before_a_number_are_asked_for_by_their_last_letter() -> None:
    for text in map(plain, ("près de ", "de l'ordre d'", "environ ", "moins de\t", "quelque ", *TEXTS)):
        if tokens._APPROXIMATE.search(text):
            assert text.rstrip()[-1] in tokens._ENDS_OF_APPROXIMATIONS, text


def test_a_document_is_folded_the_same_by_the_short_pattern() -> None:
    whole = "\n".join(TEXTS)
    runs = [m.span() for m in re.finditer(r"\s{2,}|[^\S \n]", whole)]
    assert [m.span() for m in re.finditer(r"\s(?:\s+|(?<=[^ \n]))", whole)] == runs
    assert len(fold_document(whole).offsets) == len(fold_document(whole).text) + 1
