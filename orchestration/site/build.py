"""The whole site from one build: every page in one pass over the rows, grouped by indicator, by body and by
report.

The site is a function of the build alone: made again from the published file, it is the same byte for byte.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from pathlib import Path

from orchestration.errors import NightError
from orchestration.site import bodies, concepts, controls, findings, indicators, overview, reference, reports
from orchestration.site.facsimile import Originals
from orchestration.site.frame import Page, Places
from orchestration.site.links import Links
from orchestration.site.overview import Edition
from orchestration.site.rows import Aligned, Row, Rows, open_rows

STATIC = Path(__file__).with_name("static")
STATIC_FILES = (
    "style.css",
    "site.js",
    "icone.svg",
    "inter.woff2",
    "source-serif.woff2",
    "polices.LICENSE.txt",
)
#: Published beside the site, for those who kept the address of the findings before there was one.
FORMER_FINDINGS = STATIC / "constats.html"
#: No page weighs more, in bytes.
HEAVIEST = 300_000


@dataclass(frozen=True)
class Site:
    """What was written: pages, all files, bytes, links, the dead ones, pages that are too heavy, foreign
    addresses, CPU seconds.
    """

    folder: Path
    reports: int
    pages: int
    files: int
    bytes: int
    links: int
    dead: Sequence[str] = ()
    heavy: Sequence[str] = ()
    foreign: Sequence[str] = ()
    seconds: float = 0.0

    @property
    def faults(self) -> list[str]:
        """What must not be published, one sentence each."""
        told = [("links that lead nowhere", self.dead), ("addresses of other hosts", self.foreign)]
        return [f"{len(found)} {what}: {'; '.join(found[:3])}" for what, found in told if found]


def build_site(build: Path, folder: Path, originals: Originals | None = None) -> Site:
    """Write the pages of ``build`` (a private build or a published file) into ``folder``, which is made anew.

    ``originals`` are the documents: pages of PDF files are drawn from them, and whole texts shown where that
    is allowed. Raises ``NightError`` when the build cannot be read.
    """
    started = time.process_time()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    links, written = Links(), Written(folder)
    with open_rows(build) as rows:
        known = _catalogue(rows)
        for page in chain(_static(), _pages(rows, known, originals)):
            written.add(page)
            links.add(page.path, page.content)
    if originals:
        originals.forget()
    return Site(
        folder,
        len(known.reports),
        written.pages,
        written.files,
        written.bytes,
        links.count,
        links.dead(),
        written.heavy,
        sorted(links.foreign),
        time.process_time() - started,
    )


def refuse_faulty(site: Site) -> None:
    """Raise ``NightError`` for a site that must not be published."""
    if site.faults:
        raise NightError(
            f"the site has {' and '.join(site.faults)}: a fault of the pages, not of the reports; nothing "
            "was published"
        )


@dataclass
class Written:
    """Files written so far under ``folder``."""

    folder: Path
    pages: int = 0
    files: int = 0
    bytes: int = 0
    heavy: list[str] = field(default_factory=list)
    _made: set[Path] = field(default_factory=set)

    def add(self, page: Page) -> None:
        path = self.folder / page.path
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        path.write_bytes(page.content)
        self.files += 1
        self.bytes += len(page.content)
        if page.path.endswith(".html"):
            self.pages += 1
            if len(page.content) > HEAVIEST:
                self.heavy.append(f"{page.path} ({len(page.content)} bytes)")


def _static() -> Iterator[Page]:
    for name in STATIC_FILES:
        yield Page(name, (STATIC / name).read_bytes())


@dataclass(frozen=True)
class SiteIndex:
    """What every page may name; its size does not grow with the number of figures."""

    edition: Edition
    places: Places
    reports: list[Row]
    bodies: list[Row]
    indicators: list[Row]
    findings: list[Row]
    members: list[Row]
    concepts: list[Row]
    tables: list[Row]

    @property
    def titles(self) -> dict[str, str]:
        return {row["rapport_code"]: row["titre"] for row in self.reports}


def _catalogue(rows: Rows) -> SiteIndex:
    told = rows.all("edition")[0]
    return SiteIndex(
        Edition(told["moment"], told["precedente"]),
        Places(reports.split_reports(rows.stream("decoupage"))),
        rows.all("rapports"),
        rows.all("organismes"),
        rows.all("indicateurs"),
        rows.all("constats"),
        rows.all("membres"),
        rows.all("concepts"),
        rows.all("colonnes"),
    )


def _pages(rows: Rows, known: SiteIndex, originals: Originals | None) -> Iterator[Page]:
    found = findings.finding_pages(known.findings)
    yield from _of_reports(rows, known, found, originals)
    yield from _of_concepts(rows, known, found)
    yield from _of_indicators(rows, known, found)
    yield from _of_bodies(rows, known, found)
    yield from _over_all(rows, known)


def _of_concepts(rows: Rows, known: SiteIndex, found: Mapping[str, Row]) -> Iterator[Page]:
    by_report = {row["rapport_code"]: row for row in known.reports}
    figures, compared, refused = (
        Aligned(_grouped(rows, name, "concept_code"))
        for name in ("chiffres_par_concept", "comparaisons", "refus")
    )
    for concept in known.concepts:
        own, beside, why = (part.of(concept["concept_code"]) for part in (figures, compared, refused))
        yield from concepts.concept_pages(concept, own, beside, why, known.places, by_report, found)
    yield concepts.index_page(known.concepts)


def _of_indicators(rows: Rows, known: SiteIndex, found: Mapping[str, Row]) -> Iterator[Page]:
    by_code = {row["indicateur_code"]: row for row in known.indicators}
    by_report = {row["rapport_code"]: row for row in known.reports}
    for code, figures in _grouped(rows, "chiffres_par_indicateur", "indicateur_code"):
        yield from indicators.indicator_pages(by_code[code], figures, known.places, by_report, found)
    yield indicators.index_page(known.indicators)


def _of_bodies(rows: Rows, known: SiteIndex, found: Mapping[str, Row]) -> Iterator[Page]:
    by_code = {row["organisme_code"]: row for row in known.bodies}
    targets = _by(rows.stream("objectifs"), "organisme_code")
    rates = _by(rows.stream("par_assure"), "organisme_code")
    for code, figures in _grouped(rows, "chiffres_par_organisme", "organisme_code"):
        yield from bodies.body_pages(
            by_code[code],
            figures,
            known.places,
            known.reports,
            targets.get(code, ()),
            rates.get(code, ()),
            found,
        )
    yield bodies.index_page(known.bodies)
    yield bodies.map_page(known.bodies, known.reports)


def _of_reports(
    rows: Rows, known: SiteIndex, found: Mapping[str, Row], originals: Originals | None
) -> Iterator[Page]:
    numbers, lines, checked, terms = (
        Aligned(rows.groups(name))
        for name in ("nombres_par_rapport", "lignes_par_rapport", "controles_par_rapport", "termes")
    )
    cards = findings.Cards(known.findings, known.places)
    for report in known.reports:
        code = report["rapport_code"]
        printed = {row["ligne"]: row["texte"] or "" for row in lines.of(code)}
        ours = numbers.of(code)
        drawn = originals.pictures(report, ours) if originals else {}
        printed |= originals.lines(report) if originals else {}
        yield from reports.report_pages(report, printed, ours, known.places, found, drawn)
        parts = _by(terms.of(code), "controle_key")
        relations = checked.of(code)
        if relations or report["nb_controles"]:
            yield from controls.control_pages(report, relations, parts, known.places, found)
        yield from cards.of_report(code, report["titre"], parts)
    yield cards.page(known.titles)
    yield reports.index_page(known.reports, known.places)


def _over_all(rows: Rows, known: SiteIndex) -> Iterator[Page]:
    yield overview.front_page(
        known.edition, known.reports, known.indicators, known.bodies, rows.all("changements"), known.concepts
    )
    yield from overview.objective_pages(rows.all("objectifs"), known.places)
    yield from overview.evolution_pages(rows.all("evolutions"), known.places)
    yield overview.method_page(known.edition, known.reports, rows.all("motifs"))
    yield controls.overview_page(
        rows.all("controles_par_nature"), rows.all("validations"), known.reports, known.places
    )
    yield reference.dictionary_page(known.tables)
    yield from reference.member_pages(known.members)
    yield reference.download_page(known.edition, known.tables, known.indicators)
    yield reference.search_index(known.indicators, known.bodies, known.reports, known.members, known.concepts)


def _grouped(rows: Rows, name: str, column: str) -> Iterator[tuple[str, list[Row]]]:
    for key, group in groupby(rows.stream(name), lambda row: row[column]):
        yield str(key), list(group)


def _by(rows: Iterator[Row] | Sequence[Row], column: str) -> dict[str, list[Row]]:
    held: dict[str, list[Row]] = {}
    for row in rows:
        held.setdefault(row[column], []).append(row)
    return held
