"""What the structure of a document suggests (structure.py) as rows of ``relations.csv``, beside the relations
that its template states.

Belongs here: which suggestions an extract takes: those whose figures it read alike and that nothing binds
yet. Each tells both scopes in `reserve`: a gap is no more than to be reconciled, unless figures settle it
(settled.py). A total of a table that holds, of figures that somebody read as one thing, is stated by print
and carries none. Does not belong here: how figures are found to bind one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from orchestration.discovery.figures import Figure, address
from orchestration.discovery.nearby import near
from orchestration.discovery.settled import settled
from orchestration.discovery.structure import Laid, proposed
from orchestration.discovery.ties import Tie
from orchestration.extraction.reports import RELATION_COLUMNS, Extract, plain_decimal
from orchestration.reconciliation.terms import READINGS

#: What each rule of the structure says, as the formula of its relations.
FORMULAS = {
    "total_de_lignes": "la ligne de total est la somme de ses lignes",
    "total_de_colonnes": "la colonne de total est la somme des autres",
    "evolution_de_colonnes": "l'évolution est celle de deux colonnes de sa ligne",
    "evolution_de_ligne": "l'évolution est celle des deux années de sa ligne",
    "entre_ses_parties": "le taux de l'ensemble est entre ceux de ses parties",
    "part_du_total": "la part est celle de la ligne dans le total",
    "part_de_lignes": "le taux est celui de deux lignes de sa colonne",
    "part_de_colonnes": "la part est celle d'une colonne dans une autre",
    "atteinte_de_colonnes": "l'atteinte est celle de l'objectif et du résultat de sa ligne",
    "cent": "les parts font cent",
    "evolution_de_phrase": "l'évolution est celle des deux années de la phrase",
    "part_de_phrase": "la part est celle de deux nombres de la phrase",
    "parties_de_phrase": "les parties de la phrase font le tout",
    "partie_au_plus": "une partie ne dépasse pas le tout de sa phrase",
    "evolution_de_phrases": "l'évolution est celle de l'année dite juste avant",
    "part_de_phrases": "la part est celle d'un nombre dit juste avant",
    "parties_de_phrases": "deux parties font le tout dit juste avant",
    "atteinte_de_phrase": "l'atteinte est celle de l'objectif et du résultat de la phrase",
    "flux_de_phrase": "le stock final est celui du début, plus les entrées, moins les sorties",
    "flux_de_phrases": "le stock est celui d'avant, plus les entrées, moins les sorties, dits à la suite",
    "moyenne_par_mois": "la moyenne du mois est le douzième de l'année dite avant",
    "moyenne_par_tete": "la moyenne est le total de la phrase par le nombre qu'elle dit",
    "par_jour": "un nombre par jour et celui de l'année",
    "par_semaine": "un nombre par semaine et celui de l'année",
    "par_mois": "un nombre par mois et celui de l'année",
    "parts_de_l_annee": "les mois, trimestres ou semestres font l'année",
    "meme_chiffre": "le même nombre imprimé deux fois",
}

#: What the total of a table sums, and what its rows and its columns may not differ in.
_STATED = {
    "total_de_lignes": ("indicateur_code", "unite", "periode_code"),
    "total_de_colonnes": ("indicateur_code", "unite"),
}
_COUNTED = frozenset({"constate", "total"})
#: A figure is of one body, place and period.
_PLACE = ("organisme_code", "territoire_code", "periode_code")

NumberRow = Mapping[str, str]
_Places = frozenset[tuple[str, str]]


def ties(figures: Sequence[Figure], text: str) -> list[Tie]:
    """Every relation of a document's figures; none twice over the same figures, the surest rule first."""
    laid = Laid(sorted(figures, key=lambda f: f.start), text)
    kept: dict[tuple[tuple[int, int], ...], Tie] = {}
    for tie in proposed(laid):
        _keep(tie, kept)
    for tie in near(laid, list(kept.values())):
        _keep(tie, kept)
    return list(kept.values())


def _keep(tie: Tie, kept: dict[tuple[tuple[int, int], ...], Tie]) -> None:
    places = tuple(sorted({(f.ligne, f.colonne) for f in tie.figures}))
    if len(places) == len(tie.figures) or tie.nature == "borne":
        kept.setdefault(places, tie)


def with_structure(extract: Extract, figures: Sequence[Figure], text: str) -> Extract:
    """``extract`` with every relation that the structure of its document suggests and that it does not hold
    already; ``figures`` are those read without the template, ``text`` the document's.
    """
    read = {
        address(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"]): row
        for row in extract.numbers.iter_rows(named=True)
        if row["statut"] == "observation"
    }
    bound, heads = _bound(extract.relations)
    taken: set[str] = set(extract.relations["relation"])
    rows: list[dict[str, str]] = []
    for tie in ties([f for f in figures if _read_alike(f, read)], text):
        printed = [read[_at(figure)] for figure in tie.figures]
        places = frozenset((row["ligne"], row["colonne"]) for row in printed)
        head = (tie.nature, printed[0]["ligne"], printed[0]["colonne"])
        if places in bound or len(places) < 2 or _apart(tie, printed):
            continue
        if not tie.holds and (head in heads or _dated_otherwise(tie, read)):
            continue
        bound.add(places)
        rows.extend(_rows(tie, printed, read, taken))
    added = pl.DataFrame(rows, schema=dict.fromkeys(RELATION_COLUMNS, pl.String), orient="row")
    return settled(Extract(extract.numbers, pl.concat([extract.relations, added])))


def _at(figure: Figure) -> tuple[int, int]:
    return address(figure.ligne, figure.colonne, figure.printed)


def _read_alike(figure: Figure, read: Mapping[tuple[int, int], NumberRow]) -> bool:
    """Whether the extract holds the figure with the same value and unit, and the same kind of measure."""
    row = read.get(_at(figure))
    if row is None or row["valeur"] != plain_decimal(figure.value) or row["unite"] != figure.unit:
        return False
    return (row["nature"] == "evolution") == (figure.nature == "evolution")


def _apart(tie: Tie, printed: Sequence[NumberRow]) -> bool:
    """Whether a template says that figures which look alike, or a whole and its part, differ in scope."""
    meant = {"meme_chiffre": (*_PLACE, "indicateur_code"), "partie_au_plus": _PLACE}.get(tie.rule, ())
    told = [row for row in printed if row["revue"] == "true"]
    return any(len({row[name] for row in told}) > 1 for name in meant)


def _dated_otherwise(tie: Tie, read: Mapping[tuple[int, int], NumberRow]) -> bool:
    """Whether an evolution is said of other years than those that a template gives its figures."""
    return tie.nature == "evolution" and any(read[_at(f)]["periode_code"] != f.period for f in tie.figures)


def _bound(relations: pl.DataFrame) -> tuple[set[_Places], set[tuple[str, str, str]]]:
    """The figures that each relation binds, and the results of each nature."""
    told = relations.filter(~pl.col("nature").is_in(sorted(READINGS)) & (pl.col("ligne") != ""))
    places: dict[str, set[tuple[str, str]]] = {}
    heads: set[tuple[str, str, str]] = set()
    for key, nature, role, line, column in told.select(
        "relation", "nature", "role", "ligne", "colonne"
    ).iter_rows():
        places.setdefault(key, set()).add((line, column))
        if role in ("total", "resultat"):
            heads.add((nature, line, column))
    return {frozenset(found) for found in places.values()}, heads


def _rows(
    tie: Tie, printed: Sequence[NumberRow], read: Mapping[tuple[int, int], NumberRow], taken: set[str]
) -> Iterator[dict[str, str]]:
    first = printed[0]
    key = stem = f"{first['bloc']}/{tie.nature}/{first['ligne']}-{first['colonne']}~{tie.rule}"
    again = 2
    while key in taken:
        key, again = f"{stem}#{again}", again + 1
    taken.add(key)
    common = {
        "relation": key,
        "nature": tie.nature,
        "formule": FORMULAS[tie.rule],
        "reserve": "" if _stated(tie, printed) else _scopes(printed),
    }
    result = tie.relation.result
    parts = ((result.role, result.weight, tie.result), *tie.parts)
    for (role, weight, what), pair in zip(parts, (0, *tie.pairs), strict=True):
        row = read[_at(what)] if isinstance(what, Figure) else None
        yield {
            **common,
            "paire": str(pair or ""),
            "role": role,
            "poids": plain_decimal(weight),
            "ligne": row["ligne"] if row else "",
            "colonne": row["colonne"] if row else "",
            "constante": "" if isinstance(what, Figure) else plain_decimal(what),
        }


def _stated(tie: Tie, printed: Sequence[NumberRow]) -> bool:
    """Whether the table says that one figure is the sum of the others: it holds, and somebody read them all
    as one thing.
    """
    one = _STATED.get(tie.rule)
    if one is None or not tie.holds or any(row["revue"] != "true" for row in printed):
        return False
    counted = all(row["nature"] in _COUNTED for row in printed)
    return counted and all(len({row[name] for row in printed}) == 1 for name in one)


def _scopes(printed: Iterable[NumberRow]) -> str:
    """Both scopes in words: the labels of two figures, or the first and how many stand against it."""
    told = [row["libelle"] or row["bloc"] for row in printed]
    if len(told) > 2:
        return f"« {told[0]} » ; {len(told) - 1} autres chiffres"
    return " ; ".join(f"« {words} »" for words in dict.fromkeys(told))
