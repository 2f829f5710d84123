"""What must hold of every page: links, anchors, one place for every figure, sums, French, size, escaping, the
same bytes twice.
"""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.errors import NightError
from orchestration.site.build import HEAVIEST, Site, build_site, refuse_faulty
from orchestration.site.figures import charts_of
from orchestration.site.indicators import who_prints
from orchestration.site.links import Links
from orchestration.site.spreadsheets import WORTH_A_BOOK
from tests.site.made import HOSTILE, with_print, with_records

CELLS = ("td", "th")
#: What the start of an element, or the end of one (``/``), closes by itself.
IMPLIED_BY = {
    "td": CELLS,
    "th": CELLS,
    "tr": (*CELLS, "tr"),
    **dict.fromkeys(("/thead", "/tbody", "/table", "tbody"), (*CELLS, "tr")),
    **dict.fromkeys(("li", "/ul", "/ol"), ("li",)),
    **dict.fromkeys(("p", "h2", "figure", "/section"), ("p",)),
}
VOID = {"meta", "link", "input", "img", "br", "hr", "path", "rect", "line", "circle"}


class Elements(HTMLParser):
    """The elements of a page that have an ``id``, with their text; its links; and what is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.open: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        self.spoken: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._imply(*IMPLIED_BY.get(tag, ()))
        given = dict(attrs)
        name = given.get("id") or ""
        if name:
            self.ids[name] += 1
            self.texts[name] = ""
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if tag not in VOID:
            self.open.append((tag, name))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return None

    def _imply(self, *tags: str) -> None:
        """Close what a table's next cell or row, or its end, closes by itself."""
        while self.open and self.open[-1][0] in tags:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        self._imply(*IMPLIED_BY.get(f"/{tag}", ()))
        if not self.open or self.open[-1][0] != tag:
            self.wrong.append(tag)
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        for _, name in self.open:
            if name:
                self.texts[name] += data
        if not any(tag in ("script", "style", "code", "pre") for tag, _ in self.open):
            self.spoken.append(data)


def elements(path: Path) -> Elements:
    parser = Elements()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def pages(site: Site, below: str = "") -> Iterator[Path]:
    return iter(sorted((site.folder / below).rglob("*.html")))


def rows(build: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(build), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def report_pages(site: Site, code: str) -> list[Path]:
    return [site.folder / f"rapport/{code}.html", *sorted((site.folder / f"rapport/{code}").glob("*.html"))]


def test_no_link_is_dead_and_none_leaves_the_machine(site: Site, printed_site: Site) -> None:
    for made in (site, printed_site):
        assert (made.dead, made.foreign) == ([], [])
        assert made.links > 10_000
        refuse_faulty(made)


@pytest.mark.parametrize(
    ("content", "dead"),
    [
        (b'<a id="x" href="b.html">', ["a.html -> b.html"]),
        (b'<a id="x" href="#y">', ["a.html -> a.html#y"]),
        (b'<a id="x" href="#x">', []),
        (b'<a id="x" href="../outside.duckdb">', []),
        (b'<img src="image.png">', ["a.html -> image.png"]),
    ],
)
def test_a_dead_link_is_noticed(content: bytes, dead: list[str]) -> None:
    links = Links()
    links.add("a.html", content)
    assert links.dead() == dead


@pytest.mark.parametrize("address", ["https://elsewhere.invalid/x", "//elsewhere.invalid/x", "http://x"])
def test_an_address_of_another_host_is_noticed(address: str, tmp_path: Path) -> None:
    links = Links()
    links.add("a.html", f'<img src="{address}">'.encode())
    assert len(links.foreign) == 1
    with pytest.raises(NightError, match="1 addresses of other hosts"):
        refuse_faulty(Site(tmp_path, 1, 1, 1, 1, 1, [], [], sorted(links.foreign)))


def test_pages_are_well_formed_and_their_names_are_unique(site: Site) -> None:
    for page in pages(site):
        seen = elements(page)
        assert not seen.wrong and not seen.open, (page, seen.wrong[:3], seen.open[:3])
        assert max(seen.ids.values(), default=1) == 1, page


@pytest.mark.parametrize("which", ["night", "printed"])
def test_every_printed_number_has_its_anchor_with_its_ink(request: pytest.FixtureRequest, which: str) -> None:
    build: Path = request.getfixturevalue(which)
    site: Site = request.getfixturevalue("site" if which == "night" else "printed_site")
    found: dict[str, dict[str, str]] = {}
    for code, line, column, ink in rows(
        build, "select rapport_code, ligne, colonne, valeur_imprimee from audit.nombre"
    ):
        if code not in found:
            found[code] = {}
            for page in (
                report_pages(site, code)
                if (site.folder / f"rapport/{code}").is_dir()
                else [site.folder / f"rapport/{code}.html"]
            ):
                texts = elements(page).texts
                assert not set(texts) & {name for name in found[code] if name[0] in "ln"}, (
                    "an anchor on two pages"
                )
                found[code] |= {name: text for name, text in texts.items() if name[0] in "ln"}
        assert " ".join(found[code][f"n{line}-{column}"].split()) == " ".join(ink.split()), (
            code,
            line,
            column,
        )
        assert f"l{line}" in found[code]


def test_every_observation_is_on_one_indicator_page_which_leads_to_its_ink(night: Path, site: Site) -> None:
    led: Counter[tuple[str, str]] = Counter()
    for page in pages(site, "indicateur"):
        code = page.relative_to(site.folder / "indicateur").parts[0].removesuffix(".html")
        for link in elements(page).links:
            if found := re.search(r"rapport/(\w+)(?:/\d+)?\.html#(n\d+-\d+)$", link):
                led[code, f"{found[1]}#{found[2]}"] += 1
    expected = rows(night, "select indicateur_code, rapport_code, ligne, colonne from marts.fct_observation")
    assert led == Counter((code, f"{report}#n{line}-{column}") for code, report, line, column in expected)


def test_totals_of_the_csv_are_those_of_sql_and_the_workbook_holds_the_same(night: Path, site: Site) -> None:
    expected = dict(
        rows(night, "select indicateur_code, sum(valeur) from marts.fct_observation group by all")
    )
    for code, total in expected.items():
        told = list(
            csv.DictReader(io.StringIO((site.folder / f"indicateur/{code}.csv").read_text(encoding="utf-8")))
        )
        assert sum(Decimal(row["valeur"]) for row in told) == total, code
        if len(told) < WORTH_A_BOOK:
            assert not (site.folder / f"indicateur/{code}.xlsx").exists()
            continue
        with zipfile.ZipFile(site.folder / f"indicateur/{code}.xlsx") as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        values = [
            re.findall(r"<c(?: [^>]*)?>(?:<v>(.*?)</v>)?|<c/>", line)[7]
            for line in re.findall(r"<row>(.*?)</row>", sheet)[1:]
        ]
        assert sum(map(Decimal, values)) == total, code


#: Whole words of the pages' own, outside of print, code and numbers as printed.
_WRONG_FRENCH = {
    "a straight apostrophe": re.compile(r"[a-zàâéèêîôûç]'[a-zàâéèêîôûçA-Z]"),
    "a plain blank before tall punctuation": re.compile(r"[ \u00a0][;!?%€»]"),
    "a plain blank before a colon": re.compile(r"[ \u00a0]:(?: |$)"),
    "a hyphen for a minus": re.compile(r"(?:^|\s)-\d"),
}  # fmt: skip


def own_words(page: Path) -> str:
    html = page.read_text(encoding="utf-8")
    html = re.sub(r'(?s)<section class="encre".*?</section>', " ", html)
    # Numbers as printed are those of the print: links to ink whose text is the ink.
    html = re.sub(
        r'(?s)<a[^>]*#n\d+-\d+"[^>]*>.*?</a>|<code>.*?</code>|<pre.*?</pre>|<script.*?</script>', " ", html
    )
    html = re.sub(r"«\u202f.*?\u202f»", "«»", html)
    return (
        re.sub(r"<[^>]+>", "\n", html)
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
    )


def test_only_relations_are_told_as_verified(night: Path, site: Site) -> None:
    """What is compared with the usual, or read twice, verifies nothing; thousands would look like proof."""
    marks = "nature in ('plausibilite', 'seconde_lecture')"
    with duckdb.connect(str(night), read_only=True) as connection:
        counted = dict(
            connection.execute(f"select {marks}, count(*) from marts.fct_controle group by all").fetchall()
        )
    home = (site.folder / "index.html").read_text(encoding="utf-8")
    told = re.search(r"relations vérifiées</a></dt><dd>([^<]+)", home)
    assert counted[True] > 0 and told
    assert re.sub(r"\D", "", told[1]) == str(counted[False])


def test_a_figure_that_should_be_looked_at_says_so_where_it_is_opened(night: Path, site: Site) -> None:
    """An unusual value is in no relation: its box said that nothing checks it, and no more."""
    found = rows(
        night,
        "select o.rapport_code, count(distinct observation_key) from marts.pont_controle_observation "
        "join marts.fct_controle using (controle_key) "
        "join marts.fct_observation as o using (observation_key) where verdict = 'a_verifier' group by all",
    )
    assert found
    for report, count in found:
        pages_of = [
            site.folder / f"rapport/{report}.html",
            *(site.folder / f"rapport/{report}").glob("*.html"),
        ]
        told = "".join(page.read_text(encoding="utf-8") for page in pages_of)
        assert told.count("à vérifier\u202f: ") == count, report


def test_a_marked_figure_stands_beside_what_is_usual_and_who_says_so(night: Path, site: Site) -> None:
    marked = rows(
        night,
        "select rapport_code, count(*) from marts.fct_controle where nature = 'plausibilite' "
        "and verdict = 'a_verifier' group by all",
    )
    assert marked
    for report, count in marked:
        paths = [
            site.folder / f"controles/{report}.html",
            *(site.folder / f"rapport/{report}").glob("controles*.html"),
            *(site.folder / f"controles/{report}").glob("*.html"),
        ]
        told = "".join(path.read_text(encoding="utf-8") for path in paths if path.exists())
        usual = re.findall(
            r"<td><td>entre [−\d\u202f,]+ et [−\d\u202f,]+ d’après \d+ semblables \([^)]+\)", told
        )
        assert len(usual) == count


def test_what_a_body_prints_of_its_change_alone_is_told_as_an_evolution(night: Path, site: Site) -> None:
    alone = rows(
        night,
        "select organisme_code, indicateur_code from marts.fct_observation group by all "
        "having bool_and(nature = 'evolution')",
    )
    assert alone
    for body, indicator in alone:
        pages_of = [
            site.folder / f"organisme/{body}.html",
            *(site.folder / f"organisme/{body}").glob("*.html"),
        ]
        told = "".join(page.read_text(encoding="utf-8") for page in pages_of)
        row = re.search(rf'<tr><th scope=row><a href="[./]*indicateur/{indicator}\.html">.*', told)
        assert row and "<em>évolution</em>" in row[0], (body, indicator)


def test_pages_are_in_french_print(site: Site) -> None:
    for page in pages(site):
        words = own_words(page)
        for what, wrong in _WRONG_FRENCH.items():
            if found := wrong.search(words):
                pytest.fail(
                    f"{page.relative_to(site.folder)}: {what}: "
                    f"{words[max(0, found.start() - 30) : found.end() + 20]!r}"
                )
        assert '<html lang="fr">' in page.read_text(encoding="utf-8")


def test_tables_have_captions_and_heads_and_charts_have_names(site: Site) -> None:
    for page in pages(site):
        html = page.read_text(encoding="utf-8")
        assert html.count("<table") == html.count("<caption"), page
        assert not re.findall(r"<th(?![^>]*scope=)[ >]", html), page
        assert not re.findall(r"<svg(?![^>]*aria-(?:label|hidden)=)[ >]", html), page
        assert html.count("<h1>") == 1, page


def test_no_page_is_heavier_than_a_telephone_likes(site: Site, printed_site: Site) -> None:
    for made in (site, printed_site):
        assert not made.heavy
        assert max(path.stat().st_size for path in pages(made)) <= HEAVIEST


def test_two_builds_of_one_state_are_the_same_bytes(night: Path, site: Site, tmp_path: Path) -> None:
    again = build_site(night, tmp_path / "site")
    assert (again.pages, again.bytes) == (site.pages, site.bytes)
    for path in sorted(site.folder.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (again.folder / path.relative_to(site.folder)).read_bytes(), path


def test_labels_and_lines_cannot_carry_markup(night: Path, tmp_path: Path) -> None:
    build = with_print(with_records(night, tmp_path / "observatoire.duckdb"))
    with duckdb.connect(str(build)) as connection:
        connection.execute("update marts.dim_indicateur set definition = ?", [HOSTILE])
        connection.execute("update marts.dim_organisme set libelle = ? || organisme_code", [HOSTILE])
        connection.execute("update marts.dim_motif set libelle = ?", [HOSTILE])
        connection.execute("update raw.ligne set texte = texte || ?", [f" {HOSTILE} \x00\x07\x1b &amp; \"'"])
        connection.execute("update marts.dim_constat set explication = ?", [HOSTILE])
        ((key, code, line),) = connection.execute(
            "select observation_key, rapport_code, ligne from marts.fct_observation limit 1"
        ).fetchall()
        told = [
            ("valeur", "-980", "1234567", True),
            ("unite", "nombre", "EUR", True),
            ("nature", "", "x", False),
        ]
        connection.executemany(
            "insert into audit.correction by name select ? as nombre_key, ? as rapport_code, ? as ligne, "
            "0 as colonne, ? as champ, ? as avant, ? as apres, ? as appliquee, ? as motif, date '2024-03-01' "
            "as date_correction",
            [[key, code, line, *one, f"{HOSTILE} parce que"] for one in told],
        )
    made = build_site(build, tmp_path / "site")
    assert not made.faults
    (page,) = [one for one in report_pages(made, code) if f'id="l{line}"' in one.read_text(encoding="utf-8")]
    said = page.read_text(encoding="utf-8")
    assert "Unité : lu « nombre », corrigé en « euros » ; Valeur : lu «" in said.replace("\u202f", " ")
    assert "« −980 », corrigé en « 1 234 567 » par une personne, le 1er\xa0mars 2024" in said.replace(
        "\u202f", " "
    )
    assert "pas encore appliquée : Nature : lu « rien »" in said.replace("\u202f", " ")
    for page in pages(made):
        html = page.read_text(encoding="utf-8")
        assert "<script>alert" not in html, page
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", html), page
    assert "<script>" not in (made.folder / "index.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(("verdict", "asked"), [("exact", False), ("a_verifier", True)])
def test_a_report_whose_only_relations_are_counted_and_not_listed_has_its_page(
    night: Path, tmp_path: Path, verdict: str, asked: bool
) -> None:
    build = with_records(night, tmp_path / "observatoire.duckdb")
    with duckdb.connect(str(build)) as connection:
        connection.execute("update marts.fct_controle set nature = 'borne', verdict = ?", [verdict])
        checked = connection.execute("select distinct rapport_code from marts.fct_controle").fetchall()
        assert checked
    made = build_site(build, tmp_path / "site")
    assert not made.faults
    for (code,) in checked:
        page = (made.folder / f"rapport/{code}.html").read_text(encoding="utf-8")
        assert ("<dt>dont à vérifier</dt>" in page) == asked


def test_the_lines_of_the_page_of_downloads_work_as_typed(
    night: Path, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(night, tmp_path / "observatoire.duckdb")
    (tmp_path / "parquet").mkdir()
    (tmp_path / "site").symlink_to(site.folder)
    with duckdb.connect(str(night), read_only=True) as connection:
        connection.execute(
            f"copy marts.fct_observation to '{tmp_path / 'parquet' / 'fct_observation.parquet'}'"
        )
    page = (site.folder / "telechargements.html").read_text(encoding="utf-8")
    told = [html.unescape(code) for code in re.findall(r"(?s)<pre[^>]*><code>(.*?)</code></pre>", page)]
    sql, python, r = told
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as connection:
        for statement in filter(str.strip, sql.split(";")):
            answer = connection.execute(statement)
            assert statement.lstrip().startswith("attach") or answer.fetchall(), statement
    names: dict[str, Any] = {}
    exec(python, names)
    names["base"].close()
    assert names["chiffres"].height == names["memes"].height > names["page"].height > 0
    assert all(re.fullmatch(r"(library\(\w+\)|\w+ <- [\w.]+\(.*\))", line) for line in r.splitlines())


def test_a_file_that_is_no_build_is_refused_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "observatoire.duckdb").write_text("no file of DuckDB")
    with pytest.raises(NightError, match=r"observatoire\.duckdb cannot be read for the pages"):
        build_site(tmp_path / "observatoire.duckdb", tmp_path / "site")


def test_a_report_that_waits_to_be_read_is_not_said_to_print_nothing() -> None:
    reports = {
        code: {"titre": f"Rapport d'activité 2021, {code}", "nb_non_revues": waiting}
        for code, waiting in (("a", 0), ("b", 3), ("c", 0), ("d", 2))
    }
    told = who_prints(["a", "d"], reports)
    assert [[code for code, _ in told[name]] for name in ("qui", "pas", "non_relus")] == [
        ["a", "d"],
        ["c"],
        ["b"],
    ]
    assert told["non_relus"] == [("b", "b, 2021")]
    assert {told[f"{name}_plus"] for name in ("qui", "pas", "non_relus")} == {0}


@pytest.mark.parametrize(("reviewed", "drawn"), [(True, 1), (False, 0)])
def test_no_chart_shows_a_figure_that_nobody_reviewed(reviewed: bool, drawn: int) -> None:
    usual = {
        "perimetre": "entier", "periode_type": "annee", "nature": "constate", "unite": "nombre", "ligne": 1,
        "colonne": 0, "annee": 2021, "periode_code": "2021", "precisions": [], "organisme_type": "cpam",
    }  # fmt: skip
    figures = [
        {**usual, "organisme_code": code, "organisme": code, "valeur": Decimal(value), "revue": revue}
        for code, value, revue in (("a", 12, True), ("b", 9, reviewed))
    ]
    assert len(charts_of("Visites", figures)) == drawn
