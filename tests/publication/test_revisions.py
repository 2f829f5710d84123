"""The history of figures: any past night in one query, each night's changes stored once, the chain unbroken
by retention.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from orchestration.building.changes import MEANING
from orchestration.publication.publish import publish
from orchestration.publication.retention import remove_old_releases
from tests.publication.tiny_build import audited, write_build

AS_OF = """
select libelle, valeur::double from (
    select * from audit.revision where publication <= ? qualify row_number()
        over (partition by suivi_key order by publication desc) = 1
) where changement <> 'retire' order by all
"""
NIGHTS = [
    [("a", 1), ("b", 2)],
    [("a", 1), ("b", 3), ("c", 4)],
    [("a", 1), ("c", 4)],
    [("a", 1), ("c", 4)],
    [("a", 1), ("b", 2), ("c", 5), ("c", 4)],
]


def name(rank: int) -> str:
    return f"{rank:06d}-202501{rank:02d}T020000Z"


def night(warehouse: Path, rank: int, figures: list[tuple[str, int]], first_line: int = 1) -> None:
    build = warehouse / ".build" / "observatoire.duckdb"
    build.unlink(missing_ok=True)
    write_build(build)
    texts = (
        "colonne",
        "valeur_imprimee",
        "statut",
        *(column for column in MEANING if column not in ("rapport_code", "libelle")),
    )
    with duckdb.connect(str(build)) as connection:
        columns = ", ".join(
            f"{column} varchar"
            for column in ("rapport_code", "libelle", "ligne", "valeur", "demi_intervalle", *texts)
        )
        connection.execute(f"create table raw.nombre ({columns})")
        rows = [
            ["r", label, str(line), str(value), "0"]
            for line, (label, value) in enumerate(figures, first_line)
        ]
        insert = (
            "insert into raw.nombre (rapport_code, libelle, ligne, valeur, demi_intervalle, colonne, "
            "statut) values (?, ?, ?, ?, ?, '0', 'observation')"
        )
        connection.begin()
        connection.executemany(insert, rows)
        connection.commit()
    publish(audited(build), warehouse, name(rank))


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"


def ask(warehouse: Path, query: str, *values: object) -> list[tuple]:
    with duckdb.connect(str(warehouse / "observatoire.duckdb"), read_only=True) as connection:
        return connection.execute(query, list(values)).fetchall()


def test_any_past_night_is_one_query_even_when_its_release_is_gone(warehouse: Path) -> None:
    for rank, figures in enumerate(NIGHTS, 1):
        night(warehouse, rank, figures)
        remove_old_releases(warehouse, 2)
    assert len(list((warehouse / "releases").iterdir())) == 2
    for rank, figures in enumerate(NIGHTS, 1):
        assert ask(warehouse, AS_OF, name(rank)) == sorted(
            (label, float(value)) for label, value in figures
        ), rank
    counted = ask(
        warehouse, "select publication, changement, count(*) from audit.revision group by all order by all"
    )
    expected = [
        (1, "ajoute", 2),
        (2, "ajoute", 1),
        (2, "modifie", 1),
        (3, "retire", 1),
        (5, "ajoute", 2),
        (5, "modifie", 1),
    ]
    assert counted == [(name(rank), kind, count) for rank, kind, count in expected]


def test_a_page_added_in_front_is_no_revision(warehouse: Path) -> None:
    night(warehouse, 1, NIGHTS[0])
    night(warehouse, 2, NIGHTS[0], first_line=40)
    assert ask(warehouse, "select count(*) from audit.revision where publication = ?", name(2)) == [(0,)]


def test_each_night_is_one_small_file_stored_once(warehouse: Path) -> None:
    for rank, figures in enumerate(NIGHTS[:3], 1):
        night(warehouse, rank, figures)
    files = sorted((warehouse / "current" / "revisions").iterdir())
    assert [path.stem for path in files] == [name(1), name(2), name(3)]
    assert [os.stat(path).st_nlink for path in files] == [3, 2, 1]
    beside = f"select count(*) from read_parquet('{warehouse}/revisions/*.parquet')"
    assert ask(warehouse, beside) == ask(warehouse, "select count(*) from audit.revision")
