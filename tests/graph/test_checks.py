from __future__ import annotations

import dagster as dg
import pytest

from expectations.audit import SUITES, ValidationOutcome
from orchestration.graph.checks.audit import check_name, check_results, check_specs
from orchestration.graph.night import stops

ASSET = dg.AssetKey(["audit", "validation"])


def outcome(success: bool = True, warning: bool = False, message: str = "") -> ValidationOutcome:
    return ValidationOutcome(
        "schema", "tous", "clé unique", "marts.fct", success, "vu", "attendu", message, warning
    )


def result(*outcomes: ValidationOutcome) -> dg.AssetCheckResult:
    (only,) = check_results(ASSET, ["schema"], outcomes)
    return only


@pytest.mark.parametrize(
    ("outcomes", "passed", "severity", "description"),
    [
        ([outcome()], True, dg.AssetCheckSeverity.WARN, None),
        ([outcome(), outcome(False, message="ligne 3")], False, dg.AssetCheckSeverity.ERROR, "ligne 3"),
        ([outcome(), outcome(False)], False, dg.AssetCheckSeverity.ERROR, "clé unique"),
        ([outcome(warning=True, message="inhabituel")], False, dg.AssetCheckSeverity.WARN, "inhabituel"),
        (
            [outcome(warning=True, message="w"), outcome(False, message="f")],
            False,
            dg.AssetCheckSeverity.ERROR,
            "f",
        ),
        ([], False, dg.AssetCheckSeverity.ERROR, "no expectation of this suite was evaluated"),
    ],
)
def test_a_suite_fails_with_its_expectations_and_warns_with_its_warnings(
    outcomes: list[ValidationOutcome], passed: bool, severity: dg.AssetCheckSeverity, description: str | None
) -> None:
    seen = result(*outcomes)
    assert (seen.passed, seen.description) == (passed, description)
    if not passed:
        assert seen.severity == severity


def test_what_was_seen_is_a_table_that_pipes_do_not_break() -> None:
    table = str(result(outcome(False, message="a | b\nc")).metadata["what was seen"].value)
    assert table.splitlines()[-1] == "| marts.fct | clé unique | a \\| b c |"


def test_an_outcome_of_an_undeclared_suite_is_an_error() -> None:
    with pytest.raises(KeyError):
        check_results(ASSET, ["other"], [outcome()])


def test_every_suite_has_a_blocking_check_with_a_name_that_dagster_accepts() -> None:
    specs = check_specs(ASSET, SUITES)
    assert len({spec.name for spec in specs}) == len(SUITES)
    assert all(spec.blocking for spec in specs)
    assert check_name("a b-c") == "a_b_c"


@pytest.mark.parametrize(
    ("passed", "blocking", "severity", "expected"),
    [
        (False, True, dg.AssetCheckSeverity.ERROR, True),
        (False, True, dg.AssetCheckSeverity.WARN, False),
        (False, False, dg.AssetCheckSeverity.ERROR, False),
        (True, True, dg.AssetCheckSeverity.ERROR, False),
    ],
)
def test_only_a_blocking_failure_stops_the_night(
    passed: bool, blocking: bool, severity: dg.AssetCheckSeverity, expected: bool
) -> None:
    evaluation = dg.AssetCheckEvaluation(
        asset_key=ASSET, check_name="faits", passed=passed, severity=severity, metadata={}, blocking=blocking
    )
    assert stops(evaluation) is expected
