"""Telling people how a night went wrong: a file always, a webhook and a mail where they are configured.

``OBSERVATOIRE_WEBHOOK`` is an address that takes a JSON object by POST; ``OBSERVATOIRE_SMTP`` is
``smtp[s]://[user[:password]@]host[:port]`` with ``OBSERVATOIRE_MAIL_FROM`` and ``OBSERVATOIRE_MAIL_TO``
(several, comma separated). Each may instead be the first line of a file named by the same variable followed
by ``_FILE``. ``OBSERVATOIRE_HEARTBEAT`` is an address that is asked while the daemon lives and nights keep
the promise of the schedule, so that an outside service notices silence. Addresses may hold secrets: they are
never written, logged or shown, and a password is never sent in clear. Telling never raises: a night ends the
same whether somebody could be told or not.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import smtplib
import socket
import ssl
import threading
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

TIMEOUT = 10.0
#: Seconds for a whole attempt: a server that trickles its answer is left then.
DEADLINE = 30.0
LONGEST_SUBJECT = 120
_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
log = logging.getLogger("observatoire.night")


class Unusable(ValueError):
    """An address that nothing is sent to. The message says why, and quotes nothing of the address."""


@dataclass(frozen=True)
class Channels:
    """Where to tell; an empty address is a channel that nobody asked for. The addresses are not shown by
    ``repr``.
    """

    webhook: str = field(default="", repr=False)
    smtp: str = field(default="", repr=False)
    sender: str = ""
    recipients: tuple[str, ...] = ()


def read_channels(environ: Mapping[str, str] | None = None) -> Channels:
    """The channels that the environment configures. A file that cannot be read configures nothing, and is
    logged by its name.
    """
    environ = os.environ if environ is None else environ
    said = {
        name: _setting(environ, f"OBSERVATOIRE_{name}")
        for name in ("WEBHOOK", "SMTP", "MAIL_FROM", "MAIL_TO")
    }
    recipients = tuple(part.strip() for part in said["MAIL_TO"].split(",") if part.strip())
    return Channels(said["WEBHOOK"], said["SMTP"], said["MAIL_FROM"], recipients)


def _setting(environ: Mapping[str, str], name: str) -> str:
    path = environ.get(f"{name}_FILE")
    if not path:
        return environ.get(name, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").split("\n", 1)[0].strip()
    except (OSError, UnicodeDecodeError):
        log.warning("%s_FILE cannot be read: nobody is told that way", name)
        return ""


def notify(
    subject: str,
    text: str,
    channels: Channels | None = None,
    timeout: float = TIMEOUT,
    deadline: float = DEADLINE,
) -> list[str]:
    """Tell ``text`` on every configured channel; the names of those that took it (``webhook``, ``mail``).

    ``timeout`` is for one answer of a server, ``deadline`` for the whole attempt on one channel, in seconds.
    """
    channels = read_channels() if channels is None else channels
    subject = _NOT_PRINTABLE.sub(" ", subject)[:LONGEST_SUBJECT]
    told = []
    if channels.webhook and _tried(
        "webhook", lambda: post(channels.webhook, subject, text, timeout), deadline
    ):
        told.append("webhook")
    if (
        channels.smtp
        and channels.recipients
        and _tried("mail", lambda: mail(channels, subject, text, timeout), deadline)
    ):
        told.append("mail")
    return told


def _tried(channel: str, attempt: Callable[[], None], deadline: float) -> bool:
    """Whether the attempt succeeded in time. Of an error that is not ours only the kind is logged: its text
    may quote an address.
    """
    ended: list[str] = []

    def work() -> None:
        try:
            attempt()
            ended.append("")
        except Exception as error:
            ended.append(str(error) if isinstance(error, Unusable) else type(error).__name__)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(deadline)
    said = ended[0] if ended else f"no end within {deadline:g} s"
    if said:
        log.warning("the %s was not sent (%s): the night's outcome is the same", channel, said)
    return not said


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A webhook answers where it stands: following it elsewhere could carry the message to a stranger."""

    def redirect_request(self, *_: object) -> None:
        return None


def post(address: str, subject: str, text: str, timeout: float) -> None:
    """POST ``{"subject", "text", "host"}`` to a webhook; ``user:password@`` in its address becomes basic
    authentication over TLS.

    Raises when it is not HTTP, would carry a password in clear, does not answer in time, or refuses.
    """
    body = json.dumps(
        {"subject": subject, "text": text, "host": socket.gethostname()}, ensure_ascii=False
    ).encode()
    _open(request_for(address, body), timeout)


def request_for(address: str, body: bytes | None = None) -> urllib.request.Request:
    """A POST of JSON, or a GET without a body. Raises ``Unusable`` for an address that is not HTTP, or with a
    password in clear.
    """
    parts = _parts(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unusable("its address has to begin with http:// or https:// and name a host")
    headers = {"Content-Type": "application/json; charset=utf-8"} if body is not None else {}
    if parts.username is not None:
        if parts.scheme != "https":
            raise Unusable("a password is never sent without TLS: write https:// in its address")
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
        address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return urllib.request.Request(address, body, headers, method="GET" if body is None else "POST")


def _open(request: urllib.request.Request, timeout: float) -> None:
    with urllib.request.build_opener(_NoRedirect).open(request, timeout=timeout) as answer:
        answer.read(1024)


def beat(
    environ: Mapping[str, str] | None = None, timeout: float = TIMEOUT, deadline: float = DEADLINE
) -> bool:
    """Ask the address of the heartbeat, where one is configured; whether it answered."""
    address = _setting(os.environ if environ is None else environ, "OBSERVATOIRE_HEARTBEAT")
    return bool(address) and _tried("heartbeat", lambda: _open(request_for(address), timeout), deadline)


def mail(channels: Channels, subject: str, text: str, timeout: float) -> None:
    """Send a mail; with a password only over TLS. Raises when the server is out of reach or refuses."""
    server = server_of(channels.smtp)
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = (
        subject,
        channels.sender or "observatoire@localhost",
        ", ".join(channels.recipients),
    )
    message.set_content(text + "\n")
    context = ssl.create_default_context()
    with _connection(server.scheme, str(server.hostname), server.port, timeout, context) as session:
        if server.scheme == "smtp" and session.has_extn("starttls"):
            session.starttls(context=context)
            session.ehlo()
        elif server.scheme == "smtp" and server.password:
            raise Unusable("a password is never sent without TLS, which this server does not offer")
        if server.username:
            session.login(unquote(server.username), unquote(server.password or ""))
        session.send_message(message)


def server_of(address: str) -> SplitResult:
    """The parts of the address of a mail server. Raises ``Unusable`` when it is none."""
    server = _parts(address)
    if server.scheme not in ("smtp", "smtps") or not server.hostname:
        raise Unusable("its address has to be smtp://host or smtps://host")
    return server


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise Unusable("its address cannot be read: a colon, a bracket or a port is wrong") from None
    return parts


def _in_clear(address: str) -> bool:
    """Whether an address that is used is asked without TLS: one with a password never is."""
    try:
        parts = _parts(address)
    except Unusable:
        return False
    return parts.scheme == "http" and bool(parts.hostname) and parts.username is None


def faults(environ: Mapping[str, str] | None = None) -> list[str]:
    """What is wrong with the addresses that are configured, one sentence each, without asking any of them."""
    environ = os.environ if environ is None else environ
    channels, found = read_channels(environ), []
    tried: list[tuple[str, str, Callable[[str], object]]] = [
        ("webhook", channels.webhook, request_for),
        ("heartbeat", _setting(environ, "OBSERVATOIRE_HEARTBEAT"), request_for),
        ("mail", channels.smtp, server_of),
    ]
    for name, address, use in tried:
        try:
            _ = use(address) if address else None
        except Unusable as error:
            found.append(f"nothing is ever sent to the {name}: {error}")
    if channels.smtp and not channels.recipients:
        found.append("nothing is ever sent to the mail server: OBSERVATOIRE_MAIL_TO names nobody")
    if _in_clear(channels.webhook):
        found.append("the webhook is asked without TLS: who listens reads its address and the diagnosis")
    return found


def _connection(
    scheme: str, host: str, port: int | None, timeout: float, context: ssl.SSLContext
) -> smtplib.SMTP:
    if scheme == "smtps":
        session: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=timeout, context=context)
    else:
        session = smtplib.SMTP(host, port or 25, timeout=timeout)
    session.ehlo()
    return session
