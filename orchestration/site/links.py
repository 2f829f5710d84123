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
_SCHEME = re.compile(rb"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def _target(folder: bytes, page: bytes) -> bytes | None:
    """The path from the root that a link names; None for an address of another host."""
    if _SCHEME.match(page) or page.startswith(b"//"):
        return None
    return posixpath.normpath(posixpath.join(folder, page.replace(b"&amp;", b"&")))


@dataclass
class Links:
    """The links and the identifiers seen so far. Addresses that leave the site (``../`` above its root) are
    not followed.
    """

    files: set[bytes] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    count: int = 0
    #: Hashes of ``page#name``: there is one for every printed number.
    _ids: set[int] = field(default_factory=set)
    _sought: dict[bytes, bytes] = field(default_factory=dict)

    def add(self, path: str, content: bytes) -> None:
        """Note a file of the site, and what it links to when it is a page."""
        own = path.encode()
        self.files.add(own)
        if not path.endswith(".html"):
            return
        self._ids.update([hash(b"%b#%b" % (own, name)) for name in _IDS.findall(content)])
        links = _LINKS.findall(content)
        self.count += len(links)
        folder = posixpath.dirname(own)
        for link in set(links):
            page, _, name = link.partition(b"#")
            target = _target(folder, page) if page else own
            if target is None:
                self.foreign.add(f"{path} -> {link.decode()}")
            elif not target.startswith(b".."):
                self._sought.setdefault(b"%b#%b" % (target, name), own)

    def dead(self) -> list[str]:
        """The links that lead nowhere, each as ``page -> target``, sorted."""
        found = []
        for sought, path in self._sought.items():
            page, _, name = sought.partition(b"#")
            if page not in self.files or (name and hash(sought) not in self._ids):
                found.append(f"{path.decode()} -> {sought.decode().rstrip('#')}")
        return sorted(found)
