"""The lexicon: each entry matches its phrase and not the other; patterns read any case and accent; labels
fold alike everywhere.
"""

from __future__ import annotations

import re

import pytest

from orchestration.notation.folding import fold_label, plain
from orchestration.notation.lexicon import LexiconEntry, entries, lexicon, meaning, pattern, units


def _found(entry: LexiconEntry, phrase: str) -> bool:
    return bool(re.search(rf"(?<![^\W\d])(?:{entry.pattern})", plain(phrase)))


@pytest.mark.parametrize(("group", "entry"), list(entries()))
def test_each_entry_matches_its_phrase_and_not_the_other(group: str, entry: LexiconEntry) -> None:
    assert _found(entry, entry.oui), f"{group}: {entry.mots} is not found in {entry.oui!r}"
    assert not _found(entry, entry.non), f"{group}: {entry.mots} is found in {entry.non!r}"


def test_no_form_means_two_things() -> None:
    for name, group in lexicon().items():
        forms = [m for entry in group for m in entry.mots]
        assert len(forms) == len(set(forms)), name


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Près d’Évry", "pres d'evry"),
        ("ÂGÉ\u00a0de", "age de"),
        ("a\u2011b", "a-b"),
        ("Œuvre", "œuvre"),
        ("x\t\ny", "x\t\ny"),
    ],
)
def test_plain_text_keeps_every_place(text: str, folded: str) -> None:
    assert plain(text) == folded
    assert len(plain(text)) == len(text)


@pytest.mark.parametrize(
    "spelling", ["Rendez-vous d’été", "rendez\u2011vous d'ete", "RENDEZ\u2010VOUS\u00a0 D'ÉTÉ :"]
)
def test_labels_fold_alike(spelling: str) -> None:
    assert fold_label(spelling) == "rendez-vous d'ete"


def test_patterns_name_groups() -> None:
    assert pattern(r"\b{mois}\s\d{4}").search(plain("en Février 2021"))
    assert not pattern(r"\b{mois}\s\d{4}").search("fevriers 2021")


@pytest.mark.parametrize(
    ("group", "word", "sens"),
    [
        ("unites", "Euros", "EUR"),
        ("unites", "pts", "points"),
        ("mois", "AOÛT", 8),
        ("multiplicateurs", "Mrd", 9),
        ("unites", "euripe", None),
    ],
)
def test_a_form_has_one_meaning(group: str, word: str, sens: str | int | None) -> None:
    assert meaning(group, word) == sens


def test_the_units_of_the_contract_are_those_of_the_lexicon() -> None:
    from expectations.contract import UNITS

    assert sorted(UNITS) == sorted(units())
