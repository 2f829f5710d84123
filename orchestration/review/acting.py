"""What each form of the review decides: its fields, made a decision that is tried and written, and what is
said of it afterwards.

Does not belong here: what a page shows (``showing``), how a decision is written (``decisions``).
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from orchestration.extraction.catalogue import (
    DIMENSIONS,
    UNSTATED,
)
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import REPORT_FILE
from orchestration.notation.folding import fold_label
from orchestration.reconciliation.wording import count_words, listed
from orchestration.review.beside import (
    ASIDE,
    carried,
    corrected,
    indicators_made,
    is_aside,
    named_alone,
    to_make,
)
from orchestration.review.dating import dates_in, natures_in, told_of_kind, told_when
from orchestration.review.decisions import Decision, Refused, Stale, decide, meaning_from
from orchestration.review.desk import Desk
from orchestration.review.dossier import (
    Dossier,
    Item,
    Unread,
    find_item,
)
from orchestration.review.explaining import REGISTERED, explain, forget_outlived, take_out
from orchestration.review.finishing import finish
from orchestration.review.groups import (
    SECTION,
    Series,
    acceptable,
    cuts_of,
    groups_of,
    row_of,
    table_of,
    whole_tables,
)
from orchestration.review.making import definition_from
from orchestration.review.members import as_shown, changed_members, shown_in
from orchestration.review.naming import AXES, members_said
from orchestration.review.seeds import (
    add_alias,
    changing,
    forget_members,
)
from orchestration.review.showing import (
    asked_when,
    chosen_group,
    open_beside,
    read_alike,
    surest,
)
from orchestration.review.suggestions import Suggester
from orchestration.review.taking import put_aside, take_up

#: Confidence from which the words of a row are set against what a whole column is said to measure.
LIKELY = 0.45
#: Rows or figures that a message names at most.
MOST_NAMED = 5
#: How the fields begin that say what rows and columns name.
_OF_MEMBERS = tuple(field for axis in AXES for field in (axis.whole, axis.one, axis.member, axis.dimension))
#: How the fields begin that describe an indicator to be made.
NEW = "nouveau_"


@dataclass(frozen=True)
class Answer:
    """What is said after a form was sent, and what the page that follows shows chosen."""

    said: str
    chosen: Mapping[str, str] = field(default_factory=dict)


Act = Callable[[Desk, str, list[tuple[str, str]]], str | Answer]


def shown_by(desk: Desk, dossier: Dossier, act: Act, given: Mapping[str, str]) -> Sequence[Item | Unread]:
    """The figures that a form shows, as they are now."""
    if act is _accept:
        return surest(desk, dossier)
    if act is _take:
        return [number for number in dossier.unread if number.key == given.get("nombre")]
    groups = (*groups_of(dossier), *whole_tables(dossier))
    group = next((one for one in groups if one.code == given.get("groupe")), None)
    if group is None or act is not _table:
        return group.items if group else ()
    cut = cuts_of(dossier, group).get(given.get("coupe", ""))
    if cut:
        return [item for one in cut for item in one.items]
    return table_of(dossier, group) or list(open_beside(dossier, group))


def _decide(desk: Desk, code: str, form: list[tuple[str, str]], made: Sequence[str] = ()) -> str | Answer:
    """``made`` are the indicators that were made for the decision, and go with it."""
    dossier, given = desk.dossier(code), dict(form)
    decision = _decision_said(dossier, form)
    rows_said = any(given.get(axis.whole) for axis in AXES)
    whole = given.get("groupe") in {one.code for one in whole_tables(dossier)}
    others = {} if made or rows_said or whole else _rows_of_other_things(desk, dossier, decision)
    kept = replace(decision, figures=tuple(key for key in decision.figures if key not in others))
    said = _done(desk, dossier, kept, given, made=made)
    return _with_what_waits(desk.dossiers[code], said, others) if others else said


def _decision_said(dossier: Dossier, form: list[tuple[str, str]]) -> Decision:
    given = dict(form)
    figures = tuple(value for key, value in form if key == "chiffre")
    if not figures:
        raise ExtractionError("aucun chiffre n'est coché : cochez ceux que la décision vise")
    if given.get("geste") == "ecarter":
        if given.get("ecarter") not in ASIDE:
            raise ExtractionError("dites pourquoi ce n'est pas un chiffre : choisissez un motif")
        return Decision(figures, aside=given["ecarter"])
    meaning = changed_members(meaning_from(given), given, _items_of(dossier, Decision(figures)))
    named, clicked = given.get("autre_indicateur", "").strip(), "geste" not in given
    if named and not (clicked and "indicateur" in meaning):
        meaning["indicateur"] = _indicator(dossier, named)
    if "indicateur" not in meaning and given.get("geste") != "garder":
        raise ExtractionError("dites quel indicateur ces chiffres mesurent : rien n'est choisi d'avance")
    return Decision(figures, meaning, despite=bool(given.get("malgre")))


def _with_what_waits(after: Dossier, said: str, others: Mapping[str, str]) -> Answer:
    """What is said of the figures that a decision left out, and the group where they wait."""
    rows = _first(others.values())
    waits = (
        "attend : ses mots disent autre chose ; la décider encore l'écrit"
        if len(rows) == 1
        else "attendent : leurs mots disent autre chose ; les décider encore les écrit"
    )
    group = next(one for one in groups_of(after) if {item.key for item in one.items} & set(others))
    return Answer(f"{said} {listed(rows)} {waits} quand même.", {"groupe": group.code})


def _rows_of_other_things(desk: Desk, dossier: Dossier, decision: Decision) -> dict[str, str]:
    """The figures of a decision whose rows name clearly another thing than it calls them, each with that, in
    words: a key decides a column whose rows may each measure something else. None where all rows do: then
    the reviewer has seen it.
    """
    code = decision.meaning.get("indicateur", "")
    rows = {row_of(item): item for item in _items_of(dossier, decision) if item.table}
    if not code or len(rows) < 2:
        return {}
    suggester = desk.suggester(dossier)
    first = {row: next(iter(suggester.of(item)), None) for row, item in rows.items()}
    others = {
        row: f"« {row} » ({one.indicator.libelle}, {one.sure})"
        for row, one in first.items()
        if one and one.indicator.code != code and one.confidence >= LIKELY
    }
    if len(others) == len(rows):
        return {}
    return {i.key: others[row_of(i)] for i in _items_of(dossier, decision) if row_of(i) in others}


def _indicator(dossier: Dossier, words: str) -> str:
    """The code of the indicator that a reviewer names by code or label."""
    known = dossier.catalogue.indicators
    if words in known:
        return words
    found = [code for code, i in known.items() if fold_label(i.libelle) == fold_label(words)]
    if len(found) != 1:
        raise ExtractionError(
            f"« {words} » ne nomme pas un indicateur : choisissez-le dans la liste, ou créez-le"
        )
    return found[0]


def _done(
    desk: Desk,
    dossier: Dossier,
    decision: Decision,
    given: Mapping[str, str],
    choices: int = 0,
    made: Sequence[str] = (),
    cut: Sequence[Series] = (),
) -> str:
    """Write a decision; ``choices`` is how many things it decides where its parts do not tell, ``made`` the
    indicators that were made for it, ``cut`` the rows or columns of its form.
    """
    said, items = {} if decision.aside else given, _items_of(dossier, decision)
    alone = named_alone(said, items, cut)
    lone = {item.key: alone[item.key] for item in items if item.key in alone}
    with members_said(desk, dossier, items, said, lone) as (dossier, members):
        suggester, shown = desk.suggester(dossier), shown_in(given, items, cut)

        def completes(item: Item, indicator: str) -> Mapping[str, str]:
            told = as_shown(suggester, item, indicator, shown.get(item.key, ()))
            return {**told, **members.of.get(item.key, {})}

        trail = desk.trail(dossier.report)
        added = {**members.added, **({"indicateur": list(made)} if made else {})}
        dated, more = _dated(dossier, suggester, decision, given)
        choices = (choices or max(1, len(decision.parts))) + more
        after = decide(dossier, dated, given.get("etat", ""), trail, completes, added, choices)
        desk.keep(after, trail)
    return f"{decision.told(after.catalogue)}. Il reste {_left(after)}."


def _dated(
    dossier: Dossier, suggester: Suggester, decision: Decision, given: Mapping[str, str]
) -> tuple[Decision, int]:
    """The decision with the nature that the form says of each column and the period that it says of each
    column or row, and how many more things that decides.
    """
    said = dates_in(given) or natures_in(given)
    group = chosen_group(dossier, groups_of(dossier), given.get("groupe", "")) if said else None
    if group is None or decision.aside:
        return decision, 0
    asked = asked_when(dossier, suggester, group)
    kinds, named = told_of_kind(decision, [one for one, _ in asked.sortes], given)
    dated, times = told_when(kinds, asked.ways, given, dossier.report.periode[:4])
    return dated, named + max(0, times - 1)


def _left(dossier: Dossier) -> str:
    return count_words(len(dossier.items) - dossier.reviewed, "chiffre", "chiffres") + " à relire"


def _accept(desk: Desk, code: str, form: list[tuple[str, str]]) -> Answer:
    dossier = desk.dossier(code)
    items = acceptable(dossier.items, desk.suggester(dossier).sure_of)
    if not items:
        raise ExtractionError("aucun chiffre n'est assez sûr pour être accepté sans être lu")
    decision = Decision((), parts=_one_by_one(items))
    return _done_where_it_holds(desk, dossier, decision, dict(form), lambda kept: 1)


def _one_by_one(sure: Iterable[tuple[Item, Mapping[str, str]]]) -> tuple[Decision, ...]:
    """A part for the figures of each table, and one for each line outside of tables, that mean one thing."""
    parts: dict[tuple[int, int, frozenset[tuple[str, str]]], list[Item]] = defaultdict(list)
    for item, told in sure:
        parts[item.table, 0 if item.table else item.line, frozenset(told.items())].append(item)
    return tuple(
        Decision(_keys_of(those), dict(told), as_read=not told) for (*_, told), those in parts.items()
    )


def _done_where_it_holds(
    desk: Desk,
    dossier: Dossier,
    decision: Decision,
    given: Mapping[str, str],
    count: Callable[[Decision], int],
    cut: Sequence[Series] = (),
    made: Sequence[str] = (),
) -> Answer:
    """Write the parts of a decision, but those of which the audit of the next night would refuse a figure:
    these stay open, chosen as they were, and which and why is said. ``count`` tells how many things a
    decision decides.
    """
    kept, why = decision, dict[str, str]()  # what the night says, with what to do about it
    while True:
        try:
            said = _done(desk, dossier, kept, given, count(kept), made, cut)
            break
        except Refused as error:
            early = _wholes_too_early(dossier, kept, error)
            parts = _without(kept, early) if early else _untouched(kept, error.figures)
            if not parts or parts == kept.parts:
                raise
            why |= {_LATER: ""} if early else {error.why: error.advice}
            kept = replace(kept, parts=parts)
    written = {key for part in kept.parts for key in part.figures}
    waiting = _without(decision, written)
    if not waiting:
        return Answer(said)
    items = _items_of(dossier, Decision((), parts=tuple(waiting)))
    named = listed(_first(f"« {item.printed} » (ligne {item.line})" for item in items))
    verb = "attend" if len(items) == 1 else "attendent"
    advice = ". ".join(filter(None, dict.fromkeys(why.values())))
    told = f"{said} {named} {verb}, la nuit le refuserait : {' ; '.join(why)}{advice and '. '}{advice}."
    after = desk.dossiers[dossier.report.code]
    return Answer(told, _chosen_still(after, waiting, given, cut) if given.get("coupe") else {})


#: Why a total waits while rows of its table do.
_LATER = "un total se juge avec toutes les lignes de son tableau, et certaines restent à décider"


def _untouched(decision: Decision, refused: Collection[str]) -> tuple[Decision, ...]:
    """The parts of a decision of which no figure is refused."""
    return tuple(part for part in decision.parts if not set(refused) & set(part.figures))


def _without(decision: Decision, figures: Collection[str]) -> tuple[Decision, ...]:
    """The parts of a decision without some of its figures."""
    parts = (
        replace(part, figures=tuple(k for k in part.figures if k not in figures)) for part in decision.parts
    )
    return tuple(part for part in parts if part.figures)


def _wholes_too_early(dossier: Dossier, decision: Decision, error: Refused) -> set[str]:
    """The figures of a decision that others should make, and do not, while rows of their table wait: they
    are decided with these.
    """
    decided = {key for part in decision.parts for key in part.figures}
    waiting = {i.table for i in dossier.items if i.table and not i.reviewed and i.key not in decided}
    wholes = {i.key for i in dossier.items if i.key in error.wholes & decided and i.table in waiting}
    return wholes if error.wholes <= wholes else set()


def _first(told: Iterable[str]) -> list[str]:
    """The first of some figures or rows that are named, and how many there are beside."""
    said = list(dict.fromkeys(told))
    more = len(said) - MOST_NAMED
    return said if more <= 0 else [*said[:MOST_NAMED], count_words(more, "autre")]


def _chosen_still(
    dossier: Dossier, waiting: Sequence[Decision], given: Mapping[str, str], before: Sequence[Series]
) -> dict[str, str]:
    """The form of what waits, with the indicators that were chosen in it and what rows and columns name."""
    meant = {key: part.meaning.get("indicateur", "") for part in waiting for key in part.figures}
    group = next((one for one in groups_of(dossier) if {item.key for item in one.open} & set(meant)), None)
    if group is None:
        return {}
    cut = given["coupe"]
    series = cuts_of(dossier, group).get(cut, [])
    named = {f"serie{n}": meant.get(one.items[0].key, "") for n, one in enumerate(series)}
    alone = next(meant[item.key] for item in group.open if item.key in meant)
    members = {key: value for key, value in given.items() if value and key.startswith(_OF_MEMBERS)}
    members |= carried(given, before, series)
    return {"groupe": group.code, "coupe": cut, "autre_indicateur": alone, **named, **members}


def _items_of(dossier: Dossier, decision: Decision) -> list[Item]:
    chosen = {key for part in decision.parts or (decision,) for key in part.figures}
    return [item for item in dossier.items if item.key in chosen]


def _table(desk: Desk, code: str, form: list[tuple[str, str]]) -> str | Answer:
    dossier, given = desk.dossier(code), dict(form)
    chosen = chosen_group(dossier, groups_of(dossier), given.get("groupe", ""))
    items = table_of(dossier, chosen) if chosen else ()
    if chosen and not items and dates_in(given):  # no arithmetic: as many things are decided as are dated
        items = tuple(open_beside(dossier, chosen))
    cut = cuts_of(dossier, chosen).get(given.get("coupe", "")) if chosen else None
    if not items and cut is None:
        raise ExtractionError("l'arithmétique ne confirme pas ce tableau : décidez groupe par groupe")
    despite = bool(given.get("malgre"))
    if cut is not None and given["coupe"] == SECTION:
        return _section_done(desk, dossier, cut, given)
    if cut is not None:
        return _series_done(desk, dossier, cut, given, bool(items))
    if given.get("geste") == "garder":
        if not read_alike(dossier, desk.suggester(dossier), items):
            raise ExtractionError(
                "une ligne de ce tableau n'est plus lue sûrement : dites ce que chacune mesure"
            )
        decision = Decision(_keys_of(items), despite=despite)
    else:
        named = given.get("autre_indicateur", "").strip() or given.get("indicateur", "")
        meaning = {"indicateur": _indicator(dossier, named)}
        decision = Decision(_keys_of(items), meaning, despite=despite)
    return _done(desk, dossier, decision, given)


def _section_done(
    desk: Desk, dossier: Dossier, cut: Sequence[Series], given: Mapping[str, str]
) -> str | Answer:
    """Write what a form says of each box and sentence, with the indicators that it asks to be made."""
    asked = {
        rank: row for rank, one in enumerate(cut) if (row := to_make(dossier.catalogue, given, rank, one))
    }
    rows = {fold_label(row["libelle"]): row for row in asked.values()}
    with indicators_made(desk, rows.values()) as made:
        codes = dict(zip(rows, made, strict=True))
        said = {key: value for key, value in given.items() if not key.startswith("creer")}
        said |= {f"autre{rank}": codes[fold_label(row["libelle"])] for rank, row in asked.items()}
        return _series_done(desk, desk.dossier(dossier.report.code), cut, said, confirmed=False, made=made)


def _series_done(
    desk: Desk,
    dossier: Dossier,
    cut: Sequence[Series],
    given: Mapping[str, str],
    confirmed: bool,
    made: Sequence[str] = (),
) -> str | Answer:
    """Write what a form says of each row, column, box or sentence. Nobody has seen the rows of columns that
    no arithmetic binds: those that clearly name another thing wait.
    """
    said = replace(_series_named(dossier, cut, given), despite=bool(given.get("malgre")))
    proposed = desk.suggester(dossier).proposed(cut) if confirmed else []
    seen = confirmed or given.get("coupe") != "colonnes" or any(given.get(axis.whole) for axis in AXES)
    found = (_rows_of_other_things(desk, dossier, part) for part in said.parts)
    others = {} if seen else {key: told for some in found for key, told in some.items()}
    decision = replace(said, parts=_without(said, others))

    def count(kept: Decision) -> int:
        return _choices(kept, proposed, cut) if confirmed else len(kept.parts)

    answer = _done_where_it_holds(desk, dossier, decision, given, count, cut, made)
    return _with_what_waits(desk.dossiers[dossier.report.code], answer.said, others) if others else answer


def _choices(decision: Decision, proposed: Sequence[str], cut: Sequence[Series]) -> int:
    """How many things the form of a table that arithmetic confirms decides: one for all that stands chosen
    and is accepted as it stands, one for each series that the reviewer names otherwise or anew.
    """
    chosen = {key: part.meaning["indicateur"] for part in decision.parts for key in part.figures}
    named = (next((chosen[i.key] for i in one.items if i.key in chosen), "") for one in cut)
    said = list(zip(named, proposed, strict=True))
    accepted = any(code and code == told for code, told in said)
    return accepted + sum(code not in ("", told) for code, told in said)


def _series_named(dossier: Dossier, cut: Sequence[Series], given: Mapping[str, str]) -> Decision:
    """The decision of a form that names the indicator of each row or column, from a list or in words, and
    takes away members that it is read with, or sets boxes and sentences aside; the rest stays open.
    """
    parts = []
    for rank, one in enumerate(cut):
        if given.get("coupe") == SECTION and is_aside(given, rank):
            parts.append(Decision(_keys_of(one.items), aside=given[f"ecarter{rank}"]))
        elif named := given.get(f"autre{rank}", "").strip() or given.get(f"serie{rank}", ""):
            without = {d: UNSTATED for d in DIMENSIONS if given.get(f"sans{rank}_{d}")}
            beside = corrected(given, rank, one) if given.get("coupe") == SECTION else {}
            meaning = {"indicateur": _indicator(dossier, named), **without, **beside}
            parts.append(Decision(_keys_of(one.items), meaning))
    if not parts:
        raise ExtractionError("dites ce que mesure au moins une ligne : rien n'est choisi d'avance")
    return Decision((), parts=tuple(parts))


def _keys_of(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(item.key for item in items)


def _take(desk: Desk, code: str, form: list[tuple[str, str]]) -> str:
    dossier, given = desk.dossier(code), dict(form)
    place, state, trail = given.get("nombre", ""), given.get("etat", ""), desk.trail(dossier.report)
    if given.get("geste") == "ecarter":
        after = put_aside(dossier, place, given.get("motif", ""), state, trail)
        said = "ce nombre est mis de côté"
    else:
        after = take_up(dossier, place, state, trail)
        said = "ce nombre est un chiffre désormais : il attend qu'on dise ce qu'il mesure"
    desk.keep(after, trail)
    return said


def _undo(desk: Desk, code: str, form: list[tuple[str, str]]) -> str:
    dossier = desk.dossier(code)
    trail = desk.trail(dossier.report)
    shown = dict(form).get("etape", "")
    if shown and trail.steps() and shown != str(trail.steps()[-1].at):
        raise Stale(
            f"« {trail.steps()[-1].said} » a été décidé depuis dans une autre fenêtre : c'est ce que "
            "« Annuler » reprend maintenant"
        )
    made = dict(next((step.members for step in reversed(trail.steps())), {}))
    explained = made.pop(REGISTERED, ())
    with changing(desk.settings.seeds, made, made) if made else contextlib.nullcontext():
        last = trail.undo()
        if explained and desk.register is not None:
            take_out(desk.register, explained)
        desk.dossier(code)  # opened again, which writes its extract
        for dimension, codes in made.items():
            forget_members(desk.settings.seeds, dimension, codes, desk.settings.raw)
    if made or REPORT_FILE in last.before:
        desk.forget()
    return f"annulé : {last.said}"


def _alias(desk: Desk, code: str, form: list[tuple[str, str]]) -> str:
    given = dict(form)
    add_alias(
        desk.settings.seeds, given.get("dimension", ""), given.get("membre", ""), given.get("alias", "")
    )
    desk.forget()
    return f"« {given.get('alias', '')} » désigne désormais {given.get('membre', '')}"


def _new_indicator(desk: Desk, code: str, form: list[tuple[str, str]]) -> str | Answer:
    """Make an indicator and decide with it what is ticked: one step, written and taken back as one."""
    new = {key.removeprefix(NEW): value for key, value in form if key.startswith(NEW)}
    said = [pair for pair in form if pair[0] not in ("geste", "indicateur", "autre_indicateur")]
    dossier, first = desk.dossier(code), next((v for k, v in form if k == "chiffre"), "")
    if first and not new.get("definition", "").strip():
        new["definition"] = definition_from(dossier.catalogue, find_item(dossier, first))
    with indicators_made(desk, [new]) as made:
        return _decide(desk, code, [*said, ("indicateur", made[0])], made)


def _finish(desk: Desk, code: str, form: list[tuple[str, str]]) -> str:
    dossier = desk.dossier(code)
    said = finish(dossier, desk.settings.raw, desk.trail(dossier.report))
    desk.forget()
    return said


def _explain(desk: Desk, code: str, form: list[tuple[str, str]]) -> str:
    dossier, given = desk.dossier(code), dict(form)
    if desk.register is None:
        raise ExtractionError("cette installation n'a pas de registre des constats")
    if given.get("geste") == "oter":
        return forget_outlived(dossier, desk.register)
    return explain(dossier, desk.register, desk.trail(dossier.report), given)


ACTS: dict[str, Act] = {
    "decider": _decide,
    "accepter": _accept,
    "tableau": _table,
    "annuler": _undo,
    "reprendre": _take,
    "alias": _alias,
    "indicateur": _new_indicator,
    "terminer": _finish,
    "constat": _explain,
}
#: The acts whose refusal is told beside the form of the decision.
ADVISED_BESIDE = frozenset({_decide, _table, _new_indicator, _alias})
