"""The history of every published figure: what each release added, removed or changed, carried from release to
release.

A release holds one small Parquet file for itself and one for each release before it, the latter shared with
the release that they came from (hard links): no file is stored twice. ``audit.revision`` in the published
file is all of them, so that a figure as it stood on any past night is one query. The state before is what the
history itself says, so the chain never depends on older files.

A figure is recognised by what it means, as in ``audit.changement`` (``building.changes``); ``suivi_key``
stands for that.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb

from orchestration.building.changes import MEANING, RANK
from orchestration.building.comments import comment_on

FOLDER = "revisions"
_STATED = (
    "rapport_code", "indicateur_code", "organisme_code", "territoire_code", "periode_code", "nature", "unite",
    "bloc", "libelle", "ligne", "colonne", "valeur_imprimee", "valeur", "demi_intervalle",
)  # fmt: skip
_TYPES = {
    "ligne": "integer",
    "colonne": "integer",
    "valeur": "decimal(38, 6)",
    "demi_intervalle": "decimal(38, 6)",
}
_COMMENTS = {
    "table": "Chaque chiffre ajouté, retiré ou modifié par chaque publication, depuis la première : l'état "
    "d'une nuit passée est la dernière "
    "révision de chaque suivi_key jusqu'à cette nuit, sauf les retraits",
    "publication": "Nom de la publication qui a changé le chiffre",
    "publie_le": "Moment de cette publication (UTC)",
    "changement": "ajoute, retire ou modifie ; un retrait garde les dernières valeurs publiées",
    "suivi_key": "Le chiffre suivi de publication en publication : ce qu'il mesure, et son rang parmi ceux "
    "qui mesurent la même chose",
}
_COLUMNS = {name: _TYPES.get(name, "varchar") for name in _STATED}
_MEANT = ", ".join(f"coalesce({name}, '')" for name in MEANING)
_TYPED = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in _COLUMNS.items())
_NOW = f"""
select md5(concat_ws('|', {_MEANT}, {RANK})) as suivi_key, {_TYPED}
from raw.nombre where statut = 'observation'
"""
_BEFORE = (
    "select * from histoire qualify row_number() over (partition by suivi_key order by publication desc) = 1"
)
_LAST = ", ".join(
    f"case when b.suivi_key is null then a.{name} else b.{name} end as {name}" for name in _STATED
)
_CHANGES = f"""
with avant as (select * from ({_BEFORE}) where changement <> 'retire'), apres as ({_NOW})
select ? as publication, strptime(split_part(?, '-', 2), '%Y%m%dT%H%M%SZ') as publie_le,
    case when a.suivi_key is null then 'ajoute' when b.suivi_key is null then 'retire' else 'modifie' end
        as changement,
    coalesce(b.suivi_key, a.suivi_key) as suivi_key,
    {_LAST}
from avant as a full join apres as b on a.suivi_key = b.suivi_key
where a.suivi_key is null or b.suivi_key is null
    or a.valeur is distinct from b.valeur or a.demi_intervalle is distinct from b.demi_intervalle
order by rapport_code, ligne, colonne, suivi_key
"""
_EMPTY = (
    "create temp table histoire (publication varchar, publie_le timestamp, changement varchar, suivi_key "
    "varchar, " + ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items()) + ")"
)


def keep_revisions(connection: duckdb.DuckDBPyConnection, folder: Path, current: Path, release: str) -> None:
    """Write the revisions of ``release`` beside those of the ``current`` release, and the table
    ``audit.revision`` of all of them.

    ``connection`` is open on the copy of the build that becomes the release in ``folder``.
    """
    known = "select 1 from duckdb_tables() where schema_name = 'raw' and table_name = 'nombre'"
    if not connection.execute(known).fetchone():
        return
    (folder / FOLDER).mkdir()
    for path in sorted((current / FOLDER).glob("*.parquet")):
        _share(path.resolve(), folder / FOLDER / path.name)
    connection.execute(_EMPTY)
    carried = sorted(str(path) for path in (folder / FOLDER).glob("*.parquet"))
    if carried:
        connection.execute(
            "insert into histoire by name select * from read_parquet(?, union_by_name = true)", [carried]
        )
    connection.execute(f"create temp table revisions as {_CHANGES}", [release, release])
    target = str(folder / FOLDER / f"{release}.parquet").replace("'", "''")
    connection.execute(f"copy revisions to '{target}' (format parquet, compression zstd)")
    connection.execute(
        "create or replace table audit.revision as from histoire union all by name from revisions"
    )
    for name, comment in _COMMENTS.items():
        on = "table audit.revision" if name == "table" else f"column audit.revision.{name}"
        for statement in comment_on(on, comment):
            connection.execute(statement)
    connection.execute("drop table histoire; drop table revisions")


def _share(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
