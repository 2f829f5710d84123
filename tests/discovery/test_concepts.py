"""Meaning by catalogue, one body left out: what the other reports, the catalogue and weights that never saw
it tell about a report nobody has read; and invented excerpts of other bodies, written before anything was
tuned.

Where the documents are present, figures are those that discovery reads in them; else those of the extracts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from orchestration.discovery.complete import as_row, concepts_of, phrase_book
from orchestration.discovery.concepts import (
    LIKELY_DOMAIN,
    NO_DOMAIN,
    SURE_ENOUGH,
    Concept,
    Meanings,
    concepts_in,
    in_sections,
    load_weights,
    together,
    under_one_heading,
)
from orchestration.discovery.draft import Understood, narrowed
from orchestration.discovery.evidence import OF_DOMAIN, domain_evidence
from orchestration.discovery.figures import Figure, discover
from orchestration.discovery.phrases import UNMAPPED, PhraseBook
from orchestration.discovery.wording import SeenFigure, stems, surroundings
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, Catalogue, Indicator, load_catalogue
from orchestration.extraction.reports import Report
from tests.discovery.conftest import ROOT
from tests.discovery.left_out import as_extracted, as_printed, book_without, known, reports
from tests.discovery.scoring import document_of

#: Least shares over all bodies, each left out, with the documents and without: figures placed in a domain,
#: right among them; figures given a meaning, right among them.
LEAST = {True: (0.76, 0.92, 0.38, 0.84), False: (0.87, 0.92, 0.56, 0.75)}
#: The same on the invented excerpts.
LEAST_HELD = {
    "held_first.yml": (0.95, 0.95, 0.70, 0.95),
    "held_second.yml": (0.95, 0.95, 0.66, 0.88),
    "held_third.yml": (0.95, 0.95, 0.66, 0.90),
    "held_fourth.yml": (0.95, 0.95, 0.72, 0.90),
}
#: How far the confidence may be from the share of right answers: as printed, and as extracted (the weights
#: were fitted to print).
NEAR_ENOUGH = {True: 0.1, False: 0.14}
MEANING = Path(__file__).parent / "meaning"


@dataclass(frozen=True)
class Guess:
    """What was told of a figure and whether its concept is right; a parent of the right concept is."""

    report: str
    concept: Concept
    domain_right: bool
    right: bool

    @property
    def placed(self) -> bool:
        return self.concept.domain_confidence >= LIKELY_DOMAIN

    @property
    def given(self) -> bool:
        return self.concept.given != UNSTATED


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "dbt_project" / "seeds")


def _wider(catalogue: Catalogue, code: str) -> set[str]:
    """A meaning with the concept of an indicator and the parent of a concept."""
    indicator = catalogue.indicators.get(code)
    concept = indicator.concept if indicator else code
    known_concept = catalogue.concepts.get(concept)
    return {code} | ({concept, known_concept.parent} if known_concept else set()) - {""}


@pytest.fixture(scope="module")
def guesses(catalogue: Catalogue) -> list[Guess]:
    return [guess for report in reports() for guess in _left_out(report.code, catalogue)]


def _left_out(code: str, catalogue: Catalogue) -> Iterator[Guess]:
    body, book = as_printed(code) or as_extracted(code), book_without(frozenset({code}))
    figures = known(body, book)
    concepts = concepts_in(book, [k.seen for k in figures], body.text, load_weights(code))
    for figure, concept in zip(figures, concepts, strict=True):
        right = _wider(catalogue, figure.sense or "") | _wider(catalogue, figure.indicator)
        told = {concept.given, book.sense_of.get(concept.given, concept.given)}
        yield Guess(code, concept, concept.domain == figure.domain, bool(told & right))
    yield from (Guess(code, Concept(UNMAPPED, "autre", 0.0), False, False) for _ in range(body.unread))


def _shares(guesses: list[Guess]) -> tuple[float, float, float, float]:
    placed, given = [g for g in guesses if g.placed], [g for g in guesses if g.given]
    return (
        len(placed) / len(guesses),
        sum(g.domain_right for g in placed) / max(1, len(placed)),
        len(given) / len(guesses),
        sum(g.right for g in given) / max(1, len(given)),
    )


def _told(name: str, guesses: list[Guess]) -> str:
    placed, placed_right, given, given_right = _shares(guesses)
    return (
        f"  {name:22} {len(guesses):5} figures  domain {placed:5.1%} right {placed_right:5.1%}  "
        f"meaning {given:5.1%} right {given_right:5.1%}"
    )


def test_a_body_left_out_gets_much_of_its_meaning_back(
    guesses: list[Guess], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print()
        for report in reports():
            print(_told(report.code, [g for g in guesses if g.report == report.code]))
        print(_told("all", guesses))
    printed = all(as_printed(r.code) for r in reports())
    for share, least in zip(_shares(guesses), LEAST[printed], strict=True):
        assert share >= least


@pytest.mark.parametrize(("low", "high"), [(SURE_ENOUGH, 0.8), (0.8, 0.86), (0.86, 1.0)])
def test_confidence_is_close_to_the_share_of_right_answers(
    guesses: list[Guess], low: float, high: float
) -> None:
    """By bin, on the likeliest meaning of bodies that neither the weights nor the confidence have seen."""
    told = [g for g in guesses if g.given and low <= g.concept.confidence < high]
    sure = sum(g.concept.confidence for g in told) / len(told)
    assert len(told) > 50
    near = NEAR_ENOUGH[all(as_printed(r.code) for r in reports())]
    assert abs(sum(g.right for g in told) / len(told) - sure) < near


def _excerpts(name: str) -> Iterator[tuple[str, list[tuple[str, str, set[str]]]]]:
    for excerpt in yaml.safe_load((MEANING / name).read_text(encoding="utf-8")):
        yield excerpt["texte"], [(n, d, set(str(c).split("|"))) for n, d, c in excerpt["chiffres"]]


def _held(name: str, book: PhraseBook, catalogue: Catalogue) -> Iterator[Guess]:
    for text, expected in _excerpts(name):
        document = document_of(text)
        figures = discover(document, "2022")
        read = dict(zip(figures, concepts_of(figures, book, document), strict=True))
        for printed, domain, codes in expected:
            wanted = printed.replace(" ", "")
            found = next(
                (f for f in read if wanted in "".join(f.printed.split()).replace("\u202f", "")), None
            )
            concept = read.pop(found) if found else Concept(UNMAPPED, "autre", 0.0)
            right = codes | {wider for code in codes for wider in _wider(catalogue, code)}
            right |= {i.code for i in catalogue.indicators.values() if i.concept in codes}
            yield Guess(name, concept, concept.domain == domain, concept.given in right)


@pytest.mark.parametrize("name", sorted(path.name for path in MEANING.glob("held_*.yml")))
def test_excerpts_of_bodies_nobody_tuned_on(
    name: str, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    held = list(_held(name, phrase_book(catalogue, reports()), catalogue))
    with capsys.disabled():
        print("", _told(name, held), sep="\n")
    for share, least in zip(_shares(held), LEAST_HELD[name], strict=True):
        assert share >= least


def _meaning(book: PhraseBook, label: str, unit: str, heading: str = "") -> Concept:
    (concept,) = concepts_in(book, [SeenFigure(1, 0, label, heading, unit, "constate")], "")
    return concept


def test_a_label_without_a_concept_stays_open(catalogue: Catalogue) -> None:
    book = phrase_book(catalogue, [])
    assert _meaning(book, "zzz qqq", "nombre").given == UNSTATED
    assert _meaning(book, "zzz qqq", "nombre").domain == "autre"


@pytest.mark.parametrize(
    ("label", "unit", "indicator"),
    [
        ("Préjudice détecté", "EUR", "prejudice_detecte"),
        ("Préjudice subi", "EUR", "prejudice_subi"),
        ("Taux de décroché", "%", "taux_decroche"),
        ("appels reçus", "nombre", "appels_recus"),
        ("visites à l'accueil", "nombre", "visites_accueil"),
        ("visites à l'accueil par jour", "nombre", "visites_accueil_par_jour"),
    ],
)
def test_a_label_of_the_catalogue_is_told_from_its_neighbours(
    catalogue: Catalogue, label: str, unit: str, indicator: str
) -> None:
    assert _meaning(phrase_book(catalogue, reports()), label, unit).indicator == indicator


@pytest.mark.parametrize(
    ("label", "unit", "heading", "indicator"),
    [
        ("Assurés | Préjudice subi | La fraude détectée", "EUR", "La fraude détectée", "prejudice_subi"),
        ("Total | Préjudices évités | La fraude détectée", "EUR", "La fraude détectée", "prejudice_evite"),
        ("2e trimestre | Appels reçus | Appels traités", "nombre", "Appels traités", "appels_recus"),
        ("Courriels | Appels reçus", "nombre", "Appels reçus", ""),
        ("Moyenne par jour | Appels reçus | Contacts", "nombre", "Contacts", ""),
        ("Nord | nos appels ont été reçus | Contacts", "nombre", "Contacts", ""),
        ("Nord | Appels reçus | Contacts", "jours", "Contacts", ""),
    ],
)
def test_the_head_of_a_column_wins_over_its_section_where_it_is_a_label_of_the_catalogue(
    catalogue: Catalogue, label: str, unit: str, heading: str, indicator: str
) -> None:
    book = phrase_book(catalogue, [])
    assert (book.heads(label, unit, heading) or "") == indicator
    assert not indicator or _meaning(book, label, unit, heading).indicator == indicator


def test_a_unit_that_an_indicator_never_has_keeps_it_out(catalogue: Catalogue) -> None:
    concept = _meaning(phrase_book(catalogue, []), "Préjudice détecté", "jours")
    assert concept.indicator == UNMAPPED and concept.concept == UNSTATED


def test_where_no_concept_is_sure_the_domain_is_told(catalogue: Catalogue) -> None:
    seen = [SeenFigure(2, 0, "dossiers", "Lutte contre la fraude", "nombre", "constate")]
    (concept,) = concepts_in(phrase_book(catalogue, reports()), seen, "Lutte contre la fraude\n12 dossiers\n")
    assert concept.domain == "fraude"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("mails reçus", "courriels reçus", True),
        ("bénéficiaires CSS", "bénéficiaire de la C2S", True),
        ("appels", "rappels", False),
    ],
)
def test_stems_agree_on_spellings_of_one_thing(one: str, other: str, same: bool) -> None:
    assert (stems(one) == stems(other)) is same


def test_short_lines_without_a_number_lead_what_stands_below() -> None:
    text = "La médiation :\nFrais de santé\n- Transports : 92 %\n14 assurés au guichet\n- Soins : 8 %\n"
    seen = [SeenFigure(line, 0, "", "", "%", "part") for line in (3, 5)]
    for around in surroundings(seen, text, frozenset()):
        (near,), (far,) = stems("frais"), stems("médiation")
        assert around.leads[near] > around.leads[far] > 0
        assert not stems("guichet") & around.leads.keys()


@pytest.mark.parametrize(("apart", "told"), [(1, "fraude"), (400, "accueil")], ids=["a section", "far away"])
def test_a_figure_that_says_little_is_of_the_domain_of_its_section(apart: int, told: str) -> None:
    seen = [SeenFigure(at * apart + 1, 0, "", "", "nombre", "constate") for at in range(7)]
    sure = {"fraude": math.log(0.9), "accueil": math.log(0.1)}
    unsure = {"fraude": math.log(0.45), "accueil": math.log(0.55)}
    chain = in_sections(seen, [sure, sure, sure, unsure, sure, sure, sure])
    assert max(chain[3], key=chain[3].__getitem__) == told
    assert all(sum(math.exp(x) for x in of.values()) == pytest.approx(1) for of in chain)


def test_a_heading_ages_by_the_words_below_it_and_not_by_the_rows_of_its_table() -> None:
    rows = "\n".join(f"Ligne {n} : {n}" for n in range(40))
    prose = "\n".join(["Une phrase de plus sur un autre sujet."] * 40)
    for below, (least, most) in ((rows, (0.95, 1.0)), (prose, (0.0, 0.4))):
        text = f"Les saisines du\nmédiateur\n{below}\nDossiers : 12\n"
        seen = SeenFigure(43, 11, "Dossiers", "Les saisines du médiateur", "nombre", "constate")
        (around,) = surroundings([seen], text, frozenset())
        assert least <= around.recent <= most


@pytest.mark.parametrize(
    ("label", "lonely"),
    [
        ("Infirmiers", True),
        ("Infirmiers | évolution | Montant", True),
        ("Infirmiers | dossiers contrôlés", False),
    ],
)
def test_a_member_alone_leaves_the_domain_to_what_stands_above(
    catalogue: Catalogue, label: str, lonely: bool
) -> None:
    book = phrase_book(catalogue, [])
    text = "Fraudes\nPréjudice subi\nInfirmiers 12\n"
    seen = SeenFigure(3, 11, label, "Fraudes", "nombre", "constate")
    (around,) = surroundings([seen], text, book.members)
    told = dict(zip(OF_DOMAIN, domain_evidence(book, seen, around), strict=True))
    assert any(told["member"]) and any(told["lonely_leads"]) is lonely


@pytest.mark.parametrize(
    ("heading", "line", "helps"),
    [("Fraude", 12, True), ("Fraude", 80, False), ("Accueil", 12, False)],
    ids=["near under the same heading", "too far below it", "under another"],
)
def test_a_figure_helps_those_near_under_its_heading(heading: str, line: int, helps: bool) -> None:
    seen = [SeenFigure(10, 0, "", "Fraude", "EUR", "constate"), SeenFigure(line, 0, "", heading, "EUR", "")]
    helpers = [{"subi": 0.9}] * len(under_one_heading(seen, 0))
    scores = together({"subi": 0.2, "evite": 0.4}, helpers, {"own": 1.0, "none": 0.0, "under": 2.0})
    assert max(scores, key=scores.__getitem__) == ("subi" if helps else "evite")


@pytest.mark.parametrize(("heading", "told"), [("ACCUEIL", True), ("PRESTATIONS", False)])
def test_what_was_decided_under_a_heading_helps_what_stands_below_it(
    catalogue: Catalogue, heading: str, told: bool
) -> None:
    seen = [SeenFigure(2, 0, "au guichet", "ACCUEIL", "nombre", "constate")]
    seen.append(SeenFigure(3, 0, "reçus en agence", heading, "nombre", "constate"))
    alone = Meanings(PhraseBook(catalogue), seen, "ACCUEIL\nau guichet 4 500\nreçus en agence 3 200\n")

    def share(meanings: Meanings) -> float:
        told = meanings.of(1).proposals
        return next((p.confidence for p in told if p.indicator == "visites_accueil"), 0.0)

    assert (share(alone.beside({0: "visites_accueil"})) > share(alone)) is told


def test_no_figure_makes_no_section() -> None:
    assert in_sections([], []) == []


def test_surroundings_fade_with_distance() -> None:
    text = "Médiation\n\n\n\nSaisines\n12\n"
    (around,) = surroundings([SeenFigure(6, 0, "", "", "nombre", "constate")], text, frozenset())
    (near,), (far,) = stems("Saisines"), stems("Médiation")
    assert near in around.near and far not in around.near and around.fading[near] > around.fading[far] > 0


def test_members_and_bodies_come_from_the_aliases(catalogue: Catalogue) -> None:
    report = Report(
        code="cpam_var_2022",
        titre="Var",
        organisme="cpam_var",
        territoire="dep_83",
        periode="2022",
        document="x.txt",
        folder=ROOT,
    )
    figures = discover(
        document_of(
            "Sexe | 2022\nFemmes | 1 204\nTaux de satisfaction : 88,1 %, pour 86,0 % au niveau national\n"
        ),
        "2022",
    )
    rows = [
        as_row(f, report, catalogue, Concept(UNMAPPED, "autre", 0.0), PhraseBook(catalogue, []))
        for f in figures
    ]
    assert [(r["sexe_code"], r["organisme_code"], r["territoire_code"]) for r in rows] == [
        ("femmes", "cpam_var", "dep_83"),
        ("non_precise", "cpam_var", "dep_83"),
        ("non_precise", "assurance_maladie", "france"),
    ]
    assert all(0 < float(r["confiance"]) < 1 and r["revue"] == "false" for r in rows)


def test_a_figure_is_a_value_object() -> None:
    (figure,) = discover(document_of("12 dossiers\n"), "2020")
    assert isinstance(figure, Figure) and 0 < figure.confidence < 1


@pytest.mark.parametrize(
    ("habits", "indicator", "member"),
    [
        ({}, "prejudice_subi", {}),
        ({("prejudice_subi", "acteur"): 6}, "prejudice_subi", {"acteur": "assures"}),
        ({("prejudice_subi", "acteur"): 6}, "dossiers_controles", {"acteur": "assures"}),
        ({("prejudice_subi", "acteur"): 6, ("avertissements", "public"): 4}, "dossiers_controles", {}),
        ({("prejudice_subi", "acteur"): 6}, "taux_decroche", {}),
    ],
    ids=["nobody says", "of the indicator", "of its domain", "a domain of two minds", "another domain"],
)
def test_a_word_of_two_dimensions_is_the_member_that_others_break_down_by(
    catalogue: Catalogue, habits: dict[tuple[str, str], int], indicator: str, member: dict[str, str]
) -> None:
    assert set(catalogue.members_named("assurés")) == {"public", "acteur"}
    assert PhraseBook(catalogue, habits=habits).member_of("assurés", indicator) == member


@pytest.mark.parametrize(
    ("row", "head", "heads", "members"),
    [
        ("Moins de 16 ans", "Femmes", "Âge|Femmes|Hommes|Ensemble", {"sexe": "femmes"}),
        ("75 ans et plus", "Hommes", "Âge|Femmes|Hommes", {"age": "75_et_plus", "sexe": "hommes"}),
        ("Cadres", "Femmes", "Emploi|Total 2021|dont|Femmes|Hommes 2021|Femmes 2021", {"sexe": "femmes"}),
        ("1er trimestre", "Courrier", "|Courrier|SMS|Total", {"canal": "courrier"}),
        ("Actes", "AT/MP", "Poste|Maladie|Maternité|AT/MP", {"risque": "at_mp"}),
        ("Cadres", "Femmes", "Emploi|Femmes|Total", {"sexe": "femmes"}),
        ("Cadres", "Ensemble", "Emploi|Femmes|Hommes|Ensemble", {}),
        ("Accueil", "Courrier", "Site|Courrier|Agents|Dossiers", {"canal": "accueil_physique"}),
        ("Sites", "Maladie", "Maladie|2021|2022", {}),
        ("Sites", "Maladie", "Sites|Maladie|Évolution", {}),
        ("SMS", "Courrier", "Canal|Courrier|SMS", {"canal": "sms"}),
    ],
)
def test_the_head_of_a_column_names_a_member_beside_others_of_its_dimension(
    catalogue: Catalogue, row: str, head: str, heads: str, members: dict[str, str]
) -> None:
    book = PhraseBook(catalogue)
    assert book.members_of(row, head, tuple(heads.split("|")), "population_protegee") == members


@pytest.mark.parametrize(
    ("rows", "member"),
    [
        ("Accidents de trajet", "accident_travail"),
        ("Accidents de trajet|Accidents de travail", "at_mp"),  # that part has a row of its own
        ("Invalidité", "at_mp"),  # a row of no part of it
        ("dont accidents de trajet", "at_mp"),  # a part that the whole holds
    ],
)
def test_a_whole_beside_its_parts_is_the_part_of_its_name(
    catalogue: Catalogue, rows: str, member: str
) -> None:
    names = ["Accidents du travail", *rows.split("|")]
    lines = [f"{name:<24}    {n}    {n + 1}" for n, name in enumerate(names, 31)]
    found = discover(
        document_of("Risque                    2021    2022\n" + "\n".join(lines) + "\n"), "2022"
    )
    book = PhraseBook(catalogue)
    understood = [
        Understood(f, Concept(UNMAPPED, "", 0), book.members_of(f.row_label, f.head, f.heads, ""))
        for f in found
    ]
    assert [one.members for one in narrowed(understood, catalogue)][:2] == [{"risque": member}] * 2


@pytest.mark.parametrize(
    ("indicators", "domain"),
    [
        ({}, NO_DOMAIN),
        ({"visites": Indicator("visites", "Visites", "nombre", "additif", "accueil")}, "accueil"),
    ],
    ids=["nothing is catalogued", "no seed describes its domain"],
)
def test_a_catalogue_without_domains_reads_on(indicators: dict[str, Indicator], domain: str) -> None:
    bare = Catalogue(indicators, {d: frozenset() for d in DIMENSIONS}, {d: {} for d in DIMENSIONS})
    seen = [SeenFigure(1, 0, "visites", "", "nombre", "constate")]
    (concept,) = concepts_in(PhraseBook(bare), seen, "visites : 12\n")
    assert concept.domain == domain
