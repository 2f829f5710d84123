"""Last year's template tried first: what still matches a new report of the same body is kept, the rest is
listed.

Years inside fragments and periods move by the difference between the two reports. Each field and table is
tried alone.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from rapidfuzz import fuzz, process

from orchestration.discovery.figures import address
from orchestration.discovery.plausible import LastValues
from orchestration.discovery.recall import ONE_HINT, UNSEEN, FigurePlace, Recalled
from orchestration.extraction.captures import Capture
from orchestration.extraction.catalogue import DIMENSIONS, Catalogue
from orchestration.extraction.documents import Document
from orchestration.extraction.errors import ExtractionError, Problems
from orchestration.extraction.plain_yaml import load_yaml
from orchestration.extraction.reader import Reader
from orchestration.extraction.reports import Report
from orchestration.extraction.templates import HOLE, Template, template_files
from orchestration.notation.numbers import NUMBER

#: Confidence in what was decided of the same words last year.
DECIDED = 0.99
#: How near (0 to 100) the words of a line must be to those of last year's fragment.
NEAR = 80
MIN_LETTERS, MAX_WORDS = 6, 8
#: What the name of a block says whose field was found again elsewhere.
_MOVED = "_deplace_"
_HOLE = re.compile(r"\{[^}]*\}")
_SIGNED_HOLE = re.compile(r"([+-] ?|)(\{[^}]*\})")
#: Signs that may stand before a number, and as many numbers as they are tried before.
_SIGNS, _MOST_SIGNED = ("+", "-", "+ ", "- ", ""), 2
_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(NUMBER)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass
class Inherited:
    """What an older template gives: blocks that read the new document, fields found again elsewhere or in
    other words (``moved``: proposals), and the fragments that no longer match (``gone``)."""

    source: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    kept: int = 0
    moved: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    recalled: Mapping[FigurePlace, Recalled] | None = field(default=None, repr=False)
    last: LastValues = field(default_factory=LastValues, repr=False)


def latest_of_body(report: Report, reports: list[Report]) -> Report | None:
    """The newest other report of the same body that has a reviewed template, else its newest draft, of which
    only what was decided counts; or ``None``.
    """
    same = [r for r in reports if r.organisme == report.organisme and r.code != report.code]
    return max(same, key=lambda r: (not r.brouillon, r.periode), default=None)


def inherit(
    report: Report,
    document: Document,
    older: Report,
    catalogue: Catalogue,
    recalled: Mapping[FigurePlace, Recalled] | None = None,
    last: LastValues | None = None,
) -> Inherited:
    """Try every field and table of ``older``'s template on ``document``; of a draft, the fields that somebody
    decided. ``recalled`` is what the figures of the document meant last year, where that can be told: a field
    that says otherwise is left out, one under other titles is no longer sure, nor one far from ``last``
    year's value.
    """
    result = Inherited(older.code, recalled=recalled, last=last or LastValues())
    delta = int(report.periode[:4]) - int(older.periode[:4])
    for block in map(_decided_of, _blocks(older)) if older.brouillon else _blocks(older):
        _try_block(report, document, _moved(block, delta), catalogue, result)
    if not _read_together(report, document, result.blocks, catalogue):
        _keep_apart(report, document, catalogue, result)
    return result


def _keep_apart(report: Report, document: Document, catalogue: Catalogue, result: Inherited) -> None:
    """Leave out what reads the ink that another block reads: what was only found again elsewhere first."""
    found = sorted(result.blocks, key=lambda block: _MOVED in block["bloc"])
    result.blocks = []
    for block in found:
        if _read_together(report, document, [*result.blocks, block], catalogue):
            result.blocks.append(block)
        else:
            result.gone.append(f"{block['bloc']}: l'encre est déjà lue")


def _blocks(report: Report) -> list[dict[str, Any]]:
    return [
        block for path in template_files(report.folder) for block in (load_yaml(path) or {}).get("blocs", [])
    ]


def _decided_of(block: dict[str, Any]) -> dict[str, Any]:
    """A block of a draft with those of its fields of which every figure was decided."""
    fields = [form for form in block.get("champs", []) if _is_decided(form)]
    return {"bloc": block["bloc"], **_meaning_of(block), "champs": fields}


def _is_decided(form: dict[str, Any]) -> bool:
    names = [hole[1] for hole in HOLE.finditer(form["lire"])]
    nameless = form.get("valeurs") or [None] * names.count("")
    told = [*nameless, *(form.get(name) for name in names if name)]
    return all(isinstance(one, dict) and (one.get("revue") or "ecarter" in one) for one in told)


def _moved(node: Any, delta: int) -> Any:
    """The same data with every year moved by ``delta``; that somebody read last year's figures says nothing
    of this year's.
    """
    if isinstance(node, dict):
        return {k: _moved(v, delta) for k, v in node.items() if k != "revue"}
    if isinstance(node, list):
        return [_moved(v, delta) for v in node]
    if isinstance(node, str):
        return _YEAR.sub(lambda m: str(int(m[1]) + delta), node)
    return node


def _try_block(
    report: Report, document: Document, block: dict[str, Any], catalogue: Catalogue, result: Inherited
) -> None:
    frame = {
        k: v for k, v in block.items() if k not in ("champs", "tableau", "tableaux", "controles", "ecarts")
    }
    if not _reads(report, document, {**frame, "champs": []}, catalogue):
        frame = {k: v for k, v in frame.items() if k not in ("debut", "fin", "rang")}
    kept: dict[str, Any] = {**copy.deepcopy(frame), "revue": False}
    tables = ([block["tableau"]] if "tableau" in block else []) + list(block.get("tableaux", []))
    for key, parts in (("champs", block.get("champs", [])), ("tableaux", tables)):
        for part in parts:
            form, captures = _that_reads(report, document, part, {**frame, key: []}, catalogue)
            if key == "champs" and _contradicted(document, captures, result.recalled):
                result.gone.append(f"{block['bloc']}: {_told(part)}")
            elif form:
                told = _as_decided(form, document, captures, result) if key == "champs" else form
                kept.setdefault(key, []).append(told)
                result.kept += 1
            elif key == "champs" and (again := _found_again(report, document, part, frame, catalogue)):
                again_block = {
                    "bloc": f"{block['bloc']}{_MOVED}{len(result.moved) + 1}",
                    **_meaning_of(frame),
                    "revue": False,
                    "champs": [again],
                }
                result.blocks.append(again_block)
                result.moved.append(f"{block['bloc']}: {_told(part)} -> {again['lire']}")
            else:
                result.gone.append(f"{block['bloc']}: {_told(part)}")
    if "champs" in kept or "tableaux" in kept:
        result.blocks.append(kept)


def _that_reads(
    report: Report, document: Document, part: dict[str, Any], frame: dict[str, Any], catalogue: Catalogue
) -> tuple[dict[str, Any], list[Capture]]:
    """A part of a block as it reads the document under some sign, and what it reads; empty where it does not.
    The last key of ``frame`` is that of the part.
    """
    key = list(frame)[-1]
    for form in _any_sign(part):
        captures = _captures(report, document, [{**frame, key: [form]}], catalogue)
        if captures is not None:
            return form, captures
    return {}, []


def _any_sign(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A field, then the same words with other signs before its evolutions: what grew last year may fall."""
    yield part
    fragment = str(part.get("lire", ""))
    nameless = iter(part.get("valeurs") or ())
    meanings = [part.get(hole[1]) if hole[1] else next(nameless, None) for hole in HOLE.finditer(fragment)]
    signed = [n for n, meaning in enumerate(meanings) if _may_turn(part, meaning)]
    if len(signed) > _MOST_SIGNED:
        return
    pieces = _SIGNED_HOLE.split(fragment)
    for signs in product(_SIGNS, repeat=len(signed)):
        other = pieces.copy()
        for n, sign in zip(signed, signs, strict=True):
            other[3 * n + 1] = sign
        if other != pieces:
            yield {**part, "lire": "".join(other)}


def _may_turn(part: dict[str, Any], meaning: object) -> bool:
    """Whether a number of a field is an evolution whose sign is the printed one."""
    told = {**part, **meaning} if isinstance(meaning, dict) else part
    return told.get("nature") == "evolution" and told.get("signe") in (None, "imprime")


def _as_decided(
    part: dict[str, Any], document: Document, captures: Sequence[Capture], result: Inherited
) -> dict[str, Any]:
    """A field that reads in the same words what was decided last year: as sure as that decision, each figure,
    where nothing around it, nor last year's value, says otherwise; under the words that stand there now.
    """
    if "valeurs" not in part:
        return part
    told = [(c, (result.recalled or {}).get(_place(document, c))) for c in captures]
    news = iter([(_doubt(c, one, result.last), one.label if one else "") for c, one in told])
    values = [
        value if value and "ecarter" in value else _sure_but(value or {}, *next(news, ("", "")))
        for value in part["valeurs"]
    ]
    return {**part, "valeurs": values}


def _doubt(capture: Capture, told: Recalled | None, last: LastValues) -> str:
    """Why a figure is not as sure as last year's decision, in French; empty where it is."""
    spec = capture.spec
    said = {key: str(getattr(spec, key) or "") for key in ("indicateur", "periode", "nature", *DIMENSIONS)}
    far = last.doubt(said, capture.unite, capture.number.value, told is not None and told.backed)
    return far or (told.note if told and not told.sure else "")


def _sure_but(value: dict[str, Any], note: str, label: str) -> dict[str, Any]:
    named = {**value, "libelle": label} if label else value
    return {**named, "confiance": ONE_HINT, "note": note} if note else {**named, "confiance": DECIDED}


def _contradicted(
    document: Document, captures: Sequence[Capture], recalled: Mapping[FigurePlace, Recalled] | None
) -> bool:
    """Whether what stands around a figure says that it is of another time, another thing or in another scale
    than the field that reads it, or nothing of last year: its words have come to stand somewhere else, or a
    title has gone from thousands to millions.
    """
    told = [(c, one) for c in captures if (one := (recalled or {}).get(_place(document, c)))]
    return any(
        one is UNSEEN
        or (
            one.meaning
            and (one.value != c.number.value or any(one.meaning[k] != getattr(c.spec, k) for k in _MEANT))
        )
        for c, one in told
    )


#: What a figure of the same words under the same column means both years alike, but for its year.
_MEANT = ("indicateur", "periode", "nature")


def _place(document: Document, capture: Capture) -> FigurePlace:
    offsets = document.folded.offsets
    start, end = offsets[capture.start], offsets[capture.end - 1] + 1
    return address(*document.locate(start), document.text[start:end])


def _meaning_of(frame: dict[str, Any]) -> dict[str, Any]:
    return {k: copy.deepcopy(v) for k, v in frame.items() if k == "commun"}


def _found_again(
    report: Report, document: Document, part: dict[str, Any], frame: dict[str, Any], catalogue: Catalogue
) -> dict[str, Any] | None:
    """The field as it stands elsewhere in the document, or in nearly the same words on a line with as many
    numbers.
    """
    if "rang" not in part and _reads(
        report, document, {"bloc": "essai", **_meaning_of(frame), "champs": [part]}, catalogue
    ):
        return part
    near = _nearest_line(document, str(part.get("lire", "")))
    if near is None:
        return None
    field_again = {
        **{k: v for k, v in part.items() if k != "rang"},
        "lire": near,
        "note": "fragment proche de celui de l'an passé",
    }
    return (
        field_again
        if _reads(
            report, document, {"bloc": "essai", **_meaning_of(frame), "champs": [field_again]}, catalogue
        )
        else None
    )


def _nearest_line(document: Document, fragment: str) -> str | None:
    """A fragment for the line whose words are nearest to those of ``fragment``, with the same holes, or
    ``None``.
    """
    holes = _HOLE.findall(fragment)
    words = _HOLE.sub("#", fragment)
    if not holes or len(_LETTERS.findall(words)) < MIN_LETTERS:
        return None
    lines = [
        line
        for line in document.lines
        if len(_NUMBER.findall(line)) == len(holes) and len(line) < 3 * len(fragment) + 20
    ]
    match = process.extractOne(
        words, [_NUMBER.sub("#", line) for line in lines], scorer=fuzz.ratio, score_cutoff=NEAR
    )
    if match is None:
        return None
    rest = iter(holes)
    text = _NUMBER.sub(lambda _: next(rest), lines[match[2]].strip())
    short = len(_WORD.findall(_HOLE.sub(" ", text))) <= MAX_WORDS
    return " ".join(text.split()) if short and not re.search(r"\d", text) else None


def _told(part: dict[str, Any]) -> str:
    return str(
        part.get("lire")
        or [row.get("libelle") for row in part.get("lignes", [])][:3]
        or part.get("dimension", "?")
    )[:100]


def _reads(report: Report, document: Document, block: dict[str, Any], catalogue: Catalogue) -> bool:
    return _read_together(report, document, [block], catalogue)


def _read_together(
    report: Report, document: Document, blocks: list[dict[str, Any]], catalogue: Catalogue
) -> bool:
    return _captures(report, document, blocks, catalogue) is not None


def _captures(
    report: Report, document: Document, blocks: list[dict[str, Any]], catalogue: Catalogue
) -> list[Capture] | None:
    """What blocks read; ``None`` where something of them cannot be read."""
    problems = Problems(report.code)
    try:
        template = Template.model_validate({"blocs": blocks})
        read = Reader(document, report.defaults, catalogue, problems).read(template)
    except (ExtractionError, ValueError):
        return None
    return None if len(problems) else list(read.captures)
