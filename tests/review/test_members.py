"""What a page shows of the members of its figures is what its forms write, whichever of them is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from starlette.datastructures import QueryParams

from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.tables import slug
from orchestration.review import acting, decisions
from orchestration.review.application import _templates
from orchestration.review.desk import Desk
from orchestration.review.dossier import Dossier, Item, find_item
from orchestration.review.groups import groups_of
from orchestration.review.guard import TokenGuard
from orchestration.review.members import Shown, written_with
from orchestration.review.naming import AXES
from orchestration.review.showing import report_told
from tests.benchmarks import third_report
from tests.review.conftest import CODE, REVIEWED, TOKEN, lay_out, serving
from tests.review.test_groups import group_of, send
from tests.review.test_requests import COOKIE, ask

PAGES = _templates()
Fields = list[tuple[str, str]]


class Written(ExtractionError):
    """Raised where a decision would be written: what each figure would then mean."""

    def __init__(self, of: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__("written")
        self.of = of


def in_place_of_writing(
    dossier: Dossier, decision: Any, state: str, trail: Any, completes: Any, *_: Any
) -> None:
    raise Written(
        {
            key: {
                **find_item(dossier, key).meaning,
                **decisions._completed(dossier, key, part, completes).meaning,
            }
            for part in decision.parts or (decision,)
            for key in part.figures
        }
    )


def sent_of(form: Any) -> Fields:
    """The fields that a browser sends of a form in which nothing was touched."""
    found = []
    for one in form.xpath(".//input|.//select|.//textarea"):
        kind, name = one.get("type", one.tag), one.get("name")
        if name and (kind not in ("checkbox", "radio") or one.get("checked") is not None):
            found.append((name, one.value if one.tag != "input" else one.get("value", "")))
    return [(name, value or "") for name, value in found]


def fields_named(form: Fields, item: Item) -> dict[str, str]:
    """The labels of the members that the fields of a form name beside the row and the column of a figure."""
    given, found = dict(form), {}
    for axis in AXES:
        words = axis.all([item])[item.key]
        for key, said in form:
            rank = key.removeprefix(axis.one)
            if rank.isdecimal() and said == words and (member := given.get(axis.member + rank, "").strip()):
                found[given[axis.dimension]] = member
    return found


def forms_of(
    told: Mapping[str, Any], page: Any
) -> Iterator[tuple[str, Fields, Callable[[str], tuple[Shown, str]]]]:
    """Each form of a page that decides, with one of its indicators, and by place what it shows of a figure
    and the indicator that it was sent with.
    """
    (decide,) = page.xpath("//form[contains(@class, 'decision')]")
    plain = sent_of(decide)
    codes = [one.get("value") for one in decide.xpath(".//button[@name='indicateur']")]
    for code in codes:
        with_code = dict.fromkeys(told["ecrits"].of, (told["ecrits"], code))
        yield "decider", [*plain, ("indicateur", code)], with_code.__getitem__
    typed = next(code for code in told["dossier"].catalogue.indicators if code not in told["ecrits"].codes)
    lone = [*plain, ("geste", "lire"), ("autre_indicateur", typed)]
    stands = dict.fromkeys(told["ecrits"].of, (told["ecrits"], told["ecrits"].codes[0]))
    yield "decider", lone, stands.__getitem__
    for form in page.xpath("//section[@id='tableau']//form"):
        plain, given = sent_of(form), dict(sent_of(form))
        cut = given.get("coupe", "")
        if not cut:
            continue
        chosen: Fields = []
        by_place: dict[str, tuple[Shown, str]] = {}
        for rank, (series, proposals, _) in enumerate(told["cuts"][cut]):
            named = given.get(f"serie{rank}") or next((one.indicator.code for one in proposals), typed)
            chosen += [(f"serie{rank}", named)] if proposals else [(f"autre{rank}", named)]
            by_place |= {item.key: (told["read"][cut][rank], named) for item in series.items}
        yield "tableau", [*plain, *chosen], by_place.__getitem__


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    root = tmp_path_factory.mktemp("rapport")
    path = root / "rapport-2022.html"
    path.write_text(third_report.written(2022)[0], encoding="utf-8")
    house = lay_out(root / "house", path, REVIEWED, body=third_report.LABEL)
    return Desk(house.settings, TokenGuard(set(), TOKEN))


HOUSE = f"{third_report.BODY}_2022"


@pytest.mark.parametrize(("rows", "step"), [("", 6), ("modalite", 9)])
def test_members_written_are_those_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, rows: str, step: int
) -> None:
    monkeypatch.setattr(acting, "decide", in_place_of_writing)
    compared, otherwise = compared_of(desk, HOUSE, rows, step)
    assert not otherwise and compared > 20


def page_of(desk: Desk, code: str, said: Fields) -> tuple[dict[str, Any], Any]:
    """What the page of a report shows, and the page."""
    told = report_told(desk, code, QueryParams(said))
    return told, html.fromstring(PAGES.get_template("rapport.html").render(message="", **told))


def compared_of(desk: Desk, code: str, rows: str, step: int) -> tuple[int, list[str]]:
    """How many figures the forms of every so many groups of a report would write, and those of which that is
    not what the page shows; ``rows`` is the dimension that rows are said to name.
    """
    groups = [group for group in groups_of(desk.dossier(code)) if not rows or group.items[0].table]
    compared, otherwise = 0, []
    for group in groups[::step]:
        told, page = page_of(desk, code, [("groupe", group.code)])
        if rows:  # chosen on that page, which keeps what its form says
            (decide,) = page.xpath("//form[contains(@class, 'decision')]")
            said = [(key, value) for key, value in sent_of(decide) if key != "lignes"]
            told, page = page_of(desk, code, [*said, ("lignes", rows)])
        forms = list(forms_of(told, page))
        for act, form, shown in forms if not rows else [forms[0], forms[-1]]:
            with pytest.raises(ExtractionError) as raised:
                acting.ACTS[act](desk, code, form)
            if not isinstance(raised.value, Written):
                assert rows and "Dites à côté" in str(raised.value)
                continue
            for key, meaning in raised.value.of.items():
                otherwise += _apart(desk, code, form, key, meaning, *shown(key))
                compared += 1
    return compared, otherwise


def _apart(
    desk: Desk, code: str, form: Fields, key: str, meaning: Mapping[str, str], shown: Shown, indicator: str
) -> list[str]:
    """What a figure would be written with and does not show, or the other way round."""
    dossier = desk.dossier(code)
    item = find_item(dossier, key)
    told = {
        d: next((c for c, label in dossier.catalogue.labels[d].items() if label == words), slug(words))
        for d, words in fields_named(form, item).items()
    }
    stands = indicator == shown.codes[0] or indicator not in shown.otherwise
    said = shown.of[key] if stands else written_with(desk.suggester(dossier), item, indicator, {})
    written = {d: meaning[d] for d in DIMENSIONS if meaning[d] not in ("", UNSTATED)}
    shown_there = {**said, **told}
    return (
        [] if written == shown_there else [f"{item.printed} ({item.label}): {written}, shown {shown_there}"]
    )


LONE_ROW = """\
CPAM du Gers
Rapport d'activité 2022

INVALIDITÉ

721 capitaux décès
"""


def test_a_member_that_the_words_of_a_row_say_is_shown_and_can_be_taken_away(tmp_path: Path) -> None:
    house = lay_out(tmp_path, LONE_ROW, REVIEWED)
    dossier = house.dossier()
    (item,) = (item for item in dossier.items if item.printed == "721")
    assert item.meaning["risque"] == UNSTATED  # the draft says nothing of it, the words of the row do
    with serving(house) as host:
        named = f"groupe={group_of(dossier, '721')}&autre_indicateur=pensions_invalidite_nombre"
        page = ask(host, "GET", f"/rapport/{CODE}?{named}", COOKIE)[1]
        (form,) = html.fromstring(page).xpath("//form[contains(@class, 'decision')]")
        shown = dict(sent_of(form))
        assert shown["risque"] == shown["affiche_risque"] == "deces"
        said = [(k, "non_precise" if k == "risque" else v) for k, v in sent_of(form)]
        said = [*said, ("indicateur", "pensions_invalidite_nombre")]
        assert send(house, host, "decider", *said)[0] == 303
    (item,) = (item for item in house.dossier().items if item.printed == "721")
    assert item.reviewed and item.meaning["risque"] == UNSTATED
