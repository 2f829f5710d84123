"""Who may speak to the review: this machine only, with the token of this run, from its own pages."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

#: How the cookie begins whose name ends with the port: a browser keeps one for all ports of a machine.
COOKIE = "revue"
#: What a page may load: nothing but what this program serves.
POLICY = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"


class TokenGuard:
    """Lets in requests that carry the token; a form must come from a page of ours."""

    def __init__(self, hosts: Collection[str], token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(24)
        self._hosts = frozenset(hosts)

    def refusal(self, request: Request) -> Response | None:
        """The answer to a request that must not go on; ``None`` for one that may."""
        host = request.headers.get("host", "")
        if host not in self._hosts:
            return PlainTextResponse("Cette adresse n'est pas celle de la revue.", 421)
        given = request.query_params.get("jeton")
        if given is not None and request.method == "GET" and self._is_token(given):
            answer = RedirectResponse(request.url.path, 303)
            answer.set_cookie(_cookie_of(host), self.token, httponly=True, samesite="strict")
            return answer
        if not self._is_token(request.cookies.get(_cookie_of(host), "")):
            return PlainTextResponse(
                "Ouvrez l'adresse que la commande affiche : elle porte le jeton de cette séance.", 403
            )
        if request.method not in ("GET", "HEAD") and not self._is_ours(request, host):
            return PlainTextResponse("Cette demande ne vient pas d'une page de la revue.", 403)
        return None

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())

    def _is_ours(self, request: Request, host: str) -> bool:
        site = request.headers.get("sec-fetch-site", "same-origin")
        return request.headers.get("origin") == f"http://{host}" and site == "same-origin"


def _cookie_of(host: str) -> str:
    return f"{COOKIE}_{host.rpartition(':')[2]}"
