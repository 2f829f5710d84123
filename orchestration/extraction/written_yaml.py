"""YAML written back as people write it: comments, quotes, flow mappings and blank lines stay where they are.

ruamel.yaml keeps what PyYAML throws away; with the layout below every committed template comes back byte for
byte. A text that does not is refused by ``edited``: better no decision than somebody's comments lost.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.emitter import Emitter

from orchestration.extraction.errors import ExtractionError

_OPENING = "blocs:\n"
_BLOCK = re.compile(r"^  - ", re.MULTILINE)


class _PlainFlow(Emitter):
    """Writes a flow mapping with one entry as ``{a: b}``, as people do."""

    def expect_flow_mapping(
        self, single: bool | None = False, force_flow_indent: bool | None = False
    ) -> None:
        super().expect_flow_mapping(single=False, force_flow_indent=force_flow_indent)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.Emitter = _PlainFlow
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def written(data: Any) -> str:
    """Plain data as YAML in the layout of the templates."""
    stream = io.StringIO()
    _yaml().dump(data, stream)
    return stream.getvalue()


def edited_blocks(text: str, name: str, changes: Mapping[int, Callable[[Any], object]]) -> str:
    """``text`` of a template after each of ``changes`` was done to the block of its rank (from 0); only these
    blocks are read and written again.

    Raises ``ExtractionError`` as ``edited`` does.
    """
    starts = [match.start() for match in _BLOCK.finditer(text)]
    if not starts or not text[: starts[0]].endswith(_OPENING) or max(changes) >= len(starts):
        return edited(text, name, lambda data: [change(data["blocs"][at]) for at, change in changes.items()])
    blocks = [text[a:b] for a, b in pairwise([*starts, len(text)])]
    for at, change in changes.items():
        alone = edited(_OPENING + blocks[at], name, partial(_in_first_block, change))
        blocks[at] = alone.removeprefix(_OPENING)
    return text[: starts[0]] + "".join(blocks)


def _in_first_block(change: Callable[[Any], object], data: Any) -> None:
    change(data["blocs"][0])


def edited(text: str, name: str, change: Callable[[Any], object]) -> str:
    """``text`` after ``change`` was done to its data.

    Raises ``ExtractionError`` when the text would not come back untouched without the change.
    """
    if written(_yaml().load(text)) != text:
        raise ExtractionError(
            f"{name}: sa mise en page ne peut pas être conservée ; corrigez ce fichier à la main"
        )
    data = _yaml().load(text)
    change(data)
    return written(data)
