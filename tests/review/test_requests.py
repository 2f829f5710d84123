"""The pages answer to this machine, to the token of this run and to their own forms; to nobody else."""

from __future__ import annotations

import errno
import http.client
import os
import re
import shutil
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from click.testing import CliRunner

from orchestration.building.lock import only_one
from orchestration.commands.review import review
from orchestration.errors import NightError
from orchestration.review import desk
from orchestration.review.decisions import Decision, decide
from orchestration.review.dossier import Item
from orchestration.review.groups import Group, cuts_of, groups_of
from orchestration.review.late_forms import realigned
from orchestration.review.pictures import marks_by_page
from tests.review.conftest import CODE, PRINTED, TOKEN, House, lay_out, serving
from tests.review.test_decisions import ROWS

COOKIE = {"Cookie": f"revue={TOKEN}"}


def own_headers(host: str) -> dict[str, str]:
    """What a page of a server sends with its forms."""
    return {"Cookie": _own(COOKIE["Cookie"], host), "Origin": f"http://{host}"}


def _own(cookie: str, host: str) -> str:
    """A cookie under the name of its port: a browser keeps one for all ports of a machine."""
    return cookie.replace("revue=", f"revue_{host.rpartition(':')[2]}=")


def ask(
    host: str,
    method: str,
    path: str,
    headers: dict[str, str] | None = None,
    form: list[tuple[str, str]] | None = None,
) -> tuple[int, str]:
    connection = http.client.HTTPConnection(host, timeout=300)
    body = urlencode(form) if form is not None else None
    told = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
    if headers and "Cookie" in headers:
        told["Cookie"] = _own(headers["Cookie"], host)
    connection.request(method, path, body, {**(headers or {}), **told})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {}, 403),
        ("GET", {"Cookie": "revue=autre"}, 403),
        ("GET", {**COOKIE, "Host": "ailleurs.example"}, 421),
        ("POST", {}, 403),
        ("POST", COOKIE, 403),
        ("POST", {**COOKIE, "Origin": "http://ailleurs.example"}, 403),
        ("POST", {**COOKIE, "Origin": "http://{host}", "Sec-Fetch-Site": "cross-site"}, 403),
        ("GET", COOKIE, 405),  # in French, as the others
    ],
)
def test_strangers_are_refused(
    served: tuple[House, str], method: str, headers: dict[str, str], status: int
) -> None:
    house, host = served
    before = house.template
    path = f"/rapport/{CODE}/decider" if method == "POST" or status == 405 else "/"
    told = {key: value.format(host=host) for key, value in headers.items()}
    answered, page = ask(host, method, path, told, [("geste", "lire")] if method == "POST" else None)
    assert answered == status and re.search("de cette séance|de la revue", page)
    assert house.template == before


def test_a_form_of_its_own_page_decides(served: tuple[House, str]) -> None:
    house, host = served
    own = {**COOKIE, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    dossier = house.dossier()
    item = dossier.items[0]
    form = [("etat", dossier.state), ("chiffre", item.key), ("geste", "lire"), ("canal", "accueil_physique")]
    status, said = ask(host, "POST", f"/rapport/{CODE}/decider", own, form)
    assert status == 422 and "rien n&#39;est choisi d&#39;avance" in said
    form.append(("indicateur", "visites_accueil"))
    assert ask(host, "POST", f"/rapport/{CODE}/decider", own, form)[0] == 303
    assert house.dossier().items[0].reviewed
    status, said = ask(host, "POST", f"/rapport/{CODE}/decider", own, form)  # the same page in another tab
    assert status == 409 and "ont changé depuis" in said


def _named(*rows: str) -> list[tuple[str, str]]:
    """The form fields that say of each row that it names a member of its own words."""
    told = ((("ligne", n, row), ("membre", n, row)) for n, row in enumerate(rows))
    return [(f"{key}{n}", row) for pair in told for key, n, row in pair]


def test_rows_become_members_with_the_decision_and_with_it_alone(served: tuple[House, str]) -> None:
    house, host = served
    own = {**COOKIE, "Origin": f"http://{host}"}
    dossier = house.dossier()
    cells = [("chiffre", i.key) for i in dossier.items if i.label.startswith(("Maladie", "Maternité"))]
    form = [*cells, ("etat", dossier.state), ("geste", "lire"), ("lignes", "programme")]
    seed = house.settings.seeds / "programmes.csv"
    before = seed.read_bytes()
    status, _ = ask(host, "POST", f"/rapport/{CODE}/decider", own, [*form, ("indicateur", "nulle_part")])
    assert status == 422 and seed.read_bytes() == before
    wanted = [*form, ("indicateur", "prestations_versees")]
    status, page = ask(host, "POST", f"/rapport/{CODE}/decider", own, wanted)  # never made of words alone
    assert status == 422 and "ne nomment exactement aucun membre" in page and seed.read_bytes() == before
    wanted += _named("Maladie", "Maternité")
    assert ask(host, "POST", f"/rapport/{CODE}/decider", own, wanted)[0] == 303
    named = {i.meaning["programme"] for i in house.dossier().items if i.reviewed}
    assert named == {"maladie", "maternite"} and seed.read_bytes() != before


def test_each_row_of_a_table_is_named_by_one_form(tmp_path: Path) -> None:
    house = lay_out(tmp_path, ROWS.format(last="590"))
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if any(item.printed == "11 204" for item in g.items))
    named = ("appels_recus", "courriels_recus", "rendez_vous")
    form = [("etat", dossier.state), ("groupe", group.code), ("coupe", "lignes")]
    with serving(house) as host:
        own = {**COOKIE, "Origin": f"http://{host}"}
        series = [(f"serie{rank}", code) for rank, code in enumerate(named)]
        assert ask(host, "POST", f"/rapport/{CODE}/tableau", own, [*form[:2], *series])[0] == 422
        assert ask(host, "POST", f"/rapport/{CODE}/tableau", own, [*form, *series])[0] == 303
    after = house.dossier()
    assert {item.meaning["indicateur"] for item in after.items if item.reviewed} == set(named)
    assert after.reviewed == 6 and house.trail().decisions() == 3


def test_a_port_that_is_taken_is_said_and_no_address_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = CliRunner().invoke(review, ["--port", str(port)])
    assert isinstance(told.exception, NightError) and "http" not in told.output
    assert f"le port {port} ne peut servir (il est pris)" in str(told.exception)


def test_a_clone_that_cannot_be_written_is_not_reviewed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.commands.review.read_settings", lambda: house.settings)
    monkeypatch.setattr("os.access", lambda path, mode: "seeds" not in str(path))
    told = CliRunner().invoke(review, [CODE, "--port", "0"])
    assert isinstance(told.exception, NightError) and "http" not in told.output
    assert "dbt_project/seeds ne s'écrit pas avec vos droits" in str(told.exception)


def test_what_a_decision_made_goes_with_it(served: tuple[House, str]) -> None:
    house, host = served
    own = {**COOKIE, "Origin": f"http://{host}"}
    seed = house.settings.seeds / "programmes.csv"
    before = seed.read_bytes()

    def send(action: str, *said: tuple[str, str]) -> int:
        dossier = house.dossier()
        cells = [("chiffre", i.key) for i in dossier.items if i.label.startswith(("Maladie", "Maternité"))]
        form = [*cells, ("etat", dossier.state), *said]
        return ask(host, "POST", f"/rapport/{CODE}/{action}", own, form)[0]

    named = [("lignes", "programme"), ("indicateur", "prestations_versees")]
    assert (
        send("decider", *named, ("geste", "ecarter"), ("ecarter", "note")) == 303
        and seed.read_bytes() == before
    )
    assert send("annuler") == 303
    named += _named("Maladie", "Maternité")
    assert send("decider", *named, ("geste", "lire")) == 303 and seed.read_bytes() != before
    assert send("annuler", ("etape", "another tab's")) == 409 and seed.read_bytes() != before
    assert send("annuler") == 303 and seed.read_bytes() == before
    assert send("decider", *named, ("geste", "lire")) == 303
    extract = house.settings.raw / "cpam_lot_2020" / "numbers.csv"  # a table reads members by their names
    extract.parent.mkdir()
    extract.write_text("programme_code\nmaladie\n", encoding="utf-8")
    other = house.settings.raw / "cpam_herault_2021" / "autre.yml"
    other.write_text("blocs: []\n# programme: maternite\n", encoding="utf-8")  # another report needs it
    assert send("annuler") == 303
    added = [line.split(b",")[0] for line in seed.read_bytes().splitlines() if line not in before]
    assert sorted(added) == [b"maladie", b"maternite"]


NEW = {"libelle": "Passages au guichet", "definition": "Les passages au guichet", "unite": "nombre"}


@pytest.mark.parametrize(
    ("new", "figures", "status"),
    [
        ({**NEW, "domaine": "accueil"}, ["1 204"], 303),
        ({**NEW, "domaine": "accueil", "definition": ""}, ["1 204"], 303),  # one is drafted, as beside a row
        ({**NEW, "domaine": "accueil", "unite": "EUR"}, ["1 204"], 422),  # what the night refuses
        ({**NEW, "domaine": "accueil"}, [], 422),
        (NEW, ["1 204"], 422),  # without a domain
    ],
)
def test_an_indicator_is_made_with_the_decision_and_taken_back_with_it(
    served: tuple[House, str], new: dict[str, str], figures: list[str], status: int
) -> None:
    """It decided nothing, and "Annuler" took back the decision before it."""
    house, host = served
    own = {**COOKIE, "Origin": f"http://{host}"}
    dossier, before = house.dossier(), house.template
    seed = house.settings.seeds / "indicateurs.csv"
    known = seed.read_bytes()
    ticked = [("chiffre", item.key) for item in dossier.items if item.printed in figures]
    said = [*ticked, *((f"nouveau_{key}", value) for key, value in new.items())]
    form = [("etat", dossier.state), ("autre_indicateur", "visites_accueil"), *said]
    answered, page = ask(host, "POST", f"/rapport/{CODE}/indicateur", own, form)
    assert answered == status and (status == 303) == (seed.read_bytes() != known)
    assert (status == 303) == (house.template != before) != ('value="Passages au guichet"' in page)
    if status == 303:
        named = [item.meaning["indicateur"] for item in house.dossier().items if item.reviewed]
        assert named == ["passages_au_guichet"] and house.trail().decisions() == 1
        assert ask(host, "POST", f"/rapport/{CODE}/annuler", own, [])[0] == 303
        assert house.template == before and seed.read_bytes() == known


def test_an_indicator_is_not_made_where_its_decision_finds_no_room(
    served: tuple[House, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, host = served
    own = {**COOKIE, "Origin": f"http://{host}"}
    dossier, before = house.dossier(), house.template
    seed = house.settings.seeds / "indicateurs.csv"
    known, replaced = seed.read_bytes(), os.replace

    def full(source: Path, target: Path) -> None:
        if Path(target).name == "template.yml":
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        replaced(source, target)

    monkeypatch.setattr("orchestration.review.trail.os.replace", full)
    said = [(f"nouveau_{key}", value) for key, value in {**NEW, "domaine": "accueil"}.items()]
    form = [("etat", dossier.state), ("chiffre", dossier.items[0].key), *said]
    status, page = ask(host, "POST", f"/rapport/{CODE}/indicateur", own, form)
    assert status == 422 and "plus de place sur le disque" in page and 'value="Passages au guichet"' in page
    assert (seed.read_bytes(), house.template, house.trail().steps()) == (known, before, [])


@pytest.mark.parametrize(("dimension", "status"), [("canal", 303), ("", 422)])
def test_a_lone_figure_names_a_new_member(served: tuple[House, str], dimension: str, status: int) -> None:
    house, host = served
    own = {**COOKIE, "Origin": f"http://{host}"}
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.items[0].printed == "1 204")
    page = ask(host, "GET", f"/rapport/{CODE}?groupe={group.code}", COOKIE)[1]
    assert 'name="referentiel"' in page and 'name="nom_bis"' in page
    form = [("etat", dossier.state), ("chiffre", group.items[0].key), ("indicateur", "visites_accueil")]
    form += [("referentiel", dimension), ("nom", "Borne en mairie")]
    assert ask(host, "POST", f"/rapport/{CODE}/decider", own, form)[0] == status
    named = [item.meaning["canal"] for item in house.dossier().items if item.reviewed]
    assert named == (["borne_en_mairie"] if dimension else [])
    made = "borne_en_mairie" in (house.settings.seeds / "canaux.csv").read_text(encoding="utf-8")
    assert made == bool(dimension)


@pytest.mark.parametrize(
    "path",
    ["/rapport/../seeds", "/rapport/nulle_part", "/rapport/cpam_gers_2022/page/1.png", "/static/../guard.py"],
)
def test_what_is_not_there_is_said(served: tuple[House, str], path: str) -> None:
    status, page = ask(served[1], "GET", path, COOKIE)
    assert status == 404 and ("nulle_part" in page or "png" in path or "pas de page à cette adresse" in page)


def test_a_group_shows_its_own_print_first(tmp_path: Path) -> None:
    far = "\n".join(["", *["Rien de chiffré ici."] * 9, "", "Nous avons reçu 5 310 courriels.", ""])
    house = lay_out(tmp_path, PRINTED + far)
    dossier = house.dossier()
    last = max(groups_of(dossier), key=lambda group: group.items[0].line)
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={last.code}", COOKIE)[1]
    print_told = page[page.index('class="encre') :].split("<table>")
    assert len(print_told) > 2 and f'<th scope="row">{last.items[0].line}</th>' in print_told[1]
    paged = [replace(item, page=n, box=(0.0, 0.0, 9.0, 9.0)) for n, item in enumerate(dossier.items, 1)]
    assert list(marks_by_page(Group(tuple(paged)), paged, paged[2:3]))[:3] == [3, 1, 2]


def test_an_error_that_nobody_foresaw_is_a_page(
    served: tuple[House, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("655-6")

    monkeypatch.setattr("orchestration.review.application.report_told", fails)
    status, page = ask(served[1], "GET", f"/rapport/{CODE}", COOKIE)
    assert status == 500 and "Erreur imprévue" in page and "655-6" not in page
    monkeypatch.undo()
    assert ask(served[1], "GET", f"/rapport/{CODE}", COOKIE)[0] == 200


@pytest.mark.parametrize("there", [True, False])
def test_a_document_that_is_missing_is_said_with_the_address(
    house: House, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setattr("orchestration.commands.review.read_settings", lambda: house.settings)
    monkeypatch.setattr("uvicorn.Server.run", lambda *_: None)
    monkeypatch.setenv("OBSERVATOIRE_JETON", "celui-ci")
    if not there:
        shutil.rmtree(house.settings.documents)
    told = CliRunner().invoke(review, [CODE, "--port", "0"]).output
    assert "?jeton=celui-ci" in told and ("ne se relit pas sans son document" in told) != there


def test_labels_of_a_report_are_only_text(served: tuple[House, str]) -> None:
    house, host = served
    path = house.folder / "template.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            "libelle: visites à l'accueil", "libelle: <script>alert(1)</script>"
        ),
        encoding="utf-8",
    )
    status, page = ask(host, "GET", f"/rapport/{CODE}", COOKIE)
    assert status == 200 and "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_a_search_keeps_what_was_ticked_and_corrected(served: tuple[House, str]) -> None:
    house, host = served
    group = groups_of(house.dossier())[0]
    ticked = group.items[0].key
    search = [("groupe", group.code), ("cherche", "visites")]
    corrected = [*search, ("chiffre", ticked), ("unite", "minutes"), ("periode", "2019")]
    for query, kept in ((corrected, True), (search, False)):
        status, page = ask(host, "GET", f"/rapport/{CODE}?{urlencode(query)}", COOKIE)
        assert status == 200
        assert ('<option value="minutes" selected>minutes</option>' in page, 'value="2019"' in page) == (
            kept,
            kept,
        )
        assert f'value="{ticked}" checked' in page


@pytest.mark.parametrize(("elsewhere", "status"), [("91,2", 303), ("1 204", 409)])
def test_a_form_goes_through_while_its_own_figures_read_as_it_showed_them(
    served: tuple[House, str], elsewhere: str, status: int
) -> None:
    house, host = served
    own = {**COOKIE, "Origin": f"http://{host}"}
    dossier = house.dossier()
    shown, other = (
        next(g for g in groups_of(dossier) if any(i.printed.startswith(printed) for i in g.items))
        for printed in ("1 204", elsewhere)
    )
    page = ask(host, "GET", f"/rapport/{CODE}?groupe={shown.code}", COOKIE)[1]
    form = re.findall(r'name="(etat|vu)" value="(\w+)"', page[page.index('class="decision"') :])[:2]
    form += [
        ("groupe", shown.code),
        ("geste", "lire"),
        ("indicateur", "visites_accueil"),
        ("canal", "courrier"),
    ]
    form += [("nouveau_libelle", "Une définition écrite"), ("chiffre", shown.items[0].key)]
    between = [("etat", dossier.state), ("geste", "garder"), ("chiffre", other.items[0].key)]
    assert ask(host, "POST", f"/rapport/{CODE}/decider", own, between)[0] == 303
    answered, page = ask(host, "POST", f"/rapport/{CODE}/decider", own, form)
    assert answered == status and len(house.trail().steps()) == (2 if status == 303 else 1)
    if status == 409:
        assert "ont changé depuis" in page and "Une définition écrite" in page and "déjà relu" in page
        assert '<option value="courrier" selected>' in page
        assert f'href="/rapport/{CODE}?groupe={shown.code}">Ce groupe' in page


@pytest.mark.parametrize(("gone", "kept"), [(True, {"serie1": "b"}), (False, {"serie1": "a", "serie2": "b"})])
def test_what_was_written_beside_rows_follows_them(tmp_path: Path, gone: bool, kept: dict[str, str]) -> None:
    """A row that was decided elsewhere moves those below it up by one."""
    house = lay_out(tmp_path, ROWS.format(last="590"))
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if any(item.printed == "11 204" for item in g.items))
    rows = cuts_of(dossier, group)["lignes"]
    form = [("groupe", group.code), ("coupe", "lignes"), ("serie1", "a"), ("serie2", "b")]
    form += [(f"de{rank}", one.items[0].key) for rank, one in enumerate(rows)]
    if gone:
        decision = Decision(tuple(item.key for item in rows[1].items), {"indicateur": "courriels_recus"})
        dossier = decide(dossier, decision, dossier.state, house.trail())
    now = dict(realigned(dossier, form))
    assert {key: value for key, value in now.items() if key.startswith("serie")} == kept


def _followed(host: str, action: str, form: list[tuple[str, str]]) -> str:
    """The group that a form leads to."""
    own = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{host}"}
    own["Cookie"] = _own(COOKIE["Cookie"], host)
    connection = http.client.HTTPConnection(host, timeout=300)
    connection.request("POST", f"/rapport/{CODE}/{action}", urlencode(form), own)
    return dict(parse_qsl(urlsplit(connection.getresponse().headers["Location"]).query)).get("groupe", "")


def test_a_decision_leads_to_the_next_group_and_taking_it_back_to_its_own(served: tuple[House, str]) -> None:
    house, host = served
    first, *others = groups_of(house.dossier())
    seen = []
    for group in others:  # the first one is skipped, and comes last
        form = [("etat", house.dossier().state), ("groupe", group.code), ("geste", "ecarter")]
        form.append(("ecarter", "anecdote"))
        form += [("chiffre", item.key) for item in group.items]
        seen.append(_followed(host, "decider", form))
    assert seen == [*(group.code for group in others[1:]), first.code]
    assert _followed(host, "annuler", [("groupe", first.code)]) == others[-1].code


def test_a_report_without_figures_says_that_nothing_is_to_review(tmp_path: Path) -> None:
    house = lay_out(tmp_path, "CPAM du Gers\nRapport d'activité 2022\n\nNous remercions nos partenaires.\n")
    with serving(house) as host:
        status, page = ask(host, "GET", f"/rapport/{CODE}", COOKIE)
    assert status == 200 and "Rien n'est à relire" in page


def test_a_wide_table_is_shown_without_the_blanks_that_all_its_rows_share(tmp_path: Path) -> None:
    wide = f"""CONTACTS

{"Canal":<60}{"2021":>12}{"2022":>40}
{"Appels reçus":<60}{"10 655":>12}{"11 204":>40}
{"Courriels reçus":<60}{"3 021":>12}{"2 870":>40}
"""
    house = lay_out(tmp_path, PRINTED + wide)
    group = next(g for g in groups_of(house.dossier()) if any(i.printed == "11 204" for i in g.items))
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={group.code}", COOKIE)[1]
    rows = [re.sub("<[^>]*>", "", row) for row in re.findall(r"<td>(.*?)</td>", page)]
    shown = next(row for row in rows if row.startswith("Appels reçus"))
    assert shown.split("  ")[0] == "Appels reçus" and "10 655" in shown and shown.endswith("11 204")
    assert len(shown) < 45
    below = next(row for row in rows if row.startswith("Courriels reçus"))
    assert len(below) == len(shown) and below.endswith("  2 870")  # columns stay under one another


def test_of_two_pages_that_decide_at_once_one_is_told_to_look_again(house: House) -> None:
    """Two processes on one clone: both said that they had written, one decision was lost."""
    dossier = house.dossier()
    chosen = [next(i for i in dossier.items if i.printed == printed) for printed in ("1 204", "1 310")]
    start = threading.Barrier(2)

    def send(host: str, item: Item) -> int:
        form = [
            ("etat", dossier.state),
            ("chiffre", item.key),
            ("geste", "lire"),
            ("indicateur", "visites_accueil"),
        ]
        start.wait()
        return ask(host, "POST", f"/rapport/{CODE}/decider", {**COOKIE, "Origin": f"http://{host}"}, form)[0]

    with serving(house) as one, serving(house) as other, ThreadPoolExecutor(2) as both:
        answers = list(both.map(send, (one, other), chosen))
    assert sorted(answers) == [303, 409]
    written = [item.key for item in house.dossier().items if item.reviewed]
    assert written == [item.key for item, answer in zip(chosen, answers, strict=True) if answer == 303]
    assert house.trail().decisions() == 1


def test_a_clone_that_another_review_holds_is_left_alone(
    served: tuple[House, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, host = served
    monkeypatch.setattr(desk, "WAITS", ())
    with only_one(house.settings.raw, ()):
        status, page = ask(host, "GET", f"/rapport/{CODE}", COOKIE)
    assert status == 409 and "une autre relecture de ce clone" in page
    assert ask(host, "GET", f"/rapport/{CODE}", COOKIE)[0] == 200


def test_two_reviews_in_one_browser_keep_a_cookie_each(house: House) -> None:
    """A cookie is of a machine, whatever the port: opening the second logged the first out."""
    with serving(house) as one, serving(house) as other:
        names = []
        for host in (one, other):
            connection = http.client.HTTPConnection(host, timeout=300)
            connection.request("GET", f"/?jeton={TOKEN}")
            names.append((connection.getresponse().getheader("Set-Cookie") or "").partition("=")[0])
    assert len(set(names)) == 2 and all(name.startswith("revue") for name in names)


def test_a_new_indicator_says_what_it_lacks_before_it_is_sent_and_its_domain_is_a_guess(
    served: tuple[House, str],
) -> None:
    house, host = served
    dossier = house.dossier()
    for printed, domain in (("412,3", "prestations"), ("1 204", "accueil")):
        group = next(g for g in groups_of(dossier) if any(item.printed == printed for item in g.items))
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={group.code}", COOKIE)[1]
        form = page[page.index('class="decision"') : page.index("Créer et décider")]
        assert len(re.findall('name="nouveau_[a-z]+" required', form)) == 2
        assert f'<option value="{domain}" selected>' in form and "deviné d" in form
        assert all(
            "formnovalidate" in tag for tag in re.findall("<button[^>]*>", form)[:-1] if "type=" not in tag
        )
