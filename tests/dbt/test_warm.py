"""Tests of dbt are let speak without stopping the build: what they say must still refuse it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dbt.artifacts.resources.v1.config import NodeConfig, Severity, TestConfig

from orchestration.dbt.warm import let_tests_speak, lowered


@pytest.mark.parametrize(
    ("config", "after"),
    [
        (TestConfig(severity=Severity("error")), "warn"),
        (TestConfig(severity=Severity("ERROR")), "warn"),
        (TestConfig(severity=Severity("warn")), "warn"),
        (NodeConfig(), None),
    ],
    ids=["a test", "a test in capitals", "a test that only warns", "a model"],
)
def test_only_tests_are_let_speak(config: Any, after: str | None) -> None:
    node = SimpleNamespace(config=config)
    let_tests_speak(SimpleNamespace(nodes={"node": node}))  # type: ignore[arg-type]
    assert str(getattr(node.config, "severity", None)).lower() == str(after).lower()


@pytest.mark.parametrize(("severity", "counts"), [("error", True), ("ERROR", True), ("warn", False)])
def test_a_warning_of_a_test_that_refuses_is_a_failure(severity: str, counts: bool) -> None:
    assert lowered({"config": {"severity": severity}}) is counts


def test_every_test_of_the_project_refuses_as_the_manifest_has_it(project: Path, build: object) -> None:
    """The manifest that a night follows its tests by is written before they are let speak."""
    nodes = json.loads((project / "target" / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    tests = {name: node for name, node in nodes.items() if node["resource_type"] == "test"}
    assert tests
    assert [name for name, node in tests.items() if not lowered(node)] == []
