"""What the page of a report shows: the group that is decided with its print, what is proposed for it, and
what waits in the rest of the report.

Does not belong here: what a form decides (``acting``), how pages are served (``application``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from orchestration.discovery.phrases import UNMAPPED
from orchestration.extraction.catalogue import (
    DIMENSIONS,
    UNSTATED,
)
from orchestration.notation.folding import fold_label
from orchestration.review.beside import (
    Offer,
    offer_of,
)
from orchestration.review.columns import ticked_together
from orchestration.review.dating import DatesAsked, dates_asked
from orchestration.review.desk import Desk
from orchestration.review.dossier import (
    Dossier,
    Item,
)
from orchestration.review.explaining import likely, outlived, unexplained
from orchestration.review.groups import (
    SECTION,
    Group,
    Series,
    acceptable,
    cuts_of,
    groups_of,
    row_of,
    table_of,
    titles_apart,
    whole_tables,
)
from orchestration.review.making import definition_from, name_from
from orchestration.review.naming import AXES, MOST_ASKED, asked_of
from orchestration.review.pictures import marks_by_page
from orchestration.review.sections import domain_of_section
from orchestration.review.suggestions import Suggester, Suggestion
from orchestration.review.taking import waiting_in
from orchestration.review.times import periods_offered

#: Lines of print shown around the figures of a group.
AROUND = 2


def report_told(desk: Desk, code: str, said: QueryParams) -> dict[str, Any]:
    """What the page of a report shows; ``said`` is what was ticked, chosen and written in it before: a search
    and a form that is refused keep it.
    """
    dossier = desk.dossier(code)
    groups = groups_of(dossier)
    chosen = chosen_group(dossier, groups, said.get("groupe", ""))
    words = said.get("cherche", "")
    trail = desk.trail(dossier.report)
    suggester = desk.suggester(dossier)
    last, avance = next(reversed(trail.steps()), None), desk.progress(dossier)
    told: dict[str, Any] = {
        "dossier": dossier,
        "groups": groups,
        "titles": titles_apart(groups),
        "chosen": chosen,
        "words": words,
        "said": said,
        "ticked": said.getlist("chiffre"),
        "waiting": list(waiting_in(dossier, avance.places)),
        "sure": sure_told(dossier, suggester),
        "surest": surest(desk, dossier),
        "avance": avance,
        **_to_explain(desk, dossier),
        "contredits": sum(bool(item.refuted) and not item.reviewed for item in dossier.items),
        "last": last,
        "indicators": sorted(dossier.catalogue.indicators.values(), key=lambda i: fold_label(i.libelle)),
        "members": {
            dimension: dict(
                sorted(dossier.catalogue.labels[dimension].items(), key=lambda told: fold_label(told[1]))
            )
            for dimension in (*DIMENSIONS, "organisme", "territoire")
        },
        "periodes": periods_offered(
            (item.meaning["periode"] for item in dossier.items), dossier.report.periode[:4]
        ),
        "domaines": {code: domain.libelle for code, domain in dossier.catalogue.domains.items()},
    }
    if chosen is None:
        return told
    told |= _chosen_told(dossier, suggester, chosen, words)
    told["asked"] = [asked_of(desk, dossier, told["rows"], axis, said.get(axis.whole, "")) for axis in AXES]
    several = any(one.known or one.unknown for one in told["asked"])
    told["alone"] = [] if several else list(dict.fromkeys(map(row_of, chosen.open)))[:MOST_ASKED]
    return told


def _to_explain(desk: Desk, dossier: Dossier) -> dict[str, Any]:
    """What the register of findings should hold of a report, and what it holds for nothing."""
    if desk.register is None:
        return {"contradictions": {}, "outlived": []}
    found = unexplained(dossier, desk.register)
    return {
        "contradictions": found,
        "likely": likely(dossier) if found else {},
        "outlived": outlived(dossier, desk.register),
    }


def surest(desk: Desk, dossier: Dossier) -> list[Item]:
    return [item for item, _ in acceptable(dossier.items, desk.suggester(dossier).sure_of)]


def sure_told(dossier: Dossier, suggester: Suggester) -> dict[str, list[Item]]:
    """The figures that may be accepted at one stroke, by the label of what they will then mean."""
    told: dict[str, list[Item]] = defaultdict(list)
    for item, meaning in acceptable(dossier.items, suggester.sure_of):
        told[_label_of(dossier, meaning.get("indicateur", item.meaning["indicateur"]))].append(item)
    return dict(sorted(told.items(), key=lambda one: fold_label(one[0])))


def _chosen_told(dossier: Dossier, suggester: Suggester, chosen: Group, words: str) -> dict[str, Any]:
    """What the page shows of the group that is decided; ``words`` are those of a search."""
    table = table_of(dossier, chosen)
    cuts = cuts_of(dossier, chosen)
    shown = shown_with(chosen, cuts)
    rank = chosen.items[0].table
    there = [item for item in dossier.items if rank and item.table == rank]
    whole = next((one for one in whole_tables(dossier) if chosen.items[0] in one.items), None)
    return {
        "whole": whole if whole and len(whole.open) > len(chosen.open) else None,
        "kept": read_alike(dossier, suggester, table),
        "suggestions": suggester.of(chosen.items[0]),
        "domaine": domain_of_section(dossier, chosen.items[0], suggester.of(chosen.items[0])),
        "neuf": {
            "libelle": name_from(dossier.catalogue, chosen.items[0]),
            "definition": definition_from(dossier.catalogue, chosen.items[0]),
        },
        "wider": suggester.wider(chosen.items[0]),
        "found": suggester.search(words) if words else [],
        "passages": list(passages_of(dossier, shown)),
        "offers": [_offer_told(dossier, one) for one in cuts.get(SECTION, ())],
        "cases": marks_by_page(shown, chosen.items),
        "table": table,
        "coches": ticked_together(chosen.items),
        "quand": asked_when(dossier, suggester, chosen),
        "decides": table or list(open_beside(dossier, chosen)),
        "lu": _label_of(dossier, chosen.shared.get("indicateur", "")),
        "membres_dits": ", ".join(_members_told(dossier, chosen.items).values()),
        "rows": [item for item in (table or chosen.open) if item.table],
        "litiges": list(dict.fromkeys(told for item in there for told in item.disputed)),
        **_cuts_told(dossier, suggester, cuts, bool(table)),
    }


def _cuts_told(
    dossier: Dossier, suggester: Suggester, cuts: Mapping[str, Sequence[Series]], confirmed: bool
) -> dict[str, Any]:
    """What the page shows of the forms that decide several figures: their series, the print around those that
    are alone, the members that each is read with.
    """
    return {
        "sections": SECTION in cuts,
        "cuts": {cut: _cut_told(suggester, series, confirmed) for cut, series in cuts.items()},
        "around": {key: excerpt for one in cuts.get(SECTION, ()) for key, excerpt in _lines_of(dossier, one)},
        "read": {cut: [_members_told(dossier, one.items) for one in series] for cut, series in cuts.items()},
    }


def asked_when(dossier: Dossier, suggester: Suggester, group: Group) -> DatesAsked:
    """The columns and rows of the table of a group of which the page asks the period."""

    def means(item: Item) -> Mapping[str, str]:
        return {**item.meaning, **suggester.rows.completes(item, item.meaning["indicateur"])}

    return dates_asked(open_beside(dossier, group), means, dossier.report.periode[:4])


def open_beside(dossier: Dossier, group: Group) -> list[Item]:
    """The figures that wait in the table of a group."""
    rank = group.items[0].table
    return [item for item in dossier.items if rank and item.table == rank and item.hole and not item.reviewed]


def _cut_told(
    suggester: Suggester, series: Sequence[Series], confirmed: bool
) -> list[tuple[Series, list[Suggestion], str]]:
    """Each series of a form with what is proposed for it and, where arithmetic confirms the table, what
    stands chosen.
    """
    chosen = suggester.proposed(series) if confirmed else [""] * len(series)
    proposals = [suggester.of_series(one.items) for one in series]
    return list(zip(series, proposals, chosen, strict=True))


def _offer_told(dossier: Dossier, series: Series) -> tuple[Offer, dict[str, str]]:
    """What a row of boxes and sentences offers beside its indicator, and the labels of its members."""
    offer = offer_of(dossier.catalogue, series)
    labels = dossier.catalogue.labels
    return offer, {d: labels[d].get(code, code) for d, code in offer.members.items()}


def _members_told(dossier: Dossier, items: tuple[Item, ...]) -> dict[str, str]:
    """The members that all of some figures are read with, in words, by dimension."""
    shared, labels = Group(items).shared, dossier.catalogue.labels
    told = {d: labels[d].get(shared[d], "") for d in DIMENSIONS if shared.get(d, UNSTATED) != UNSTATED}
    return {dimension: label for dimension, label in told.items() if label}


def _label_of(dossier: Dossier, indicator: str) -> str:
    known = dossier.catalogue.indicators.get(indicator)
    return known.libelle if known else indicator


def read_alike(dossier: Dossier, suggester: Suggester, table: Sequence[Item]) -> list[tuple[str, str]]:
    """By row of a table that arithmetic confirms, the indicator that it is read as, where the words of every
    row name it today before any other; else nothing.
    """
    if not all(item.meaning["indicateur"] != UNMAPPED and suggester.agrees(item) for item in table):
        return []
    read = {row_of(item): _label_of(dossier, item.meaning["indicateur"]) for item in table}
    return list(read.items()) if len(set(read.values())) > 1 else []


def chosen_group(dossier: Dossier, groups: list[Group], code: str) -> Group | None:
    found = next((group for group in (*groups, *whole_tables(dossier)) if group.code == code), None)
    return found or next((group for group in groups if group.open), groups[0] if groups else None)


@dataclass(frozen=True)
class Excerpt:
    """Lines of print with the figures of a group marked: per line, its number and pieces of text, each with
    its figure or none.
    """

    lines: list[tuple[int, list[tuple[str, Item | None]]]]


def shown_with(group: Group, cuts: Mapping[str, Sequence[Series]]) -> Group:
    """All that is decided beside a group, as one: what the print marks."""
    beside = [item for one in cuts.get(SECTION, ()) for item in one.items]
    items = {item.key: item for item in (*group.items, *beside)}
    return Group(tuple(sorted(items.values(), key=lambda item: (item.line, item.column))), group.key)


def _lines_of(dossier: Dossier, series: Series) -> Iterator[tuple[str, Excerpt]]:
    """By the place of the first figure of a series, the lines of print that hold it, with those around them
    that hold words.
    """
    lines = dossier.document.lines
    own = {item.line for item in series.items}
    near = sorted({at for line in own for at in range(line - 1, line + 2) if 0 < at <= len(lines)})
    shown = [at for at in near if at in own or lines[at - 1].strip()]
    yield series.items[0].key, _excerpt(dossier, Group(series.items), shown)


def passages_of(dossier: Dossier, group: Group) -> Iterator[Excerpt]:
    wanted = sorted({item.line for item in group.items})
    shown: list[int] = []
    for line in wanted:
        nearby = range(max(1, line - AROUND), min(len(dossier.document.lines), line + AROUND) + 1)
        if shown and nearby.start > shown[-1] + 1:
            yield _excerpt(dossier, group, shown)
            shown = []
        shown += [at for at in nearby if not shown or at > shown[-1]]
    if shown:
        yield _excerpt(dossier, group, shown)


def _excerpt(dossier: Dossier, group: Group, shown: Sequence[int]) -> Excerpt:
    texts = [dossier.document.lines[at - 1] for at in shown]
    wide = {at for at, text in zip(shown, texts, strict=True) if "   " in text.strip()}
    spare = _spare_blanks([text for at, text in zip(shown, texts, strict=True) if at in wide])
    kept = spare if any(_in_table(group, at) for at in wide) else frozenset()
    return Excerpt(
        [
            (at, _marked(group, at, text, kept if at in wide else frozenset()))
            for at, text in zip(shown, texts, strict=True)
        ]
    )


def _in_table(group: Group, line: int) -> bool:
    return any(item.table and item.line == line for item in group.items)


def _spare_blanks(rows: Sequence[str]) -> frozenset[int]:
    """The columns that are blank in every row of a table, but for two between what they part: a telephone
    shows the values without scrolling.
    """
    blank = [
        all(row[at : at + 1] in ("", " ") for row in rows) for at in range(max(map(len, rows), default=0))
    ]
    return frozenset(
        at for at, empty in enumerate(blank) if empty and all(blank[max(0, at - 2) : at]) and at > 1
    )


def _marked(group: Group, line: int, text: str, dropped: frozenset[int]) -> list[tuple[str, Item | None]]:
    def kept(start: int, stop: int) -> str:
        return "".join(c for at, c in enumerate(text[start:stop], start) if at not in dropped or c != " ")

    cursor = 0
    pieces: list[tuple[str, Item | None]] = []
    for item in sorted((i for i in group.items if i.line == line), key=lambda i: i.column):
        stop = item.column + item.end
        pieces += [(kept(cursor, item.column), None), (text[item.column : stop], item)]
        cursor = stop
    return [*pieces, (kept(cursor, len(text)), None)]
