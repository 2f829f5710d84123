"""Saved pages as people see them: each fragment beside its lines, and beside what must be told as
left out.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.formats import PlainText, from_html

TABLE = (
    "<table><tr><th>Nature</th><th>2021</th><th>2022</th></tr><tr><td>Appels<br>reçus</td><td>98 "
    "450</td><td>97 120</td></tr></table>"
)
MERGED = (
    "<table><caption>Dépenses (en M€)</caption><tr><th rowspan=2>Risque</th><th "
    "colspan=2>2021</th></tr><tr><th>Montant</th><th>Part</th></tr>"
    "<tr><td>Maladie</td><td>640,2</td><td></td></tr></table>"
)
LAYOUT = (
    "<table><tr><td><p>12 visites</p></td><td><table><tr><td>a</td><td>34</td></tr></table></td></tr></table>"
)
AXIS = "<svg><text>0</text><text>100</text><text>200</text><text>Appels</text></svg>"


def page(body: str) -> PlainText:
    return from_html(
        "r.html",
        f"<!doctype html><html><head><title>t 77</title></head><body><p>Début</p>{body}</body></html>".encode(),
    )


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<p>a versé 410<sup>1</sup> millions d'euros</p>", ["a versé 410 millions d'euros ¹"]),
        ("<p>est de 61 230<sup><a href='#n'>[2]</a></sup> en fin</p>", ["est de 61 230 en fin ⁽²⁾"]),
        ("<p>950 m<sup>2</sup> au 1<sup>er</sup> étage, CO<sub>2</sub></p>", ["950 m² au 1er étage, CO2"]),
        ("<p>12 <b>450</b> appels et <span>3</span><span>4</span></p>", ["12 450 appels et 34"]),
        ("<span>2021</span><span>98 450</span><span>appels</span>", ["2021 98 450 appels"]),
        ("<p>Appels<br>98 450</p>", ["Appels", "98 450"]),
        ("<div><div>980</div><div>M€</div><div>de prestations</div></div>", ["980 M€", "de prestations"]),
        ("<div><div>980</div><div>agents</div></div>", ["980", "agents"]),
        (
            "<dl><dt>Appels</dt><dd>98 450</dd><dt>Visites</dt><dd>87</dd></dl>",
            ["Appels : 98 450", "Visites : 87"],
        ),
        ("<ul><li>12 visites</li><li><p>34 appels</p></li></ul>", ["• 12 visites", "• 34 appels"]),
        (
            "<figure><img alt='88'><figcaption>Carte : 12 sites</figcaption></figure><aside>34 "
            "agents</aside>",
            ["Carte : 12 sites", "", "34 agents"],
        ),
        (
            "<article><p>12 sites</p><footer>Source : 34 réponses</footer></article>",
            ["12 sites", "", "Source : 34 réponses"],
        ),
        ("<label>Population : <b>45 210</b></label>", ["Population : 45 210"]),
        ("<pre>Maladie    12\nTotal      34</pre>", ["Maladie    12", "Total      34"]),
        (
            "<svg><title>9</title><text>12 sites</text><text><tspan>34</tspan> agents</text></svg>",
            ["12 sites", "34 agents"],
        ),
        (
            "<p><b>9 jours</b>délai, <i>12 M</i>d'actes, <b>1 jour</b>s</p>",
            ["9 jours délai, 12 M d'actes, 1 jours"],
        ),
        ("<p><b>2 m</b>illions, <b>12 k</b>m, <b>3 M</b>d€</p>", ["2 millions, 12 km, 3 Md€"]),
        (
            "<style>.a > b.n{display: block}</style><div class='a'><b class='n'>8 jours</b>délai</div>",
            ["8 jours", "délai"],
        ),
        ("<style>.a b{display:block}</style><p>les <b>8</b> sites</p>", ["les 8 sites"]),
        ("<style>@media print{b{display:block}}</style><p>les <b>8</b> sites</p>", ["les 8 sites"]),
        ("<style>b{display:inline-block}</style><p>les <b>8</b> sites</p>", ["les 8 sites"]),
        ("<span style='display:block'>8 ans</span>d'écart", ["8 ans", "d'écart"]),
        (
            "<style>.a{display:flex;flex-direction:column}</style><div class='a'><i>8 M</i><i>d'actes</i></div>",
            ["8 M", "d'actes"],
        ),
        (TABLE, ["Nature       | 2021   | 2022", "Appels reçus | 98 450 | 97 120"]),
        (
            MERGED,
            ["Dépenses (en M€)", "Risque  | 2021    |", "        | Montant | Part", "Maladie | 640,2   |"],
        ),
        (LAYOUT, ["12 visites", "", "a | 34"]),
        (
            "<div class='site-nav navbar-page'><p>En 2022, la caisse a versé 12 millions d'euros à ses "
            "assurés</p></div>",
            ["En 2022, la caisse a versé 12 millions d'euros à ses assurés"],
        ),
    ],
)
def test_a_page_reads_as_a_person_reads_it(body: str, lines: list[str]) -> None:
    found = page(body)
    assert found.text.removeprefix("Début\n").removeprefix("\n").rstrip("\n").split("\n") == lines
    assert found.left_out == ()


@pytest.mark.parametrize(
    ("body", "reason", "text"),
    [
        ("<nav><a>Accueil 11</a></nav>", "menu", "Accueil 11"),
        ("<div role='navigation'>Accueil 11</div>", "menu", "Accueil 11"),
        (
            "<ol class='breadcrumb'><li>Rapports 2021</li></ol><p>" + "mot " * 20 + "</p>",
            "menu",
            "Rapports 2021",
        ),
        ("<div id='cookie-banner'>13 mois</div><p>" + "mot " * 20 + "</p>", "bandeau", "13 mois"),
        ("<select><option>2021</option></select>", "formulaire", "2021"),
        ("<p style='display: none'>12 visites</p>", "masque", "12 visites"),
        ("<p hidden>12 visites</p>", "masque", "12 visites"),
        ("<div popover id='d1'>12 visites</div>", "masque", "12 visites"),
        ("<style>.off{display:none}</style><p class='off'>12 visites</p>", "masque", "12 visites"),
        ("<style>p.a.b{visibility: hidden}</style><p class='b a'>12 visites</p>", "masque", "12 visites"),
        ("<style>@media screen{#x{display:none}}</style><p id='x'>12 visites</p>", "masque", "12 visites"),
        (
            "<table><tr><th>An</th><th>N</th></tr><tr style='display:none'><td>2020</td><td>12</td></tr></table>",
            "masque",
            "2020 12",
        ),
        ("<span class='sr-only'>page 3</span>", "masque", "page 3"),
        ("<footer>Mentions 2024</footer>", "pied de page", "Mentions 2024"),
        (AXIS, "graphique", "0 100 200 Appels"),
        ("<svg><text style='display:none'>44</text><text>Appels</text></svg>", "masque", "44"),
        ("<svg><g style='visibility:hidden'><text>44</text></g><text>Appels</text></svg>", "masque", "44"),
    ],
)
def test_what_is_left_out_is_told_with_its_reason(body: str, reason: str, text: str) -> None:
    found = page(body)
    assert [(part.reason, " ".join(part.text.split())) for part in found.left_out] == [(reason, text)]
    assert not any(map(str.isdigit, found.text))


def test_the_values_of_a_chart_that_count_by_no_step_are_in_the_text() -> None:
    bars = ("2020", "21,4", "2021", "25,0", "2022", "27,3")
    found = page("<svg>" + "".join(f"<text>{bar}</text>" for bar in bars) + "</svg>")
    assert all(bar in found.text.split("\n") for bar in bars)
    assert not found.left_out


@pytest.mark.parametrize(
    "sheet",
    [
        ".tab{display:none} .tab.on{display:block}",
        "@media print{.tab{display:none}}",
        "@media (max-width: 600px){.tab{display:none}}",
        "/* .tab{display:none} */ aside .tab{display:none}",
        ".tab{display:none} .tab{display:block}",
        ".tab:hover{display:none} .tabs{display:none}",
    ],
)
def test_a_style_sheet_hides_only_what_no_screen_shows(sheet: str) -> None:
    page = f"<style>{sheet}</style><p class='tab on'>12 visites</p>"
    assert from_html("page.html", page.encode()).text == "12 visites\n"


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        ("<h2>Nos relations avec les assurés</h2><p>12 visites</p>", ["Nos relations avec les assurés"]),
        ("<section><h3><span>La fraude</span><br>en bref</h3></section>", ["La fraude", "en bref"]),
        ("<p><b>Nos relations avec les assurés</b></p>", []),  # it only looks like one
        ("<dl><dt>Assurés</dt><dd><h4>12</h4></dd></dl>", []),  # it is part of another line
    ],
)
def test_headings_are_what_the_page_calls_headings(body: str, titles: list[str]) -> None:
    found = page(body)
    assert [found.text.split("\n")[number - 1] for number in found.large] == titles


def test_a_page_that_shows_nothing_is_refused() -> None:
    with pytest.raises(ExtractionError, match="no text"):
        from_html("r.html", b"<html><body><script>12</script></body></html>")


TAGS = st.sampled_from(
    [
        "p",
        "div",
        "span",
        "b",
        "sup",
        "sub",
        "li",
        "td",
        "tr",
        "table",
        "nav",
        "footer",
        "section",
        "label",
        "dl",
        "dt",
        "dd",
        "svg",
        "text",
        "br",
        "h2",
        "a",
    ]
)
NODES = st.recursive(
    st.text(alphabet="ab 0123456789.,%€", max_size=8),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4)).map(
        lambda node: f"<{node[0]}>{''.join(node[1])}</{node[0]}>"
    ),
    max_leaves=25,
)


@given(NODES)
def test_no_digit_of_any_page_is_lost(body: str) -> None:
    """What the walk misses it names ``perdu``: nothing ever is."""
    found = page(f"<p>mot</p>{body}")
    assert [part for part in found.left_out if part.reason == "perdu"] == []
