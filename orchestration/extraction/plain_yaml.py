"""The YAML that people write beside a report: small and plain, every mapping knowing where it stands.

Anchors, aliases, tags, deep nesting and keys written twice are refused. What the keys mean does not belong
here (``templates``, ``reports``).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.files import read_within

#: Bytes of a file (the largest known has 30,000).
MAX_BYTES = 1024 * 1024
#: Templates nest five levels; a text that nests further is an accident or an attack.
MAX_NESTING = 20
#: What an anchor, an alias or a tag of YAML looks like, and lines that nest deeply; files without them need
#: no second look.
_MAY_ALIAS = re.compile(r"(?:^|[\s\[{,:\-])[&*!][\w!<-]|^[ \-?:]{60}", re.MULTILINE)
#: Items of a file that are no YAML, told at once; how an item of a list begins.
MOST_WRONG, _ITEM = 20, re.compile(r"\s*-\s")
_TEXT = "tag:yaml.org,2002:str"
_BRACKETS = re.compile(r"[\[\]{}]")


class Placed(dict[str, Any]):
    """A mapping of a file: ``line`` (1-based) is where it begins, ``lines`` where each of its keys stands."""

    line: int = 0
    lines: dict[str, int]
    file: str = ""

    @property
    def place(self) -> str:
        """``template.yml, ligne 12``."""
        return f"{self.file}, ligne {self.line}"


def line_of(data: Any, path: tuple[Any, ...]) -> int:
    """The line (1-based) of the deepest part of ``data`` that the keys and ranks of ``path`` lead to."""
    line = getattr(data, "line", 0)
    for step in path:
        if isinstance(data, Placed) and step in data:
            line, data = data.lines.get(step, data.line), data[step]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            continue
        line = getattr(data, "line", 0) or line
    return line


def load_yaml(path: Path, report: str = "") -> Any:
    """Parse a file of a report; its mappings are ``Placed``.

    Raises ``ExtractionError``, one French sentence that names the report, the file and the line.
    """
    return parse_yaml(path.name, read_yaml(path, report), report)


def read_yaml(path: Path, report: str = "") -> bytes:
    """The bytes of a file of a report; raises ``ExtractionError`` for no plain file of a fair size."""
    try:
        return read_within(path, MAX_BYTES)
    except ExtractionError as error:
        raise ExtractionError(f"{report}: {error}" if report else str(error)) from error


def parse_yaml(name: str, content: bytes, report: str = "") -> Any:
    """Parse the content of the file ``name``, as ``load_yaml`` does."""
    try:
        return _parsed(name, content)
    except ExtractionError as error:
        raise ExtractionError(f"{report}: {error}" if report else str(error)) from error


def recovered(name: str, content: bytes, report: str) -> tuple[Any, list[str]]:
    """What of a file can be parsed once each item that is no YAML is left out, and a sentence for each."""
    text = content.decode("utf-8", errors="replace")
    sentences: list[str] = []
    for _ in range(MOST_WRONG):
        try:
            return _load(name, text), sentences
        except yaml.YAMLError as error:
            at, cause = _wrong_yaml(error, text)
            sentences.append(f"{report}: {name}: ligne {at} : ce n'est pas du YAML valide : {cause}")
            if not isinstance(at, int) or (left := _without_item(text, at)) == text:
                break
            text = left
        except (ExtractionError, ValueError, RecursionError):
            break
    return None, sentences


def _without_item(text: str, line: int) -> str:
    """``text`` with blank lines for the item of a list that a line (1-based) stands in, a comment kept."""
    lines = text.split("\n")
    first = next((i for i in range(min(line, len(lines)) - 1, -1, -1) if _ITEM.match(lines[i])), None)
    if first is None:
        return text
    depth = _depth(lines[first])
    after = (i for i in range(first + 1, len(lines)) if lines[i].strip() and _depth(lines[i]) <= depth)
    stop = next(after, len(lines))
    return "\n".join([*lines[:first], *([""] * (stop - first)), *lines[stop:]])


def _depth(line: str) -> int:
    return len(line.expandtabs()) - len(line.expandtabs().lstrip())


def _parsed(name: str, content: bytes) -> Any:
    try:
        text = content.decode("utf-8")
        if _MAY_ALIAS.search(text) or _nests(text):
            _refuse_tricks(name, text)
        return _load(name, text)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ExtractionError(
            f"{name}: ligne {line} : le fichier n'est pas en UTF-8 ; enregistrez-le en UTF-8"
        ) from error
    except yaml.YAMLError as error:
        at, cause = _wrong_yaml(error, text)
        raise ExtractionError(f"{name}: ligne {at} : ce n'est pas du YAML valide : {cause}") from error
    except (ValueError, RecursionError) as error:
        cause = " ".join(str(error).split())[:100]
        raise ExtractionError(f"{name}: une valeur ne peut pas être lue ({cause})") from error


#: What the parser says (a part of it), what an author does about it.
_CURES = (
    ("mapping values are not allowed", "un deux-points dans un texte ; mettez ce texte entre guillemets"),
    ("expected ',' or", "une accolade ou un crochet ne se ferme pas, ou une virgule manque"),
    ("cannot start any token", "un signe par lequel rien ne commence ; mettez le texte entre guillemets"),
    (
        "did not find expected",
        "l'alignement ; les clés d'un même élément commencent à la même colonne, chaque élément d'une liste "
        "par un tiret",
    ),
)


def _wrong_yaml(error: yaml.YAMLError, text: str) -> tuple[int | str, str]:
    """The line of what a parser refuses, and in French what is wrong there."""
    mark = getattr(error, "problem_mark", None)
    problem = " ".join(str(getattr(error, "problem", None) or error).split())
    if mark is None:
        return "?", problem
    lines = text.split("\n")
    opened = next((i for i, line in enumerate(lines[: mark.line + 1]) if line.count('"') % 2), None)
    if opened is not None:  # the parser complains where the next quote closes it
        return opened + 1, "un guillemet s'ouvre ici et ne se ferme pas"
    if mark.line < len(lines) and "\t" in lines[mark.line][: mark.column + 1]:
        return mark.line + 1, "une tabulation au début de la ligne ; mettez des espaces"
    flow = getattr(error, "context_mark", None)
    if flow is not None and "expected ',' or" in problem:  # told where the next thing begins
        return flow.line + 1, _CURES[1][1]
    return mark.line + 1, next((cure for said, cure in _CURES if said in problem), problem)


def _load(name: str, text: str) -> Any:
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        return None if node is None else _built(loader, node, name)
    finally:
        loader.dispose()


def _built(loader: yaml.CSafeLoader, node: yaml.Node, file: str) -> Any:
    """What a node says: ``Placed`` mappings, lists, scalars as YAML has them."""
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, file)
    if isinstance(node, yaml.SequenceNode):
        return [_built(loader, item, file) for item in node.value]
    return node.value if node.tag == _TEXT else loader.construct_object(node)


def _mapping(loader: yaml.CSafeLoader, node: yaml.MappingNode, file: str) -> Placed:
    """A mapping; refuses a key written twice, where YAML would keep the last in silence."""
    placed = Placed()
    placed.line, placed.file, placed.lines = node.start_mark.line + 1, file, {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ConstructorError(None, None, "found unhashable key", key.start_mark)
        code = _built(loader, key, file)
        name, line = str(code), key.start_mark.line + 1
        if name in placed.lines:
            raise ExtractionError(
                f"{file}: ligne {line} : la clé « {name} » est écrite deux fois (déjà ligne "
                f"{placed.lines[name]}) ; "
                "gardez-en une"
            )
        placed.lines[name] = line
        placed[code] = _built(loader, value, file)
    return placed


def _refuse_tricks(name: str, text: str) -> None:
    """Look at every event of a file: anchors, aliases, tags and deep nesting are refused before anything is
    built.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        assert event.start_mark is not None, "PyYAML marks what it parses from text"
        here = f"{name}: ligne {event.start_mark.line + 1}"
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ExtractionError(
                f"{here} : les ancres et alias de YAML ne sont pas acceptés ; écrivez la valeur"
            )
        if tag := getattr(event, "tag", None):
            raise ExtractionError(f"{here} : l'étiquette de YAML {tag!r} n'est pas acceptée ; ôtez-la")
        if depth > MAX_NESTING:
            raise ExtractionError(
                f"{here} : plus de {MAX_NESTING} niveaux d'imbrication ; cinq suffisent à un gabarit"
            )


def _nests(text: str) -> bool:
    """Whether brackets may nest deeper than they should (those inside quotes are counted too, hence the
    second look).
    """
    depth = 0
    for bracket in _BRACKETS.finditer(text):
        depth = depth + 1 if bracket.group() in "[{" else max(0, depth - 1)
        if depth > MAX_NESTING:
            return True
    return False
