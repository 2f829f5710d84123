"""Runs in the environment of ``make spark``: the compiled models of a DuckDB build on Spark, rows compared.

    python -m tests.dbt.spark_models BUILD COMPILED WORK

Every model reads the tables that DuckDB built, so that one failure hides no other; it is tried as written and
as sqlglot translates it. Prints one JSON object: model -> "" when its rows are those of DuckDB, else why not.
"""

from __future__ import annotations

import datetime
import decimal
import json
import logging
import os
import re
import sys
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from pyspark.sql import SparkSession

from orchestration.publication.publish import with_lists

SCHEMAS = ("raw", "staging", "intermediate", "marts", "audit")
CONFIG = {
    "spark.sql.shuffle.partitions": "1",
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
}


def plain(value: Any) -> str:
    """A value as text that both engines give alike: numbers to six decimals, NULL unlike an empty text."""
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case int() | float() | decimal.Decimal():
            return f"{float(value):.6f}"
        case list() | tuple():
            return f"[{','.join(map(plain, value))}]"
        case datetime.datetime() if value.time() == datetime.time():
            return str(value.date())
        case _:
            return str(value)


def sorted_rows(names: list[str], rows: list[Any]) -> list[dict[str, str]]:
    """Rows in an order of their own, whatever the order of their columns."""
    return sorted(
        (dict(sorted(zip(names, map(plain, row), strict=True))) for row in rows),
        key=lambda row: list(row.values()),
    )


def why_not(spark: SparkSession, query: str, wanted: list[dict[str, str]]) -> str:
    """Empty when ``query`` gives the ``wanted`` rows; else what Spark says, or how many rows differ."""
    try:
        found = spark.sql(query)
        rows = sorted_rows(found.columns, found.collect())
    except Exception as error:
        code = re.search(r"\[([A-Z_.0-9]+)\]", str(error))
        return code.group(1) if code else str(error).splitlines()[0][:120]
    if rows == wanted:
        return ""
    differing = sum(one != other for one, other in zip(rows, wanted, strict=False)) + abs(
        len(rows) - len(wanted)
    )
    return f"{differing} of {len(wanted)} rows differ"


def in_spark(query: str) -> str:
    """DuckDB's SQL in Spark's words. sqlglot takes ``percentile_cont`` for an approximation: Spark's
    ``percentile`` is the one that interpolates.
    """
    return sqlglot.transpile(query, read="duckdb", write="spark")[0].replace(
        "PERCENTILE_APPROX(", "PERCENTILE("
    )


def main() -> None:
    build, compiled, work = map(Path, sys.argv[1:])
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]")
    for name, value in {**CONFIG, "spark.sql.warehouse.dir": str(work)}.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    found = {}
    with duckdb.connect(str(build), read_only=True) as connection:
        connection.execute(f"attach '{build}.etapes' as etapes (read_only)")
        listed = (
            "select database_name, schema_name, table_name from duckdb_tables() union "
            "select database_name, schema_name, view_name from duckdb_views()"
        )
        for database, schema, table in connection.execute(listed).fetchall():
            if schema in SCHEMAS:
                path = work / f"{schema}.{table}.parquet"
                connection.execute(
                    f"copy ({with_lists(connection, f'{database}.{schema}.{table}')}) to '{path}'"
                )
                spark.read.parquet(str(path)).createOrReplaceTempView(f"{schema}__{table}")
        for path in sorted(compiled.rglob("models/**/*.sql")):
            if any(part.endswith(".yml") for part in path.parts):  # of a test
                continue
            source = path.read_text(encoding="utf-8")
            cursor = connection.execute(source)
            wanted = sorted_rows([column[0] for column in cursor.description or []], cursor.fetchall())
            pattern = rf'"?(?:observatoire|etapes)"?\."?({"|".join(SCHEMAS)})"?\."?(\w+)"?'
            query = re.sub(pattern, r"\1__\2", source)
            said = why_not(spark, query, wanted)
            if said:
                translated = why_not(spark, in_spark(query), wanted)
                said = translated and f"as written: {said}; translated: {translated}"
            found[path.stem] = said
    spark.stop()
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
