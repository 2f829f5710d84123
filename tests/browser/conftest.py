"""Pages as a reader's browser shows them: the Chromium of the system's packages, without a network, with the
rules of axe-core.

Belongs here: opening a page and asking the browser about it. What the pages must hold is in the tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import MILLISECONDS

AXE = Path(__file__).with_name("axe-core") / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
#: Widths in CSS pixels: a telephone, a tablet, a desk.
WIDTHS = (390, 820, 1440)


@dataclass
class Opened:
    """A page, and what happened while it loaded."""

    page: Page
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def accessibility(self, further: Sequence[str] = ()) -> list[str]:
        """One line per rule of WCAG 2.1 A and AA that the page breaks, with the first place of each;
        ``further`` names other sets of axe's rules.
        """
        self.page.add_script_tag(path=str(AXE))
        options = {"runOnly": [*RULES, *further], "resultTypes": ["violations"]}
        found: list[dict[str, Any]] = self.page.evaluate(
            "options => axe.run(document, options).then(r => r.violations)", options
        )
        return [f"{rule['id']}: {rule['help']} ({rule['nodes'][0]['html'][:120]})" for rule in found]

    def roles(self) -> Counter[str]:
        """How many things of each role a screen reader is told of."""
        session = self.page.context.new_cdp_session(self.page)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        return Counter(str(node["role"]["value"]) for node in nodes if not node["ignored"])

    def scrolls_sideways(self) -> bool:
        return bool(
            self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        )


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Opened]]:
    """``visit(address, width=1440, dark=False)`` opens a file or a local address; whatever else the page asks
    for is refused and kept.
    """
    contexts = []

    def opener(address: Path | str, width: int = 1440, dark: bool = False) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale="fr-FR",
            offline=isinstance(address, Path),
        )
        context.set_default_timeout(MILLISECONDS)
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.on("request", lambda request: _keep_foreign(request.url, opened.foreign))
        opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.page.on(
            "console", lambda said: opened.errors.append(said.text) if said.type == "error" else None
        )
        opened.page.goto(address.resolve().as_uri() if isinstance(address, Path) else address)
        return opened

    yield opener
    for context in contexts:
        context.close()


def _keep_foreign(url: str, foreign: list[str]) -> None:
    if not url.startswith(("file:", "data:", "blob:", "about:", "http://127.0.0.1:", "http://localhost:")):
        foreign.append(url)
