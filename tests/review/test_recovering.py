"""What a kill or a full disk leaves half done is put back or completed when a review starts again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from orchestration.building.staging import stage_report
from orchestration.discovery.complete import Shelf
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.reports import load_report, outdated, read_extract
from orchestration.graph.assets.extraction import describe_staged
from orchestration.review import acting, desk
from orchestration.review.decisions import Decision, decide
from orchestration.review.desk import Desk
from orchestration.review.guard import TokenGuard
from orchestration.review.recovering import recover
from orchestration.review.seeds import UNDER_WAY
from tests.review.conftest import CODE, House
from tests.review.test_requests import COOKIE, ask

NEW = {"libelle": "Passages au guichet", "definition": "Les passages au guichet", "unite": "nombre"}


class Kill(BaseException):
    """What no code expects."""


def _fails(error: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def _made(house: House) -> bool:
    return "passages_au_guichet" in (house.settings.seeds / "indicateurs.csv").read_text(encoding="utf-8")


def _form(house: House) -> list[tuple[str, str]]:
    dossier = house.dossier()
    ticked = [("chiffre", item.key) for item in dossier.items if item.printed == "1 204"]
    said = [(f"nouveau_{key}", value) for key, value in {**NEW, "domaine": "accueil"}.items()]
    return [("etat", dossier.state), *ticked, *said]


def _read(house: House) -> list[str]:
    numbers = read_extract(load_report(house.folder)).numbers
    return [row["indicateur_code"] for row in numbers.iter_rows(named=True) if row["revue"] == "true"]


@pytest.mark.parametrize(
    ("module", "where", "error", "decided"),
    [
        (acting, "decide", Kill(), False),  # the seed is written, the decision is not
        (desk, "write_reading", Kill(), True),  # the template is written, the extract is not
        (
            desk,
            "write_reading",
            OSError(28, "No space left on device"),
            False,
        ),  # "nothing was written" is true
    ],
)
def test_a_new_indicator_and_its_decision_come_together_or_not_at_all(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    where: str,
    error: BaseException,
    decided: bool,
) -> None:
    before = house.template
    monkeypatch.setattr(module, where, _fails(error))
    with pytest.raises(type(error)):
        acting.ACTS["indicateur"](Desk(house.settings, TokenGuard([])), CODE, _form(house))
    monkeypatch.undo()
    assert _made(house) == isinstance(error, Kill) and not _read(house)
    recover(house.settings)
    assert _made(house) == decided and (house.template != before) == decided
    assert _read(house) == (["passages_au_guichet"] if decided else [])
    assert len(house.trail().steps()) == decided
    assert not (house.settings.seeds / UNDER_WAY).exists()


def test_an_undo_that_was_killed_takes_the_indicator_out_when_a_review_starts_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seated = Desk(house.settings, TokenGuard([]))
    acting.ACTS["indicateur"](seated, CODE, _form(house))
    monkeypatch.setattr(desk, "write_reading", _fails(Kill()))
    with pytest.raises(Kill):
        acting.ACTS["annuler"](seated, CODE, [])
    monkeypatch.undo()
    assert _made(house) and _read(house)
    with seated.turn():
        assert not _made(house) and not _read(house)


def test_an_extract_older_than_its_template_is_read_again_or_said(house: House) -> None:
    report, dossier = load_report(house.folder), house.dossier()
    assert not outdated(report)
    ticked = tuple(item.key for item in dossier.items if item.printed == "1 204")
    decide(dossier, Decision(ticked, {"indicateur": "visites_accueil"}), dossier.state, house.trail())
    assert outdated(report) and not _read(house)
    shelf = Shelf(lambda: load_catalogue(house.settings.seeds), house.settings.raw)
    away = house.settings.root / "nowhere"
    staged = stage_report(report, away, house.settings.root / "staged", shelf)
    assert "changed since its extract was read, which waits for its document" in describe_staged(staged)
    assert Desk(house.settings, TokenGuard([])).dossier(CODE).reviewed == 1  # a page opens it
    assert not outdated(report) and _read(house) == ["visites_accueil"]
    staged = stage_report(report, away, house.settings.root / "staged", shelf)
    assert "waits" not in describe_staged(staged)


def test_what_a_killed_process_was_writing_is_removed_and_nothing_else(house: House) -> None:
    left = house.folder / ".template.yml.4194999"  # no process has that number
    other = house.folder / ".editeur.swp"
    for path in (left, other):
        path.write_text("a", encoding="utf-8")
    recover(house.settings)
    assert not left.exists() and other.exists()


BROKEN = {
    "no YAML": (lambda text: text.replace("lire:", "lire: [", 3), "ce n&#39;est pas du YAML valide"),
    "a code that no seed has": (
        lambda text: text.replace("indicateur: visites_accueil", "indicateur: rien_de_tel"),
        "« rien_de_tel » n&#39;est pas un code",
    ),
    "no UTF-8": (lambda text: text.replace("é", "\udce9"), "le fichier n&#39;est pas en UTF-8"),
}


@pytest.mark.parametrize(("broken", "said"), BROKEN.values(), ids=BROKEN.keys())
def test_a_draft_that_no_longer_reads_says_where_and_how_to_go_on(
    served: tuple[House, str], broken: Callable[[str], str], said: str
) -> None:
    house, host = served
    own, template = {**COOKIE, "Origin": f"http://{host}"}, house.folder / "template.yml"
    template.write_bytes(broken(house.template).encode("utf-8", "surrogateescape"))
    status, page = ask(host, "GET", f"/rapport/{CODE}", COOKIE)
    assert status == 422 and "git checkout" in page and "retablir" not in page
    assert ask(host, "POST", f"/rapport/{CODE}/retablir", own, [])[0] == 422
    assert re.search(r"template\.yml\W* ligne \d+", page) and said in page
    assert ask(host, "GET", "/", COOKIE)[0] == 200


def test_a_damaged_template_is_put_back_as_the_last_decision_left_it(served: tuple[House, str]) -> None:
    house, host = served
    own, template = {**COOKIE, "Origin": f"http://{host}"}, house.folder / "template.yml"
    figure = next(item.key for item in house.dossier().items if item.printed == "1 204")
    form = [("etat", house.dossier().state), ("chiffre", figure), ("indicateur", "visites_accueil")]
    assert ask(host, "POST", f"/rapport/{CODE}/decider", own, form)[0] == 303
    decided = house.template
    template.write_text(f"{decided}\n  [", encoding="utf-8")
    assert (
        "Remettre ce que la dernière décision avait écrit" in ask(host, "GET", f"/rapport/{CODE}", COOKIE)[1]
    )
    assert ask(host, "POST", f"/rapport/{CODE}/retablir", own, [])[0] == 303
    assert house.template == decided and ask(host, "GET", f"/rapport/{CODE}", COOKIE)[0] == 200
    (kept,) = (house.settings.warehouse / ".revue").glob("*.abime")
    assert kept.read_text(encoding="utf-8").endswith("[")


def test_a_report_whose_declaration_is_broken_stops_no_other(served: tuple[House, str]) -> None:
    house, host = served
    (house.settings.raw / "cpam_herault_2021" / "report.yml").write_text("code: [", encoding="utf-8")
    recover(house.settings)
    assert "cpam_herault_2021 <span" in ask(host, "GET", "/", COOKIE)[1]
    assert [ask(host, "GET", f"/rapport/{code}", COOKIE)[0] for code in (CODE, "cpam_herault_2021")] == [
        200,
        422,
    ]
