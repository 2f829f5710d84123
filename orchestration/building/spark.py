"""Reading by Spark: the documents of a folder, each through ``Harvester.read``, written as Parquet.

Belongs here: the session, the one ``mapInArrow``. Does not belong here: how a document is read (staging),
what the rows are (harvest). Spark brings its own scheduler, retries and storage; pyspark is imported only
here, and only in the environment that ``make spark`` makes.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from orchestration.building.harvest import RANK, TABLE, WIDE, Harvester
from orchestration.errors import NightError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_TYPES = {**dict.fromkeys(WIDE, "string"), RANK: "bigint"}
_ARROW = pa.schema([(name, pa.int64() if name == RANK else pa.string()) for name in _TYPES])
#: Bytes of documents that one task reads, and documents that cross to Python at a time: what bounds memory.
TASK_BYTES, BATCH = 8 * 1024 * 1024, 8
_CONFIG = {
    "spark.sql.files.maxPartitionBytes": str(TASK_BYTES),
    "spark.sql.files.openCostInBytes": "4096",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH),
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
#: What a cluster decides by itself.
_ALONE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
_last: list[Harvester] = []


def start_session(master: str) -> SparkSession:
    """A session on ``master``. Raises ``NightError`` without Java or without pyspark."""
    java = Path(os.environ.get("JAVA_HOME", ""), "bin", "java")
    if not shutil.which("java") and not (os.environ.get("JAVA_HOME") and java.exists()):
        raise NightError(
            "Spark needs Java 17 or 21, and there is no java here: install a runtime "
            "(openjdk-17-jre-headless)"
        )
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NightError("pyspark is not in this environment: run `make spark`, which has its own") from error
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.appName("observatoire").master(master)
    for name, value in {**_CONFIG, **(_ALONE if master.startswith("local") else {})}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def harvest_documents(session: SparkSession, harvester: Harvester, documents: Path, target: Path) -> None:
    """Read every file of ``documents`` and replace the folder ``target`` by their extracts."""
    partial = target.with_name(f".{target.name}.partial")
    files = session.read.format("binaryFile").load(str(documents)).select("path", "content")
    schema = ", ".join(f"`{name}` {kind}" for name, kind in _TYPES.items())
    rows = files.mapInArrow(functools.partial(read_batches, harvester), schema)
    rows.write.mode("overwrite").partitionBy(TABLE).parquet(str(partial))
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)


def read_batches(harvester: Harvester, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows of each document of each batch (columns ``path`` and ``content``), one document at a time."""
    if not _last or _last[0] != harvester:  # what a worker knows serves its later tasks
        _last[:] = [harvester]
    for batch in batches:
        for path, content in zip(batch.column("path"), batch.column("content"), strict=True):
            yield from _arrow(_last[0].read(path.as_py().rsplit("/", 1)[-1], content.as_py()))


def _arrow(frame: pl.DataFrame) -> list[pa.RecordBatch]:
    batches: list[pa.RecordBatch] = frame.to_arrow().cast(_ARROW).to_batches()
    return batches
