"""What bound figures in the published state and binds them no more: the table ``audit.relation_disparue``.

Belongs here: recognising a relation of an extract from one night to the next, by its name or by what it binds
(nature, roles, printed numbers), and why it is gone. A relation that goes in silence is a figure that nobody
checks any more. Does not belong here: figures that change (``changes``), relations that dbt makes.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from orchestration.building.comments import comment_on
from orchestration.building.engine import read_apart, written_at_once
from orchestration.reconciliation.terms import READINGS

#: Why a relation is gone.
FIGURE_GONE, FREED = "chiffre_absent", "plus_liee"
_TABLE = "audit.relation_disparue"
_COMMENTS = {
    "table": "Relations de la publication précédente que plus rien ne vérifie, alors que leur rapport est là",
    "publication_precedente": "Publication qui les vérifiait encore",
    "lignes": "Lignes des nombres qu'elle liait, dans la publication précédente",
    "imprimes": "Ces nombres, tels qu'imprimés",
    "raison": f"{FIGURE_GONE} : un de ces nombres n'est plus lu à l'identique ; {FREED} : tous le sont, mais "
    "aucune relation de cette nature ne les lie plus",
}
_EMPTY = """
create or replace table audit.relation_disparue (
    publication_precedente varchar not null, rapport_code varchar not null, relation varchar not null,
    nature varchar, formule varchar, lignes integer[], imprimes varchar[], raison varchar not null)
"""
_READINGS = ", ".join(f"'{nature}'" for nature in sorted(READINGS))
_KEYS = f"select distinct rapport_code, relation from raw.relation where nature not in ({_READINGS})"
#: Each relation with what it binds; ``asked`` names the reports, or the relations, that are looked at.
_BINDS = f"""
select r.rapport_code, r.relation, any_value(r.nature) as nature, any_value(r.formule) as formule,
    list(cast(nullif(r.ligne, '') as integer) order by cast(r.ligne as integer), cast(r.colonne as integer))
        filter (r.ligne <> '') as lignes,
    list(n.valeur_imprimee order by cast(r.ligne as integer), cast(r.colonne as integer))
        filter (r.ligne <> '') as imprimes,
    list_sort(list(concat_ws('|', r.role, r.poids, coalesce(n.valeur_imprimee, r.constante)))) as lie
from (
    select * replace (coalesce(ligne, '') as ligne, coalesce(colonne, '') as colonne)
    from raw.relation semi join asked using ({{by}}) where nature not in ({_READINGS})
) as r
left join raw.nombre as n using (rapport_code, ligne, colonne)
group by all
"""
_FILL = f"""
insert into audit.relation_disparue
with apres as ({_BINDS.replace("{by}", "rapport_code")}),
imprimes as (
    select rapport_code, list(distinct valeur_imprimee) as tous
    from raw.nombre semi join asked using (rapport_code) where statut = 'observation' group by all
)
select ?, a.rapport_code, a.relation, a.nature, a.formule, a.lignes, a.imprimes,
    case when list_has_all(coalesce(i.tous, []), a.imprimes) then '{FREED}' else '{FIGURE_GONE}' end
from perdues as a left join imprimes as i using (rapport_code)
where not exists (
    select 1 from apres as b
    where b.rapport_code = a.rapport_code and b.nature = a.nature and b.lie = a.lie
)
order by all
"""
_TOLD = """
select rapport_code, nature, lignes, raison from audit.relation_disparue
order by raison = 'chiffre_absent', rapport_code, lignes
"""
_SAID = {FIGURE_GONE: "one of its figures is not read as it was", FREED: "its figures are still read"}


def write_vanished(build: Path, published: Path, release: str | None) -> int:
    """Write the table into the build; returns the number of relations that are gone.

    It is empty before the first publication and where the published file cannot be read. The relations of a
    report that is no longer there are not told: that is.
    """
    with written_at_once(build) as connection:
        connection.execute("create schema if not exists audit")
        connection.execute(_EMPTY)
        for name, comment in _COMMENTS.items():
            what = f"table {_TABLE}" if name == "table" else f"column {_TABLE}.{name}"
            for statement in comment_on(what, comment):
                connection.execute(statement)
        before = _asked(published, _KEYS) if release else None
        if before is None:
            return 0
        connection.register("avant", before)
        gone = connection.execute(f"""
            select * from avant semi join raw.rapport as r on avant.rapport_code = r.code
            anti join ({_KEYS}) as apres using (rapport_code, relation)
        """).pl()
        named = _BINDS.replace("{by}", "rapport_code, relation")
        lost = None if gone.is_empty() else _asked(published, named, gone)
        if lost is None:
            return 0
        connection.register("perdues", lost)
        connection.register("asked", lost.select("rapport_code").unique())
        connection.execute(_FILL, [release])
        counted = connection.execute("select count(*) from audit.relation_disparue").fetchall()
        return int(counted[0][0])


def vanished(connection: duckdb.DuckDBPyConnection, shown: int = 3) -> list[str]:
    """What is gone, one sentence each, those first whose figures are still there; the rest counted."""
    rows = connection.execute(_TOLD).fetchall()
    told = [
        f"{code}:{','.join(map(str, dict.fromkeys(lines or [])))} is no longer checked ({nature}): "
        f"{_SAID[reason]}"
        for code, nature, lines, reason in rows[:shown]
    ]
    return told + [f"{len(rows) - shown} more in audit.relation_disparue"] * (len(rows) > shown)


def _asked(published: Path, query: str, asked: pl.DataFrame | None = None) -> pl.DataFrame | None:
    """Rows of the published file, read apart from the build: a damaged file cannot harm it."""
    try:
        with read_apart(published) as connection:
            if asked is not None:
                connection.register("asked", asked)
            return connection.execute(query).pl()
    except duckdb.Error:
        return None
