"""A request to stop is heard at the end of a step, whatever the libraries in it make of it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from orchestration.building.journal import Journal
from orchestration.building.stopping import ASKED
from orchestration.graph.resources import told_plainly


class Asked(BaseException):
    """What Dagster raises for a signal, in a test: no library knows it."""


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    def ask(*_: object) -> None:
        raise Asked

    before = {number: signal.signal(number, ask) for number in ASKED}
    yield
    for number, known in before.items():
        signal.signal(number, known)


def swallow(number: signal.Signals) -> None:
    """An import in the middle of a query that anything may stop, as DuckDB's first with parameters."""
    with suppress(BaseException):
        os.kill(os.getpid(), number)


def interrupt(number: signal.Signals) -> None:
    """A query that a signal interrupts."""
    with suppress(BaseException):
        os.kill(os.getpid(), number)
    raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")


def let_pass(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", ASKED)
@pytest.mark.parametrize("work", [swallow, interrupt, let_pass])
def test_a_step_that_was_asked_to_stop_stops(
    tmp_path: Path, work: Callable[[signal.Signals], None], number: signal.Signals
) -> None:
    before, journal = [signal.getsignal(each) for each in ASKED], Journal(tmp_path / "journal.jsonl")
    with pytest.raises(Asked), journal.step("load"):
        work(number)
    assert [step.name for step in journal.steps()] == ["load"]
    assert [signal.getsignal(each) for each in ASKED] == before


@pytest.mark.parametrize("work", [swallow, interrupt])
def test_what_a_night_does_beside_its_steps_stops_too(work: Callable[[signal.Signals], None]) -> None:
    with pytest.raises(Asked), told_plainly():
        work(signal.SIGINT)


def test_what_nobody_asked_to_stop_ends_as_it_does(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    with journal.step("load"):
        pass
    with pytest.raises(duckdb.InterruptException), journal.step("load"):
        raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")


def test_handlers_that_somebody_else_put_meanwhile_stay(tmp_path: Path) -> None:
    """Dagster puts its own around each event of a step and takes them back after it."""

    def others(*_: object) -> None: ...

    with Journal(tmp_path / "journal.jsonl").step("dbt build"):
        signal.signal(signal.SIGINT, others)
    assert signal.getsignal(signal.SIGINT) is others


def test_a_step_works_in_another_thread_too(tmp_path: Path) -> None:
    """Only the main one may set handlers."""
    journal, before = Journal(tmp_path / "journal.jsonl"), signal.getsignal(signal.SIGINT)

    def work() -> None:
        with journal.step("load"):
            pass

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [step.name for step in journal.steps()] == ["load"]
    assert signal.getsignal(signal.SIGINT) is before
