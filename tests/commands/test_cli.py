"""The command line: every command is known, explained and refuses plainly; what the pages tell people to type
exists.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from orchestration.commands import nights
from orchestration.commands.cli import COMMANDS, cli, main
from orchestration.settings import PROJECT_ROOT, read_settings

NAMES = [name for section in COMMANDS.values() for name in section]
TYPED = re.compile(r"(?:bin/|`)observatoire +([a-z][a-z-]+)")
MADE = re.compile(r"(?:`|^)make ([a-z-]+)(?=`|$| +#| +[A-Z]+=)", re.MULTILINE)
PAGES = [
    PROJECT_ROOT / "README.md",
    *sorted((PROJECT_ROOT / "docs").rglob("*.md")),
    PROJECT_ROOT / "expectations" / "README.md",
]


def test_help_names_every_command_under_its_section() -> None:
    told = CliRunner().invoke(cli, ["--help"]).output
    assert all(re.search(rf"^  {name}  +[A-Z]", told, re.MULTILINE) for name in NAMES)
    assert all(f"{title}:" in told for title in COMMANDS)


@pytest.mark.parametrize("name", NAMES)
def test_a_command_explains_itself_and_its_options(name: str) -> None:
    command = cli.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert command.name == name
    assert len(command.get_short_help_str(200)) > 20
    assert [
        option.name for option in command.params if isinstance(option, click.Option) and not option.help
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(PROJECT_ROOT)) for page in PAGES])
def test_the_commands_that_a_page_tells_to_type_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    assert [name for name in TYPED.findall(text) if name not in NAMES] == []
    assert [name for name in MADE.findall(text) if f"\n{name}:" not in makefile] == []
    assert "python -m orchestration." not in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nightli"], "No such command"),
        (["query"], "Missing argument"),
        (["query", " ; "], "the query is empty"),
        (["read", "nothing"], "nothing"),
        (["extract", "nothing"], "no report is declared"),
    ],
)
def test_a_refusal_is_told_without_a_traceback(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "dbt_project").symlink_to(PROJECT_ROOT / "dbt_project")
    monkeypatch.setenv("OBSERVATOIRE_ROOT", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    error = capsys.readouterr().err
    assert ended.value.code in (1, 2)
    assert told in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--root", "/", "read", "plan"], "interrompu"),
        (["extract"], "interrompu"),
        (["releases"], "interrupted"),
        ([], "interrupted"),
    ],
)
def test_a_command_is_interrupted_in_the_language_of_who_reads_it(
    arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("orchestration.commands.cli.cli.main", stop)
    with pytest.raises(SystemExit, match=told):
        main(arguments)


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_a_closed_stream_stops_no_command(tmp_path: Path, closed: tuple[int, ...]) -> None:
    command = [sys.executable, "-m", "orchestration", "releases"]
    closing = 'exec "$@" ' + " ".join(f"{number}>&-" for number in closed)
    environment = {**os.environ, "OBSERVATOIRE_ROOT": str(tmp_path)}
    whole, shown = (
        subprocess.run(called, env=environment, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
        for called in (command, ["sh", "-c", closing, "sh", *command])
    )
    assert shown.returncode == whole.returncode and "Traceback" not in shown.stderr + shown.stdout


def test_folders_are_those_of_the_installation_that_is_named(tmp_path: Path) -> None:
    assert read_settings({"OBSERVATOIRE_ROOT": str(tmp_path)}).raw == tmp_path / "raw"
    assert (
        read_settings({"OBSERVATOIRE_ROOT": str(tmp_path), "OBSERVATOIRE_RAW": "elsewhere"}).raw
        == tmp_path / "elsewhere"
    )
    assert read_settings({}).root == PROJECT_ROOT


def test_what_the_summary_tells_to_type_works_where_it_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (PROJECT_ROOT, tmp_path):
        monkeypatch.chdir(folder)
        done = subprocess.run(
            f"{nights._typed()} query --help",
            shell=True,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ,
        )
        assert done.returncode == 0, done.stderr
        assert "Run SQL" in done.stdout


def test_a_refusing_command_imports_neither_dagster_nor_great_expectations() -> None:
    program = (
        "import sys; from orchestration.commands.cli import cli; cli.get_command(None, 'query'); "
        "cli.get_command(None, 'nightly')"
    )
    program += "; print({'dagster', 'great_expectations', 'dbt', 'polars'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


#: The year before is printed more often than that of the title.
TITLED = """\
CPAM du Gers
Rapport d'activité
2022

Au 31 décembre 2021, 38 214 assurés
Depuis 2021, 3 agences
En 2021, 18 bornes

4 512 appels reçus
"""


@pytest.mark.parametrize(
    ("arguments", "period"), [([], "2022"), (["--year", "2021"], "2021")], ids=["as printed", "as asked"]
)
def test_figures_are_shown_with_the_year_that_bringing_the_report_would_give(
    tmp_path: Path, arguments: list[str], period: str
) -> None:
    document = tmp_path / "rapport.txt"
    document.write_text(TITLED, encoding="utf-8")
    told = CliRunner().invoke(cli, ["show", str(document), *arguments])
    assert told.exit_code == 0
    assert f"4512 nombre constate {period} |" in told.output
