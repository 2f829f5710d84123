"""The guard of the UI: what its pages ask passes, what anybody else asks does not."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.graph.webserver import OriginGuard, Pages, own_hosts
from orchestration.settings import PROJECT_ROOT

PORT = 3000
OWN = {"host": f"127.0.0.1:{PORT}"}
PAGE = {
    **OWN,
    "origin": f"http://127.0.0.1:{PORT}",
    "content-type": "application/json",
    "sec-fetch-site": "same-origin",
}
FOREIGN = {**PAGE, "origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
Headers = dict[str, str] | list[tuple[str, str]]


def ask(method: str, path: str, headers: Headers, kind: str = "http") -> int:
    """The status of an answer (for a socket: 101, or 403 when it is closed at once)."""
    path, _, query = path.partition("?")
    pairs = headers.items() if isinstance(headers, dict) else headers
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in pairs],
    }
    sent: list[dict[str, Any]] = []

    async def application(_: object, __: object, send: Any) -> None:
        accepted: dict[str, Any] = {"type": "websocket.accept"}
        answered: dict[str, Any] = {"type": "http.response.start", "status": 200}
        await send(accepted if kind == "websocket" else answered)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(OriginGuard(application, own_hosts(PORT, "tunnel:8080"))(scope, receive, send))
    return {"websocket.accept": 101, "websocket.close": 403}.get(sent[0]["type"]) or sent[0]["status"]


ANSWERED = {
    "a page of the UI": ("GET", "/assets", OWN),
    "a deep link from elsewhere": ("GET", "/runs/1?tab=logs", {**OWN, "sec-fetch-site": "cross-site"}),
    "its query": ("POST", "/graphql?op=Runs", PAGE),
    "its query by another name": (
        "POST",
        "/graphql",
        {**PAGE, "host": f"localhost:{PORT}", "origin": f"http://localhost:{PORT}"},
    ),
    "its query over IPv6": (
        "POST",
        "/graphql",
        {**PAGE, "host": f"[::1]:{PORT}", "origin": f"http://[::1]:{PORT}"},
    ),
    "its query through a tunnel": (
        "POST",
        "/graphql",
        {**PAGE, "host": "tunnel:8080", "origin": "http://tunnel:8080"},
    ),
    "a query of a program here": (
        "POST",
        "/graphql",
        {**OWN, "content-type": "application/json; charset=utf-8"},
    ),
    "the page of queries": ("GET", "/graphql", {**OWN, "accept": "text/html"}),
}
REFUSED = {
    "a mutation by GET": ("GET", "/graphql?query=mutation", OWN, 405),
    "a mutation by GET, encoded": ("GET", "/graphql/?query=mutation", OWN, 405),
    "a mutation by GET below a prefix": ("GET", "/dagster/graphql?query=mutation", OWN, 405),
    "a mutation by HEAD": ("HEAD", "/graphql?query=mutation", OWN, 405),
    "a query from a foreign page": ("POST", "/graphql", FOREIGN, 403),
    "a query from a page without origin": ("POST", "/graphql", {**PAGE, "origin": "null"}, 403),
    "a query from another port": ("POST", "/graphql", {**PAGE, "origin": "http://127.0.0.1:8000"}, 403),
    "a query that only its site betrays": (
        "POST",
        "/graphql",
        {**OWN, "content-type": "application/json", "sec-fetch-site": "same-site"},
        403,
    ),
    "a read from a foreign page": ("GET", "/logs/x", {**OWN, "origin": "https://elsewhere.example"}, 403),
    "a form": ("POST", "/graphql", {**PAGE, "content-type": "text/plain"}, 415),
    "a form that names the type": (
        "POST",
        "/graphql",
        {**PAGE, "content-type": "text/plain; application/json"},
        415,
    ),
    "a query as graphql": ("POST", "/graphql", {**PAGE, "content-type": "application/graphql"}, 415),
    "no type": ("POST", "/graphql", OWN, 415),
    "another name for this machine": ("GET", "/", {"host": f"elsewhere.example:{PORT}"}, 421),
    "another port": ("GET", "/", {"host": "127.0.0.1:9999"}, 421),
    "no name": ("GET", "/", {}, 421),
    "two names": ("GET", "/", [("host", f"127.0.0.1:{PORT}"), ("host", "elsewhere.example")], 400),
    "two origins": ("POST", "/graphql", [*PAGE.items(), ("origin", "https://elsewhere.example")], 400),
    "a check painted green": ("POST", "/report_asset_check/publication/observatoire", PAGE, 403),
    "a materialisation made up": (
        "POST",
        "/report_asset_materialization/publication/observatoire",
        PAGE,
        403,
    ),
    "an observation made up": ("POST", "/dagster/report_asset_observation/x", PAGE, 403),
    "a preflight": ("OPTIONS", "/graphql", FOREIGN, 403),
    "another verb": ("PUT", "/graphql", PAGE, 405),
}


@pytest.mark.parametrize("request_", ANSWERED.values(), ids=ANSWERED.keys())
def test_what_the_pages_ask_is_answered(request_: tuple[str, str, Headers]) -> None:
    assert ask(*request_) == 200


@pytest.mark.parametrize("request_", REFUSED.values(), ids=REFUSED.keys())
def test_what_a_stranger_asks_is_refused(request_: tuple[str, str, Headers, int]) -> None:
    *asked, status = request_
    assert ask(*asked) == status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (PAGE, 101),
        (FOREIGN, 403),
        (OWN, 403),
        ({**PAGE, "host": "elsewhere.example"}, 403),
        ({**PAGE, "origin": "null"}, 403),
    ],
)
def test_a_socket_is_for_the_pages_of_the_server(headers: Headers, status: int) -> None:
    assert ask("GET", "/graphql", headers, "websocket") == status


def read_page(tmp_path: Path, path: str) -> tuple[int, bytes]:
    sent: list[dict[str, Any]] = []

    async def application(_: object, __: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 299})
        await send({"type": "http.response.body", "body": b"the UI"})

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # the browser stays
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", OWN["host"].encode())],
        "root_path": "",
    }
    asyncio.run(OriginGuard(Pages(application, tmp_path / "current"), own_hosts(PORT))(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def test_the_pages_of_the_published_release_open_in_the_browser_of_the_ui(tmp_path: Path) -> None:
    assert read_page(tmp_path, "/observatoire/site/index.html")[0] == 404, "nothing is published yet"
    for release in ("1", "2"):
        (tmp_path / "releases" / release / "site").mkdir(parents=True)
        (tmp_path / "releases" / release / "site" / "index.html").write_text(f"<p>page {release}")
        (tmp_path / "current").unlink(missing_ok=True)
        (tmp_path / "current").symlink_to(f"releases/{release}")
        assert read_page(tmp_path, "/observatoire/site/index.html") == (200, f"<p>page {release}".encode())
    (tmp_path / "secret").write_text("s")
    for path in ("/observatoire/../secret", "/observatoire/../../secret", "/observatoire/site/absent.html"):
        assert read_page(tmp_path, path)[0] == 404
    assert read_page(tmp_path, "/assets") == (299, b"the UI")


def answers(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The true server on a free port, with a graph of one asset; no connection of somebody else is given a
    port of that range while the server starts.
    """
    (tmp_path / "graph.py").write_text(
        "import dagster as dg\n@dg.asset\ndef one(): ...\ndefs = dg.Definitions(assets=[one])\n"
    )
    (tmp_path / "pyproject.toml").write_text('[tool.dagster]\nmodule_name = "graph"\n')
    port = next(port for port in random.sample(range(20_000, 32_000), 100) if not answers(port))
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(tmp_path),
        "PYTHONPATH": f"{PROJECT_ROOT}{os.pathsep}{tmp_path}",
    }
    command = [sys.executable, "-m", "orchestration.graph.webserver", str(port)]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 600
        while not answers(port) and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.2)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(300)


@pytest.mark.slow
def test_the_true_server_obeys_its_pages_and_nobody_else(served: int) -> None:
    host = f"127.0.0.1:{served}"

    def answer(method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(host, timeout=300)
        connection.request(
            method, path, body or None, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        said = connection.getresponse()
        return said.status, said.read().decode()

    nodes = json.dumps({"query": "{assetNodes {assetKey {path}}}"})
    mutation = json.dumps({"query": "mutation {setNuxSeen}"})
    assert answer("POST", "/graphql", nodes, Content_Type="application/json", Origin=f"http://{host}") == (
        200,
        json.dumps({"data": {"assetNodes": [{"assetKey": {"path": ["one"]}}]}}, separators=(",", ":")),
    )
    assert answer("GET", "/overview")[1].startswith("<!DOCTYPE html>")
    assert answer("GET", "/graphql?query=mutation%20%7BsetNuxSeen%7D")[0] == 405
    assert (
        answer(
            "POST", "/graphql", mutation, Content_Type="application/json", Origin="https://elsewhere.example"
        )[0]
        == 403
    )
    assert answer("POST", "/graphql", mutation, Content_Type="text/plain")[0] == 415
    assert (
        answer("POST", "/graphql", mutation, Content_Type="application/json", Host="elsewhere.example")[0]
        == 421
    )
    assert (
        answer(
            "POST",
            "/report_asset_materialization/one",
            "{}",
            Content_Type="application/json",
            Origin=f"http://{host}",
        )[0]
        == 403
    )
