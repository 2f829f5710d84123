"""The Dagster UI behind a guard: it takes orders from its own pages only.

Dagster's server asks for no password and would execute what any page, name or program sends it: mutations by
GET and from any Origin, reports of materialisations and checks by a plain POST. Run as
``python -m orchestration.graph.webserver PORT``; behind a tunnel to another port, ``OBSERVATOIRE_UI_HOSTS``
names the further ``host:port`` (comma separated) that browsers use. Authentication does not belong here:
whoever may connect to this machine's loopback, and asks as the pages do, is served.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from pathlib import Path
from typing import Any, NamedTuple

from dagster_webserver import cli as web
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from orchestration.graph.resources import PAGES
from orchestration.settings import read_settings

HOST = "127.0.0.1"
#: Names of this machine's loopback in a browser.
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
#: Nothing of this project calls them: they would paint any check green.
CLOSED = ("/report_asset_materialization/", "/report_asset_check/", "/report_asset_observation/")
SINGLE = (b"host", b"origin", b"content-type", b"sec-fetch-site")
#: Other pages may neither frame the UI nor read what it answers.
SHIELD = [
    (b"content-security-policy", b"frame-ancestors 'self'"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Refusal(NamedTuple):
    """What a stranger is answered: an HTTP status and a sentence."""

    status: int
    sentence: str


def own_hosts(port: int, further: str = "") -> frozenset[str]:
    """The values of ``Host`` that name this server."""
    names = {f"{name}:{port}" for name in OWN_NAMES} | ({*OWN_NAMES} if port == 80 else set())
    return frozenset(names | {name.strip().lower() for name in further.split(",") if name.strip()})


def refusal_of(scope: Mapping[str, Any], hosts: frozenset[str]) -> Refusal | None:
    """Why a request is refused, or ``None``; ``scope`` is that of ASGI."""
    headers = {name: [value for key, value in scope["headers"] if key == name] for name in SINGLE}
    if any(len(values) > 1 for values in headers.values()):
        return Refusal(400, "a header is given twice")
    said = {name: values[0].decode("latin-1").strip().lower() for name, values in headers.items() if values}
    if said.get(b"host") not in hosts:
        return Refusal(421, "this server is not called so: see OBSERVATOIRE_UI_HOSTS in docs/operations.md")
    origin = said.get(b"origin")
    if origin is not None and origin not in {
        f"{scheme}://{host}" for host in hosts for scheme in ("http", "https")
    }:
        return Refusal(403, "another page asked for it")
    if scope["type"] == "websocket":
        return None if origin else Refusal(403, "a socket is for the pages of this server")
    return _judge_request(scope, said)


def _judge_request(scope: Mapping[str, Any], said: Mapping[bytes, str]) -> Refusal | None:
    path, method = scope["path"], scope["method"]
    if any(closed in f"{path}/" for closed in CLOSED):
        return Refusal(403, "what happened is written by the nights, never from outside")
    if method in ("GET", "HEAD"):
        asks = path.rstrip("/").endswith("/graphql") and scope["query_string"]
        return Refusal(405, "a query is posted") if asks else None
    if method != "POST":
        return Refusal(405, "read or post")
    if said.get(b"sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return Refusal(403, "another page asked for it")
    media = said.get(b"content-type", "").partition(";")[0].strip()
    return None if media == "application/json" else Refusal(415, "post application/json")


class OriginGuard:
    """An ASGI application that lets only its own pages speak to ``app``."""

    def __init__(self, app: App, hosts: Iterable[str]) -> None:
        self.app, self.hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif refusal := refusal_of(scope, self.hosts):
            await _refuse(scope["type"], refusal, receive, send)
        else:
            await self.app(scope, receive, _shielded(send))


class Pages:
    """Serves the pages of the published release below ``PAGES``, everything else by ``app``: a browser opens
    no path of the disk.
    """

    def __init__(self, app: App, release: Path) -> None:
        self.app, self.pages = (
            app,
            StaticFiles(directory=release, check_dir=False, html=True, follow_symlink=True),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{PAGES}/"):
            try:
                await self.pages({**scope, "root_path": PAGES}, receive, send)
            except (HTTPException, RuntimeError) as error:  # the latter before anything is published
                await _refuse(
                    "http",
                    Refusal(getattr(error, "status_code", 404), "no published page is called so"),
                    receive,
                    send,
                )
        else:
            await self.app(scope, receive, send)


def _shielded(send: Send) -> Send:
    async def shielded(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *SHIELD]}
        await send(message)

    return shielded


async def _refuse(kind: str, refusal: Refusal, receive: Receive, send: Send) -> None:
    if kind == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    body = f"{refusal.sentence}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        *SHIELD,
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main(port: int) -> None:
    """Serve Dagster's own web server, command line and all, behind the guard. Its version is pinned: the name
    replaced is not public.
    """
    plain, hosts = (
        web.create_app_from_workspace_process_context,
        own_hosts(port, os.environ.get("OBSERVATOIRE_UI_HOSTS", "")),
    )

    def guarded(*arguments: Any, **named: Any) -> Any:
        return OriginGuard(Pages(plain(*arguments, **named), read_settings().warehouse / "current"), hosts)

    web.create_app_from_workspace_process_context = guarded
    sys.argv = ["dagster-webserver", "--host", HOST, "--port", str(port)]
    web.main()


if __name__ == "__main__":
    main(int(sys.argv[1]))
