"""What is asked before a search to save it never hides what the search would find."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from orchestration.discovery import labels, layout, movements, natures, organisations, periods
from orchestration.extraction.documents import fold_document
from orchestration.extraction.rules import RULES, SetAsideRule
from orchestration.notation import tokens
from orchestration.notation.folding import mended, plain
from orchestration.notation.lexicon import HintedPattern, lexicon, words
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
        line = layout.Line.of(1, 0, text)
        yield line.cells, layout.cells_of(text), text
        yield line.ranked, layout.ranked_cells(text), text
        yield line.kind, layout.kind_of(text), text
        yield labels._trimmed(text), re.sub(r"^[\s\W_]+|[\s\W_]+$", "", text), text
        yield labels._without_numbers(text), labels._NUMBERS.sub(lambda m: m["named"] or " ", text), text
        said = plain(text)
        moves = movements._MOVES.search(re.sub(r"\d", "x", said)) or movements._WINS.search(said)
        yield movements._may_move(said) or not moves, True, text
        named = organisations.of_title(text)
        yield organisations._may_name(text) or not named, True, text


def test_short_ways_give_what_the_patterns_give() -> None:
    assert [(text, a, b) for a, b, text in _pairs() if a != b] == []


def test_a_digit_is_what_python_calls_one() -> None:
    characters = map(chr, (*range(0x3000), *range(0xFF00, 0x11200), *range(0x1D7C0, 0x1F200)))
    assert [c for c in characters if layout.holds_digit(c) is not c.isdigit()] == []


def test_words_before_a_number_are_asked_for_by_their_last_letter() -> None:
    for text in map(plain, ("près de ", "de l'ordre d'", "environ ", "moins de\t", "quelque ", *TEXTS)):
        if tokens._APPROXIMATE.search(text):
            assert text.rstrip()[-1] in tokens._ENDS_OF_APPROXIMATIONS, text


def test_a_document_is_folded_the_same_by_the_short_pattern() -> None:
    whole = "\n".join(TEXTS)
    runs = [m.span() for m in re.finditer(r"\s{2,}|[^\S \n]", whole)]
    assert [m.span() for m in re.finditer(r"\s(?:\s+|(?<=[^ \n]))", whole)] == runs
    folded = fold_document(whole)
    assert len(folded.offsets) == len(folded.text) + 1
    kept = zip(folded.text, folded.offsets, strict=False)
    assert all(mended(whole[at]) == c or (c.isspace() and whole[at].isspace()) for c, at in kept)


@pytest.mark.parametrize("group", lexicon())
def test_forms_under_their_first_letters_find_what_one_list_of_them_finds(group: str) -> None:
    forms = [form for entry in lexicon()[group] for form in entry.forms]
    listed = re.compile(f"(?:{'|'.join(sorted(forms, key=len, reverse=True))})")
    said = "\n".join([*TOLD, *(entry.oui for entry in lexicon()[group]), *TEXTS[: len(TEXTS) // 3]])
    found = [match.span() for match in listed.finditer(plain(said))]
    assert found
    assert [match.span() for match in re.finditer(words(group), plain(said))] == found


#: A phrase for each rule whose matches begin at one of its words.
SET_ASIDE = """Son NIR : 1 84 12 76 451 089 46. Le SIRET : 123 456 789 00012 ; dépôt légal : mars 2021
L'article L. 162-1, l'alinéa 2, l'avenant n° 4, le décret 2020-12, la loi 2021-5, l'ordonnance 2020-3
l'arrêté 2019-7 ; dossier 2021-14, marché 2021/3, courrier 2021-5, contrat 2021/14, référence 2020-12
convention 2021-2 ; LR-DDGOS-12/2021, SM-12 ; en janvier 2021, en mars 2020, mai 2021, page 12, p. 4
la Covid-19, SARS-CoV-2, P0 ; l'axe 2, le tableau 3, le lot 4 ; composez le 3646
Temps de lecture : 4 min. Selon la note (2), BP 12034, CS 10002, Cedex 9 ; Windows 10, horizon 2030
Code postal 46 100 Figeac ; compte 3000 5128 3798 7654 3210 943, bâtiment 5
Tirage : 250 exemplaires"""


@pytest.mark.parametrize("rule", [pytest.param(r, id=r.name) for r in RULES if r.leads == "start"])
def test_a_rule_that_leads_with_its_words_matches_at_them_only(rule: SetAsideRule) -> None:
    said = "\n".join((SET_ASIDE, *TEXTS)).replace("\r", " ")  # as folding a document has it
    lines = plain(said)
    flat = lines.replace("\n", " ").replace("\t", " ")
    read = {"plain": flat, "cased": said, "lines": lines}[rule.reads]
    starts = [match.start() for match in rule.pattern.finditer(read)]
    assert starts, "no phrase tries this rule: add one to SET_ASIDE"
    assert [said[at : at + 40] for at in starts if not flat.startswith(rule.near, at)] == []
