"""Which rows of the seeds a report depends on: an edit of a member makes only the reports be read again in
which it occurs.

A reviewed report looks members up by the codes that its template names and by the labels that its document
prints. A row of a seed concerns it when its code stands in the template or the declaration, or when every
word of one of its spellings stands in the document (wherever: a label may wrap). The words of a document are
kept with the published state as a bitmap of their hashes, so that asking needs no document; a word that only
collides makes a report be read once too often, never too seldom. A draft is read with every phrase of the
catalogue, so every row concerns it; a report without its document is read from its extract, and none does.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import zlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from orchestration.notation.folding import fold_label

BITS = 1 << 16
SPELLINGS = ("code", "libelle", "alias")
ALWAYS = frozenset({"non_precise", "ensemble"})
_WORD = re.compile(r"[^\W_]+")
_BROKEN = re.compile(r"([^\W_]+)[-\u00ad]\s*\n\s*([^\W_]+)")
_CODE = re.compile(r"[a-z0-9_]+")


class SeedRow(NamedTuple):
    """One row of a seed: its text, its code, and the hashes of the words of each of its spellings."""

    text: str
    code: str
    spellings: tuple[frozenset[int], ...]


def words_of(text: str) -> str:
    """The words of a document as printable text: a bitmap of hashes, packed."""
    bitmap = bytearray(BITS // 8)
    joined = " ".join("".join(pair) for pair in _BROKEN.findall(text))
    for place in _hashes(f"{text}\n{joined}"):
        bitmap[place // 8] |= 1 << place % 8
    return base64.b85encode(zlib.compress(bytes(bitmap), 9)).decode("ascii")


def _hashes(text: str) -> frozenset[int]:
    return frozenset(zlib.crc32(word.encode()) % BITS for word in set(_WORD.findall(fold_label(text))))


class Members:
    """The rows of the seeds of one night, and what of them concerns a report."""

    def __init__(self, seeds: Path, whole: str) -> None:
        self._seeds, self._whole = seeds, whole

    def digest(self, folder: Path, draft: bool, words: str) -> str:
        """The digest of the rows that concern the report of ``folder``, whose document has ``words``; empty
        for a report without one.
        """
        if not words:
            return ""
        if draft:
            return self._whole
        bitmap = zlib.decompress(base64.b85decode(words))
        codes = _codes(
            [folder / "report.yml", folder / "template.yml", *sorted((folder / "template").rglob("*.yml"))]
        )
        found = hashlib.sha256()
        for row in self._rows:
            if row.code in codes or any(
                all(bitmap[w // 8] >> w % 8 & 1 for w in spelling) for spelling in row.spellings
            ):
                found.update(f"{row.text}\n".encode())
        return found.hexdigest()

    @cached_property
    def _rows(self) -> list[SeedRow]:
        return [row for path in sorted(self._seeds.glob("*.csv")) for row in _rows(path)]


def _codes(paths: Iterable[Path]) -> frozenset[str]:
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file()]
    return ALWAYS | {code for text in texts for code in _CODE.findall(text)}


def _rows(path: Path) -> list[SeedRow]:
    with path.open(encoding="utf-8", errors="replace", newline="") as stream:
        return [_row(path.name, row) for row in csv.DictReader(stream)]


def _row(seed: str, row: dict[str, str]) -> SeedRow:
    cells = [
        spelling for name in SPELLINGS for spelling in (row.get(name) or "").split("|") if spelling.strip()
    ]
    text = "\0".join([seed, *(f"{name}={value}" for name, value in row.items())])
    code = row.get("code") or row.get("indicateur_code") or ""
    return SeedRow(text, code, tuple(_hashes(cell) for cell in cells))
