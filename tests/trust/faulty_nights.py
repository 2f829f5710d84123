"""Nights whose audit or dbt really goes wrong, one after the other in forks of one process that has imported
everything.

Run as ``python -m tests.trust.faulty_nights`` in an installation that has work to do: each line of standard
input names one of ``FAULTS``; the answer is a line of JSON, the status of that night and what it printed.
Such a night is the true one from dbt, or from the audit, onwards: it begins on the private build that the
night before left.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation
from great_expectations.data_context.store import TupleFilesystemStoreBackend

import expectations.context
import expectations.suites.totals
import expectations.validation
from orchestration.commands import cli
from orchestration.dbt import warm
from orchestration.definitions import NIGHTLY, defs
from orchestration.graph import night
from orchestration.graph.assets.audit import AUDIT_KEY
from orchestration.graph.assets.publication import PUBLICATION_KEY
from orchestration.settings import PROJECT_ROOT

Act = Callable[[], object]
BROKEN_MODEL = PROJECT_ROOT / "dbt_project" / "models" / "staging" / "broken.sql"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(error: BaseException) -> Act:
    def raise_it() -> None:
        raise error

    return raise_it


def put(owner: Any, name: str, other: Any) -> None:
    setattr(owner, name, other)


def at_call(owner: Any, name: str, rank: int, act: Act) -> None:
    """Do ``act`` just before the call of that rank."""
    function, left = getattr(owner, name), [rank]

    def counted(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            act()
        return function(*arguments, **named)

    setattr(owner, name, counted)


def short_of_duckdb_memory() -> None:
    """Leave the queries of the audit what DuckDB itself refuses to work with."""

    def limited(connection: Any, record: Any) -> None:
        connection.cursor().execute("set memory_limit = '1MB'")

    expectations.context._recompute = limited


def short_of_address_space(more: int) -> None:
    """Leave the audit ``more`` bytes beyond what this process holds by then; extension code may crash for it,
    so the status is not ours.
    """
    run_all = expectations.validation._run_all

    def limited(*arguments: Any) -> Any:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more, hard))
        try:
            return run_all(*arguments)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))

    put(expectations.validation, "_run_all", limited)


def forget(*names: str) -> None:
    """Make modules impossible to import."""
    for name in names:
        sys.modules[name] = None  # type: ignore[assignment]
        package, _, attribute = name.rpartition(".")
        if package:
            delattr(sys.modules[package], attribute)


def without_great_expectations() -> None:
    for name in ("validation", "context"):
        del sys.modules[f"expectations.{name}"]
        delattr(expectations, name)
    forget("great_expectations")


def kill_ready() -> None:
    if warm._ready:
        warm._ready.kill()


def dbt_dies_midway() -> None:
    """The dbt that waits ready dies, so that another one starts; that one dies once it has built a part."""
    stream = DbtCliInvocation.stream_raw_events

    def cut(invocation: DbtCliInvocation) -> Iterator[Any]:
        done = 0
        for event in stream(invocation):
            yield event
            done += event.is_result_event
            if done == 40:
                invocation.process.kill()

    put(DbtCliInvocation, "stream_raw_events", cut)
    at_call(warm, "take", 1, kill_ready)


def dbt_short_of_memory() -> None:
    popen: Any = warm.subprocess.Popen

    def limited(*arguments: Any, **named: Any) -> Any:
        return popen(
            *arguments,
            **named,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (120 << 20, 120 << 20)),
        )

    put(warm.subprocess, "Popen", limited)


AUDIT: dict[str, Act] = {
    "audit killed while it validates": lambda: at_call(expectations.validation, "_result", 12, die),
    "audit killed while it writes pages": lambda: at_call(TupleFilesystemStoreBackend, "_set", 40, die),
    "audit breaks": lambda: at_call(
        expectations.validation, "_result", 12, fail(ValueError("a query that\nnobody wrote"))
    ),
    "suite cannot be imported": lambda: forget("expectations.suites.totals"),
    "great_expectations cannot be imported": without_great_expectations,
    "audit out of memory": lambda: at_call(expectations.validation, "_result", 12, fail(MemoryError())),
    "audit short of DuckDB's memory": short_of_duckdb_memory,
    "audit short of address space": lambda: short_of_address_space(4 << 20),
}
DBT: dict[str, Act] = {
    "dbt killed midway": dbt_dies_midway,
    "dbt profile broken": lambda: os.environ.update(DBT_TARGET="absent"),
    "dbt model broken": lambda: BROKEN_MODEL.write_text("select {{ nobody('closes' }}"),
    "dbt short of memory": dbt_short_of_memory,
}


def begin_at(first: dg.AssetSelection) -> None:
    """Let the night begin there, on the build that stands."""

    def execute() -> Any:
        job = defs.resolve_job_def(NIGHTLY)
        keys = first.resolve(defs.resolve_asset_graph())
        with dg.DagsterInstance.get() as instance:
            return job.execute_in_process(instance=instance, raise_on_error=False, asset_selection=list(keys))

    night._execute = execute


def faulty_night(fault: str) -> None:
    if fault in AUDIT:
        warm.prepare = lambda *_: None
        begin_at(dg.AssetSelection.assets(AUDIT_KEY, PUBLICATION_KEY))
    else:
        begin_at(dg.AssetSelection.all() - dg.AssetSelection.groups("reading"))
    {**AUDIT, **DBT}[fault]()
    sys.argv = ["orchestration", "nightly"]
    cli.main()


def forked(fault: str) -> dict[str, object]:
    """The exit status of one night and what it printed."""
    with tempfile.TemporaryFile() as printed:
        child = os.fork()
        if not child:
            os.dup2(printed.fileno(), 1)
            os.dup2(printed.fileno(), 2)
            status = 1
            try:
                faulty_night(fault)
                status = 0
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else 1
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        exited = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        BROKEN_MODEL.unlink(missing_ok=True)
        printed.seek(0)
        return {"status": exited, "said": printed.read().decode()}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(forked(line.strip())), flush=True)
