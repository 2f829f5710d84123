"""What must hold for the repository as a whole: no prose of the reports, no values in templates, no long
functions, no hosts.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.extraction.reports import list_reports, read_extract
from orchestration.extraction.templates import HOLE
from tests.conftest import LONGEST

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = Path(os.environ.get("OBSERVATOIRE_DOCUMENTS", ROOT / "raw" / "documents"))
LONGEST_FUNCTION = 60
LONGEST_QUOTE = 8
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d[\d .,\u00a0]*\d|\d")
_HOST = re.compile(r"https?://[^\s\"']*(?:simple|registry|packages)|pypi\.org|registry\.npmjs", re.IGNORECASE)


def tracked(*suffixes: str) -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and path.suffix in suffixes:
            yield path


def long_functions(source: str) -> list[str]:
    return [
        f"{node.name} ({lines} lines)"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]


def test_no_function_is_longer_than_a_screen() -> None:
    found = {
        str(p.relative_to(ROOT)): names
        for p in tracked(".py")
        if (names := long_functions(p.read_text(encoding="utf-8")))
    }
    assert found == {}
    assert long_functions("def f():\n" + "    x = 1\n" * LONGEST_FUNCTION) == [
        f"f ({LONGEST_FUNCTION + 1} lines)"
    ]


@cache
def house() -> Any:
    """What is allowed in this repository, and what is still over its limits."""
    return yaml.safe_load((ROOT / "tests" / "house.yml").read_text(encoding="utf-8"))


def room(module: str) -> str:
    """The room of a module: the folder, or the file, right below ``orchestration``; ``expectations`` is one
    room.
    """
    first, _, rest = module.partition(".")
    return rest.partition(".")[0] if first == "orchestration" else first


def imports(source: str) -> Iterator[str]:
    """The dotted names that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def against_the_rooms(module: str, source: str) -> list[str]:
    """What a module imports although it stands higher in the house, or although it belongs to
    another room.
    """
    order: list[str] = house()["rooms"]
    owners: dict[str, list[str]] = house()["libraries"]
    here, found = room(module), []
    for name in imports(source):
        there, library = room(name), name.partition(".")[0]
        if library in ("orchestration", "expectations") and there and order.index(there) < order.index(here):
            found.append(f"{module} imports {name}, which is above it")
        if library in owners and here not in owners[library]:
            found.append(f"{module} imports {library}, which belongs to {' and '.join(owners[library])}")
    return found


def modules(*folders: str) -> Iterator[tuple[str, str]]:
    """The dotted name and the source of each module of the house, or of other folders."""
    for path in tracked(".py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] in (folders or ("orchestration", "expectations")):
            yield ".".join(parts).removesuffix(".__init__"), path.read_text(encoding="utf-8")


def test_each_room_imports_only_what_lies_below_it() -> None:
    assert [line for module, source in modules() for line in against_the_rooms(module, source)] == []


def test_the_plan_of_the_house_names_every_room() -> None:
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    unnamed = {name for name in house()["rooms"] if f"`{name}" not in plan} - {
        "definitions",
        "__main__",
        "orchestration",
    }
    assert unnamed == set()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "from orchestration.graph import night",
            "orchestration.extraction.x imports orchestration.graph.night, which is above it",
        ),
        (
            "def f():\n    import expectations.audit",
            "orchestration.extraction.x imports expectations.audit, which is above it",
        ),
        ("import dagster as dg", "orchestration.extraction.x imports dagster, which belongs to"),
    ],
)
def test_an_import_upwards_is_noticed(source: str, said: str) -> None:
    (line,) = against_the_rooms("orchestration.extraction.x", source)
    assert line.startswith(said)
    assert (
        against_the_rooms(
            "orchestration.extraction.x", "from orchestration.settings import Settings\nimport polars"
        )
        == []
    )


def distributions(folders: tuple[str, ...]) -> set[str]:
    """What the modules of some folders import from elsewhere, as the names of packages, hyphens for
    underscores.
    """
    names = {
        n.partition(".")[0]
        for p in tracked(".py")
        if p.relative_to(ROOT).parts[0] in folders
        for n in imports(p.read_text("utf-8"))
    }
    known = packages_distributions()
    foreign = names - set(sys.stdlib_module_names) - {"orchestration", "expectations", "tests"}
    # dbt is a namespace of three packages: the one that holds its core is meant
    return {"dbt-core" if n == "dbt" else known.get(n, [n])[0].lower().replace("_", "-") for n in foreign}


def test_what_is_imported_is_declared_and_the_reverse() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    runtime, dev, spark = (
        {re.split(r"[<>=;\[ ]", line)[0] for line in lines}
        for lines in (project["dependencies"], extras["dev"], extras["spark"])
    )
    used, tested = distributions(("orchestration", "expectations")), distributions(("tests",))
    assert used - runtime - spark == set(), "imported and not declared"
    assert tested - runtime - dev - spark == set(), "imported by tests and not declared"
    assert runtime - used | dev - tested == set(house()["not_imported"]), "declared and not imported"
    assert spark - used - tested == set(), "declared for Spark and not imported"


def public_names(source: str) -> Iterator[str]:
    """What a module defines for others: classes, functions and names of types, once each."""
    for node in ast.parse(source).body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not isinstance(value, ast.Call):
                # a name of a type: neither a constant nor a variable
                yield from [name] if name[0].isupper() and not name.isupper() else []


def shared(sources: Iterable[str]) -> set[str]:
    """The public names that several modules define."""
    defined = Counter(name for source in sources for name in set(public_names(source)))
    return {name for name, times in defined.items() if times > 1 and not name.startswith("_")}


def test_one_name_means_one_thing() -> None:
    known = house()["shared_names"]
    assert shared(source for _, source in modules()) == set(known)
    assert not [name for name in known if name[0].isupper()], "a class is never defined twice"


@pytest.mark.parametrize(
    "written", ["class Row:\n    x = 1", "def row() -> int: ...", "Row = tuple[int, int]"]
)
def test_a_name_that_is_defined_twice_is_noticed(written: str) -> None:
    assert shared([written, written]) == {next(public_names(written))}
    assert shared([written, "class Other: ...\nLIMIT = 1\nT = TypeVar('T')"]) == set()
    private = written.replace("Row", "_Row").replace("row", "_row")
    assert shared([private, private]) == set()


def complexity(function: ast.AST) -> int:
    """One, and one for each branch: if, for, while, except, assert, conditional, comprehension, each further
    and/or.
    """
    branches = (ast.If, ast.For, ast.While, ast.IfExp, ast.ExceptHandler, ast.comprehension, ast.Assert)
    nodes = list(ast.walk(function))
    return (
        1
        + sum(isinstance(n, branches) for n in nodes)
        + sum(len(n.values) - 1 for n in nodes if isinstance(n, ast.BoolOp))
    )


def functions(source: str) -> Iterator[tuple[str, ast.AST]]:
    yield from (
        (n.name, n)
        for n in ast.walk(ast.parse(source))
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def knotted(source: str, limit: int) -> list[str]:
    """The functions of a module that branch more than ``limit`` times."""
    return [f"{name} ({n})" for name, node in functions(source) if (n := complexity(node)) > limit]


def test_no_function_branches_more_than_one_can_follow() -> None:
    limit = house()["complexity"]
    sources = modules("orchestration", "expectations", "tests")
    assert {module: found for module, source in sources if (found := knotted(source, limit))} == {}


def test_complexity_is_counted_as_agreed() -> None:
    source = "def f(x):\n    return [y if y and x and 1 else 0 for y in x if y]\n"
    ((_, node),) = functions(source)
    assert complexity(node) == 1 + 1 + 1 + 2
    assert knotted(source, 5) == []
    assert knotted(source, 4) == ["f (5)"]


def runs_of_words(text: str, length: int) -> set[tuple[str, ...]]:
    words = [w.casefold() for w in _WORD.findall(text)]
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the documents are not on this machine")
def test_no_file_quotes_a_sentence_of_a_report() -> None:
    quotes = set().union(
        *(runs_of_words(p.read_text(encoding="utf-8"), LONGEST_QUOTE + 1) for p in DOCUMENTS.glob("*.txt"))
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked(".py", ".md", ".yml", ".yaml", ".csv", ".sql", ".toml")
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
        if runs_of_words(line, LONGEST_QUOTE + 1) & quotes
    ]
    assert found == []


def test_no_file_names_a_registry() -> None:
    found = [
        str(p.relative_to(ROOT))
        for p in tracked(".txt", ".toml", ".cfg", ".lock", ".in", ".yml", ".json")
        if _HOST.search(p.read_text(encoding="utf-8"))
    ]
    assert found == []
    assert _HOST.search("--index-url https://example.org/simple/")


def values_in(block: dict, captured: set[str]) -> list[str]:
    """The numbers of at least two digits that a block's texts print and that it also captures."""
    texts = [HOLE.sub(" ", text) for text in _texts(block)]
    printed = {_digits(m.group()) for text in texts for m in _NUMBER.finditer(text)}
    return sorted(n for n in printed & captured if len(n) > 1)


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("lire", "debut", "fin", "libelle", "note") and isinstance(value, str):
                yield value
            elif key != "controles":
                yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


@pytest.mark.parametrize("report", list_reports(ROOT / "raw"), ids=lambda r: r.code)
def test_a_template_holds_no_value(report) -> None:
    numbers = read_extract(report).numbers
    captured: dict[str, set[str]] = {}
    for bloc, printed in (
        numbers.filter(numbers["statut"] == "observation").select("bloc", "valeur_imprimee").iter_rows()
    ):
        captured.setdefault(bloc, set()).add(_digits(printed))
    found = {}
    for path in (report.folder / "template.yml", *sorted((report.folder / "template").glob("*.yml"))):
        for block in (yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}).get(
            "blocs", []
        ):
            if held := values_in(block, captured.get(block["bloc"], set())):
                found[f"{path.name} {block['bloc']}"] = held
    assert found == {}


def test_a_template_that_holds_a_value_is_noticed() -> None:
    block = {"bloc": "b", "champs": [{"lire": "soit 1 012 visites et {n}", "note": "voir 37"}]}
    assert values_in(block, {"1012", "37", "7"}) == ["1012", "37"]
    assert values_in(block, {"999"}) == []


def test_the_files_that_begin_first_are_there() -> None:
    assert [name for name in LONGEST if not (ROOT / "tests" / name).is_file()] == []


@pytest.mark.parametrize("target", ["test", "test-long", "test-browser"])
def test_a_target_of_tests_runs_tests(target: str) -> None:
    told = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"python -m pytest .*-m ", told), told
