"""Suite `schema`: tables hold rows, columns exist and are filled, keys are unique, values stay in their bounds.

Does not belong here: what points where (references), what adds up (totals).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from expectations.checks import BATCH, Check, place, quoted, rows_where
from expectations.contract import ACCEPTED, COLUMNS, FACT_DOMAINS, KEYS, MAY_BE_EMPTY, MAY_HOLD_NOTHING, MEMBERSHIPS

SUITE = "schema"
OBSERVATION = "marts.fct_observation"
FACT = "marts.fct_{}"
CORE = (OBSERVATION, "audit.nombre", "marts.fct_controle", "marts.pont_controle_observation")
_PRINT = ("rapport_code", "ligne", "colonne", "valeur_imprimee")
_TYPES = {
    "VARCHAR": "VARCHAR",
    "BOOLEAN": "BOOLEAN",
    "INTEGER": "(TINY|SMALL|BIG|HUGE)?INT(EGER)?",
    "INTEGER[]": "(BIG)?INT(EGER)?\\[\\]",
    "NUMBER": "DECIMAL.*|DOUBLE|(BIG)?INT(EGER)?",
}


def checks() -> list[Check]:
    """The checks of the suite."""
    facts = [FACT.format(domain) for domain in FACT_DOMAINS]
    return [
        Check(SUITE, OBSERVATION, "les tables, colonnes et types du contrat existent", query=_wrong_types()),
        Check(SUITE, OBSERVATION, "les tables du contrat ne sont pas vides", query=_empty_tables()),
        *(check for table in CORE for check in _core(table)),
        Check(SUITE, OBSERVATION, "aucune colonne exigée d'un fait n'est vide", query=_empty_cells(facts)),
        Check(SUITE, OBSERVATION, "une observation est un seul fait", query=_fact_twice(facts)),
        Check(SUITE, OBSERVATION, "un membre par code de dimension, aucun code vide", query=_bad_members()),
        *_observation_bounds(),
    ]


def _core(table: str) -> Iterator[Check]:
    yield Check(
        SUITE, table, "les colonnes du contrat sont là",
        native="ExpectTableColumnsToMatchSet", arguments={"column_set": list(COLUMNS[table]), "exact_match": False},
    )  # fmt: skip
    yield Check(
        SUITE, table, "la table n'est pas vide",
        native="ExpectTableRowCountToBeBetween", arguments={"min_value": 1},
    )  # fmt: skip
    yield Check(SUITE, table, "aucune colonne exigée n'est vide", query=_empty_cells([table], BATCH))
    if table in KEYS:
        yield _unique(table, KEYS[table])
    for column, values in ACCEPTED.get(table, {}).items():
        yield Check(
            SUITE, table, f"valeurs admises de {column}",
            native="ExpectColumnValuesToBeInSet", arguments={"column": column, "value_set": list(values)},
        )  # fmt: skip


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
        f"where (select count(*) from {BATCH} as lot) >= 0 and not coalesce(regexp_matches(c.data_type, e.motif), false)"
    )


def _empty_tables() -> str:
    needed = [table for table in COLUMNS if table not in MAY_HOLD_NOTHING]
    counted = " union all ".join(f"select '{table}' as nom, count(*) as nb from {table}" for table in needed)
    return (
        f"select nom || ' : aucune ligne' as message from ({counted}) as t "
        f"where nb = 0 and (select count(*) from {BATCH} as lot) >= 0"
    )


def _empty_cells(tables: Iterable[str], source: str = "") -> str:
    """Rows with an empty cell in a required column; a text of blanks is empty too."""
    queries = [_empty_cells_of(table, source or table) for table in tables]
    return " union all ".join(queries) if source else f"{' union all '.join(queries)} {_beside_batch()}"


def _beside_batch() -> str:
    """A query that adds no row and reads the table under audit, as Great Expectations asks of every query."""
    return f"union all select '' as message from {BATCH} as lot where false"


def _empty_cells_of(table: str, source: str) -> str:
    required = {c: kind for c, kind in COLUMNS[table].items() if c not in MAY_BE_EMPTY.get(table, ())}
    empty = {
        column: f"(lot.{column} is null or trim(lot.{column}) = '')" if kind == "VARCHAR" else f"lot.{column} is null"
        for column, kind in required.items()
    }
    named = " || ".join(f"case when {test} then ' {column}' else '' end" for column, test in empty.items())
    where = place() if set(_PRINT) <= COLUMNS[table].keys() else _key(table)
    return (
        f"select '{table} : ' || coalesce({where}, 'ligne sans adresse') || ' : colonne vide' || {named} as message "
        f"from {source} as lot where {' or '.join(empty.values())}"
    )


def _key(table: str) -> str:
    columns = KEYS.get(table, ("controle_key",))
    return " || ', ' || ".join(f"coalesce(cast(lot.{column} as varchar), 'NULL')" for column in columns)


def _fact_twice(facts: Iterable[str]) -> str:
    rows = " union all ".join(f"select '{table}' as nom, observation_key, {', '.join(_PRINT)} from {table}" for table in facts)
    return (
        f"select {place()} || ' : ' || count(*) over (partition by observation_key) || ' fois dans les faits, '"
        f" || nom as message from ({rows} union all select '', '', {', '.join(_PRINT)} from {BATCH} as b where false) "
        "as lot qualify count(*) over (partition by observation_key) > 1"
    )


def _bad_members() -> str:
    members = " union all ".join(
        f"select '{name}' as dimension, {name}_code as membre from marts.dim_{name}" for name in MEMBERSHIPS
    )
    dimensions = quoted([m for m in MEMBERSHIPS if m not in ("indicateur", "periode")])
    return (
        f"with membres as ({members} union all select '', '' from {BATCH} as lot where false) "
        "select 'dim_' || dimension || ' : ' || coalesce(membre, 'NULL') || ', ' || count(*) || ' lignes' as message "
        "from membres group by dimension, membre having count(*) > 1 or coalesce(trim(membre), '') = '' "
        "union all select 'dim_' || d.dimension || ' : sans le membre ' || s.membre "
        f"from (select unnest([{dimensions}]) as dimension) as d cross join (values ('non_precise'), ('ensemble')) as s(membre) "
        "where not exists (select 1 from membres as m where m.dimension = d.dimension and m.membre = s.membre)"
    )


_PERIOD = "[0-9]{{4}}(-(S[12]|T[1-4]|[0-9]{{2}}(-[0-9]{{2}})?))?"
_BOUNDS = {
    "une part est entre 0 et 100 %": "lot.unite = '%' and lot.nature = 'part' and not lot.valeur between 0 and 100",
    "un pourcentage reste sous 100 000 %": "lot.unite = '%' and abs(lot.valeur) > 100000",
    "un dénombrement, un délai ou un âge n'est pas négatif": (
        "lot.unite in ('nombre', 'jours', 'minutes', 'ans') and lot.valeur < 0 and lot.nature not in ('evolution', 'objectif')"
    ),
    "un âge reste sous 130 ans, un délai moyen sous un siècle": (
        "(lot.unite = 'ans' and abs(lot.valeur) > 130) or (lot.unite = 'jours' and lot.nature = 'moyenne' "
        "and abs(lot.valeur) > 36525)"
    ),
    "ligne, colonne, demi-largeur et confiance sont dans leurs bornes": (
        "lot.ligne < 1 or lot.colonne < 0 or lot.demi_intervalle < 0 or not lot.confiance between 0 and 1 "
        "or (lot.revue and lot.confiance < 1)"
    ),
    "la période est écrite comme une période du siècle": (
        f"not regexp_matches(lot.periode_code, '^(non_precise|ensemble|{_PERIOD}(/{_PERIOD})?)$') "
        "or coalesce(try_cast(left(lot.periode_code, 4) as integer), 2000) not between 1945 and 2100"
    ),
}


def _observation_bounds() -> Iterator[Check]:
    for title, wrong in _BOUNDS.items():
        told = f"{place()} || ' : lu ' || lot.valeur || ' ' || lot.unite || ', ' || lot.periode_code"
        query = rows_where(f"({wrong})", f"coalesce({told}, 'une observation sans adresse')")
        yield Check(SUITE, OBSERVATION, title, query=query)
