"""The exposures of dbt say what really is read: by the pages, by the files, by the questions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "dbt_project" / "models"
EXPOSURES = {
    told["name"]: told
    for told in yaml.safe_load((MODELS / "marts" / "_expositions.yml").read_text(encoding="utf-8"))[
        "exposures"
    ]
}
TABLES = {path.stem for folder in ("marts", "audit") for path in (MODELS / folder).rglob("*.sql")}


def declared(name: str) -> set[str]:
    return {re.sub(r"ref\('(\w+)'\)", r"\1", told) for told in EXPOSURES[name]["depends_on"]}


def named_in(*folders: Path) -> set[str]:
    """The tables of the contract that the SQL of some folders reads."""
    texts = "".join(
        path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.glob("*.sql"))
    )
    return {name for name in re.findall(r"\b(?:marts|audit)\.(\w+)", texts) if name in TABLES}


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("site", named_in(ROOT / "orchestration" / "site" / "queries")),
        ("questions", named_in(ROOT / "docs" / "questions")),
        ("fichiers", {path.stem for path in (MODELS / "marts").rglob("*.sql")}),
    ],
)
def test_an_exposure_names_the_tables_that_are_read(name: str, read: set[str]) -> None:
    assert declared(name) == read
