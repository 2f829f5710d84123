"""``observatoire review``: a local page on which a report is reviewed, group by group."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import webbrowser

import click

from orchestration.errors import NightError
from orchestration.settings import Settings, read_settings

#: The variable that holds the token of a session.
TOKEN = "OBSERVATOIRE_JETON"
_WHY_NOT = {
    errno.EADDRINUSE: "il est pris",
    errno.EACCES: "il est réservé au système",
    errno.EPERM: "il est réservé au système",
}


@click.command()
@click.argument("report", required=False)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port sur cette machine ; 0 en prend un libre.",
)
@click.option("--browser/--no-browser", default=False, help="Ouvrir la page dans le navigateur.")
def review(report: str | None, port: int, browser: bool) -> None:
    """Relire une ébauche dans un navigateur : dire groupe par groupe ce que ses chiffres veulent dire.

    Les décisions s'écrivent dans le gabarit du rapport. Les minutes comptées sont celles du travail : une
    pause de plus de cinq minutes entre deux décisions n'en est pas. Le jeton de la séance est nouveau, ou
    celui d'OBSERVATOIRE_JETON : de l'environnement, car une ligne de commande se lit de toute la machine.
    """
    import uvicorn

    from orchestration.review.application import build_application
    from orchestration.review.desk import alone
    from orchestration.review.guard import TokenGuard
    from orchestration.review.recovering import recover

    settings = read_settings()
    if report and not (settings.raw / report / "report.yml").is_file():
        raise NightError(f"aucun rapport ne se nomme {report} ; `make report DOC=...` en apporte un")
    _refuse_what_cannot_be_written(settings, report)
    with _listening(port) as heard:
        port = heard.getsockname()[1]
        guard = TokenGuard({f"127.0.0.1:{port}", f"localhost:{port}"}, os.environ.get(TOKEN))
        address = f"http://127.0.0.1:{port}/{f'rapport/{report}' if report else ''}?jeton={guard.token}"
        with alone(settings.raw):
            recover(settings)
        _tell_progress(settings, report)
        _tell_missing_document(settings, report)
        click.echo(f"relecture sur {address} (Ctrl-C l'arrête)")
        if browser:
            webbrowser.open(address)
        server = uvicorn.Server(uvicorn.Config(build_application(settings, guard), log_level="warning"))
        with contextlib.suppress(KeyboardInterrupt):
            server.run([heard])
    _tell_progress(settings, report)


def _refuse_what_cannot_be_written(settings: Settings, report: str | None) -> None:
    """Refuse to review in a clone of somebody else: each decision would be refused."""
    for folder in (settings.raw / (report or ""), settings.seeds):
        if not os.access(folder, os.W_OK):
            raise NightError(
                f"{settings.relative(folder)} ne s'écrit pas avec vos droits : relisez dans un clone à "
                "vous, ou demandez ceux de ce dossier"
            )


def _listening(port: int) -> socket.socket:
    """A socket that listens on ``port`` of this machine, before its address is told to anybody."""
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise NightError(
            f"le port {port} ne peut servir ({_WHY_NOT.get(error.errno or 0, 'le système le refuse')}) : une "
            "autre relecture le tient peut-être ; arrêtez-la, ou `make review PORT=0` en trouve un libre"
        ) from error


def _tell_progress(settings: Settings, only: str | None) -> None:
    """How far the review of each draft has come, one line each."""
    from orchestration.extraction.reports import sound_reports
    from orchestration.review.progress import progress_of

    for one in sound_reports(settings.raw):
        if (only in (None, one.code)) and (progress := progress_of(one, settings.warehouse)):
            click.echo(f"{one.code} : {progress.told}")


def _tell_missing_document(settings: Settings, code: str | None) -> None:
    """Say of the report that is to be reviewed that its document is not at hand."""
    from orchestration.extraction.reports import load_report

    name = load_report(settings.raw / code).document if code else ""
    if code and not (settings.documents / name).is_file():
        click.echo(
            f"{code} : {name} n'est pas dans {settings.documents}, et un rapport ne se relit pas sans son "
            "document ; mettez-le là, ou nommez son dossier dans OBSERVATOIRE_DOCUMENTS"
        )


@click.command()
@click.argument("report")
@click.argument("place")
@click.argument("changes", nargs=-1, required=True)
@click.option(
    "--reason", "-m", required=True, help="Pourquoi : se lit avec le chiffre, dans les pages publiées."
)
def correct(report: str, place: str, changes: tuple[str, ...], reason: str) -> None:
    """Corriger la lecture d'un nombre : observatoire correct cpam_x_2022 497-12 unite=EUR valeur=980000 -m
    "..."

    PLACE est sa ligne et sa colonne, comme les pages les disent (n497-12). La correction s'écrit dans
    raw/REPORT/corrections.yml ; l'imprimé reste ce qu'il est, et la valeur doit pouvoir s'y lire.
    """
    from orchestration.review.correcting import write_correction
    from orchestration.review.desk import alone
    from orchestration.review.refusals import catalogue_of

    settings = read_settings()
    given = dict(change.partition("=")[::2] for change in changes)
    place = place.removeprefix("n")
    with alone(settings.raw):
        done = write_correction(
            settings.raw, report, place, given, reason, catalogue_of(settings.seeds), settings.documents
        )
    again = " à la place de la correction qui s'y trouvait" if done.replaced else ""
    then = (
        f"elle attend {done.waits_for}, qui n'est pas dans {settings.documents} : les nuits publient "
        "l'ancienne lecture jusque-là"
        if done.waits_for
        else "la prochaine nuit relit le rapport avec elle"
    )
    click.echo(f"écrit dans {settings.relative(done.path)}{again} ; {then}")
