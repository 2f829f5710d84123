"""The context as a notebook uses it: everything of the audit in it, and the checkpoint says what the audit
says.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from expectations.audit import run_audit
from expectations.context import CHECKPOINT, audit_context, close
from expectations.data_docs import NIGHTS, keep_earlier
from expectations.suites import all_checks
from tests.expectations.warehouse import Workshop, failures

README = Path(__file__).parents[2] / "expectations" / "README.md"


def test_a_notebook_runs_the_checkpoint_over_any_build(workshop: Workshop) -> None:
    """The example of the README, run as it is written there."""
    example = README.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    told: dict[str, Any] = {"construction": workshop.sound}
    exec(example, told)
    suites = told["bilan"].run_results.values()
    failing = {r.expectation_config.description for suite in suites for r in suite.results if not r.success}
    assert failing <= {check.title for check in all_checks() if check.warning}
    assert list(told["context"].suites.all())


def test_the_context_holds_every_check_and_finds_what_the_audit_finds(workshop: Workshop) -> None:
    spoiled = workshop.spoil("delete from raw.constat where cle = (select min(cle) from raw.constat)")
    context = audit_context(spoiled)
    try:
        result = context.checkpoints.get(CHECKPOINT).run()
    finally:
        close(context)
    assert sum(len(suite.expectations) for suite in context.suites.all()) == len(all_checks())
    failing = {
        r.expectation_config.description
        for s in result.run_results.values()
        for r in s.results
        if not r.success and r.expectation_config
    }
    assert {outcome.expectation for outcome in failures(run_audit(spoiled))} <= failing
    assert failing


def test_there_is_no_context_without_a_build(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no build to audit"):
        audit_context(tmp_path / "rien.duckdb")


def test_the_last_nights_are_kept_and_no_more(tmp_path: Path) -> None:
    earlier, site = tmp_path / "earlier", tmp_path / "site"
    for night in range(NIGHTS + 2):
        for folder, name in (("validations", "t.html"), ("resultats", "t.json")):
            page = earlier / folder / "schema nombre" / "audit" / f"2026112{night}T000000.000000Z" / name
            page.parent.mkdir(parents=True)
            page.write_text("x", encoding="utf-8")
            page.chmod(0o444)  # as a release is sealed
    keep_earlier(site, earlier)
    assert all(page.stat().st_mode & 0o200 for page in site.rglob("t.*")), "they are written to afterwards"
    nights = sorted({page.parent.name for page in site.rglob("t.html")})
    assert len(nights) == NIGHTS - 1
    assert nights[-1].startswith("20261128")
    assert sorted({page.parent.name for page in site.rglob("t.json")}) == nights
    keep_earlier(tmp_path / "empty", tmp_path / "none")
    assert not (tmp_path / "empty").exists()


#: What a process finds of a library that is loaded later: before something is asked of it, and after.
LATER = """
import sys
import expectations
from scipy import stats
print("scipy.stats._stats_py" in sys.modules, stats.norm.cdf(0), "scipy.stats._stats_py" in sys.modules)
expectations.load_later("nobody.wrote.this")
"""


def test_statistics_are_loaded_when_they_are_asked_for() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LATER], cwd=README.parents[1], capture_output=True, text=True
    )
    assert done.stdout == "False 0.5 True\n", done.stderr
    assert not done.returncode
