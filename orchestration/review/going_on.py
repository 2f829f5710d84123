"""Which group the page shows after a form: the one that is still open, or the next in the order that was
shown, so that who skipped hard groups is not thrown back to them.
"""

from __future__ import annotations

from orchestration.review.dossier import Dossier
from orchestration.review.groups import groups_of, whole_tables


def going_on(before: Dossier, after: Dossier, code: str) -> str:
    """The code of the group to show after a form that was sent from the group ``code``, which left the report
    as ``after``; that of what is open anew, where something is; empty where nothing is open.
    """
    place = {item.key: group.code for group in groups_of(after) for item in group.open}
    waited = {item.key for item in before.items if not item.reviewed}
    reopened = (key for key in place if key not in waited)
    if (key := next(reopened, None)) is not None:
        return place[key]
    shown = groups_of(before)
    whole = next((table.items[0] for table in whole_tables(before) if table.code == code), None)
    at = next((n for n, group in enumerate(shown) if group.code == code or whole in group.items), 0)
    waiting = (item.key for group in (*shown[at:], *shown[:at]) for item in group.items if item.key in place)
    return next((place[key] for key in waiting), "")
