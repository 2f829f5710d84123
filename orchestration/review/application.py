"""The pages of the review, served on this machine: a list of reports, and one report with the group that is
being decided.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from orchestration.discovery.complete import Shelf
from orchestration.discovery.phrases import UNMAPPED
from orchestration.discovery.structure import TOTAL
from orchestration.extraction.catalogue import (
    DIMENSION_NAMES,
    DIMENSIONS,
    NATURES,
    REASONS,
    UNIT_NAMES,
    UNSTATED,
    WHOLE,
)
from orchestration.extraction.documents import read_document
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Report, list_reports, load_report, read_extract
from orchestration.extraction.templates import UNITS
from orchestration.notation.folding import fold_label
from orchestration.reconciliation.register import REGISTER
from orchestration.reconciliation.wording import count_words, listed
from orchestration.review.decisions import MISPRINT, Decision, Refused, Stale, decide, meaning_from
from orchestration.review.dossier import (
    NO_SCALE,
    Dossier,
    Item,
    document_of,
    open_dossier,
    state_of,
    told_value,
)
from orchestration.review.explaining import explain, forget_outlived, outlived, unexplained
from orchestration.review.finishing import finish, write_reading
from orchestration.review.groups import (
    SECTION,
    Group,
    Series,
    acceptable,
    cuts_of,
    groups_of,
    row_of,
    table_of,
    titles_apart,
    whole_tables,
)
from orchestration.review.guard import POLICY, TokenGuard
from orchestration.review.pictures import picture_of
from orchestration.review.progress import ReviewProgress, counted, trail_of
from orchestration.review.refusals import catalogue_of, refusal_told
from orchestration.review.seeds import (
    add_alias,
    add_indicator,
    forget_members,
    kept_seed,
    known_of,
    member_named,
    near_member,
)
from orchestration.review.suggestions import Suggester, Suggestion
from orchestration.review.taking import put_aside, take_up, waiting_in
from orchestration.review.trail import Trail
from orchestration.settings import Settings

HERE = Path(__file__).parent
#: Lines of print shown around the figures of a group.
AROUND = 2
#: Confidence from which the words of a row are set against what a whole column is said to measure.
LIKELY = 0.6
#: Rows of which one form asks the member at most.
ROWS = 40
#: How the fields begin that describe an indicator to be made.
NEW = "nouveau_"
#: Reasons for which a reviewer sets a number aside.
ASIDE = (
    "anecdote",
    "date",
    "annee",
    "page",
    "note",
    "reference_legale",
    "rang_de_liste",
    "age_ou_seuil",
    "nom_propre",
    "identifiant",
)
ROLES = {
    "feuille": "chiffre de détail",
    "total": "total de ses parties",
    "dont": "partie déjà comptée (dont)",
}
ADDITIVITY = {
    "additif": "oui : un nombre d'actes, un montant de l'année",
    "semi_additif": "entre organismes, pas dans le temps : un effectif, un stock",
    "non_additif": "non : un taux, une moyenne, un délai, un plafond",
}
SCALES = {
    NO_SCALE: "à l'unité, ou dite dans le nombre",
    "millier": "en milliers",
    "million": "en millions",
    "milliard": "en milliards",
}
SIGNS = {
    "imprime": "celui qui est imprimé",
    "moins": "négatif, les mots le disent",
    "aucun": "aucun, un tiret n'en est pas un",
}


@dataclass
class Desk:
    """What the pages work on: one installation, the dossiers that are open, one decision at a time."""

    settings: Settings
    guard: TokenGuard
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    suggesters: dict[str, tuple[str, Suggester]] = field(default_factory=dict)
    shelves: list[Shelf] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def register(self) -> Path | None:
        """The register of findings; ``None`` where the installation has none."""
        path = self.settings.root / "expectations" / REGISTER.name
        return path if path.is_file() else None

    def reports(self) -> list[Report]:
        return list_reports(self.settings.raw)

    def dossier(self, code: str) -> Dossier:
        """The dossier of a report, opened again when its files changed."""
        report = load_report(self._folder(code))
        trail = self.trail(report)
        trail.steps()
        held = self.dossiers.get(code)
        if held is None or held.state != state_of(report):
            document = read_document(document_of(report, self.settings.documents), report.encodage)
            self.dossiers[code] = open_dossier(report, document, catalogue_of(self.settings.seeds))
            if held is not None:  # somebody went on by hand: what is counted is what is read
                write_reading(self.dossiers[code], self.settings.raw, self.shelf())
        return self.dossiers[code]

    def progress(self, dossier: Dossier) -> ReviewProgress:
        """How far a review has come, counted as in a terminal and beside the asset: from its extract, or from
        its reading where it has none yet.
        """
        try:
            numbers = read_extract(dossier.report).numbers
        except ExtractionError:
            numbers = dossier.numbers
        return counted(numbers, self.trail(dossier.report))

    def trail(self, report: Report) -> Trail:
        return trail_of(self.settings.warehouse, report)

    def suggester(self, dossier: Dossier) -> Suggester:
        """What proposes meanings for a report as it stands."""
        code, state = dossier.report.code, dossier.state
        if self.suggesters.get(code, ("", None))[0] != state:
            known = known_of(self.settings.seeds)
            self.suggesters[code] = state, Suggester(dossier.catalogue, self.reports(), dossier, known)
        return self.suggesters[code][1]

    def shelf(self) -> Shelf:
        """What reading a draft needs of the other reports, made once."""
        self.shelves = self.shelves or [Shelf(lambda: catalogue_of(self.settings.seeds), self.settings.raw)]
        return self.shelves[0]

    def forget(self) -> None:
        """Open every dossier anew: the seeds changed, or which reports are reviewed."""
        self.dossiers.clear()
        self.suggesters.clear()
        self.shelves.clear()

    def _folder(self, code: str) -> Path:
        folder = self.settings.raw / code
        if folder.parent != self.settings.raw or not (folder / "report.yml").is_file():
            raise ExtractionError(f"aucun rapport ne se nomme « {code} »")
        return folder


def build_application(settings: Settings, guard: TokenGuard) -> Starlette:
    """The application of the review of one installation."""
    desk = Desk(settings, guard)
    pages = _templates()
    routes = [
        Route("/", _page(desk, pages, _home), methods=["GET"]),
        Route("/rapport/{code}", _page(desk, pages, _report), methods=["GET"]),
        Route("/rapport/{code}/page/{number:int}.png", _picture(desk), methods=["GET"]),
        *(
            Route(f"/rapport/{{code}}/{name}", _act(desk, pages, act), methods=["POST"])
            for name, act in _ACTS.items()
        ),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    return Starlette(routes=routes, middleware=[Middleware(BaseHTTPMiddleware, dispatch=_guarded(guard))])


def _templates() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals.update(
        valeur=told_value,
        compte=count_words,
        natures=NATURES,
        unites={unit: UNIT_NAMES.get(unit, unit.replace("_", " ")) for unit in UNITS},
        roles=ROLES,
        echelles=SCALES,
        signes=SIGNS,
        additivites=ADDITIVITY,
        motifs={reason: REASONS[reason] for reason in ASIDE},
        dimensions=DIMENSION_NAMES,
        contradiction=MISPRINT,
    )
    return pages


def _guarded(guard: TokenGuard) -> Callable[[Request, RequestResponseEndpoint], Any]:
    async def check(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = guard.refusal(request) or await call_next(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    return check


def _page(
    desk: Desk, pages: Environment, make: Callable[[Desk, Request], tuple[str, dict[str, Any]]]
) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        try:
            with desk.lock:
                template, told = make(desk, request)
        except (ExtractionError, OSError) as error:
            return HTMLResponse(pages.get_template("erreur.html").render(message=refusal_told(error)), 404)
        return HTMLResponse(
            pages.get_template(template).render(message=request.query_params.get("dit", ""), **told)
        )

    return endpoint


def _home(desk: Desk, request: Request) -> tuple[str, dict[str, Any]]:
    rows = []
    for report in desk.reports():
        document = (desk.settings.documents / report.document).is_file()
        rows.append({"report": report, "document": document})
    return "accueil.html", {
        "rows": sorted(rows, key=lambda row: (not row["report"].brouillon, row["report"].code))
    }


def _report(desk: Desk, request: Request) -> tuple[str, dict[str, Any]]:
    return "rapport.html", _report_told(desk, request.path_params["code"], request.query_params)


def _report_told(desk: Desk, code: str, said: QueryParams) -> dict[str, Any]:
    """What the page of a report shows; ``said`` is what was ticked, chosen and written in it before: a search
    and a form that is refused keep it.
    """
    dossier = desk.dossier(code)
    groups = groups_of(dossier)
    chosen = _chosen(dossier, groups, said.get("groupe", ""))
    words = said.get("cherche", "")
    trail = desk.trail(dossier.report)
    suggester = desk.suggester(dossier)
    last = next(reversed(trail.steps()), None)
    told: dict[str, Any] = {
        "dossier": dossier,
        "groups": groups,
        "titles": titles_apart(groups),
        "chosen": chosen,
        "words": words,
        "said": said,
        "ticked": said.getlist("chiffre"),
        "waiting": list(waiting_in(dossier)),
        "sure": _sure_told(dossier, suggester),
        "avance": desk.progress(dossier),
        **_to_explain(desk, dossier),
        "contredits": sum(bool(item.refuted) and not item.reviewed for item in dossier.items),
        "last": last,
        "indicators": sorted(dossier.catalogue.indicators.values(), key=lambda i: fold_label(i.libelle)),
        "members": {
            dimension: dict(
                sorted(dossier.catalogue.labels[dimension].items(), key=lambda told: fold_label(told[1]))
            )
            for dimension in (*DIMENSIONS, "organisme", "territoire")
        },
        "domaines": {code: domain.libelle for code, domain in dossier.catalogue.domains.items()},
    }
    if chosen is None:
        return told
    told |= _chosen_told(dossier, suggester, chosen, words)
    told["asked"] = _rows_asked(desk, dossier, told["rows"], said.get("lignes", ""))
    told["known"] = _dimensions_known(dossier, told["rows"])
    several = len({item.line for item in told["rows"]}) > 1 or told["asked"].rows
    told["alone"] = [] if several else list(dict.fromkeys(map(row_of, chosen.open)))[:ROWS]
    return told


def _to_explain(desk: Desk, dossier: Dossier) -> dict[str, Any]:
    """What the register of findings should hold of a report, and what it holds for nothing."""
    if desk.register is None:
        return {"contradictions": {}, "outlived": []}
    return {
        "contradictions": unexplained(dossier, desk.register),
        "outlived": outlived(dossier, desk.register),
    }


def _sure_told(dossier: Dossier, suggester: Suggester) -> dict[str, list[Item]]:
    """The figures that may be accepted at one stroke, by the label of what they will then mean."""
    told: dict[str, list[Item]] = defaultdict(list)
    for item, meaning in acceptable(dossier.items, suggester.sure_of):
        told[_label_of(dossier, meaning.get("indicateur", item.meaning["indicateur"]))].append(item)
    return dict(sorted(told.items(), key=lambda one: fold_label(one[0])))


def _dimensions_known(dossier: Dossier, items: Sequence[Item]) -> dict[str, int]:
    """How many rows name a member of each dimension, those that know most first."""
    rows = {row_of(item) for item in items if not TOTAL.match(row_of(item))}
    known = Counter(d for row in rows for d in dossier.catalogue.members_named(row))
    return dict(sorted(((d, known[d]) for d in DIMENSION_NAMES), key=lambda one: -one[1]))


def _chosen_told(dossier: Dossier, suggester: Suggester, chosen: Group, words: str) -> dict[str, Any]:
    """What the page shows of the group that is decided; ``words`` are those of a search."""
    table = table_of(dossier, chosen)
    cuts = cuts_of(dossier, chosen)
    rank = chosen.items[0].table
    there = [item for item in dossier.items if rank and item.table == rank]
    whole = next((one for one in whole_tables(dossier) if chosen.items[0] in one.items), None)
    return {
        "whole": whole if whole and len(whole.open) > len(chosen.open) else None,
        "kept": _read_alike(dossier, suggester, table),
        "suggestions": suggester.of(chosen.items[0]),
        "wider": suggester.wider(chosen.items[0]),
        "found": suggester.search(words) if words else [],
        "passages": list(_passages(dossier, chosen)),
        "pages": sorted({item.page for item in chosen.items if item.page}),
        "table": table,
        "lu": _label_of(dossier, chosen.shared.get("indicateur", "")),
        "membres_dits": _members_told(dossier, chosen),
        "rows": [item for item in (table or chosen.open) if item.table],
        "sections": SECTION in cuts,
        "litiges": list(dict.fromkeys(told for item in there for told in item.disputed)),
        "cuts": {cut: _cut_told(suggester, series, bool(table)) for cut, series in cuts.items()},
    }


def _cut_told(
    suggester: Suggester, series: Sequence[Series], confirmed: bool
) -> list[tuple[Series, list[Suggestion], str]]:
    """Each series of a form with what is proposed for it and, where arithmetic confirms the table, what
    stands chosen.
    """
    chosen = suggester.proposed(series) if confirmed else [""] * len(series)
    proposals = [suggester.of_series(one.items) for one in series]
    return list(zip(series, proposals, chosen, strict=True))


def _members_told(dossier: Dossier, group: Group) -> str:
    """The members that all figures of a group share, in words; empty when they share none."""
    shared, labels = group.shared, dossier.catalogue.labels
    told = (labels[d].get(shared[d], "") for d in DIMENSIONS if shared.get(d, UNSTATED) != UNSTATED)
    return ", ".join(filter(None, told))


def _label_of(dossier: Dossier, indicator: str) -> str:
    known = dossier.catalogue.indicators.get(indicator)
    return known.libelle if known else indicator


def _read_alike(dossier: Dossier, suggester: Suggester, table: Sequence[Item]) -> list[tuple[str, str]]:
    """By row of a table that arithmetic confirms, the indicator that it is read as, where the words of every
    row name it today before any other; else nothing.
    """
    if not all(item.meaning["indicateur"] != UNMAPPED and suggester.agrees(item) for item in table):
        return []
    read = {row_of(item): _label_of(dossier, item.meaning["indicateur"]) for item in table}
    return list(read.items()) if len(set(read.values())) > 1 else []


def _chosen(dossier: Dossier, groups: list[Group], code: str) -> Group | None:
    found = next((group for group in (*groups, *whole_tables(dossier)) if group.code == code), None)
    return found or next((group for group in groups if group.open), groups[0] if groups else None)


@dataclass(frozen=True)
class Excerpt:
    """Lines of print with the figures of a group marked: per line, its number and pieces of text, each with
    its figure or none.
    """

    lines: list[tuple[int, list[tuple[str, Item | None]]]]


def _passages(dossier: Dossier, group: Group) -> Iterator[Excerpt]:
    wanted = sorted({item.line for item in group.items})
    shown: list[int] = []
    for line in wanted:
        nearby = range(max(1, line - AROUND), min(len(dossier.document.lines), line + AROUND) + 1)
        if shown and nearby.start > shown[-1] + 1:
            yield _excerpt(dossier, group, shown)
            shown = []
        shown += [at for at in nearby if not shown or at > shown[-1]]
    if shown:
        yield _excerpt(dossier, group, shown)


def _excerpt(dossier: Dossier, group: Group, shown: Sequence[int]) -> Excerpt:
    texts = [dossier.document.lines[at - 1] for at in shown]
    wide = {at for at, text in zip(shown, texts, strict=True) if "   " in text.strip()}
    spare = _spare_blanks([text for at, text in zip(shown, texts, strict=True) if at in wide])
    kept = spare if any(_in_table(group, at) for at in wide) else frozenset()
    return Excerpt(
        [
            (at, _marked(group, at, text, kept if at in wide else frozenset()))
            for at, text in zip(shown, texts, strict=True)
        ]
    )


def _in_table(group: Group, line: int) -> bool:
    return any(item.table and item.line == line for item in group.items)


def _spare_blanks(rows: Sequence[str]) -> frozenset[int]:
    """The columns that are blank in every row of a table, but for two between what they part: a telephone
    shows the values without scrolling.
    """
    blank = [
        all(row[at : at + 1] in ("", " ") for row in rows) for at in range(max(map(len, rows), default=0))
    ]
    return frozenset(
        at for at, empty in enumerate(blank) if empty and all(blank[max(0, at - 2) : at]) and at > 1
    )


def _marked(group: Group, line: int, text: str, dropped: frozenset[int]) -> list[tuple[str, Item | None]]:
    def kept(start: int, stop: int) -> str:
        return "".join(c for at, c in enumerate(text[start:stop], start) if at not in dropped or c != " ")

    cursor = 0
    pieces: list[tuple[str, Item | None]] = []
    for item in sorted((i for i in group.items if i.line == line), key=lambda i: i.column):
        stop = item.column + item.end
        pieces += [(kept(cursor, item.column), None), (text[item.column : stop], item)]
        cursor = stop
    return [*pieces, (kept(cursor, len(text)), None)]


def _picture(desk: Desk) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        try:
            with desk.lock:
                dossier = desk.dossier(request.path_params["code"])
                groups = groups_of(dossier)
                chosen = _chosen(dossier, groups, request.query_params.get("groupe", ""))
                image = picture_of(
                    desk.settings.documents / dossier.report.document,
                    request.path_params["number"],
                    chosen,
                    "autour" in request.query_params,
                )
            return Response(image, media_type="image/png")
        except (ExtractionError, OSError) as error:
            return HTMLResponse(refusal_told(error), 404)

    return endpoint


@dataclass(frozen=True)
class Answer:
    """What is said after a form was sent, and what the page that follows shows chosen."""

    said: str
    chosen: Mapping[str, str] = field(default_factory=dict)


Act = Callable[[Desk, str, list[tuple[str, str]]], str | Answer]


def _act(desk: Desk, pages: Environment, act: Act) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        pairs = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        form = [(key, value.replace("\r\n", "\n")) for key, value in pairs]
        return await run_in_threadpool(answer, request.path_params["code"], form)

    def answer(code: str, form: list[tuple[str, str]]) -> Response:
        try:
            with desk.lock:
                told = act(desk, code, form)
        except Stale as error:
            return HTMLResponse(pages.get_template("erreur.html").render(message=str(error), code=code), 409)
        except (ExtractionError, OSError) as error:
            return refused(code, form, refusal_told(error))
        told = told if isinstance(told, Answer) else Answer(told)
        return RedirectResponse(f"/rapport/{quote(code)}?{urlencode({'dit': told.said, **told.chosen})}", 303)

    def refused(code: str, form: list[tuple[str, str]], why: str) -> Response:
        """The page as it was sent, with why nothing was written; that alone where there is no such page."""
        try:
            with desk.lock:
                told = _report_told(desk, code, QueryParams(form))
        except (ExtractionError, OSError):
            return HTMLResponse(pages.get_template("erreur.html").render(message=why, code=code), 422)
        return HTMLResponse(pages.get_template("rapport.html").render(refus=why, **told), 422)

    return endpoint


def _decide(desk: Desk, code: str, form: list[tuple[str, str]], made: str = "") -> str | Answer:
    """``made`` is the indicator that was made for the decision, and goes with it."""
    dossier, given = desk.dossier(code), dict(form)
    decision = _decision_said(dossier, form)
    rows_said = (
        made or given.get("lignes") or given.get("groupe") in {one.code for one in whole_tables(dossier)}
    )
    others = {} if rows_said else _rows_of_other_things(desk, dossier, decision)
    kept = replace(decision, figures=tuple(key for key in decision.figures if key not in others))
    said = _done(desk, dossier, kept, given, made=made)
    return _with_what_waits(desk.dossiers[code], said, others) if others else said


def _decision_said(dossier: Dossier, form: list[tuple[str, str]]) -> Decision:
    given = dict(form)
    figures = tuple(value for key, value in form if key == "chiffre")
    if not figures:
        raise ExtractionError("aucun chiffre n'est coché : cochez ceux que la décision vise")
    if given.get("geste") == "ecarter":
        return Decision(figures, aside=given.get("ecarter", "") or "anecdote")
    meaning = meaning_from(given)
    named, clicked = given.get("autre_indicateur", "").strip(), "geste" not in given
    if named and not (clicked and "indicateur" in meaning):
        meaning["indicateur"] = _indicator(dossier, named)
    if "indicateur" not in meaning and given.get("geste") != "garder":
        raise ExtractionError("dites quel indicateur ces chiffres mesurent : rien n'est choisi d'avance")
    return Decision(figures, meaning, despite=bool(given.get("malgre")))


def _with_what_waits(after: Dossier, said: str, others: Mapping[str, str]) -> Answer:
    """What is said of the figures that a decision left out, and the group where they wait."""
    rows = list(dict.fromkeys(others.values()))
    waits = (
        "attend : ses mots disent autre chose ; la décider encore l'écrit"
        if len(rows) == 1
        else "attendent : leurs mots disent autre chose ; les décider encore les écrit"
    )
    group = next(one for one in groups_of(after) if {item.key for item in one.items} & set(others))
    return Answer(f"{said} {listed(rows)} {waits} quand même.", {"groupe": group.code})


def _rows_of_other_things(desk: Desk, dossier: Dossier, decision: Decision) -> dict[str, str]:
    """The figures of a decision whose rows name clearly another thing than it calls them, each with that, in
    words: a key decides a column whose rows may each measure something else. None where all rows do: then
    the reviewer has seen it.
    """
    code = decision.meaning.get("indicateur", "")
    rows = {row_of(item): item for item in _items_of(dossier, decision) if item.table}
    if not code or len(rows) < 2:
        return {}
    suggester = desk.suggester(dossier)
    first = {row: next(iter(suggester.of(item)), None) for row, item in rows.items()}
    others = {
        row: f"« {row} » ({one.indicator.libelle}, {one.sure})"
        for row, one in first.items()
        if one and one.indicator.code != code and one.confidence >= LIKELY
    }
    if len(others) == len(rows):
        return {}
    return {i.key: others[row_of(i)] for i in _items_of(dossier, decision) if row_of(i) in others}


def _indicator(dossier: Dossier, words: str) -> str:
    """The code of the indicator that a reviewer names by code or label."""
    known = dossier.catalogue.indicators
    if words in known:
        return words
    found = [code for code, i in known.items() if fold_label(i.libelle) == fold_label(words)]
    if len(found) != 1:
        raise ExtractionError(
            f"« {words} » ne nomme pas un indicateur : choisissez-le dans la liste, ou créez-le"
        )
    return found[0]


def _done(
    desk: Desk,
    dossier: Dossier,
    decision: Decision,
    given: Mapping[str, str],
    choices: int = 0,
    made: str = "",
) -> str:
    """Write a decision; ``choices`` is how many things it decides where its parts do not tell, ``made`` the
    indicator that was made for it.
    """
    with _rows_named(desk, dossier, decision, given) as (dossier, members, added):
        suggester = desk.suggester(dossier)

        def completes(item: Item, indicator: str) -> Mapping[str, str]:
            return {**suggester.rows.completes(item, indicator), **members.get(row_of(item), {})}

        trail = desk.trail(dossier.report)
        added |= {"indicateur": [made]} if made else {}
        after = decide(dossier, decision, given.get("etat", ""), trail, completes, added, choices)
    desk.dossiers[dossier.report.code] = after
    write_reading(after, desk.settings.raw, desk.shelf())
    return f"{decision.told(after.catalogue)}. Il reste {_left(after)}."


def _left(dossier: Dossier) -> str:
    return count_words(len(dossier.items) - dossier.reviewed, "chiffre", "chiffres") + " à relire"


RowMembers = dict[str, dict[str, str]]


@contextlib.contextmanager
def _rows_named(
    desk: Desk, dossier: Dossier, decision: Decision, given: Mapping[str, str]
) -> Iterator[tuple[Dossier, RowMembers, dict[str, list[str]]]]:
    """The member that each row of the decided figures names, of the dimension that all of them name or in the
    words that the reviewer wrote beside it, and those that were made for it; the seed is as it was when the
    decision is refused.
    """
    said = _said_beside(given)
    whole = given.get("lignes", "")
    dimension = whole or (given.get("dimension", "") if said else "")
    if said and not dimension and not decision.aside:
        raise ExtractionError("dites de quel référentiel est le membre que vous nommez")
    if not dimension or decision.aside:
        yield dossier, {}, {}
        return
    items = _items_of(dossier, decision)
    seeds = desk.settings.seeds
    known = dossier.catalogue.members.get(dimension, frozenset())
    kept = kept_seed(seeds, dimension)
    _check_said(_rows_asked(desk, dossier, items, whole), said, whole)
    try:
        members = {
            row: {
                dimension: WHOLE if TOTAL.match(row) else member_named(seeds, dimension, said.get(row, row))
            }
            for row in dict.fromkeys(map(row_of, items))
            if whole or row in said
        }
        added = sorted({told[dimension] for told in members.values()} - known)
        if added:
            desk.forget()
        yield desk.dossier(dossier.report.code), members, {dimension: added} if added else {}
    except (ExtractionError, OSError):
        kept()
        desk.forget()
        raise


def _said_beside(given: Mapping[str, str]) -> dict[str, str]:
    """What the reviewer wrote beside each row."""
    told = ((given.get(f"ligne{n}", ""), given.get(f"membre{n}", "").strip()) for n in range(ROWS))
    return {row: member for row, member in told if member}


def _check_said(asked: RowsAsked, said: Mapping[str, str], whole: str) -> None:
    """Refuse a decision whose rows all name members while nobody said of some of them which: a member is
    never made of words that may be another name of one that is there.
    """
    silent = [f"« {row} »" for row in asked.rows if whole and row not in said]
    if silent:
        verb = "ne nomme" if len(silent) == 1 else "ne nomment"
        raise ExtractionError(
            f"{listed(silent)} {verb} exactement aucun membre connu. Dites à côté de chaque ligne lequel "
            "elle nomme ; ses propres mots en font un nouveau"
        )


@dataclass(frozen=True)
class RowsAsked:
    """Rows of which a reviewer should say the member of a dimension; by row the label of the member whose
    words are nearest, or nothing. ``named`` are the others with what they are taken for; ``chosen`` is
    whether the reviewer said that each row names one.
    """

    dimension: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    chosen: bool = False


def _rows_asked(desk: Desk, dossier: Dossier, items: Sequence[Item], dimension: str) -> RowsAsked:
    """``dimension`` is the one that the reviewer said that all rows name, if one was; else most rows of the
    table tell.
    """
    suggester = desk.suggester(dossier)
    code = items[0].meaning["indicateur"] if items else ""
    guessed = dimension or (suggester.rows.dimension_of(items[0].table, code) if items else "")
    if guessed not in DIMENSIONS:
        return RowsAsked()
    rows = {row_of(item): item for item in items if not TOTAL.match(row_of(item))}
    labels = dossier.catalogue.labels[guessed]
    taken = {row: labels.get(suggester.rows.member_in(item, guessed), "") for row, item in rows.items()}
    near = {row: near_member(desk.settings.seeds, guessed, row) for row in rows if not taken[row]}
    named = {row: label for row, label in taken.items() if label} if near else {}
    return RowsAsked(guessed, near, named, bool(dimension))


def _accept(desk: Desk, code: str, form: list[tuple[str, str]]) -> Answer:
    dossier = desk.dossier(code)
    items = acceptable(dossier.items, desk.suggester(dossier).sure_of)
    if not items:
        raise ExtractionError("aucun chiffre n'est assez sûr pour être accepté sans être lu")
    return _done_where_it_holds(desk, dossier, Decision((), parts=_one_by_one(items)), dict(form), choices=1)


def _one_by_one(sure: Iterable[tuple[Item, Mapping[str, str]]]) -> tuple[Decision, ...]:
    """A part for the figures of each table, and one for each line outside of tables, that mean one thing."""
    parts: dict[tuple[int, int, frozenset[tuple[str, str]]], list[Item]] = defaultdict(list)
    for item, told in sure:
        parts[item.table, 0 if item.table else item.line, frozenset(told.items())].append(item)
    return tuple(Decision(_keys_of(those), dict(told)) for (*_, told), those in parts.items())


def _done_where_it_holds(
    desk: Desk, dossier: Dossier, decision: Decision, given: Mapping[str, str], choices: int = 0
) -> Answer:
    """Write the parts of a decision, but those of which the audit of the next night would refuse a figure:
    these stay open, chosen as they were, and which and why is said.
    """
    kept, why = decision, dict[str, str]()
    while True:
        try:
            said = _done(desk, dossier, kept, given, choices)
            break
        except Refused as error:
            parts = tuple(part for part in kept.parts if not error.figures & set(part.figures))
            if not parts or parts == kept.parts:
                raise
            why[error.why] = ""
            kept = replace(kept, parts=parts)
    waiting = [part for part in decision.parts if part not in kept.parts]
    if not waiting:
        return Answer(said)
    items = _items_of(dossier, Decision((), parts=tuple(waiting)))
    named = listed([f"« {item.printed} » (ligne {item.line})" for item in items])
    verb = "attend" if len(items) == 1 else "attendent"
    told = f"{said} {named} {verb}, la nuit le refuserait : {' ; '.join(why)}."
    after = desk.dossiers[dossier.report.code]
    return Answer(told, _chosen_still(after, waiting) if given.get("coupe") == SECTION else {})


def _chosen_still(dossier: Dossier, waiting: Sequence[Decision]) -> dict[str, str]:
    """The form of what waits under one heading, with the indicators that were chosen in it."""
    meant = {key: part.meaning.get("indicateur", "") for part in waiting for key in part.figures}
    group = next((one for one in groups_of(dossier) if {item.key for item in one.open} & set(meant)), None)
    if group is None:
        return {}
    series = cuts_of(dossier, group).get(SECTION, [])
    named = {f"serie{n}": meant.get(one.items[0].key, "") for n, one in enumerate(series)}
    alone = next(meant[item.key] for item in group.open if item.key in meant)
    return {"groupe": group.code, "coupe": SECTION, "autre_indicateur": alone, **named}


def _items_of(dossier: Dossier, decision: Decision) -> list[Item]:
    chosen = {key for part in decision.parts or (decision,) for key in part.figures}
    return [item for item in dossier.items if item.key in chosen]


def _table(desk: Desk, code: str, form: list[tuple[str, str]]) -> str | Answer:
    dossier, given = desk.dossier(code), dict(form)
    chosen = _chosen(dossier, groups_of(dossier), given.get("groupe", ""))
    items = table_of(dossier, chosen) if chosen else ()
    cut = cuts_of(dossier, chosen).get(given.get("coupe", "")) if chosen else None
    if not items and cut is None:
        raise ExtractionError("l'arithmétique ne confirme pas ce tableau : décidez groupe par groupe")
    despite = bool(given.get("malgre"))
    choices = 0
    if cut is not None:
        decision = _series_named(dossier, cut, given)
        if items:
            choices = _choices(decision, desk.suggester(dossier).proposed(cut), cut)
    elif given.get("geste") == "garder":
        if not _read_alike(dossier, desk.suggester(dossier), items):
            raise ExtractionError(
                "une ligne de ce tableau n'est plus lue sûrement : dites ce que chacune mesure"
            )
        decision = Decision(_keys_of(items))
    else:
        meaning = {"indicateur": _indicator(dossier, given.get("indicateur", ""))}
        decision = Decision(_keys_of(items), meaning)
    write = _done_where_it_holds if given.get("coupe") == SECTION else _done
    return write(desk, dossier, replace(decision, despite=despite), given, choices)


def _choices(decision: Decision, proposed: Sequence[str], cut: Sequence[Series]) -> int:
    """How many things the form of a table that arithmetic confirms decides: one for all that stands chosen
    and is accepted as it stands, one for each series that the reviewer names otherwise or anew.
    """
    chosen = {part.figures: part.meaning["indicateur"] for part in decision.parts}
    said = [(chosen.get(_keys_of(one.items), ""), told) for one, told in zip(cut, proposed, strict=True)]
    accepted = any(code and code == told for code, told in said)
    return accepted + sum(code not in ("", told) for code, told in said)


def _series_named(dossier: Dossier, cut: Sequence[Series], given: Mapping[str, str]) -> Decision:
    """The decision of a form that names the indicator of each row or column, from a list or in words; what
    it leaves open stays open.
    """
    parts = []
    for rank, one in enumerate(cut):
        if named := given.get(f"autre{rank}", "").strip() or given.get(f"serie{rank}", ""):
            parts.append(Decision(_keys_of(one.items), {"indicateur": _indicator(dossier, named)}))
    if not parts:
        raise ExtractionError("dites ce que mesure au moins une ligne : rien n'est choisi d'avance")
    return Decision((), parts=tuple(parts))


def _keys_of(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(item.key for item in items)


def _take(desk: Desk, code: str, form: list[tuple[str, str]]) -> str:
    dossier, given = desk.dossier(code), dict(form)
    place, state, trail = given.get("nombre", ""), given.get("etat", ""), desk.trail(dossier.report)
    if given.get("geste") == "ecarter":
        after = put_aside(dossier, place, given.get("motif", ""), state, trail)
        said = "ce nombre est mis de côté"
    else:
        after = take_up(dossier, place, state, trail)
        said = "ce nombre est un chiffre désormais : il attend qu'on dise ce qu'il mesure"
    desk.dossiers[code] = after
    write_reading(after, desk.settings.raw, desk.shelf())
    return said


def _undo(desk: Desk, code: str, form: list[tuple[str, str]]) -> str:
    dossier = desk.dossier(code)
    trail = desk.trail(dossier.report)
    shown = dict(form).get("etape", "")
    if shown and trail.steps() and shown != str(trail.steps()[-1].at):
        raise Stale(f"{code}: ce n'est plus la dernière décision ; rechargez la page")
    last = trail.undo()
    desk.forget()
    write_reading(desk.dossier(code), desk.settings.raw, desk.shelf())
    for dimension, codes in last.members.items():
        forget_members(desk.settings.seeds, dimension, codes, desk.settings.raw)
    desk.forget()
    return f"annulé : {last.said}"


def _alias(desk: Desk, code: str, form: list[tuple[str, str]]) -> str:
    given = dict(form)
    add_alias(
        desk.settings.seeds, given.get("dimension", ""), given.get("membre", ""), given.get("alias", "")
    )
    desk.forget()
    return f"« {given.get('alias', '')} » désigne désormais {given.get('membre', '')}"


def _new_indicator(desk: Desk, code: str, form: list[tuple[str, str]]) -> str | Answer:
    """Make an indicator and decide with it what is ticked: one step, written and taken back as one."""
    kept = kept_seed(desk.settings.seeds, "indicateur")
    new = {key.removeprefix(NEW): value for key, value in form if key.startswith(NEW)}
    said = [pair for pair in form if pair[0] not in ("geste", "indicateur", "autre_indicateur")]
    try:
        made = add_indicator(desk.settings.seeds, new)
        desk.forget()
        return _decide(desk, code, [*said, ("indicateur", made)], made)
    except (ExtractionError, OSError):
        kept()
        desk.forget()
        raise


def _finish(desk: Desk, code: str, form: list[tuple[str, str]]) -> str:
    dossier = desk.dossier(code)
    said = finish(dossier, desk.settings.raw, desk.trail(dossier.report))
    desk.forget()
    return said


def _explain(desk: Desk, code: str, form: list[tuple[str, str]]) -> str:
    dossier, given = desk.dossier(code), dict(form)
    if desk.register is None:
        raise ExtractionError("cette installation n'a pas de registre des constats")
    if given.get("geste") == "oter":
        return forget_outlived(dossier, desk.register)
    return explain(dossier, desk.register, given.get("relation", ""), given.get("explication", ""))


_ACTS: dict[str, Act] = {
    "decider": _decide,
    "accepter": _accept,
    "tableau": _table,
    "annuler": _undo,
    "reprendre": _take,
    "alias": _alias,
    "indicateur": _new_indicator,
    "terminer": _finish,
    "constat": _explain,
}
