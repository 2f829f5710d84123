"""What a reviewer decides of some figures, written into the template; tried on the document before anything
is written.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from orchestration.discovery.phrases import UNSURE_NOTES
from orchestration.discovery.plausible import LAST_YEAR
from orchestration.extraction.catalogue import REASONS, UNSTATED, Catalogue
from orchestration.extraction.corrections import FILE as CORRECTIONS_FILE
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.templates import template_files
from orchestration.extraction.written_yaml import edited_blocks
from orchestration.notation.folding import fold_label
from orchestration.reconciliation.wording import count_words, listed
from orchestration.review.dossier import MEANINGS, NO_SCALE, Dossier, Item, find_item, open_dossier, state_of
from orchestration.review.refusals import KEY_WORDS, without_places
from orchestration.review.times import of_nature, period_typed
from orchestration.review.trail import Trail

#: What a reviewer ticks to write a contradiction of the report as it is printed.
MISPRINT = "le rapport se contredit lui-même ici : l'écrire tel qu'imprimé"


#: What to do where the night would refuse a decision.
APART = (
    "Dites ce qui distingue ces chiffres (le membre que chaque ligne nomme, une période, une nature), ou "
    f"corrigez l'unité ; si c'est le rapport qui se trompe, cochez « {MISPRINT} »"
)
#: Contradictions that a refusal tells at most.
MOST_SAID = 5


#: What is said of a form whose figures do not read any more as it showed them.
CHANGED = (
    "ces chiffres ont changé depuis l'affichage, dans une autre fenêtre ou à la main. Les voici tels qu'ils "
    "se lisent maintenant, avec ce que vous aviez écrit : relisez, puis décidez"
)


class Stale(ExtractionError):
    """The template changed since the page was made."""


class Refused(ExtractionError):
    """The audit of the next night would not let the decision pass; ``figures`` are the places of those
    that it is about, ``why`` says what they contradict, ``advice`` what to do; ``wholes`` are those that the
    others should make.
    """

    def __init__(self, why: str, advice: str, figures: frozenset[str], wholes: frozenset[str]) -> None:
        super().__init__(f"la nuit refuserait cette décision : {why}. {advice}")
        self.why, self.advice, self.figures, self.wholes = why, advice, figures, wholes


@dataclass(frozen=True)
class Decision:
    """Either ``meaning`` (keys of ``MEANINGS``) is what the figures mean, or they are set aside for the
    reason ``aside``; or, in ``parts``, several of these at once.

    ``despite`` writes it although the report then contradicts itself, because its print does; ``as_read``
    adds nothing of what the words of a row say beside: what was decided last year is whole.
    """

    figures: tuple[str, ...]
    meaning: Mapping[str, str] = field(default_factory=dict)
    aside: str = ""
    parts: tuple[Decision, ...] = ()
    despite: bool = False
    as_read: bool = False

    def told(self, catalogue: Catalogue) -> str:
        """The decision in a few words of French."""
        parts = self.parts or (self,)
        what = ", ".join(dict.fromkeys(part._what(catalogue) for part in parts))
        return f"{count_words(sum(len(part.figures) for part in parts), 'chiffre')} : {what}"

    def _what(self, catalogue: Catalogue) -> str:
        if self.aside:
            return f"mis de côté ({REASONS.get(self.aside, self.aside)})"
        named = catalogue.indicators.get(self.meaning.get("indicateur", ""))
        return named.libelle if named else "relu"


#: What the row of a figure says beside its indicator: ``completes(item, indicator)`` gives keys of
#: ``MEANINGS``.
Completes = Callable[[Item, str], Mapping[str, str]]


def decide(
    dossier: Dossier,
    decision: Decision,
    state: str,
    trail: Trail,
    completes: Completes | None = None,
    members: Mapping[str, Sequence[str]] | None = None,
    choices: int = 0,
) -> Dossier:
    """Write ``decision`` and return the report as it reads afterwards; ``members`` are the codes that were
    added to the seeds for it, by dimension, to be taken back with it; ``choices`` is how many things were
    decided, if not one for each part.

    Raises ``Stale`` when the template is not what the reviewer saw, ``ExtractionError`` when the decision
    cannot be written or would change how other figures are read. Nothing is written then.
    """
    if state != state_of(dossier.report) or state != dossier.state:
        raise Stale(CHANGED)
    decided = [
        (find_item(dossier, key), _completed(dossier, key, part, completes))
        for part in decision.parts or (decision,)
        for key in part.figures
    ]
    after = _edited_files(dossier, decided)
    again = tried(dossier, decided, after, decision.despite)
    choices = choices or max(1, len(decision.parts))
    if not trail.changes(after):  # decided so already
        return again
    said = f"{decision.told(dossier.catalogue)} ({_numbers(decided)})"
    trail.record(said, len(decided), after, choices, members)
    return again


def _completed(dossier: Dossier, key: str, decision: Decision, completes: Completes | None) -> Decision:
    """The decision for one figure: what its row says of it is added where neither the reviewer nor the draft
    says it, and no member that the reviewer takes away; another body brings its place along.
    """
    item = find_item(dossier, key)
    indicator = decision.meaning.get("indicateur") or item.meaning["indicateur"]
    if decision.aside or decision.as_read:
        return decision
    said = dict(completes(item, indicator)) if completes else {}
    said = {key: value for key, value in said.items() if decision.meaning.get(key) != UNSTATED}
    told = {key: value for key, value in decision.meaning.items() if value != item.meaning[key]}
    if "periode" in told:
        nature = told.get("nature") or item.meaning["nature"]
        told["periode"] = of_nature(period_typed(told["periode"], dossier.report.periode[:4]), nature)
    if "organisme" in told:
        told["organisme"] = _body_named(dossier.catalogue, told["organisme"])
        said["territoire"] = dossier.catalogue.territories.get(told["organisme"], UNSTATED)
    return replace(decision, meaning={**said, **told})


def _body_named(catalogue: Catalogue, words: str) -> str:
    """The code of the body that a reviewer names by code or label."""
    bodies = catalogue.labels["organisme"]
    named = [code for code, label in bodies.items() if fold_label(words) in (code, fold_label(label))]
    if len(named) != 1:
        raise ExtractionError(f"« {words} » n'est pas un organisme connu : choisissez-le dans la liste")
    return named[0]


def _numbers(decided: Decided) -> str:
    """The first numbers of a decision, as printed, by which it is told from another."""
    printed = [f"« {item.printed} »" for item, _ in decided]
    more = [count_words(len(printed) - 2, "autre")] if len(printed) > 2 else []
    return listed([*printed[:2], *more])


def _edited_files(dossier: Dossier, decided: Decided) -> dict[str, str]:
    """The text of each file of the template that the decision changes, by its name."""
    changes: dict[str, dict[int, list[tuple[Item, Decision]]]] = defaultdict(lambda: defaultdict(list))
    for item, decision in decided:
        if item.hole is None:
            raise ExtractionError(
                f"« {item.printed} » (ligne {item.line}) est lu par un tableau : corrigez le gabarit à la "
                "main"
            )
        changes[item.hole.file][item.hole.block].append((item, decision))
    return {
        name: edited_blocks(
            (dossier.report.folder / name).read_text(encoding="utf-8"),
            name,
            {block: partial(_set_all, those) for block, those in blocks.items()},
        )
        for name, blocks in changes.items()
    }


Decided = Sequence[tuple[Item, Decision]]


def _set_all(decided: Decided, block: Any) -> None:
    for item, decision in decided:
        _set(block, item, decision)


def _set(block: Any, item: Item, decision: Decision) -> None:
    hole = item.hole
    assert hole is not None
    meaning = _meaning_of(block["champs"][hole.field], hole.name, hole.rank)
    for key in ("confiance", "ecarter", "concept", "domaine"):
        meaning.pop(key, None)
    if (note := meaning.get("note", "")) in UNSURE_NOTES or note.startswith(LAST_YEAR):
        meaning.pop("note")
    if decision.aside:
        meaning["ecarter"] = decision.aside
        return
    for key, value in decision.meaning.items():
        if key == "multiplicateur" and value == NO_SCALE:
            meaning.pop(key, None)
        elif value and value != item.meaning[key]:
            meaning[key] = value
    meaning["revue"] = True


def _meaning_of(form: Any, name: str, rank: int) -> Any:
    """The mapping that holds the meaning of a hole, made where it is missing."""
    if name:
        if not isinstance(form.get(name), dict):
            form[name] = {}
        return form[name]
    meanings = form.setdefault("valeurs", [])
    while len(meanings) <= rank:
        meanings.append({})
    if meanings[rank] is None:
        meanings[rank] = {}
    return meanings[rank]


def tried(dossier: Dossier, decided: Decided, after: Mapping[str, str], despite: bool = False) -> Dossier:
    """The report read with the files as they would be; refuses what does not read, or reads other figures
    otherwise, or (but ``despite``) what the audit of the next night would refuse.
    """
    try:
        again = _read_with(dossier, after)
    except ExtractionError as error:
        raise ExtractionError(without_places(str(error), [item.printed for item, _ in decided])) from error
    _check_audited(dossier, again, despite)
    now = {item.key: item for item in again.items}
    meant = {item.key for item, _ in decided}
    for item in dossier.items:
        if item.key in meant:
            continue
        other = now.get(item.key)
        if other is None or (other.value, other.meaning, other.reviewed) != (
            item.value,
            item.meaning,
            item.reviewed,
        ):
            raise ExtractionError(
                f"cette décision changerait aussi « {item.printed} » (ligne {item.line}), qu'elle ne vise pas"
            )
    _check_fixed(decided, now)
    return replace(again, report=dossier.report)


def _check_fixed(decided: Decided, now: Mapping[str, Item]) -> None:
    """Refuse a decision of which something does not come out as it was said. The sign of a change is part of
    its number, that of a level is not: what says so moves where the number begins, not its end.
    """
    ends = {(item.line, item.column + item.end): item for item in now.values()}
    for item, decision in decided:
        read = now.get(item.key) or ends.get((item.line, item.column + item.end))
        said = {} if decision.aside else decision.meaning
        if said and read is None:
            raise ExtractionError(
                f"« {item.printed} » (ligne {item.line}) ne se lirait plus : on n'a pas pu fixer "
                f"{listed([KEY_WORDS.get(key, key) for key in said])}"
            )
        wrong = [key for key, value in said.items() if read and value and read.meaning[key] != value]
        if wrong:
            change = "evolution" in (item.meaning["nature"], decision.meaning.get("nature"))
            hint = " : une évolution va d'une année à l'autre, comme 2021/2022" if change else ""
            named = listed([KEY_WORDS.get(key, key) for key in wrong])
            raise ExtractionError(
                f"« {item.printed} » (ligne {item.line}) : on n'a pas pu fixer {named}{hint}"
            )


def _check_audited(before: Dossier, after: Dossier, despite: bool) -> None:
    told = [
        one
        for key, one in after.refusals.items()
        if key not in before.refusals and not (despite and not key.startswith("unite/"))
    ]
    if told:
        said = list(dict.fromkeys(one.said.rstrip(".") for one in told))
        more = f" (et {len(said) - MOST_SAID} de plus)" if len(said) > MOST_SAID else ""
        why = f"{' ; '.join(said[:MOST_SAID])}{more}"
        advice = ". ".join(dict.fromkeys(one.advice or APART for one in told))
        figures: frozenset[str] = frozenset().union(*(one.figures for one in told))
        raise Refused(why, advice, figures, frozenset(one.whole for one in told))


def _read_with(dossier: Dossier, after: Mapping[str, str]) -> Dossier:
    with tempfile.TemporaryDirectory(prefix="revue-") as temporary:
        folder = Path(temporary) / dossier.report.code
        corrections = dossier.report.folder / CORRECTIONS_FILE
        for path in [
            *template_files(dossier.report.folder),
            *([corrections] if corrections.is_file() else []),
        ]:
            name = path.relative_to(dossier.report.folder)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            text = after.get(str(name))
            if text is None:
                shutil.copyfile(path, folder / name)
            else:
                (folder / name).write_text(text, encoding="utf-8")
        return open_dossier(
            dossier.report.model_copy(update={"folder": folder}), dossier.document, dossier.catalogue
        )


def meaning_from(form: Mapping[str, str]) -> dict[str, str]:
    """The keys of a meaning that a form holds, blanks left out."""
    return {key: form[key].strip() for key in MEANINGS if form.get(key, "").strip()}
