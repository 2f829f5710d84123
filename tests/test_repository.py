"""What must hold for the repository as a whole: no prose of the reports, no values in templates, no long functions, no hosts."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from orchestration.extraction.reports import list_reports, read_extract
from orchestration.extraction.templates import HOLE

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = Path(os.environ.get("OBSERVATOIRE_DOCUMENTS", ROOT / "raw" / "documents"))
LONGEST_FUNCTION = 60
LONGEST_QUOTE = 8
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d[\d .,\u00a0]*\d|\d")
_HOST = re.compile(r"https?://[^\s\"']*(?:simple|registry|packages)|pypi\.org|registry\.npmjs", re.IGNORECASE)


def tracked(*suffixes: str) -> Iterator[Path]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and path.suffix in suffixes:
            yield path


def long_functions(source: str) -> list[str]:
    return [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]


def test_no_function_is_longer_than_a_screen() -> None:
    found = {str(p.relative_to(ROOT)): names for p in tracked(".py") if (names := long_functions(p.read_text(encoding="utf-8")))}
    assert found == {}
    assert long_functions("def f():\n" + "    x = 1\n" * LONGEST_FUNCTION) == [f"f ({LONGEST_FUNCTION + 1} lines)"]


def runs_of_words(text: str, length: int) -> set[tuple[str, ...]]:
    words = [w.casefold() for w in _WORD.findall(text)]
    return {tuple(words[i:i + length]) for i in range(len(words) - length + 1)}


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the documents are not on this machine")
def test_no_file_quotes_a_sentence_of_a_report() -> None:
    quotes = set().union(*(runs_of_words(p.read_text(encoding="utf-8"), LONGEST_QUOTE + 1) for p in DOCUMENTS.glob("*.txt")))
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked(".py", ".md", ".yml", ".yaml", ".csv", ".sql", ".toml")
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
        if runs_of_words(line, LONGEST_QUOTE + 1) & quotes
    ]
    assert found == []


def test_no_file_names_a_registry() -> None:
    found = [str(p.relative_to(ROOT)) for p in tracked(".txt", ".toml", ".cfg", ".lock", ".in", ".yml", ".json") if _HOST.search(p.read_text(encoding="utf-8"))]
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
    for bloc, printed in numbers.filter(numbers["statut"] == "observation").select("bloc", "valeur_imprimee").iter_rows():
        captured.setdefault(bloc, set()).add(_digits(printed))
    found = {}
    for path in (report.folder / "template.yml", *sorted((report.folder / "template").glob("*.yml"))):
        for block in (yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}).get("blocs", []):
            if held := values_in(block, captured.get(block["bloc"], set())):
                found[f"{path.name} {block['bloc']}"] = held
    assert found == {}


def test_a_template_that_holds_a_value_is_noticed() -> None:
    block = {"bloc": "b", "champs": [{"lire": "soit 1 012 visites et {n}", "note": "voir 37"}]}
    assert values_in(block, {"1012", "37", "7"}) == ["1012", "37"]
    assert values_in(block, {"999"}) == []
