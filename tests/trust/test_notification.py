"""Telling people, against servers that really listen on this machine; a silent, slow or angry one changes
nothing.
"""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import logging
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from orchestration.telling.notification import Channels, beat, faults, notify, read_channels, request_for

TEXT = (
    "The night failed: cpam_x_2021.txt: line 3 is not UTF-8. Les lecteurs gardent l'état précédent, déjà "
    "publié."
)
SECRET = "s3cret-token"


@contextlib.contextmanager
def listening(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


class Webhook(http.server.BaseHTTPRequestHandler):
    """Remembers what it was sent; answers with the status that its path asks for, the one of ``/slowly/200``
    byte after byte.
    """

    seen: list[tuple[str, dict[str, str]]]
    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        self.send_response(int(self.path.rsplit("/", 1)[1]))
        self.send_header("Location", "/elsewhere/200")
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).seen.append((self.path, json.loads(body)))
        if "/slowly/" in self.path:
            with contextlib.suppress(OSError):
                for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.05)
        self.send_response(int(self.path.rsplit("/", 1)[1]))
        self.send_header("Location", "/elsewhere/200")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def webhook() -> Iterator[int]:
    Webhook.seen, Webhook.asked = [], []
    with listening(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)) as port:
        yield port


def test_a_webhook_gets_the_paragraph(webhook: int) -> None:
    assert notify(
        "the night\nfailed", TEXT, Channels(webhook=f"http://127.0.0.1:{webhook}/{SECRET}/200")
    ) == ["webhook"]
    ((_, said),) = Webhook.seen
    assert (said["subject"], said["text"]) == ("the night failed", TEXT)


@pytest.mark.parametrize("status", [301, 404, 500])
def test_a_webhook_that_refuses_is_only_logged(
    webhook: int, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert notify("s", TEXT, Channels(webhook=f"http://127.0.0.1:{webhook}/{SECRET}/{status}")) == []
    assert len(Webhook.seen) == 1
    assert "was not sent" in caplog.text
    assert SECRET not in caplog.text


def test_a_server_that_trickles_is_left_at_the_deadline(
    webhook: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert (
            notify("s", TEXT, Channels(webhook=f"http://127.0.0.1:{webhook}/slowly/200"), deadline=0.3) == []
        )
    assert "no end within 0.3 s" in caplog.text


def test_a_name_and_a_password_in_the_address_of_a_webhook_travel_as_basic_authentication_over_tls_only(
    webhook: int, caplog: pytest.LogCaptureFixture
) -> None:
    request = request_for(f"https://jean:{SECRET}%21@example.org:8443/hook", b"{}")
    assert (request.full_url, request.method) == ("https://example.org:8443/hook", "POST")
    assert (
        request.get_header("Authorization")
        == f"Basic {base64.b64encode(f'jean:{SECRET}!'.encode()).decode()}"
    )
    with caplog.at_level(logging.DEBUG):
        assert notify("s", TEXT, Channels(webhook=f"http://jean:{SECRET}@127.0.0.1:{webhook}/hook/200")) == []
    assert Webhook.seen == [], "not even the message went there"
    assert "the webhook was not sent (a password is never sent without TLS: write https://" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("path", "answered"), [("/alive/200", True), ("/alive/500", False), ("/alive/301", False)]
)
def test_a_heartbeat_asks_and_tells_nothing(webhook: int, path: str, answered: bool) -> None:
    assert beat({"OBSERVATOIRE_HEARTBEAT": f"http://127.0.0.1:{webhook}{path}"}) is answered
    assert Webhook.asked == [path]


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, []),
        ({"WEBHOOK": f"https://jean:{SECRET}@example.org/x", "HEARTBEAT": "https://example.org/y"}, []),
        (
            {"WEBHOOK": f"http://jean:{SECRET}@example.org/x"},
            ["to the webhook: a password is never sent without"],
        ),
        (
            {"HEARTBEAT": f"http://jean:{SECRET}@example.org/x"},
            ["to the heartbeat: a password is never sent wit"],
        ),
        ({"WEBHOOK": f"http://example.org/{SECRET}"}, ["the webhook is asked without TLS"]),
        ({"WEBHOOK": f"HTTP://example.org/{SECRET}"}, ["the webhook is asked without TLS"]),
        ({"WEBHOOK": f"http://example.org/@{SECRET}?to=a@b"}, ["the webhook is asked without TLS"]),
        ({"WEBHOOK": f"http:///{SECRET}"}, ["to the webhook: its address has to begin with http:// or"]),
        ({"WEBHOOK": f"example.org/{SECRET}"}, ["to the webhook: its address has to begin with http:// or"]),
        ({"WEBHOOK": f"https://{SECRET}:port/"}, ["to the webhook: its address cannot be read"]),
        ({"SMTP": "smtp://h", "MAIL_TO": "a@x"}, []),
        ({"SMTP": "smtp://h"}, ["OBSERVATOIRE_MAIL_TO names nobody"]),
        ({"SMTP": f"h/{SECRET}", "MAIL_TO": "a@x"}, ["to the mail: its address has to be smtp://host"]),
    ],
)
def test_what_is_wrong_with_an_address_is_known_before_a_night_fails(
    environ: dict[str, str], told: list[str]
) -> None:
    said = faults({f"OBSERVATOIRE_{name}": value for name, value in environ.items()})
    assert len(said) == len(told)
    assert all(clause in sentence for clause, sentence in zip(told, said, strict=True))
    assert SECRET not in str(said)


def test_a_heartbeat_that_nobody_wants_or_hears_changes_nothing() -> None:
    assert not beat({})
    assert not beat({"OBSERVATOIRE_HEARTBEAT": "http://127.0.0.1:1/x"})
    assert not beat({"OBSERVATOIRE_HEARTBEAT": "file:///etc/passwd"})


class Smtp(socketserver.StreamRequestHandler):
    """The few words of SMTP that a mail needs."""

    seen: list[str]
    refuses = False

    def handle(self) -> None:
        self._say("220 test")
        for line in iter(self.rfile.readline, b""):
            word = line.decode().strip()
            type(self).seen.append(word)
            if word.upper() == "DATA":
                self._say("354 go on")
                type(self).seen += [
                    line.decode().rstrip("\r\n") for line in iter(self.rfile.readline, b".\r\n")
                ]
            if word.upper().startswith("RCPT") and self.refuses:
                self._say("550 no such mailbox")
            else:
                self._say("250 fine" if word.upper() != "QUIT" else "221 bye")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@pytest.fixture
def smtp() -> Iterator[int]:
    Smtp.seen, Smtp.refuses = [], False
    with listening(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp)) as port:
        yield port


def mailed(port: int, user: str = "") -> Channels:
    return Channels(
        smtp=f"smtp://{user}127.0.0.1:{port}",
        sender="observatoire@example.org",
        recipients=("a@example.org", "b@example.org"),
    )


def test_a_mail_is_sent_to_each_recipient(smtp: int) -> None:
    assert notify("the night failed", TEXT, mailed(smtp)) == ["mail"]
    heads = [line.lower() for line in Smtp.seen]
    assert {"rcpt to:<a@example.org>", "rcpt to:<b@example.org>", "subject: the night failed"} <= set(heads)
    assert any("The night failed: cpam_x_2021.txt" in line for line in Smtp.seen)


def test_a_mail_that_is_refused_is_only_logged(smtp: int, caplog: pytest.LogCaptureFixture) -> None:
    Smtp.refuses = True
    assert notify("s", TEXT, mailed(smtp)) == []
    assert "the mail was not sent" in caplog.text


def test_a_password_is_never_sent_in_clear_nor_logged(smtp: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert notify("s", TEXT, mailed(smtp, f"user:{SECRET}@")) == []
    assert not any("AUTH" in line.upper() for line in Smtp.seen)
    assert SECRET not in caplog.text + repr(mailed(smtp, f"user:{SECRET}@"))


def test_a_server_that_says_nothing_is_left_after_the_time_allowed() -> None:
    class Silent(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            release.wait(20)

    release = threading.Event()
    with listening(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent)) as port:
        channels = Channels(
            webhook=f"http://127.0.0.1:{port}/x",
            smtp=f"smtp://127.0.0.1:{port}",
            recipients=("a@example.org",),
        )
        assert notify("s", TEXT, channels, timeout=0.2) == []
        release.set()


def test_nobody_listening_and_nonsense_change_nothing() -> None:
    for channels in (
        Channels(webhook="http://127.0.0.1:1/x"),
        Channels(webhook="file:///etc/passwd"),
        Channels(smtp="ftp://x", recipients=("a",)),
    ):
        assert notify("s", TEXT, channels) == []
    assert notify("s", TEXT, Channels()) == []


def test_channels_come_from_the_environment_or_from_files(tmp_path) -> None:
    (tmp_path / "hook").write_text(f"https://example.org/{SECRET}\nnot this\n")
    environ = {
        "OBSERVATOIRE_WEBHOOK_FILE": str(tmp_path / "hook"),
        "OBSERVATOIRE_SMTP": "smtp://h",
        "OBSERVATOIRE_MAIL_TO": "a@x, b@x",
    }
    channels = read_channels(environ)
    assert (channels.webhook, channels.smtp, channels.recipients) == (
        f"https://example.org/{SECRET}",
        "smtp://h",
        ("a@x", "b@x"),
    )
    assert read_channels({"OBSERVATOIRE_WEBHOOK_FILE": str(tmp_path / "absent")}).webhook == ""
    assert read_channels({}) == Channels()
