"""What a kill or a full disk leaves half done is put back or completed when a review starts again."""

from __future__ import annotations

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
