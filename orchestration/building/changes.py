"""What changed between the published state and the next one, figure by figure: the table
``audit.changement``.

A figure is recognised by what it means (report, block, label, indicator, members, period), not by its line: a
page added in front of a document changes nothing. Figures of one meaning are paired in order of print.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from orchestration.building.engine import read_apart, written_at_once

_MEANING = """
    rapport_code, bloc, libelle, indicateur_code, organisme_code, territoire_code, periode_code, nature, role,
    unite, risque_code, canal_code, public_code, profession_code, acteur_code, programme_code, motif_code,
    etablissement_code, poste_code, site_code, age_code, sexe_code, modalite_code
"""
_EMPTY = """
create or replace table audit.changement (
    publication_precedente varchar, changement varchar not null, rapport_code varchar not null,
    indicateur_code varchar, libelle varchar,
    ligne_avant integer, ligne_apres integer, valeur_imprimee_avant varchar, valeur_imprimee_apres varchar,
    valeur_avant varchar, valeur_apres varchar)
"""
_COMMENT = (
    "comment on table audit.changement is 'Chiffres ajoutés, retirés, modifiés depuis la publication "
    "précédente'"
)
MEANING = tuple(part.strip() for part in _MEANING.split(","))
#: Which of the figures that mean the same this is, in order of print.
RANK = f"""row_number() over (
    partition by {_MEANING} order by cast(ligne as integer), cast(colonne as integer)
)"""
_FILL = f"""
insert into audit.changement
with avant as (select *, {RANK} as rang from precedent),
apres as (select *, {RANK} as rang from raw.nombre where statut = 'observation')
select ?, case when a.rang is null then 'ajoute' when b.rang is null then 'retire' else 'modifie' end,
    coalesce(a.rapport_code, b.rapport_code), coalesce(a.indicateur_code, b.indicateur_code),
    coalesce(a.libelle, b.libelle), cast(a.ligne as integer), cast(b.ligne as integer),
    a.valeur_imprimee, b.valeur_imprimee, a.valeur, b.valeur
from avant as a full join apres as b on ({{same}}) and a.rang = b.rang
where a.rang is null or b.rang is null or a.valeur is distinct from b.valeur
    or a.demi_intervalle is distinct from b.demi_intervalle
order by all
"""
SAME = " and ".join(f"a.{name} is not distinct from b.{name}" for name in MEANING)


def write_changes(build: Path, published: Path, release: str | None) -> dict[str, int]:
    """Write the table into the build; returns the number of figures by kind of change (``ajoute``,
    ``retire``, ``modifie``).

    The table is empty before the first publication and where the published file cannot be read.
    """
    with written_at_once(build) as connection:
        connection.execute("create schema if not exists audit")
        connection.execute(_EMPTY)
        connection.execute(_COMMENT)
        before = _observations(published) if release else None
        if before is None:
            return {}
        connection.register("precedent", before)
        connection.execute(_FILL.replace("{same}", SAME), [release])
        counted = connection.execute(
            "select changement, count(*) from audit.changement group by all order by all"
        )
        return dict(counted.fetchall())


def count_changes(release: Path) -> dict[str, int]:
    """The figures that a kept release changed, by kind; nothing where it cannot say."""
    try:
        with duckdb.connect(str(release / "observatoire.duckdb"), read_only=True) as connection:
            return dict(
                connection.execute(
                    "select changement, count(*) from audit.changement group by all order by all"
                ).fetchall()
            )
    except duckdb.Error:
        return {}


def _observations(published: Path) -> pl.DataFrame | None:
    """The figures of the published file, read apart from the build: a damaged file cannot harm it."""
    try:
        with read_apart(published) as connection:
            return connection.execute("select * from raw.nombre where statut = 'observation'").pl()
    except duckdb.Error:
        return None
