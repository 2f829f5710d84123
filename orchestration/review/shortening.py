"""A finished template says once what its figures share: the holes of a field under the field, the fields of a
block under the block.

Belongs here: the form that a person would have written. Does not belong here: what a figure means
(``decisions``), whether the shorter form still reads the same (``finishing`` tries it).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestration.extraction.written_yaml import edited

#: What is each figure's own, however alike.
_OWN = frozenset({"libelle", "note", "id", "ecarter", "confiance", "revue"})


def shorter_template(text: str, name: str) -> str:
    """``text`` of a template with what the figures of a field or a block share said once, in every block
    whose figures are all reviewed or set aside.

    Raises ``ExtractionError`` where the layout of the file would be lost.
    """

    def shorten(data: Any) -> None:
        for block in data["blocs"]:
            if _decided(block):
                _shorten(block)

    return edited(text, name, shorten)


def _decided(block: Mapping[str, Any]) -> bool:
    """Whether a block holds nothing but fields of nameless holes, each of them decided."""
    nothing: list[Any] = [{}]
    values = [value for form in block.get("champs") or () for value in form.get("valeurs") or nothing]
    plain = set(block) <= {"bloc", "revue", "commun", "champs"} and block.get("revue") is False
    return plain and bool(values) and all(v and (v.get("revue") or "ecarter" in v) for v in values)


def _shorten(block: Any) -> None:
    del block["revue"]
    common = dict(block.get("commun") or {})
    told = []
    for form in block["champs"]:
        for value in form["valeurs"]:
            value.pop("revue", None)
        if len(form["valeurs"]) > 1:
            shared = _shared(form["valeurs"])
            _move(shared, form["valeurs"], form, 1 + ("rang" in form))
            told.append(form)
        else:
            told.append(form["valeurs"][0])
    if len(told) > 1 and (shared := {k: v for k, v in _shared(told).items() if k not in common}):
        if "commun" not in block:
            block.insert(1, "commun", {})
        _move(shared, told, block["commun"], len(common))


def _shared(told: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What all of them say alike, in the order of the first."""
    first, *others = told
    alike = (key for key in first if key not in _OWN and isinstance(first[key], str))
    return {
        key: first[key]
        for key in alike
        if key not in ("lire", "valeurs") and all(other.get(key) == first[key] for other in others)
    }


def _move(shared: Mapping[str, Any], told: Iterable[Any], above: Any, at: int) -> None:
    for one in told:
        for key in shared:
            del one[key]
    for rank, (key, value) in enumerate(shared.items(), at):
        if hasattr(above, "insert"):
            above.insert(rank, key, value)
        else:
            above[key] = value
