"""Suite `schema`: tables hold rows, columns exist and are filled, keys are unique, values stay in their
bounds.

Does not belong here: what points where (references), what adds up (totals).
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.checks import BATCH, Check, place, quoted, rows_where
from expectations.contract import (
    ACCEPTED,
    COLUMNS,
    FACT_DOMAINS,
    KEYS,
    MAY_BE_EMPTY,
    MAY_HOLD_NOTHING,
    MEMBERSHIPS,
)

SUITE = "schema"
OBSERVATION = "marts.fct_observation"
FACT = "marts.fct_{}"
CORE = (OBSERVATION, "audit.nombre", "marts.fct_controle", "marts.pont_controle_observation")
_PRINT = ("rapport_code", "ligne", "colonne", "valeur_imprimee")
_TYPES = {
    "VARCHAR": "VARCHAR",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "INTEGER": "(TINY|SMALL|BIG|HUGE)?INT(EGER)?",
    "INTEGER[]": "(BIG)?INT(EGER)?\\[\\]",
    "DOUBLE[4]": "DOUBLE\\[4\\]",
    "NUMBER": "DECIMAL.*|DOUBLE|(BIG)?INT(EGER)?",
}


def checks() -> list[Check]:
    """The checks of the suite."""
    return [
        Check(SUITE, OBSERVATION, "les tables, colonnes et types du contrat existent", query=_wrong_types()),
        Check(SUITE, OBSERVATION, "les tables du contrat ne sont pas vides", query=_empty_tables()),
        *(check for table in CORE for check in _core(table)),
        Check(
            SUITE,
            OBSERVATION,
            "aucune colonne exigée d'un fait n'est vide",
            query=_empty_cells(FACT.format(FACT_DOMAINS[0]), all_facts(), "lot.fait"),
        ),
        Check(SUITE, OBSERVATION, "une observation est un seul fait", query=_fact_twice()),
        Check(SUITE, OBSERVATION, "un membre par code de dimension, aucun code vide", query=_bad_members()),
        Check(SUITE, OBSERVATION, "l'unité est celle de l'indicateur", query=_OTHER_UNIT),
        *_observation_bounds(),
    ]


def _core(table: str) -> Iterator[Check]:
    yield Check(
        SUITE,
        table,
        "les colonnes du contrat sont là",
        native="ExpectTableColumnsToMatchSet",
        arguments={"column_set": list(COLUMNS[table]), "exact_match": False},
    )
    yield Check(
        SUITE,
        table,
        "la table n'est pas vide",
        native="ExpectTableRowCountToBeBetween",
        arguments={"min_value": 1},
    )
    yield Check(SUITE, table, "aucune colonne exigée n'est vide", query=_empty_cells(table))
    if table in KEYS:
        yield _unique(table, KEYS[table])
    for column, values in ACCEPTED.get(table, {}).items():
        yield Check(
            SUITE,
            table,
            f"valeurs admises de {column}",
            native="ExpectColumnValuesToBeInSet",
            arguments={"column": column, "value_set": list(values)},
        )


def _unique(table: str, key: tuple[str, ...]) -> Check:
    title = f"clé unique : {', '.join(key)}"
    if len(key) == 1:
        return Check(SUITE, table, title, native="ExpectColumnValuesToBeUnique", arguments={"column": key[0]})
    arguments = {"column_list": list(key)}
    return Check(SUITE, table, title, native="ExpectCompoundColumnsToBeUnique", arguments=arguments)


def _wrong_types() -> str:
    expected = ", ".join(
        f"('{table}', '{column}', '^({_TYPES[kind]})$')"
        for table, columns in COLUMNS.items()
        for column, kind in columns.items()
    )
    return (
        "select e.nom || '.' || e.colonne || ' : ' || coalesce('type ' || c.data_type, 'absente') as message "
        f"from (values {expected}) as e(nom, colonne, motif) left join duckdb_columns() as c "
        "on c.schema_name || '.' || c.table_name = e.nom and c.column_name = e.colonne and not c.internal "
        f"where (select count(*) from {BATCH} as lot) >= 0 and not coalesce(regexp_matches(c.data_type, "
        "e.motif), false)"
    )


def _empty_tables() -> str:
    needed = [table for table in COLUMNS if table not in MAY_HOLD_NOTHING]
    counted = " union all ".join(f"select '{table}' as nom, count(*) as nb from {table}" for table in needed)
    return (
        f"select nom || ' : aucune ligne' as message from ({counted}) as t "
        f"where nb = 0 and (select count(*) from {BATCH} as lot) >= 0"
    )


def _empty_cells(table: str, source: str = BATCH, place_in: str = "") -> str:
    """Rows of `source` with an empty cell in a column that `table` requires; a text of blanks is
    empty too.
    """
    required = {c: kind for c, kind in COLUMNS[table].items() if c not in MAY_BE_EMPTY.get(table, ())}
    empty = {
        column: f"(lot.{column} is null or trim(lot.{column}) = '')"
        if kind == "VARCHAR"
        else f"lot.{column} is null"
        for column, kind in required.items()
    }
    named = " || ".join(f"case when {test} then ' {column}' else '' end" for column, test in empty.items())
    where = place() if set(_PRINT) <= COLUMNS[table].keys() else _key(table)
    name = place_in or f"'{table}'"
    return (
        f"select {name} || ' : ' || coalesce({where}, 'ligne sans adresse') || ' : colonne vide' || {named} "
        "as message "
        f"from {source} as lot where {' or '.join(empty.values())}"
    )


def all_facts() -> str:
    """The rows of every fact table with `fait`, its name, as one relation that also reads the table under
    audit.
    """
    columns = ", ".join(COLUMNS[FACT.format(FACT_DOMAINS[0])])
    facts = " union all ".join(
        f"select 'fct_{domain}' as fait, '{domain}' as domaine, {columns} from {FACT.format(domain)}"
        for domain in FACT_DOMAINS
    )
    return f"(select * from ({facts}) as f where (select count(*) from {BATCH} as b) >= 0)"


def _key(table: str) -> str:
    columns = KEYS.get(table, ("controle_key",))
    return " || ', ' || ".join(f"coalesce(cast(lot.{column} as varchar), 'NULL')" for column in columns)


def _fact_twice() -> str:
    return (
        f"select lot.fait || ' : ' || {place()} || ' : ' || count(*) over (partition by observation_key) "
        f"|| ' fois dans les faits' as message from {all_facts()} as lot "
        "qualify count(*) over (partition by observation_key) > 1"
    )


def _bad_members() -> str:
    members = " union all ".join(
        f"select '{name}' as dimension, {name}_code as membre from marts.dim_{name}" for name in MEMBERSHIPS
    )
    dimensions = quoted([m for m in MEMBERSHIPS if m not in ("indicateur", "periode")])
    return (
        f"with membres as ({members} union all select '', '' from {BATCH} as lot where false) "
        "select 'dim_' || dimension || ' : ' || coalesce(membre, 'NULL') || ', ' || count(*) || ' lignes' as "
        "message "
        "from membres group by dimension, membre having count(*) > 1 or coalesce(trim(membre), '') = '' "
        "union all select 'dim_' || d.dimension || ' : sans le membre ' || s.membre "
        f"from (select unnest([{dimensions}]) as dimension) as d cross join (values ('non_precise'), "
        "('ensemble')) as s(membre) "
        "where not exists (select 1 from membres as m where m.dimension = d.dimension and m.membre = "
        "s.membre)"
    )


_PERIOD = "[0-9]{{4}}(-(S[12]|T[1-4]|[0-9]{{2}}(-[0-9]{{2}})?))?"
#: Figures that somebody reviewed: what a draft takes a figure for may be wrong, and refuses no night.
#: (That a share is between 0 and 100 % is a control of print, ``borne``: a report may print the contrary.)
_READ = "lot.revue is distinct from false"
_BOUNDS = {
    "un pourcentage reste sous 100 000 %": f"{_READ} and lot.unite = '%' and abs(lot.valeur) > 100000",
    "un dénombrement, un délai ou un âge n'est pas négatif": (
        f"{_READ} and lot.unite in ('nombre', 'jours', 'minutes', 'ans') and lot.valeur < 0 "
        "and lot.nature not in ('evolution', 'objectif')"
    ),
    "un âge reste sous 130 ans, un délai moyen sous un siècle": (
        f"{_READ} and ((lot.unite = 'ans' and abs(lot.valeur) > 130) "
        "or (lot.unite = 'jours' and lot.nature = 'moyenne' and abs(lot.valeur) > 36525))"
    ),
    "ligne, colonne, demi-largeur et confiance sont dans leurs bornes": (
        "lot.ligne < 1 or lot.colonne < 0 or lot.demi_intervalle < 0 or not lot.confiance between 0 and 1 "
        "or (lot.revue and lot.confiance < 1)"
    ),
    "la période est écrite comme une période du siècle": (
        "not regexp_matches(lot.periode_code, "
        f"'^(non_precise|ensemble|[0-9]{{{{4}}}}-[0-9]{{{{4}}}}|{_PERIOD}(/{_PERIOD})?)$') "
        "or coalesce(try_cast(left(lot.periode_code, 4) as integer), 2000) not between 1945 and 2100"
    ),
}


# An evolution, a share or an objective of an amount may be printed in per cent; the amount itself may not.
# What nobody has
# reviewed yet may carry any unit: no fact takes it.
_OTHER_UNIT = f"""
select {place()} || ' : lu en ' || lot.unite || ', ' || lot.indicateur_code || ' se compte en ' || i.unite
    as message
from {BATCH} as lot
inner join marts.dim_indicateur as i using (indicateur_code)
where lot.nature in ('constate', 'total') and lot.unite <> i.unite and lot.revue is distinct from false
"""


def _observation_bounds() -> Iterator[Check]:
    for title, wrong in _BOUNDS.items():
        told = f"{place()} || ' : lu ' || lot.valeur || ' ' || lot.unite || ', ' || lot.periode_code"
        query = rows_where(f"({wrong})", f"coalesce({told}, 'une observation sans adresse')")
        yield Check(SUITE, OBSERVATION, title, query=query)
