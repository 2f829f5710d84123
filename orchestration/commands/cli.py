"""The command line: which commands there are, in which order help tells them, and how refusals are told.

A command is a click command in a module of this room; its line in ``COMMANDS`` is all that makes it known,
and its module is imported when it is called. Every refusal is one sentence on standard error and an exit
status of 1, never a traceback.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from orchestration.errors import NightError
from orchestration.extraction.errors import ExtractionError

#: The name of each command and the module of this room that holds it, by what one wants to do.
COMMANDS: dict[str, dict[str, str]] = {
    "Nights": {"nightly": "nights", "plan": "plan", "ui": "nights", "daemon": "nights"},
    "What readers have": {
        "query": "published",
        "constats": "published",
        "releases": "published",
        "rollback": "published",
    },
    "Reports": {
        "report": "report",
        "show": "report",
        "scan": "report",
        "read": "read",
        "extract": "report",
        "register": "register",
        "review": "review",
        "spark": "spark",
        "correct": "review",
    },
    "This installation": {"doctor": "doctor"},
}


class Commands(click.Group):
    """The commands of ``COMMANDS``, imported when they are needed."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        modules = {known: module for section in COMMANDS.values() for known, module in section.items()}
        if name not in modules:
            return None
        found = getattr(importlib.import_module(f"orchestration.commands.{modules[name]}"), name)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        for title, section in COMMANDS.items():
            commands = {name: self.get_command(context, name) for name in section}
            with formatter.section(title):
                formatter.write_dl(
                    [(name, command.get_short_help_str(90)) for name, command in commands.items() if command]
                )


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, resolve_path=True),
    help="The installation to work on (default: the one this program belongs to).",
)
def cli(root: str | None) -> None:
    """Observatoire: activity reports of the Assurance Maladie, from print to an audited warehouse.

    A first look: `nightly` publishes, `query "from marts.dim_rapport"` asks, `constats` lists what reports
    get wrong. A new report: `report DOCUMENT`, then `read CODE --left` shows what is still to be read.

    Folders and settings come from the environment (OBSERVATOIRE_DOCUMENTS names the folder of the documents);
    docs/operations.md lists them, `doctor` checks them.
    """
    if root:
        os.environ["OBSERVATOIRE_ROOT"] = root


def _open_what_is_closed() -> None:
    """Give a closed standard stream (``>&-``) the null device, before a database file gets its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115


@dataclass(frozen=True)
class Refusals:
    """What is told of what no command foresees."""

    interrupted: str
    a_file: str
    unwritable: str
    memory: str
    unforeseen: str


ENGLISH = Refusals(
    "interrupted",
    "a file",
    "{}: {}; check the disk and the permissions, then run again",
    "there is not enough memory on this machine for it; nothing published has changed: close other programs, "
    "then run again",
    "this broke in a way that nobody foresaw ({}: {}); OBSERVATOIRE_TRACE=1 shows where",
)
FRENCH = Refusals(
    "interrompu",
    "un fichier",
    "{} ne peut être lu ou écrit ({}) : voyez le disque et les droits, puis recommencez",
    "la mémoire de cette machine n'y suffit pas ; rien de publié n'a changé : fermez d'autres programmes, "
    "puis recommencez",
    "ceci s'est brisé d'une façon que personne n'avait prévue ({} : {}) ; OBSERVATOIRE_TRACE=1 montre où",
)
#: Commands whose readers bring, read, review or correct reports: they speak French, as their pages do.
OF_AUTHORS = frozenset({"report", "show", "scan", "read", "extract", "review", "correct"})


def _is_of_authors(arguments: Sequence[str]) -> bool:
    known = {name for section in COMMANDS.values() for name in section}
    return next((word for word in arguments if word in known), "") in OF_AUTHORS


def _why(error: OSError, told: Refusals) -> str:
    if told is FRENCH:
        from orchestration.review.refusals import OS_REASONS

        return OS_REASONS.get(error.errno or 0, str(error.strerror or error))
    return str(error.strerror or error)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: run a command (by default that of this process), telling refusals plainly, whatever bytes
    the name of a file has.
    """
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    # Started in the background of a script, SIGINT is ignored, and Dagster would leave SIGTERM ignored after
    # its first run.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    told = FRENCH if _is_of_authors(sys.argv[1:] if arguments is None else arguments) else ENGLISH
    try:
        cli.main(arguments, prog_name="observatoire", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(told.interrupted)
    except (NightError, ExtractionError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        sys.exit(told.unwritable.format(error.filename or told.a_file, _why(error, told)))
    except MemoryError:
        sys.exit(told.memory)
    except KeyboardInterrupt:
        sys.exit(told.interrupted)
    except Exception as error:
        if os.environ.get("OBSERVATOIRE_TRACE"):
            raise
        said = " ".join(str(error).split())[:300]
        sys.exit(told.unforeseen.format(type(error).__name__, said))
