from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from orchestration.building.build import FINDING_COLUMNS, TABLES, load_build
from orchestration.building.engine import opened
from orchestration.errors import NightError
from orchestration.extraction.reports import NUMBER_COLUMNS, RELATION_COLUMNS

FACTS = {
    "code": "tiny_2021",
    "titre": "Tiny",
    "document": "tiny.txt",
    "nb_lignes": 3,
    "document_present": "true",
}
NUMBER = {
    "ligne": "2",
    "colonne": "4",
    "valeur_imprimee": "1,8 million",
    "statut": "observation",
    "valeur": "1800000",
}


def write_table(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    folder = tmp_path / "staged" / "tiny_2021"
    folder.mkdir(parents=True)
    for name, (_, columns) in TABLES.items():
        write_table(folder / name, columns, [NUMBER] if name == "numbers.csv" else [])
    (folder / "report.json").write_text(json.dumps(FACTS), encoding="utf-8")
    return folder.parent


def load(tmp_path: Path, staged: Path) -> dict[str, int]:
    return load_build(tmp_path / "build.duckdb", staged, ["tiny_2021"])


def test_cells_are_text_and_empty_cells_are_null(tmp_path: Path, staged: Path) -> None:
    assert load(tmp_path, staged)["raw.nombre"] == 1
    with opened(tmp_path / "build.duckdb", read_only=True) as connection:
        row = connection.execute(
            "select rapport_code, ligne, valeur_imprimee, motif from raw.nombre"
        ).fetchone()
        types = connection.execute(
            "select distinct data_type from duckdb_columns() where schema_name = 'raw'"
        ).fetchall()
        report = connection.execute("select code, nb_lignes, organisme from raw.rapport").fetchone()
    assert row == ("tiny_2021", "2", "1,8 million", None)
    assert types == [("VARCHAR",)]
    assert report == ("tiny_2021", "3", None)


def test_findings_are_loaded_by_name(tmp_path: Path, staged: Path) -> None:
    finding = dict.fromkeys(FINDING_COLUMNS, "x")
    counts = load_build(tmp_path / "build.duckdb", staged, ["tiny_2021"], [finding, finding])
    assert counts["raw.constat"] == 2


def test_a_new_build_forgets_the_old_one_and_its_log(tmp_path: Path, staged: Path) -> None:
    (tmp_path / "build.duckdb").write_bytes(b"torn")
    (tmp_path / "build.duckdb.wal").write_bytes(b"torn")
    assert load(tmp_path, staged)["raw.nombre"] == 1


def test_only_the_printed_lines_may_be_absent(tmp_path: Path, staged: Path) -> None:
    (staged / "tiny_2021" / "lines.csv").unlink()
    assert load(tmp_path, staged)["raw.ligne"] == 0
    (staged / "tiny_2021" / "numbers.csv").unlink()
    with pytest.raises(NightError, match=r"tiny_2021: numbers\.csv is missing; run `make extract`"):
        load(tmp_path, staged)


@pytest.mark.parametrize(
    ("columns", "body", "said"),
    [
        (NUMBER_COLUMNS[1:], "", "lacks the column ligne"),
        (tuple(reversed(NUMBER_COLUMNS)), "", "another order"),
        (NUMBER_COLUMNS, "1,2,3\n", "is not a table of its columns"),
        (NUMBER_COLUMNS, '1,"unfinished\n', "is not a table of its columns"),
    ],
)
def test_a_torn_table_is_refused_in_one_sentence(
    tmp_path: Path, staged: Path, columns: tuple[str, ...], body: str, said: str
) -> None:
    (staged / "tiny_2021" / "numbers.csv").write_text(",".join(columns) + "\n" + body, encoding="utf-8")
    with pytest.raises(NightError, match=said) as refusal:
        load(tmp_path, staged)
    assert "\n" not in str(refusal.value)


def test_a_build_that_another_program_holds_is_refused(tmp_path: Path) -> None:
    import subprocess
    import sys

    path = tmp_path / "build.duckdb"
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        with pytest.raises(NightError, match="close the program that holds it"), opened(path, read_only=True):
            pass
        holder.communicate()
    duckdb.connect(str(path), read_only=True).close()


def test_relations_have_their_columns() -> None:
    assert TABLES["relations.csv"] == ("relation", RELATION_COLUMNS)
