"""Forms that are sent after something else was written: one whose own figures still read as it showed them
goes through; the page shows the others again, with what was written in them.

Does not belong here: writing (``decisions``), which still refuses a state that is not the one of the files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from orchestration.review.dating import FIELD, NATURE
from orchestration.review.dossier import Dossier, Item, Unread
from orchestration.review.groups import Group, cuts_of, groups_of, whole_tables
from orchestration.review.naming import AXES

FormFields = list[tuple[str, str]]
#: What a form says of one of its series, by its rank; ``de`` is the first figure of each.
_RANKED = re.compile(r"([a-z_]+)(\d+)(_[a-z_]+)?")
#: What it says of words and columns, by ranks of their own.
_OF_ROWS = tuple(field for axis in AXES for field in (axis.one, axis.member))


def seen(figures: Iterable[Item | Unread]) -> str:
    """A token of what a form shows of its figures, in its order: their print, value and meaning."""
    told = [
        (one.key, one.printed, one.value, sorted(one.meaning.items()), one.reviewed)
        if isinstance(one, Item)
        else (one.key, one.printed, one.reason)
        for one in figures
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:20]


def renewed(form: FormFields, state: str, now: Sequence[Item | Unread]) -> FormFields:
    """The form as if it were shown at ``state``, where the figures that it shows, ``now``, are as it showed
    them.
    """
    if dict(form).get("vu") != seen(now) or not now:
        return form
    return [(key, state if key == "etat" else value) for key, value in form]


def realigned(dossier: Dossier, form: FormFields) -> FormFields:
    """What was written in a form, by the groups and rows as they are now: a row that is gone is left out, and
    so is what was said of members and periods by their ranks.
    """
    group = _group_of(dossier, form)
    if group is None:
        return [pair for pair in form if pair[0] != "groupe"]
    given = dict(form)
    cut = cuts_of(dossier, group).get(given.get("coupe", ""), ())
    ranks = {item.key: rank for rank, one in enumerate(cut) for item in one.items}
    moved = [("groupe", group.code)]
    for key, value in form:
        if ranked := _RANKED.fullmatch(key):
            rank = ranks.get(given.get(f"de{ranked[2]}", ""))
            follows = rank is not None and not f"{ranked[1]}{ranked[2]}".startswith(
                (FIELD, NATURE, *_OF_ROWS)
            )
            moved += [(f"{ranked[1]}{rank}{ranked[3] or ''}", value)] if follows else []
        elif key != "groupe":
            moved.append((key, value))
    return moved


def _group_of(dossier: Dossier, form: FormFields) -> Group | None:
    """The group that a form is about; where there is none of its name any more, the one of its first
    figure.
    """
    groups, code = groups_of(dossier), dict(form).get("groupe", "")
    aimed = {value for key, value in form if key == "chiffre" or key.startswith("de")}
    named = (one for one in (*whole_tables(dossier), *groups) if one.code == code)
    return next(named, None) or next((one for one in groups if {i.key for i in one.items} & aimed), None)
