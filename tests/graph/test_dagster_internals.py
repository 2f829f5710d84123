"""What an upgrade of Dagster may break: its private names that this house uses, and nobody but one module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster import AssetsDefinition

from orchestration.graph import dagster_internals

ROOT = Path(__file__).resolve().parents[2]
#: Who may ask Dagster for a private name; ``cron`` lies below the graph.
ASKING = {"orchestration/graph/dagster_internals.py", "orchestration/cron.py"}


def private_names(source: str) -> list[str]:
    """The modules of Dagster with a private part in their name that ``source`` imports."""
    nodes = list(ast.walk(ast.parse(source))) if "dagster" in source else []
    found = [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)]
    found += [a.name for n in nodes if isinstance(n, ast.Import) for a in n.names]
    return [name for name in found if name.startswith("dagster") and "._" in name]


@pytest.mark.parametrize("name", dagster_internals.__all__)
def test_every_private_name_is_still_there(name: str) -> None:
    assert getattr(dagster_internals, name) is not None


def test_only_one_module_asks_dagster_for_private_names() -> None:
    sources = {str(p.relative_to(ROOT)): p.read_text("utf-8") for p in ROOT.glob("orchestration/**/*.py")}
    assert {path for path, source in sources.items() if private_names(source)} == ASKING
    assert private_names("def f():\n    from dagster._core import x\nimport dagster as dg") == [
        "dagster._core"
    ]


@pytest.mark.parametrize("module", ["dagster._daemon", "dagster_webserver.cli", "dagster._utils.schedules"])
def test_what_is_called_by_its_name_is_still_there(module: str) -> None:
    __import__(module)


def test_the_graph_imports_nothing_of_dbt() -> None:
    program = (
        "import sys, orchestration.graph.definitions\n"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in ('dbt', 'networkx')))\n"
        "from dbt.version import __version__\n"
        "from orchestration.graph.dagster_internals import dbt_version\n"
        "print(str(dbt_version()) == __version__)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[]", "True"]


def questions(reports: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often a step of so many outputs, each with a check, is asked what one of its outputs is."""
    keys = [dg.AssetKey(f"report_{rank}") for rank in range(reports)]

    @dg.multi_asset(
        specs=[dg.AssetSpec(key) for key in keys],
        check_specs=[dg.AssetCheckSpec("fresh", asset=key) for key in keys],
    )
    def read() -> Iterator[dg.MaterializeResult]:
        for key in keys:
            fresh = dg.AssetCheckResult(passed=True, asset_key=key, check_name="fresh")
            yield dg.MaterializeResult(asset_key=key, check_results=[fresh])

    asked: list[AssetsDefinition] = []
    known: Any = AssetsDefinition.check_keys

    def counted(one: AssetsDefinition) -> Any:
        asked.append(one)
        return known.fget(one)

    with monkeypatch.context() as patch:
        patch.setattr(AssetsDefinition, "check_keys", property(counted))
        assert dg.materialize([read]).success
    return len(asked)


def test_a_step_of_many_outputs_is_not_asked_of_all_at_each(monkeypatch: pytest.MonkeyPatch) -> None:
    dagster_internals.ask_outputs_once()
    assert questions(40, monkeypatch) < 2 * 40
