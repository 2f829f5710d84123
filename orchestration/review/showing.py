"""What the page of a report shows: the group that is decided with its print, what is proposed for it, and
what waits in the rest of the report.

Does not belong here: what a form decides (``acting``), how pages are served (``application``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from orchestration.discovery.phrases import UNMAPPED
from orchestration.extraction.catalogue import DIMENSIONS
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
from orchestration.review.members import Shown, in_words, members_shown
from orchestration.review.naming import AXES, MOST_ASKED, asked_of, named_unseen
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
    told |= _chosen_told(dossier, suggester, chosen, said)
    told["asked"] = [asked_of(desk, dossier, told["rows"], axis, said.get(axis.whole, "")) for axis in AXES]
    several = any(one.known or one.unknown for one in told["asked"])
    rows = list(dict.fromkeys(map(row_of, chosen.open)))
    told["alone"] = rows[:MOST_ASKED] if not several or len(rows) == 1 else []
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


def sure_told(dossier: Dossier, suggester: Suggester) -> dict[str, list[tuple[Item, str]]]:
    """The figures that may be accepted at one stroke, each with its members in words, by the label of what
    they will then mean.
    """
    told: dict[str, list[tuple[Item, str]]] = defaultdict(list)
    for item, meaning in acceptable(dossier.items, suggester.sure_of):
        code = meaning.get("indicateur", item.meaning["indicateur"])
        members = members_shown(dossier, suggester, [item], [code], {item.key: meaning})
        told[_label_of(dossier, code)].append((item, in_words(members.told)))
    return dict(sorted(told.items(), key=lambda one: fold_label(one[0])))


def _chosen_told(dossier: Dossier, suggester: Suggester, chosen: Group, said: QueryParams) -> dict[str, Any]:
    """What the page shows of the group that is decided; ``said`` is what was written in it before."""
    words = said.get("cherche", "")
    table = table_of(dossier, chosen)
    cuts = cuts_of(dossier, chosen)
    shown = shown_with(chosen, cuts)
    beside = list(open_beside(dossier, chosen))
    suggestions, found = suggester.of(chosen.items[0]), suggester.search(words) if words else []

    def members(items: Sequence[Item], codes: Iterable[str]) -> Shown:
        return members_shown(dossier, suggester, items, codes, named_unseen(dossier, items, said))

    offered = [one.indicator.code for one in found or suggestions]
    first = _told_first(dossier, said.get("autre_indicateur", ""), chosen.items[0], offered)
    of_table = [said.get("indicateur", ""), *first, *offered]
    return {
        "whole": _whole_of(dossier, chosen),
        "kept": _kept_told(dossier, suggester, table),
        "suggestions": suggestions,
        "domaine": domain_of_section(dossier, chosen.items[0], suggestions),
        "neuf": {
            "libelle": name_from(dossier.catalogue, chosen.items[0]),
            "definition": definition_from(dossier.catalogue, chosen.items[0]),
        },
        "wider": suggester.wider(chosen.items[0]),
        "found": found,
        "ecrits": members(chosen.items, [*first, *offered]),
        "ecrits_table": members(table or beside or chosen.items, of_table),
        "passages": _own_first(passages_of(dossier, shown), chosen),
        "offers": [_offer_told(dossier, one) for one in cuts.get(SECTION, ())],
        "cases": marks_by_page(shown, shown.items, chosen.items),
        "table": table,
        "coches": ticked_together(chosen.items),
        "quand": asked_when(dossier, suggester, chosen),
        "decides": table or beside,
        "lu": _label_of(dossier, chosen.shared.get("indicateur", "")),
        "rows": table or beside,
        "litiges": _disputes_of(dossier, chosen),
        **_cuts_told(dossier, suggester, cuts, bool(table), said, members),
    }


def _own_first(passages: Iterable[Excerpt], group: Group) -> list[Excerpt]:
    """Passages of print, those with a figure of a group before the others."""
    lines = {item.line for item in group.items}
    return sorted(passages, key=lambda one: lines.isdisjoint(at for at, _ in one.lines))


def _whole_of(dossier: Dossier, chosen: Group) -> Group | None:
    """The table of a group as one group, where more figures of it wait."""
    whole = next((one for one in whole_tables(dossier) if chosen.items[0] in one.items), None)
    return whole if whole and len(whole.open) > len(chosen.open) else None


def _disputes_of(dossier: Dossier, chosen: Group) -> list[str]:
    rank = chosen.items[0].table
    there = [item for item in dossier.items if rank and item.table == rank]
    return list(dict.fromkeys(told for item in there for told in item.disputed))


def _cuts_told(
    dossier: Dossier,
    suggester: Suggester,
    cuts: Mapping[str, Sequence[Series]],
    confirmed: bool,
    said: QueryParams,
    members: Callable[[Sequence[Item], Iterable[str]], Shown],
) -> dict[str, Any]:
    """What the page shows of the forms that decide several figures: their series, the print around those that
    are alone, the members that each is written with.
    """
    told = {cut: _cut_told(suggester, series, confirmed) for cut, series in cuts.items()}

    def first(cut: str, rank: int, one: Series, proposals: Sequence[Suggestion], stands: str) -> Shown:
        own = said if said.get("coupe") == cut else {}
        named = own.get(f"autre{rank}", "") or own.get(f"serie{rank}", stands)
        offered = [proposal.indicator.code for proposal in proposals]
        return members(one.items, [*_told_first(dossier, named, one.items[0], offered), *offered])

    return {
        "sections": SECTION in cuts,
        "cuts": told,
        "around": {key: excerpt for one in cuts.get(SECTION, ()) for key, excerpt in _lines_of(dossier, one)},
        "read": {cut: [first(cut, n, *one) for n, one in enumerate(series)] for cut, series in told.items()},
    }


def _told_first(dossier: Dossier, named: str, item: Item, offered: Sequence[str]) -> list[str]:
    """The indicator whose members stand beside a figure: the one that the reviewer named, that which it is
    read as, else the likeliest.
    """
    known, read = dossier.catalogue.indicators, item.meaning["indicateur"]
    by_label = (code for code, one in known.items() if fold_label(one.libelle) == fold_label(named))
    said = named if named in known else next(by_label, "")
    return [said or (read if read != UNMAPPED else next(iter(offered), ""))]


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


def _kept_told(dossier: Dossier, suggester: Suggester, table: Sequence[Item]) -> list[tuple[str, str, str]]:
    """Each row of a table that may be kept as it is read, with its indicator and its members in words."""
    rows: dict[str, list[Item]] = defaultdict(list)
    for item in table:
        rows[row_of(item)].append(item)

    def members(items: Sequence[Item]) -> str:
        return in_words(members_shown(dossier, suggester, items, (), {}).told)

    return [(row, label, members(rows[row])) for row, label in read_alike(dossier, suggester, table)]


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
