"""The pages of the review, served on this machine: a list of reports, and one report with the group that is
being decided.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from orchestration.discovery.phrases import UNMAPPED
from orchestration.extraction.catalogue import (
    DIMENSION_NAMES,
    DIMENSIONS,
    NATURES,
    REASONS,
    UNIT_NAMES,
    UNSTATED,
)
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import REPORT_FILE
from orchestration.extraction.templates import UNITS
from orchestration.notation.folding import fold_label
from orchestration.reconciliation.wording import count_words, listed
from orchestration.review.beside import (
    Offer,
    carried,
    corrected,
    indicators_made,
    named_alone,
    offer_of,
    to_make,
)
from orchestration.review.columns import ticked_together
from orchestration.review.dating import DatesAsked, dates_asked, dates_in, told_when
from orchestration.review.decisions import MISPRINT, Decision, Refused, Stale, decide, meaning_from
from orchestration.review.desk import Desk
from orchestration.review.dossier import (
    NO_SCALE,
    Dossier,
    Item,
    Unread,
    told_value,
)
from orchestration.review.explaining import explain, forget_outlived, outlived, unexplained
from orchestration.review.finishing import finish
from orchestration.review.going_on import going_on
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
from orchestration.review.late_forms import realigned, renewed, seen
from orchestration.review.naming import AXES, MOST_ASKED, asked_of, members_said
from orchestration.review.pictures import marks_by_page, picture_of
from orchestration.review.refusals import refusal_told
from orchestration.review.sections import domain_of_section
from orchestration.review.seeds import (
    add_alias,
    changing,
    forget_members,
)
from orchestration.review.suggestions import Suggester, Suggestion
from orchestration.review.taking import put_aside, take_up, waiting_in
from orchestration.review.times import periods_offered
from orchestration.settings import Settings

HERE = Path(__file__).parent
#: Lines of print shown around the figures of a group.
AROUND = 2
#: Confidence from which the words of a row are set against what a whole column is said to measure.
LIKELY = 0.6
#: Rows or figures that a message names at most.
MOST_NAMED = 5
#: What is said where an address leads nowhere, by status.
NOT_HERE = {
    404: "Il n'y a pas de page à cette adresse.",
    405: "Cette adresse attend le formulaire d'une page de la revue.",
}
#: How the fields begin that say what rows and columns name.
_OF_MEMBERS = tuple(field for axis in AXES for field in (axis.whole, axis.one, axis.member, axis.dimension))
#: What is said where an address leads nowhere, by status.
NOT_HERE = {
    404: "Il n'y a pas de page à cette adresse.",
    405: "Cette adresse attend le formulaire d'une page de la revue.",
}
#: How the fields begin that describe an indicator to be made.
NEW = "nouveau_"
#: Reasons for which a reviewer sets a number aside.
ASIDE = (
    "note",
    "anecdote",
    "date",
    "annee",
    "page",
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
    return Starlette(
        routes=routes,
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=_guarded(guard))],
        exception_handlers={status: _not_here(pages, why) for status, why in NOT_HERE.items()},
    )


def _not_here(pages: Environment, why: str) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return HTMLResponse(pages.get_template("erreur.html").render(message=why), error.status_code)

    return answer


def _templates() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals.update(
        valeur=told_value,
        vu=seen,
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
            with desk.turn():
                template, told = make(desk, request)
        except (ExtractionError, OSError) as error:
            status = 409 if isinstance(error, Stale) else 404
            return HTMLResponse(pages.get_template("erreur.html").render(message=refusal_told(error)), status)
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
        "surest": _surest(desk, dossier),
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
        "periodes": periods_offered(
            (item.meaning["periode"] for item in dossier.items), dossier.report.periode[:4]
        ),
        "domaines": {code: domain.libelle for code, domain in dossier.catalogue.domains.items()},
    }
    if chosen is None:
        return told
    told |= _chosen_told(dossier, suggester, chosen, words)
    told["asked"] = [asked_of(desk, dossier, told["rows"], axis, said.get(axis.whole, "")) for axis in AXES]
    several = any(one.known or one.unknown for one in told["asked"])
    told["alone"] = [] if several else list(dict.fromkeys(map(row_of, chosen.open)))[:MOST_ASKED]
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


def _chosen_told(dossier: Dossier, suggester: Suggester, chosen: Group, words: str) -> dict[str, Any]:
    """What the page shows of the group that is decided; ``words`` are those of a search."""
    table = table_of(dossier, chosen)
    cuts = cuts_of(dossier, chosen)
    shown = _shown_with(chosen, cuts)
    rank = chosen.items[0].table
    there = [item for item in dossier.items if rank and item.table == rank]
    whole = next((one for one in whole_tables(dossier) if chosen.items[0] in one.items), None)
    return {
        "whole": whole if whole and len(whole.open) > len(chosen.open) else None,
        "kept": _read_alike(dossier, suggester, table),
        "suggestions": suggester.of(chosen.items[0]),
        "domaine": domain_of_section(dossier, chosen.items[0], suggester.of(chosen.items[0])),
        "wider": suggester.wider(chosen.items[0]),
        "found": suggester.search(words) if words else [],
        "passages": list(_passages(dossier, shown)),
        "offers": [_offer_told(dossier, one) for one in cuts.get(SECTION, ())],
        "cases": marks_by_page(shown, chosen.items),
        "table": table,
        "coches": ticked_together(chosen.items),
        "quand": _asked_when(dossier, suggester, chosen),
        "decides": table or list(_open_beside(dossier, chosen)),
        "lu": _label_of(dossier, chosen.shared.get("indicateur", "")),
        "membres_dits": ", ".join(_members_told(dossier, chosen.items).values()),
        "rows": [item for item in (table or chosen.open) if item.table],
        "litiges": list(dict.fromkeys(told for item in there for told in item.disputed)),
        **_cuts_told(dossier, suggester, cuts, bool(table)),
    }


def _cuts_told(
    dossier: Dossier, suggester: Suggester, cuts: Mapping[str, Sequence[Series]], confirmed: bool
) -> dict[str, Any]:
    """What the page shows of the forms that decide several figures: their series, the print around those that
    are alone, the members that each is read with.
    """
    return {
        "sections": SECTION in cuts,
        "cuts": {cut: _cut_told(suggester, series, confirmed) for cut, series in cuts.items()},
        "around": {key: excerpt for one in cuts.get(SECTION, ()) for key, excerpt in _lines_of(dossier, one)},
        "read": {cut: [_members_told(dossier, one.items) for one in series] for cut, series in cuts.items()},
    }


def _asked_when(dossier: Dossier, suggester: Suggester, group: Group) -> DatesAsked:
    """The columns and rows of the table of a group of which the page asks the period."""

    def means(item: Item) -> Mapping[str, str]:
        return {**item.meaning, **suggester.rows.completes(item, item.meaning["indicateur"])}

    return dates_asked(_open_beside(dossier, group), means, dossier.report.periode[:4])


def _open_beside(dossier: Dossier, group: Group) -> list[Item]:
    """The figures that wait in the table of a group."""
    rank = group.items[0].table
    return [item for item in dossier.items if rank and item.table == rank and item.hole and not item.reviewed]


def _cut_told(
    suggester: Suggester, series: Sequence[Series], confirmed: bool
) -> list[tuple[Series, list[Suggestion], str]]:
    """Each series of a form with what is proposed for it and, where arithmetic confirms the table, what
    stands chosen.
    """
    chosen = suggester.proposed(series) if confirmed else [""] * len(series)
    proposals = [suggester.of_series(one.items) for one in series]
    return list(zip(series, proposals, chosen, strict=True))


def _offer_told(dossier: Dossier, series: Series) -> tuple[Offer, dict[str, str]]:
    """What a row of boxes and sentences offers beside its indicator, and the labels of its members."""
    offer = offer_of(dossier.catalogue, series)
    labels = dossier.catalogue.labels
    return offer, {d: labels[d].get(code, code) for d, code in offer.members.items()}


def _members_told(dossier: Dossier, items: tuple[Item, ...]) -> dict[str, str]:
    """The members that all of some figures are read with, in words, by dimension."""
    shared, labels = Group(items).shared, dossier.catalogue.labels
    told = {d: labels[d].get(shared[d], "") for d in DIMENSIONS if shared.get(d, UNSTATED) != UNSTATED}
    return {dimension: label for dimension, label in told.items() if label}


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


def _shown_with(group: Group, cuts: Mapping[str, Sequence[Series]]) -> Group:
    """All that is decided beside a group, as one: what the print marks."""
    beside = [item for one in cuts.get(SECTION, ()) for item in one.items]
    items = {item.key: item for item in (*group.items, *beside)}
    return Group(tuple(sorted(items.values(), key=lambda item: (item.line, item.column))), group.key)


def _lines_of(dossier: Dossier, series: Series) -> Iterator[tuple[str, Excerpt]]:
    """By the place of the first figure of a series, the lines of print that hold it, with those around them
    that hold words.
    """
    lines = dossier.document.lines
    own = {item.line for item in series.items}
    near = sorted({at for line in own for at in range(line - 1, line + 2) if 0 < at <= len(lines)})
    shown = [at for at in near if at in own or lines[at - 1].strip()]
    yield series.items[0].key, _excerpt(dossier, Group(series.items), shown)


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
            with desk.turn():
                dossier = desk.dossier(request.path_params["code"])
                groups = groups_of(dossier)
                chosen = _chosen(dossier, groups, request.query_params.get("groupe", ""))
                image = picture_of(
                    desk.settings.documents / dossier.report.document,
                    request.path_params["number"],
                    chosen and _shown_with(chosen, cuts_of(dossier, chosen)),
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
            with desk.turn():
                before = desk.dossier(code)
                told = act(desk, code, renewed(form, before.state, _shown_by(desk, before, act, dict(form))))
                following = going_on(before, desk.dossier(code), dict(form).get("groupe", ""))
        except Stale as error:
            return refused(code, form, str(error), 409)
        except (ExtractionError, OSError) as error:
            return refused(code, form, refusal_told(error))
        told = told if isinstance(told, Answer) else Answer(told)
        shown = told.chosen or ({"groupe": following} if following else {})
        return RedirectResponse(f"/rapport/{quote(code)}?{urlencode({'dit': told.said, **shown})}", 303)

    def refused(code: str, form: list[tuple[str, str]], why: str, status: int = 422) -> Response:
        """The page as it was sent, with why nothing was written; that alone where there is no such page."""
        stale = status == 409
        try:
            with desk.turn():
                form = realigned(desk.dossier(code), form) if stale else form
                told = _report_told(desk, code, QueryParams(form))
        except (ExtractionError, OSError):
            return HTMLResponse(pages.get_template("erreur.html").render(message=why, code=code), status)
        told |= {"refus": why, "tard": stale, "pres": act in (_decide, _table, _new_indicator, _alias)}
        return HTMLResponse(pages.get_template("rapport.html").render(**told), status)

    return endpoint


def _shown_by(desk: Desk, dossier: Dossier, act: Act, given: Mapping[str, str]) -> Sequence[Item | Unread]:
    """The figures that a form shows, as they are now."""
    if act is _accept:
        return _surest(desk, dossier)
    if act is _take:
        return [number for number in dossier.unread if number.key == given.get("nombre")]
    groups = (*groups_of(dossier), *whole_tables(dossier))
    group = next((one for one in groups if one.code == given.get("groupe")), None)
    if group is None or act is not _table:
        return group.items if group else ()
    cut = cuts_of(dossier, group).get(given.get("coupe", ""))
    if cut:
        return [item for one in cut for item in one.items]
    return table_of(dossier, group) or list(_open_beside(dossier, group))


def _surest(desk: Desk, dossier: Dossier) -> list[Item]:
    return [item for item, _ in acceptable(dossier.items, desk.suggester(dossier).sure_of)]


def _decide(desk: Desk, code: str, form: list[tuple[str, str]], made: Sequence[str] = ()) -> str | Answer:
    """``made`` are the indicators that were made for the decision, and go with it."""
    dossier, given = desk.dossier(code), dict(form)
    decision = _decision_said(dossier, form)
    rows_said = any(given.get(axis.whole) for axis in AXES)
    whole = given.get("groupe") in {one.code for one in whole_tables(dossier)}
    others = {} if made or rows_said or whole else _rows_of_other_things(desk, dossier, decision)
    kept = replace(decision, figures=tuple(key for key in decision.figures if key not in others))
    said = _done(desk, dossier, kept, given, made=made)
    return _with_what_waits(desk.dossiers[code], said, others) if others else said


def _decision_said(dossier: Dossier, form: list[tuple[str, str]]) -> Decision:
    given = dict(form)
    figures = tuple(value for key, value in form if key == "chiffre")
    if not figures:
        raise ExtractionError("aucun chiffre n'est coché : cochez ceux que la décision vise")
    if given.get("geste") == "ecarter":
        if given.get("ecarter") not in ASIDE:
            raise ExtractionError("dites pourquoi ce n'est pas un chiffre : choisissez un motif")
        return Decision(figures, aside=given["ecarter"])
    meaning = meaning_from(given)
    named, clicked = given.get("autre_indicateur", "").strip(), "geste" not in given
    if named and not (clicked and "indicateur" in meaning):
        meaning["indicateur"] = _indicator(dossier, named)
    if "indicateur" not in meaning and given.get("geste") != "garder":
        raise ExtractionError("dites quel indicateur ces chiffres mesurent : rien n'est choisi d'avance")
    return Decision(figures, meaning, despite=bool(given.get("malgre")))


def _with_what_waits(after: Dossier, said: str, others: Mapping[str, str]) -> Answer:
    """What is said of the figures that a decision left out, and the group where they wait."""
    rows = _first(others.values())
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
    made: Sequence[str] = (),
    alone: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    """Write a decision; ``choices`` is how many things it decides where its parts do not tell, ``made`` the
    indicators that were made for it, ``alone`` the members that single figures name, by place.
    """
    said, items = {} if decision.aside else given, _items_of(dossier, decision)
    lone = {item.key: alone[item.key] for item in items if alone and item.key in alone}
    with members_said(desk, dossier, items, said, lone) as (dossier, members):
        suggester = desk.suggester(dossier)

        def completes(item: Item, indicator: str) -> Mapping[str, str]:
            return {**suggester.rows.completes(item, indicator), **members.of.get(item.key, {})}

        trail = desk.trail(dossier.report)
        added = {**members.added, **({"indicateur": list(made)} if made else {})}
        dated, times = _dated(dossier, suggester, decision, given)
        choices = (choices or max(1, len(decision.parts))) + max(0, times - 1)
        after = decide(dossier, dated, given.get("etat", ""), trail, completes, added, choices)
        desk.keep(after, trail)
    return f"{decision.told(after.catalogue)}. Il reste {_left(after)}."


def _dated(
    dossier: Dossier, suggester: Suggester, decision: Decision, given: Mapping[str, str]
) -> tuple[Decision, int]:
    """The decision with the period that the form says of each column or row, and how many it says."""
    group = _chosen(dossier, groups_of(dossier), given.get("groupe", "")) if dates_in(given) else None
    if group is None or decision.aside:
        return decision, 0
    asked = _asked_when(dossier, suggester, group)
    return told_when(decision, asked.ways, given, dossier.report.periode[:4])


def _left(dossier: Dossier) -> str:
    return count_words(len(dossier.items) - dossier.reviewed, "chiffre", "chiffres") + " à relire"


def _accept(desk: Desk, code: str, form: list[tuple[str, str]]) -> Answer:
    dossier = desk.dossier(code)
    items = acceptable(dossier.items, desk.suggester(dossier).sure_of)
    if not items:
        raise ExtractionError("aucun chiffre n'est assez sûr pour être accepté sans être lu")
    decision = Decision((), parts=_one_by_one(items))
    return _done_where_it_holds(desk, dossier, decision, dict(form), lambda kept: 1)


def _one_by_one(sure: Iterable[tuple[Item, Mapping[str, str]]]) -> tuple[Decision, ...]:
    """A part for the figures of each table, and one for each line outside of tables, that mean one thing."""
    parts: dict[tuple[int, int, frozenset[tuple[str, str]]], list[Item]] = defaultdict(list)
    for item, told in sure:
        parts[item.table, 0 if item.table else item.line, frozenset(told.items())].append(item)
    return tuple(Decision(_keys_of(those), dict(told)) for (*_, told), those in parts.items())


def _done_where_it_holds(
    desk: Desk,
    dossier: Dossier,
    decision: Decision,
    given: Mapping[str, str],
    count: Callable[[Decision], int],
    cut: Sequence[Series] = (),
    made: Sequence[str] = (),
) -> Answer:
    """Write the parts of a decision, but those of which the audit of the next night would refuse a figure:
    these stay open, chosen as they were, and which and why is said. ``count`` tells how many things a
    decision decides.
    """
    kept, why = decision, dict[str, str]()  # what the night says, with what to do about it
    alone = named_alone(given, cut)
    while True:
        try:
            said = _done(desk, dossier, kept, given, count(kept), made, alone)
            break
        except Refused as error:
            early = _wholes_too_early(dossier, kept, error)
            parts = _without(kept, early) if early else _untouched(kept, error.figures)
            if not parts or parts == kept.parts:
                raise
            why |= {_LATER: ""} if early else {error.why: error.advice}
            kept = replace(kept, parts=parts)
    written = {key for part in kept.parts for key in part.figures}
    waiting = _without(decision, written)
    if not waiting:
        return Answer(said)
    items = _items_of(dossier, Decision((), parts=tuple(waiting)))
    named = listed(_first(f"« {item.printed} » (ligne {item.line})" for item in items))
    verb = "attend" if len(items) == 1 else "attendent"
    advice = ". ".join(filter(None, dict.fromkeys(why.values())))
    told = f"{said} {named} {verb}, la nuit le refuserait : {' ; '.join(why)}{advice and '. '}{advice}."
    after = desk.dossiers[dossier.report.code]
    return Answer(told, _chosen_still(after, waiting, given, cut) if given.get("coupe") else {})


#: Why a total waits while rows of its table do.
_LATER = "un total se juge avec toutes les lignes de son tableau, et certaines restent à décider"


def _untouched(decision: Decision, refused: Collection[str]) -> tuple[Decision, ...]:
    """The parts of a decision of which no figure is refused."""
    return tuple(part for part in decision.parts if not set(refused) & set(part.figures))


def _without(decision: Decision, figures: Collection[str]) -> tuple[Decision, ...]:
    """The parts of a decision without some of its figures."""
    parts = (
        replace(part, figures=tuple(k for k in part.figures if k not in figures)) for part in decision.parts
    )
    return tuple(part for part in parts if part.figures)


def _wholes_too_early(dossier: Dossier, decision: Decision, error: Refused) -> set[str]:
    """The figures of a decision that others should make, and do not, while rows of their table wait: they
    are decided with these.
    """
    decided = {key for part in decision.parts for key in part.figures}
    waiting = {i.table for i in dossier.items if i.table and not i.reviewed and i.key not in decided}
    wholes = {i.key for i in dossier.items if i.key in error.wholes & decided and i.table in waiting}
    return wholes if error.wholes <= wholes else set()


def _first(told: Iterable[str]) -> list[str]:
    """The first of some figures or rows that are named, and how many there are beside."""
    said = list(dict.fromkeys(told))
    more = len(said) - MOST_NAMED
    return said if more <= 0 else [*said[:MOST_NAMED], count_words(more, "autre")]


def _chosen_still(
    dossier: Dossier, waiting: Sequence[Decision], given: Mapping[str, str], before: Sequence[Series]
) -> dict[str, str]:
    """The form of what waits, with the indicators that were chosen in it and what rows and columns name."""
    meant = {key: part.meaning.get("indicateur", "") for part in waiting for key in part.figures}
    group = next((one for one in groups_of(dossier) if {item.key for item in one.open} & set(meant)), None)
    if group is None:
        return {}
    cut = given["coupe"]
    series = cuts_of(dossier, group).get(cut, [])
    named = {f"serie{n}": meant.get(one.items[0].key, "") for n, one in enumerate(series)}
    alone = next(meant[item.key] for item in group.open if item.key in meant)
    members = {key: value for key, value in given.items() if value and key.startswith(_OF_MEMBERS)}
    members |= carried(given, before, series)
    return {"groupe": group.code, "coupe": cut, "autre_indicateur": alone, **named, **members}


def _items_of(dossier: Dossier, decision: Decision) -> list[Item]:
    chosen = {key for part in decision.parts or (decision,) for key in part.figures}
    return [item for item in dossier.items if item.key in chosen]


def _table(desk: Desk, code: str, form: list[tuple[str, str]]) -> str | Answer:
    dossier, given = desk.dossier(code), dict(form)
    chosen = _chosen(dossier, groups_of(dossier), given.get("groupe", ""))
    items = table_of(dossier, chosen) if chosen else ()
    if chosen and not items and dates_in(given):  # no arithmetic: as many things are decided as are dated
        items = tuple(_open_beside(dossier, chosen))
    cut = cuts_of(dossier, chosen).get(given.get("coupe", "")) if chosen else None
    if not items and cut is None:
        raise ExtractionError("l'arithmétique ne confirme pas ce tableau : décidez groupe par groupe")
    despite = bool(given.get("malgre"))
    if cut is not None and given["coupe"] == SECTION:
        return _section_done(desk, dossier, cut, given)
    if cut is not None:
        return _series_done(desk, dossier, cut, given, bool(items))
    if given.get("geste") == "garder":
        if not _read_alike(dossier, desk.suggester(dossier), items):
            raise ExtractionError(
                "une ligne de ce tableau n'est plus lue sûrement : dites ce que chacune mesure"
            )
        decision = Decision(_keys_of(items), despite=despite)
    else:
        named = given.get("autre_indicateur", "").strip() or given.get("indicateur", "")
        meaning = {"indicateur": _indicator(dossier, named)}
        decision = Decision(_keys_of(items), meaning, despite=despite)
    return _done(desk, dossier, decision, given)


def _section_done(
    desk: Desk, dossier: Dossier, cut: Sequence[Series], given: Mapping[str, str]
) -> str | Answer:
    """Write what a form says of each box and sentence, with the indicators that it asks to be made."""
    asked = {rank: row for rank, one in enumerate(cut) if (row := to_make(given, rank, one))}
    rows = {fold_label(row["libelle"]): row for row in asked.values()}
    with indicators_made(desk, rows.values()) as made:
        codes = dict(zip(rows, made, strict=True))
        said = {key: value for key, value in given.items() if not key.startswith("creer")}
        said |= {f"autre{rank}": codes[fold_label(row["libelle"])] for rank, row in asked.items()}
        return _series_done(desk, desk.dossier(dossier.report.code), cut, said, confirmed=False, made=made)


def _series_done(
    desk: Desk,
    dossier: Dossier,
    cut: Sequence[Series],
    given: Mapping[str, str],
    confirmed: bool,
    made: Sequence[str] = (),
) -> str | Answer:
    """Write what a form says of each row, column, box or sentence. Nobody has seen the rows of columns that
    no arithmetic binds: those that clearly name another thing wait.
    """
    said = replace(_series_named(dossier, cut, given), despite=bool(given.get("malgre")))
    proposed = desk.suggester(dossier).proposed(cut) if confirmed else []
    seen = confirmed or given.get("coupe") != "colonnes" or any(given.get(axis.whole) for axis in AXES)
    found = (_rows_of_other_things(desk, dossier, part) for part in said.parts)
    others = {} if seen else {key: told for some in found for key, told in some.items()}
    decision = replace(said, parts=_without(said, others))

    def count(kept: Decision) -> int:
        return _choices(kept, proposed, cut) if confirmed else len(kept.parts)

    answer = _done_where_it_holds(desk, dossier, decision, given, count, cut, made)
    return _with_what_waits(desk.dossiers[dossier.report.code], answer.said, others) if others else answer


def _choices(decision: Decision, proposed: Sequence[str], cut: Sequence[Series]) -> int:
    """How many things the form of a table that arithmetic confirms decides: one for all that stands chosen
    and is accepted as it stands, one for each series that the reviewer names otherwise or anew.
    """
    chosen = {key: part.meaning["indicateur"] for part in decision.parts for key in part.figures}
    named = (next((chosen[i.key] for i in one.items if i.key in chosen), "") for one in cut)
    said = list(zip(named, proposed, strict=True))
    accepted = any(code and code == told for code, told in said)
    return accepted + sum(code not in ("", told) for code, told in said)


def _series_named(dossier: Dossier, cut: Sequence[Series], given: Mapping[str, str]) -> Decision:
    """The decision of a form that names the indicator of each row or column, from a list or in words, and
    takes away members that it is read with; what it leaves open stays open.
    """
    parts = []
    for rank, one in enumerate(cut):
        if named := given.get(f"autre{rank}", "").strip() or given.get(f"serie{rank}", ""):
            without = {d: UNSTATED for d in DIMENSIONS if given.get(f"sans{rank}_{d}")}
            beside = corrected(given, rank, one) if given.get("coupe") == SECTION else {}
            meaning = {"indicateur": _indicator(dossier, named), **without, **beside}
            parts.append(Decision(_keys_of(one.items), meaning))
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
    desk.keep(after, trail)
    return said


def _undo(desk: Desk, code: str, form: list[tuple[str, str]]) -> str:
    dossier = desk.dossier(code)
    trail = desk.trail(dossier.report)
    shown = dict(form).get("etape", "")
    if shown and trail.steps() and shown != str(trail.steps()[-1].at):
        raise Stale(
            f"« {trail.steps()[-1].said} » a été décidé depuis dans une autre fenêtre : c'est ce que "
            "« Annuler » reprend maintenant"
        )
    made = next((step.members for step in reversed(trail.steps())), {})
    with changing(desk.settings.seeds, made, made) if made else contextlib.nullcontext():
        last = trail.undo()
        desk.dossier(code)  # opened again, which writes its extract
        for dimension, codes in made.items():
            forget_members(desk.settings.seeds, dimension, codes, desk.settings.raw)
    if made or REPORT_FILE in last.before:
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
    new = {key.removeprefix(NEW): value for key, value in form if key.startswith(NEW)}
    said = [pair for pair in form if pair[0] not in ("geste", "indicateur", "autre_indicateur")]
    with indicators_made(desk, [new]) as made:
        return _decide(desk, code, [*said, ("indicateur", made[0])], made)


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
