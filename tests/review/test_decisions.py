"""A decision is written as the template that people write, touches nothing else, and can be taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.discovery.bring import bring
from orchestration.discovery.phrases import UNMAPPED
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import list_reports, load_report, read_extract
from orchestration.extraction.templates import template_files
from orchestration.extraction.written_yaml import edited, written
from orchestration.review.decisions import MISPRINT, Decision, Stale, decide
from orchestration.review.dossier import Dossier, Item
from orchestration.review.finishing import finish, write_reading
from orchestration.review.groups import SURE, acceptable, cuts_of, groups_of, row_of, series_of, table_of
from orchestration.review.progress import progress_of
from orchestration.review.seeds import known_of, member_named
from orchestration.review.shortening import shorter_template
from orchestration.review.suggestions import Suggester
from orchestration.review.trail import PAUSE
from orchestration.settings import PROJECT_ROOT
from tests.review.conftest import CODE, PRINTED, REVIEWED, House, lay_out
from tests.review.invented import BODY, LABEL, sheets, truth
from tests.review.reviewer import known, said

RAW = PROJECT_ROOT / "raw"
COMMITTED = [
    *(path for folder in sorted(RAW.iterdir()) if folder.is_dir() for path in template_files(folder)),
    *sorted(RAW.glob("*/report.yml")),
]


def figure(dossier: Dossier, printed: str) -> Item:
    return next(item for item in dossier.items if item.printed.startswith(printed))


def one(house: House, printed: str, **meaning: str) -> Dossier:
    dossier = house.dossier()
    return decide(dossier, Decision((figure(dossier, printed).key,), meaning), dossier.state, house.trail())


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_committed_file_comes_back_byte_for_byte(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert edited(text, path.name, lambda data: None) == text


def test_a_layout_that_would_be_lost_is_refused() -> None:
    with pytest.raises(ExtractionError, match=r"a\.yml: sa mise en page"):
        edited("a:   {b:  1}\n", "a.yml", lambda data: None)
    assert written({"a": [{"b": 1}]}) == "a:\n  - b: 1\n"


def test_a_decision_sets_what_differs_and_marks_the_hole_as_reviewed(house: House) -> None:
    after = one(house, "1 204", canal="accueil_physique")
    item = figure(after, "1 204")
    assert item.reviewed and item.meaning["canal"] == "accueil_physique" and item.confidence == 1
    assert not figure(after, "1 310").reviewed
    (hole,) = (
        hole
        for block in yaml.safe_load(house.template)["blocs"]
        for form in block["champs"]
        for hole in form["valeurs"]
        if hole.get("revue")
    )
    assert hole == {
        "indicateur": "visites_accueil",
        "periode": "2022",
        "unite": "nombre",
        "libelle": "visites à l'accueil",
        "canal": "accueil_physique",
        "revue": True,
    }


def test_a_number_is_set_aside_with_its_reason(house: House) -> None:
    dossier = house.dossier()
    after = decide(
        dossier, Decision((figure(dossier, "90 %").key,), aside="anecdote"), dossier.state, house.trail()
    )
    assert not [item for item in after.items if item.printed.startswith("90")]
    assert after.set_aside == dossier.set_aside + 1


@pytest.mark.parametrize(
    ("printed", "meaning", "said"),
    [
        ("91,2", {"indicateur": "nulle_part"}, "n'est pas un code"),
        ("91,2", {"periode": "22"}, "ne se lit pas"),
        ("91,2", {"unite": "jours"}, "est imprimé"),
        (
            "+4,5 %",
            {"indicateur": "prestations_versees", "periode": "2022"},
            "la période : une évolution va d'une",
        ),
    ],
)
def test_what_does_not_read_is_not_written(
    house: House, printed: str, meaning: dict[str, str], said: str
) -> None:
    before = house.template
    with pytest.raises(ExtractionError, match=said):
        one(house, printed, **meaning)
    assert house.template == before
    assert not house.trail().steps()


def test_a_page_made_before_another_decision_is_stale(house: House) -> None:
    old = house.dossier()
    one(house, "1 204")
    with pytest.raises(Stale, match="ont changé depuis"):
        decide(old, Decision((figure(old, "1 310").key,)), old.state, house.trail())


def test_decisions_are_taken_back_one_by_one(house: House) -> None:
    first = house.template
    one(house, "1 204")
    second = house.template
    one(house, "1 310")
    assert house.trail().undo().said.startswith("1 chiffre : relu (« ") and house.template == second
    house.trail().undo()
    assert house.template == first
    with pytest.raises(ExtractionError, match="pas de décision"):
        house.trail().undo()


def test_nothing_is_taken_back_over_what_somebody_wrote_by_hand(house: House) -> None:
    one(house, "1 204")
    (house.folder / "template.yml").write_text(house.template + "# vu\n", encoding="utf-8")
    with pytest.raises(ExtractionError, match="a changé depuis"):
        house.trail().undo()


def test_a_kill_between_trail_and_template_loses_nothing(house: House) -> None:
    before = house.template
    one(house, "1 204")
    after = house.template
    trail = house.settings.warehouse / ".revue" / f"{CODE}.jsonl"
    written = trail.read_text(encoding="utf-8")
    trail.write_text(written.partition("\n")[0] + "\n", encoding="utf-8")
    (house.folder / "template.yml").write_text(before, encoding="utf-8")  # killed between trail and file
    house.trail()
    assert house.template == after


@pytest.mark.parametrize(("back", "stand"), [(0, 0), (1, 1), (2, 2), (3, 3)])
def test_what_git_puts_back_stays_put_back_and_is_forgotten(house: House, back: int, stand: int) -> None:
    states = [house.template]
    for printed in ("1 204", "1 310", "91,2 %"):
        one(house, printed)
        states.append(house.template)
    path = house.folder / "template.yml"
    path.write_text(states[back], encoding="utf-8")  # git restore
    trail = house.trail()
    assert (len(trail.steps()), trail.decisions()) == (stand, stand) and house.template == states[back]
    if stand:
        trail.undo()
        assert house.template == states[back - 1] and len(house.trail().steps()) == stand - 1
    else:
        with pytest.raises(ExtractionError, match="pas de décision"):
            trail.undo()
    one(house, "412,3")  # what was forgotten does not come back with the next decision
    assert len(house.trail().steps()) == max(stand, 1)
    path.write_text(house.template + "# à la main\n", encoding="utf-8")
    assert len(house.trail().steps()) == max(stand, 1)


def test_a_decision_that_cannot_be_written_is_none(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    one(house, "1 204")
    before, steps = house.template, len(house.trail().steps())

    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(28, "No space left on device", str(self))

    write = Path.write_text
    monkeypatch.setattr(
        Path, "write_text", lambda p, *a, **k: (full if "template" in p.name else write)(p, *a, **k)
    )
    with pytest.raises(OSError, match="No space"):
        one(house, "1 310")
    monkeypatch.undo()
    assert house.template == before and len(house.trail().steps()) == steps


@pytest.mark.parametrize("separator", ["\u2028", "\u0085"])
def test_a_comment_with_a_separator_of_lines_of_its_own_leaves_the_trail_readable(
    house: House, separator: str
) -> None:
    path = house.folder / "template.yml"
    path.write_text(f"# a{separator}# b\n" + house.template, encoding="utf-8")
    one(house, "1 204")
    assert len(house.trail().steps()) == 1


def test_a_line_of_the_trail_cut_short_is_no_decision(house: House) -> None:
    one(house, "1 204")
    path = house.settings.warehouse / ".revue" / f"{CODE}.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + '{"at": "2026', encoding="utf-8")
    assert len(house.trail().steps()) == 1
    one(house, "1 310")
    assert len(house.trail().steps()) == 2


def test_groups_hold_what_is_decided_together_and_doubts_come_first(house: House) -> None:
    groups = groups_of(house.dossier())
    assert any({item.printed for item in group.items} == {"1 204", "1 310"} for group in groups)
    weights = [sum(bool(item.doubts) for item in group.open) > 0 for group in groups]
    assert weights == sorted(weights, reverse=True)


MONTHS = """\
CPAM du Gers
Rapport d'activité 2022

CONTACTS

Canal | {head}
Appels reçus | 11 204 | 10 655 | 12 942 | 34 801
Courriels reçus | 2 870 | 3 021 | 3 377 | 9 268
"""


@pytest.mark.parametrize(
    ("head", "apart"),
    [
        ("Janvier | Février | Mars | Total", 1),
        ("1er trimestre | 2e trimestre | 3e trimestre | Total", 1),
        ("T1 2022 | T2 2022 | T3 2022 | Année 2022", 1),
        ("Maladie | Famille | Retraite | Total", 4),  # titles that say what, not when
    ],
)
def test_columns_that_only_say_when_are_decided_together(tmp_path: Path, head: str, apart: int) -> None:
    dossier = lay_out(tmp_path, MONTHS.format(head=head)).dossier()
    calls = [g for g in groups_of(dossier) if any("Appels" in item.label for item in g.items)]
    assert len(calls) == apart
    assert sum("Appels" in item.label for g in calls for item in g.items) == 4
    if apart == 1 and all("Appels" in item.label for item in calls[0].items):
        assert calls[0].title == "Appels reçus"


def sure_of(item: Item) -> dict[str, str] | None:
    return {} if item.confidence >= SURE and item.meaning["indicateur"] != UNMAPPED else None


def test_only_sure_figures_are_accepted_unseen(house: House) -> None:
    dossier = house.dossier()
    assert not acceptable(dossier.items, sure_of)  # nothing of a first draft is that sure
    first = re.search(r"confiance: [\d.]+", house.template)
    assert first
    text = house.template.replace(first[0], f"confiance: {SURE}", 1)
    (house.folder / "template.yml").write_text(text, encoding="utf-8")
    assert [item.printed for item, _ in acceptable(house.dossier().items, sure_of)] == ["1 204"]
    assert not acceptable(house.dossier().items, lambda item: None)


def test_wrong_suggestions_do_not_pass_with_those_that_are_accepted_at_once(tmp_path: Path) -> None:
    """Ten figures of a draft are said to be something else, as surely as a draft can say it."""
    house = lay_out(tmp_path, sheets(2022), suffix=".html", body=LABEL)
    dossier = house.dossier(f"{BODY}_2022")
    told = [item for item in dossier.items if item.meaning["indicateur"] != UNMAPPED and item.hole]
    planted = told[:: max(1, len(told) // 10)][:10]
    codes = sorted(dossier.catalogue.indicators)
    for item in planted:
        others = [code for code in codes if code != item.meaning["indicateur"]]
        same = [c for c in others if dossier.catalogue.indicators[c].unite == item.meaning["unite"]] or others
        _plant(house, item, same[len(same) // 2])
    dossier = house.dossier(f"{BODY}_2022")
    suggester = Suggester(
        dossier.catalogue, list_reports(house.settings.raw), dossier, known_of(house.settings.seeds)
    )
    sure = acceptable([replace(item, confidence=SURE) for item in dossier.items], suggester.sure_of)
    passed = {item.key for item, _ in sure} & {item.key for item in planted}
    assert len(planted) == 10 and len(sure) >= 20 and len(passed) <= 1


#: What the next year calls the visits.
AGAIN = "Accueil physique"


def _accepted(sure: list[tuple[Item, Mapping[str, str]]]) -> Decision:
    """The decision that takes all sure figures, among them a row that last year's numbers alone name."""
    again = [{**item.meaning, **told} for item, told in sure if row_of(item) == AGAIN]
    assert [told["indicateur"] for told in again] == ["visites_accueil"] * 3
    return Decision((), parts=tuple(Decision((item.key,), told) for item, told in sure))


def _as_named_otherwise(house: House, dossier: Dossier, words: str, note: str = "") -> list[Item]:
    """What would be accepted of the row that last year's numbers name, were its ``words`` others, or its
    ``note``, and the draft not sure of it.
    """
    named = tuple(
        replace(i, label=i.label.replace(AGAIN, words), confidence=Decimal("0.8"), note=note or i.note)
        if row_of(i) == AGAIN
        else i
        for i in dossier.items
    )
    known_words = known_of(house.settings.seeds)
    other = replace(dossier, items=named)
    suggester = Suggester(dossier.catalogue, list_reports(house.settings.raw), other, known_words)
    return [item for item, _ in acceptable(named, suggester.sure_of) if row_of(item) == words]


def _only_as_itself(house: House, dossier: Dossier) -> None:
    """The row is accepted under its words, not as another indicator, as what nobody knows, or in doubt."""
    assert _as_named_otherwise(house, dossier, AGAIN)
    assert not _as_named_otherwise(house, dossier, "Courriers envoyés")
    assert not _as_named_otherwise(house, dossier, "Véhicules loués")
    assert not _as_named_otherwise(house, dossier, AGAIN, "l'an passé lu 312 000, ici lu 312")


def test_next_year_needs_few_decisions_and_the_words_that_changed_are_among_them(tmp_path: Path) -> None:
    house = lay_out(tmp_path, sheets(2022), REVIEWED, ".html", LABEL)
    first = house.dossier(f"{BODY}_2022")
    groups = groups_of(first)
    knows = known(first, truth(2022))
    named = {item.key: row_of(item) for item in first.items if knows[item.key].rows}
    members = {
        row: "ensemble" if row == "Total" else member_named(house.settings.seeds, "poste", row)
        for row in dict.fromkeys(named.values())
    }
    first = house.dossier(f"{BODY}_2022")
    parts = tuple(
        Decision((key,), dict(said(one)) | ({"poste": members[named[key]]} if key in named else {}))
        for key, one in knows.items()
    )
    trail = house.trail(f"{BODY}_2022")
    after = decide(first, Decision((), parts=parts), first.state, trail)
    template = house.settings.raw / f"{BODY}_2022" / "template.yml"
    lines = template.read_text(encoding="utf-8").count("\n")
    finish(after, house.settings.raw, trail)
    told = template.read_text(encoding="utf-8").count("\n")
    print(f"{len(after.items)} figures: {lines} lines of template decided, {told} finished")
    assert told < 0.8 * lines
    path = tmp_path / "rapport_2023.html"
    text = sheets(2023).replace("pénalités financières ont été", "sanctions ont été")
    path.write_text(text.replace("Visites dans nos accueils", AGAIN), encoding="utf-8")
    brought = bring(path, house.settings.root, house.settings.documents)
    dossier = house.dossier(brought.report.code)
    suggester = Suggester(
        dossier.catalogue, list_reports(house.settings.raw), dossier, known_of(house.settings.seeds)
    )
    sure = acceptable(dossier.items, suggester.sure_of)
    _only_as_itself(house, dossier)
    after = decide(dossier, _accepted(sure), dossier.state, house.trail(brought.report.code))
    left = [group for group in groups_of(after) if group.open]
    knows = known(after, truth(2023))
    wrong = [i for i in after.items if i.reviewed and i.meaning["indicateur"] != knows[i.key].indicator]
    print(
        f"{len(sure)} of {len(dossier.items)} figures accepted at once; {len(left)} groups left of "
        f"{len(groups)}"
    )
    assert not dossier.reviewed and not wrong
    assert 0 < len(left) < 0.15 * len(groups)


def test_progress_is_told_for_drafts_alone(house: House) -> None:
    report, reviewed = load_report(house.folder), load_report(house.settings.raw / "cpam_herault_2021")
    first = progress_of(report, house.settings.warehouse)
    assert (
        first and (first.reviewed, first.decisions) == (0, 0) and first.figures == len(house.dossier().items)
    )
    write_reading(one(house, "1 204", indicateur="visites_accueil"), house.settings.raw)
    after = progress_of(report, house.settings.warehouse)
    assert after and (after.reviewed, after.decisions) == (1, 1)
    assert f"1 relu sur {after.figures} chiffres" in after.told
    assert progress_of(reviewed, house.settings.warehouse) is None


def _plant(house: House, item: Item, indicator: str) -> None:
    """Write another indicator into the draft."""
    hole = item.hole
    assert hole is not None
    path = house.settings.raw / f"{BODY}_2022" / hole.file

    def change(data: Any) -> None:
        data["blocs"][hole.block]["champs"][hole.field]["valeurs"][hole.rank]["indicateur"] = indicator

    path.write_text(edited(path.read_text(encoding="utf-8"), hole.file, change), encoding="utf-8")


def test_a_table_may_be_cut_by_its_rows_or_its_columns_and_each_part_says_its_indicator(house: House) -> None:
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if any(item.printed == "412,3" for item in g.items))
    assert {item.printed for item in group.items} == {"412,3", "431,0", "+4,5 %", "31,2", "30,1", "-3,5 %"}
    rows = series_of(group.items)["lignes"]
    assert [(one.name, len(one.items)) for one in rows] == [("Maladie", 3), ("Maternité", 3)]
    named = ("prestations_versees", "depenses_ondam")
    parts = zip(rows, named, strict=True)
    decision = Decision(
        (), parts=tuple(Decision(tuple(i.key for i in r.items), {"indicateur": n}) for r, n in parts)
    )
    after = decide(dossier, decision, dossier.state, house.trail())
    assert figure(after, "412,3").meaning["indicateur"] == "prestations_versees"
    assert figure(after, "30,1").meaning["indicateur"] == "depenses_ondam"
    assert house.trail().decisions() == 2 and len(house.trail().steps()) == 1


ROWS = """\
CPAM du Gers
Rapport d'activité 2022

CONTACTS

Canal | Volume 2022 | Rappel 2021
Appels reçus | 11 204 | 10 655
Courriels reçus | 2 870 | 3 021
Rendez-vous honorés | {last} | 611
"""


@pytest.mark.parametrize(("last", "rows"), [("590", 3), ("59 %", 0)])
def test_rows_that_arithmetic_says_nothing_of_are_named_in_one_form_if_they_count_alike(
    tmp_path: Path, last: str, rows: int
) -> None:
    house = lay_out(tmp_path, ROWS.format(last=last))
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if any(item.printed == "11 204" for item in g.items))
    assert not table_of(dossier, group)
    cut = cuts_of(dossier, group).get("lignes", [])
    assert [len(one.items) for one in cut] == [2] * rows


def test_a_decision_that_the_night_would_refuse_is_not_written_and_says_why(house: House) -> None:
    dossier, before = house.dossier(), house.template
    rows = tuple(figure(dossier, printed).key for printed in ("431,0", "30,1"))
    alike = {"indicateur": "prestations_versees", "risque": "maladie"}
    with pytest.raises(ExtractionError, match="la nuit refuserait cette décision : « .*imprimé autrement"):
        decide(dossier, Decision(rows, alike), dossier.state, house.trail())
    with pytest.raises(ExtractionError, match="est lu en nombre, formation_heures se compte en heures"):
        one(house, "1 204", indicateur="formation_heures")
    assert house.template == before and not house.trail().steps()
    after = decide(dossier, Decision(rows, alike, despite=True), dossier.state, house.trail())
    assert (
        after.reviewed == 2 and len(after.refusals) == 1
    )  # the report says so; the night asks for a finding
    second = Decision((figure(after, "1 204").key,), {"indicateur": "visites_accueil"})
    assert decide(after, second, after.state, house.trail()).reviewed == 3  # nothing new is refused


def test_what_is_refused_is_one_sentence_that_names_the_box_to_tick(house: House) -> None:
    dossier = house.dossier()
    rows = tuple(figure(dossier, printed).key for printed in ("431,0", "30,1"))
    with pytest.raises(ExtractionError) as refused:
        decide(dossier, Decision(rows, {"risque": "maladie"}), dossier.state, house.trail())
    assert ".." not in str(refused.value) and f"cochez « {MISPRINT} »" in str(refused.value)


def test_a_sign_that_only_words_say_is_decided(tmp_path: Path) -> None:
    house = lay_out(tmp_path, PRINTED + "\nBUDGET\n\nLe déficit de la caisse atteint 340 000 euros.\n")
    item = figure(house.dossier(), "340 000")
    assert item.value == 340_000
    suggester = Suggester(
        house.dossier().catalogue,
        list_reports(house.settings.raw),
        house.dossier(),
        known_of(house.settings.seeds),
    )
    assert (
        suggester.rows.completes(item, "resultat_exercice")["signe"] == "moins"
    )  # what is left over is below zero
    assert "signe" not in suggester.rows.completes(item, "charges_gestion")
    after = one(house, "340 000", indicateur="resultat_exercice", signe="moins")
    assert figure(after, "340 000").value == -340_000
    write_reading(after, house.settings.raw)
    rows = read_extract(load_report(house.folder)).numbers
    assert rows.filter(rows["indicateur_code"] == "resultat_exercice")["valeur"].to_list() == ["-340000"]


def test_a_change_that_is_a_level_loses_its_sign_and_stays_the_same_figure(tmp_path: Path) -> None:
    house = lay_out(tmp_path, PRINTED + "\nOFFRE\n\n52 contrats signés\nsoit + 340 patients suivis\n")
    item = figure(house.dossier(), "+ 340")
    after = one(house, "+ 340", indicateur="visites_accueil", nature="constate", periode="2022")
    decided = figure(after, "340")
    assert (decided.reviewed, decided.value, decided.meaning["nature"]) == (True, Decimal(340), "constate")
    assert (decided.line, decided.column - item.column) == (item.line, len("+ "))


def test_a_scale_that_stands_away_from_its_number_is_decided_and_taken_back(tmp_path: Path) -> None:
    house = lay_out(tmp_path, PRINTED + "\nAIDES\n\nAides individuelles : 12,5\n")
    before = house.template.count("multiplicateur: million")
    after = one(house, "12,5", indicateur="prestations_versees", unite="EUR", multiplicateur="million")
    assert figure(after, "12,5").value == 12_500_000
    assert house.template.count("multiplicateur: million") == before + 1
    after = one(house, "12,5", multiplicateur="aucun")
    assert figure(after, "12,5").value * 10 == 125
    assert house.template.count("multiplicateur: million") == before


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        (
            "41 200",
            "L'exercice 2022 se solde par un déficit de 17 900 €, après un excédent de 41 200 € en 2021.",
        ),
        ("52 300", "Solde | 2021 | 2022\nExcédent ou déficit de l'exercice | (8 410) | 52 300"),
    ],
)
def test_words_that_name_a_surplus_and_a_deficit_set_no_sign(tmp_path: Path, printed: str, text: str) -> None:
    house = lay_out(tmp_path, f"{PRINTED}\nBUDGET\n\n{text}\n")
    dossier = house.dossier()
    suggester = Suggester(
        dossier.catalogue, list_reports(house.settings.raw), dossier, known_of(house.settings.seeds)
    )
    assert "signe" not in suggester.rows.completes(figure(dossier, printed), "resultat_exercice")


def test_another_body_brings_its_place_along(house: House) -> None:
    place = house.dossier().catalogue.territories["cpam_var"]
    assert figure(house.dossier(), "1 204").meaning["territoire"] != place
    after = one(house, "1 204", indicateur="visites_accueil", organisme="cpam_var")
    assert figure(after, "1 204").meaning["territoire"] == place


def test_a_pause_between_decisions_is_no_work(house: House) -> None:
    trail, seconds = house.trail(), (0, 60, 60 + PAUSE, 61 + 2 * PAUSE)
    path = house.settings.warehouse / ".revue" / f"{CODE}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    start = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
    steps = ((start + timedelta(seconds=at)).isoformat() for at in seconds)
    told = {"said": "x", "figures": 1, "before": {}, "after": {}}
    path.write_text("".join(json.dumps({"at": at, **told}) + "\n" for at in steps), encoding="utf-8")
    assert (trail.decisions(), trail.minutes()) == (4, round((60 + PAUSE) / 60))


def test_a_report_with_corrections_can_be_reviewed(house: House) -> None:
    item = figure(house.dossier(), "1 310")
    (house.folder / "corrections.yml").write_text(
        f"corrections:\n  - ligne: {item.line}\n    colonne: {item.column}\n    avant: {{periode: '2021'}}\n"
        "    apres: {periode: '2020'}\n    motif: lu au mauvais exercice\n    date: 2026-01-05\n",
        encoding="utf-8",
    )
    after = one(house, "1 204", indicateur="visites_accueil")
    assert figure(after, "1 204").reviewed


def test_a_number_in_bare_words_is_counted_as_its_indicator_is(house: House) -> None:
    suggester = Suggester(
        house.dossier().catalogue,
        list_reports(house.settings.raw),
        house.dossier(),
        known_of(house.settings.seeds),
    )
    item = figure(house.dossier(), "1 204")
    assert suggester.rows.completes(item, "formation_heures")["unite"] == "heures"
    assert "unite" not in suggester.rows.completes(item, "prestations_versees")  # euros are said, or doubtful
    assert "unite" not in suggester.rows.completes(figure(house.dossier(), "91,2"), "formation_heures")


def test_a_decision_says_what_the_row_says_unless_the_reviewer_says_otherwise(house: House) -> None:
    dossier = house.dossier()

    def completes(item: Item, indicator: str) -> dict[str, str]:
        return {"canal": "telephone", "public": "assures", "motif": "fraude"}

    said = {
        "canal": "accueil_physique",
        "motif": "non_precise",
    }  # and a member that its row has is taken away
    decision = Decision((figure(dossier, "1 204").key,), said)
    item = figure(decide(dossier, decision, dossier.state, house.trail(), completes), "1 204")
    told = [item.meaning[key] for key in ("canal", "public", "motif")]
    assert told == ["accueil_physique", "assures", "non_precise"]
    dossier = house.dossier()
    before = figure(dossier, "1 310")
    decision = Decision((before.key,), as_read=True)  # what is sure as it is read is whole
    item = figure(decide(dossier, decision, dossier.state, house.trail(), completes), "1 310")
    assert item.reviewed and item.meaning == before.meaning


def test_a_table_that_arithmetic_confirms_is_one_decision_and_a_refuted_one_is_none(house: House) -> None:
    dossier = house.dossier()
    group = next(
        group for group in groups_of(dossier) if any(item.printed == "412,3" for item in group.items)
    )
    assert {item.printed for item in table_of(dossier, group)} >= {"412,3", "431,0", "31,2", "30,1"}
    path = house.settings.documents / "rapport_2022.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("431,0", "531,0"), encoding="utf-8")
    dossier = house.dossier()
    group = next(
        group for group in groups_of(dossier) if any(item.printed == "412,3" for item in group.items)
    )
    assert table_of(dossier, group) == ()
    assert figure(dossier, "531,0").refuted


@pytest.mark.parametrize(("printed", "contradicted"), [("91,2 %", False), ("191,2 %", True)])
def test_a_bound_that_holds_confirms_nothing_and_one_that_fails_contradicts(
    tmp_path: Path, printed: str, contradicted: bool
) -> None:
    item = figure(lay_out(tmp_path, PRINTED.replace("91,2 %", printed)).dossier(), printed)
    assert item.meaning["indicateur"] == "taux_decroche" and not item.confirmed
    assert any("ne peut pas être supérieur" in clause for clause in item.refuted) == contradicted


def test_the_ranks_of_headings_keep_no_finished_report_a_draft(tmp_path: Path) -> None:
    house = lay_out(
        tmp_path, PRINTED.replace("ACCUEIL", "1. ACCUEIL").replace("PRESTATIONS", "2. PRESTATIONS")
    )
    dossier = house.dossier()
    assert {number.printed for number in dossier.unread if number.reason == "rang_de_liste"} == {"1", "2"}
    finish(
        decide(dossier, Decision(tuple(item.key for item in dossier.items)), dossier.state, house.trail()),
        house.settings.raw,
        house.trail(),
    )
    report = load_report(house.folder)
    assert not report.brouillon
    assert "a_relever" not in set(read_extract(report).numbers["statut"])


def test_a_report_is_finished_when_every_figure_was_reviewed(house: House) -> None:
    dossier = house.dossier()
    with pytest.raises(ExtractionError, match="10 chiffres attendent encore"):
        finish(dossier, house.settings.raw, house.trail())
    after = decide(dossier, Decision(tuple(item.key for item in dossier.items)), dossier.state, house.trail())
    assert after.reviewed == len(after.items)
    assert "la prochaine nuit" in finish(after, house.settings.raw, house.trail())
    assert ("brouillon" in (house.folder / "report.yml").read_text(encoding="utf-8")) == bool(after.left)


def test_the_end_of_a_review_names_the_findings_that_the_night_asks_for(house: House) -> None:
    dossier = house.dossier()
    rows = tuple(item.key for item in dossier.items if item.printed in ("431,0", "30,1"))
    alike = {"indicateur": "prestations_versees", "risque": "maladie"}
    after = decide(dossier, Decision(rows, alike, despite=True), dossier.state, house.trail())
    assert after.refusals
    for item in after.items:
        if not item.reviewed:
            after = decide(after, Decision((item.key,), {}), after.state, house.trail())
    assert "celles qui attendent sont en haut de la page" in finish(after, house.settings.raw, house.trail())


def as_read(dossier: Dossier) -> list[tuple[object, ...]]:
    """What a reading of the template gives of each figure."""
    return [(i.key, i.value, i.meaning, i.label, i.reviewed) for i in dossier.items]


def test_a_finished_template_says_once_what_its_figures_share_and_reads_the_same(house: House) -> None:
    dossier = house.dossier()
    after = decide(dossier, Decision(tuple(item.key for item in dossier.items)), dossier.state, house.trail())
    before, declared = house.template, (house.folder / "report.yml").read_text(encoding="utf-8")
    finish(after, house.settings.raw, house.trail())
    assert "# Brouillon" in before and "# Brouillon" not in house.template
    assert house.template.startswith("# yaml-language-server")
    again = house.dossier()
    assert as_read(again) == as_read(after)
    rows = next(
        block for block in yaml.safe_load(house.template)["blocs"] if block["bloc"].startswith("prestations")
    )
    assert rows["commun"]["indicateur"] == "prestations_versees" and "revue" not in rows
    assert all("indicateur" not in value for form in rows["champs"] for value in form["valeurs"])
    assert house.trail().undo().said == "rapport terminé"  # and can be taken back as a decision can
    assert house.template == before
    assert (house.folder / "report.yml").read_text(encoding="utf-8") == declared


def test_a_block_that_waits_for_a_decision_is_not_shortened(house: House) -> None:
    one(house, "1 204")
    assert shorter_template(house.template, "template.yml") == house.template


def test_a_report_that_stays_a_draft_says_why(tmp_path: Path) -> None:
    house = lay_out(tmp_path, PRINTED)
    kept = yaml.safe_load(house.template)
    for block in kept["blocs"]:
        block["champs"] = [form for form in block["champs"] if "décroché" not in form["lire"]]
    kept["blocs"] = [block for block in kept["blocs"] if block["champs"]]
    (house.folder / "template.yml").write_text(written(kept), encoding="utf-8")
    dossier = house.dossier()
    after = decide(dossier, Decision(tuple(item.key for item in dossier.items)), dossier.state, house.trail())
    assert "reste une ébauche : rien ne lit encore 2 nombres (ligne 7)" in finish(
        after, house.settings.raw, house.trail()
    )
    assert load_report(house.folder).brouillon


def test_next_year_starts_from_last_years_decisions_and_none_of_them_counts_as_read(house: House) -> None:
    dossier = house.dossier()
    finish(
        decide(dossier, Decision(tuple(item.key for item in dossier.items)), dossier.state, house.trail()),
        house.settings.raw,
        house.trail(),
    )
    declared = house.folder / "report.yml"
    declared.write_text(
        declared.read_text(encoding="utf-8").replace("brouillon: true\n", ""), encoding="utf-8"
    )
    path = house.settings.root / "rapport_2023.txt"
    path.write_text(
        PRINTED.replace("2022", "2023").replace("2021", "2022").replace("1 204", "1 377"), encoding="utf-8"
    )
    brought = bring(path, house.settings.root, house.settings.documents)
    rows = brought.extract.numbers.filter(brought.extract.numbers["statut"] == "observation")
    assert brought.inherited and brought.inherited.kept >= 3
    assert set(rows["revue"]) == {"false"}


def test_the_trail_is_private_and_tells_what_was_decided(house: House) -> None:
    one(house, "1 204")
    path = house.settings.warehouse / ".revue" / f"{CODE}.jsonl"
    assert (
        json.loads(path.read_text(encoding="utf-8").split("\n")[0])["said"] == "1 chiffre : relu (« 1 204 »)"
    )
    assert path.parent.stat().st_mode & 0o077 == 0
