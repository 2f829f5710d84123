"""Whether the pages of a site lead somewhere: every link is followed to its file and to the element that it
names.

Works on the markup that pages are written with, without opening a file twice. Does not belong here: pages and
their content.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import lru_cache

_IDS = re.compile(rb'\sid="([^"]+)"')
_LINKS = re.compile(rb'\s(?:href|src)="([^"]+)"')
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def _joined(folder: str, page: str) -> str:
    return posixpath.normpath(posixpath.join(folder, page))


@dataclass
class Links:
    """The links and the identifiers seen so far. Addresses that leave the site (``../`` above its root) are
    not followed.
    """

    files: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    count: int = 0
    _ids: set[int] = field(default_factory=set)
    _sought: dict[str, str] = field(default_factory=dict)

    def add(self, path: str, content: bytes) -> None:
        """Note a file of the site, and what it links to when it is a page."""
        self.files.add(path)
        if not path.endswith(".html"):
            return
        self._ids.update(hash((path, name.decode())) for name in _IDS.findall(content))
        links = _LINKS.findall(content)
        self.count += len(links)
        for link in set(links):
            self._note(path, link.decode().replace("&amp;", "&"))

    def _note(self, path: str, link: str) -> None:
        if _SCHEME.match(link) or link.startswith("//"):
            self.foreign.add(f"{path} -> {link}")
            return
        page, _, name = link.partition("#")
        target = _joined(posixpath.dirname(path), page) if page else path
        if not target.startswith(".."):
            self._sought.setdefault(f"{target}#{name}", path)

    def dead(self) -> list[str]:
        """The links that lead nowhere, each as ``page -> target``, sorted."""
        found = []
        for sought, path in self._sought.items():
            page, _, name = sought.partition("#")
            if page not in self.files or (name and hash((page, name)) not in self._ids):
                found.append(f"{path} -> {sought.rstrip('#')}")
        return sorted(found)
