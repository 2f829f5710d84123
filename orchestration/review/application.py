"""The pages of the review, served on this machine: a list of reports, and one report with the group that is
being decided.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import anyio.to_thread
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

from orchestration.extraction.catalogue import (
    DIMENSION_NAMES,
    NATURES,
    REASONS,
    UNIT_NAMES,
)
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import reports_to_read
from orchestration.extraction.templates import UNITS
from orchestration.reconciliation.causes import CAUSES
from orchestration.reconciliation.findings import SEVERITIES
from orchestration.reconciliation.wording import count_words, listed
from orchestration.review.acting import ACTS, ADVISED_BESIDE, Act, Answer, shown_by
from orchestration.review.beside import ASIDE
from orchestration.review.decisions import MISPRINT, Stale
from orchestration.review.desk import Desk
from orchestration.review.dossier import (
    NO_SCALE,
    told_value,
)
from orchestration.review.going_on import going_on
from orchestration.review.groups import (
    cuts_of,
    groups_of,
)
from orchestration.review.guard import POLICY, TokenGuard
from orchestration.review.late_forms import realigned, renewed, seen
from orchestration.review.pictures import picture_of
from orchestration.review.refusals import refusal_told
from orchestration.review.showing import (
    chosen_group,
    report_told,
    shown_with,
)
from orchestration.settings import Settings

HERE = Path(__file__).parent
#: Threads that make pages and pictures.
THREADS = 2
#: A file of a template, in what is said of it.
_TEMPLATE = re.compile(r"template(?:/[\w.-]+)?\.yml|corrections\.yml")
#: What is said where an address leads nowhere, by status.
NOT_HERE = {
    404: "Il n'y a pas de page à cette adresse.",
    405: "Cette adresse attend le formulaire d'une page de la revue.",
}
UNFORESEEN = (
    "Une erreur que rien ne prévoyait a arrêté cette demande. La page du rapport dit ce qui est écrit, et "
    "l'annule ; le terminal de la revue garde le détail de l'erreur, à envoyer à qui tient le projet."
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
            for name, act in ACTS.items()
        ),
        Route("/rapport/{code}/retablir", _restore(desk, pages), methods=["POST"]),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=_guarded(guard))],
        lifespan=_few_threads,
        exception_handlers={
            **{status: _not_here(pages, why) for status, why in NOT_HERE.items()},
            Exception: _unforeseen(pages),
        },
    )


@contextlib.asynccontextmanager
async def _few_threads(_: Starlette) -> AsyncIterator[None]:
    """Requests take turns at the desk (``Desk.turn``): forty threads would wait there, and each keep the
    memory of the largest page that it made.
    """
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield


def _not_here(pages: Environment, why: str) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return HTMLResponse(pages.get_template("erreur.html").render(message=why), error.status_code)

    return answer


def _unforeseen(pages: Environment) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        code = request.path_params.get("code", "")
        return HTMLResponse(
            pages.get_template("erreur.html").render(titre="Erreur imprévue", message=UNFORESEEN, code=code),
            500,
        )

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
        causes=CAUSES,
        gravites=SEVERITIES,
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
            return _unreadable(desk, pages, request.path_params.get("code", ""), error)
        return HTMLResponse(
            pages.get_template(template).render(message=request.query_params.get("dit", ""), **told)
        )

    return endpoint


def _unreadable(desk: Desk, pages: Environment, code: str, error: ExtractionError | OSError) -> HTMLResponse:
    """Why a page cannot be shown: of a report whose template no longer reads, its first problem, with the
    way out.
    """
    if isinstance(error, Stale) or not desk.has(code):
        status = 409 if isinstance(error, Stale) else 404
        return HTMLResponse(pages.get_template("erreur.html").render(message=refusal_told(error)), status)
    first, *others = refusal_told(error).split("\n")
    named = _TEMPLATE.search(first) if first.startswith(f"{code}: ") else None
    told = {
        "code": code,
        "message": first.removeprefix(f"{code}: ").rstrip("."),
        "more": len(others),
        "template": named[0] if named else "",
        "decided": named and desk.decided(code),
    }
    return HTMLResponse(pages.get_template("illisible.html").render(**told), 422)


def _restore(desk: Desk, pages: Environment) -> Callable[[Request], Response]:
    """Put the files of a report back as its last decision left them: it cannot be opened to decide that."""

    def endpoint(request: Request) -> Response:
        code = request.path_params["code"]
        try:
            with desk.turn():
                names = desk.restore(code)
        except (ExtractionError, OSError) as error:
            message = refusal_told(error)
            return HTMLResponse(pages.get_template("erreur.html").render(message=message, code=code), 422)
        said = f"{listed(names)} : tel que la dernière décision l'avait écrit"
        return RedirectResponse(f"/rapport/{quote(code)}?{urlencode({'dit': said})}", 303)

    return endpoint


def _home(desk: Desk, request: Request) -> tuple[str, dict[str, Any]]:
    rows = []
    for report in reports_to_read(desk.settings.raw):
        document = not report.fault and (desk.settings.documents / report.document).is_file()
        rows.append({"report": report, "document": document})
    return "accueil.html", {
        "rows": sorted(rows, key=lambda row: (not row["report"].brouillon, row["report"].code))
    }


def _report(desk: Desk, request: Request) -> tuple[str, dict[str, Any]]:
    return "rapport.html", report_told(desk, request.path_params["code"], request.query_params)


def _picture(desk: Desk) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        try:
            with desk.turn():
                dossier = desk.dossier(request.path_params["code"])
                groups = groups_of(dossier)
                chosen = chosen_group(dossier, groups, request.query_params.get("groupe", ""))
                image = picture_of(
                    desk.settings.documents / dossier.report.document,
                    request.path_params["number"],
                    chosen and shown_with(chosen, cuts_of(dossier, chosen)),
                    "autour" in request.query_params,
                )
            return Response(image, media_type="image/png")
        except (ExtractionError, OSError) as error:
            return HTMLResponse(refusal_told(error), 404)

    return endpoint


def _act(desk: Desk, pages: Environment, act: Act) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        pairs = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        form = [(key, value.replace("\r\n", "\n")) for key, value in pairs]
        return await run_in_threadpool(answer, request.path_params["code"], form)

    def answer(code: str, form: list[tuple[str, str]]) -> Response:
        try:
            with desk.turn():
                before = desk.dossier(code)
                told = act(desk, code, renewed(form, before.state, shown_by(desk, before, act, dict(form))))
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
                told = report_told(desk, code, QueryParams(form))
        except (ExtractionError, OSError):
            return HTMLResponse(pages.get_template("erreur.html").render(message=why, code=code), status)
        told |= {"refus": why, "tard": stale, "pres": act in ADVISED_BESIDE}
        return HTMLResponse(pages.get_template("rapport.html").render(**told), status)

    return endpoint
