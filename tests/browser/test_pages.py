"""The published pages in a browser without a network: whole, readable on a telephone and in the dark, open to
a screen reader.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from expectations.audit import run_audit
from tests.browser.conftest import Opened
from tests.expectations.warehouse import Workshop

pytestmark = pytest.mark.browser
Visit = Callable[..., Opened]


def test_the_pages_of_the_audit_work_without_a_network(
    visit: Visit, workshop: Workshop, tmp_path: Path
) -> None:
    run_audit(workshop.spoil("delete from raw.constat"), tmp_path / "data_docs")
    opened = visit(tmp_path / "data_docs" / "index.html")
    shown = opened.page.locator("tr[data-index]", has_text="totaux pont_controle_observation").first
    shown.wait_for()
    assert opened.page.locator("tr[data-index]").count() > 10
    assert (opened.foreign, opened.errors) == ([], [])


PAGES = {
    "an image without words": ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', "image-alt"),
    "grey on grey": ('<p style="color: #999; background: #aaa">une phrase</p>', "color-contrast"),
    "a field without a label": ("<input>", "label"),
}


@pytest.mark.parametrize(("body", "rule"), PAGES.values(), ids=PAGES.keys())
def test_a_page_that_breaks_a_rule_is_noticed(visit: Visit, tmp_path: Path, body: str, rule: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        f'<!DOCTYPE html><html lang="fr"><title>x</title><body><main><h1>x</h1>{body}</main></body></html>'
    )
    assert [line.partition(":")[0] for line in visit(page).accessibility()] == [rule]


def test_a_page_that_asks_elsewhere_or_is_too_wide_is_noticed(visit: Visit, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<!DOCTYPE html><title>x</title><img src="https://elsewhere.invalid/x.png"><p style="width: '
        '900px">x</p><script>nothing()</script>'
    )
    opened = visit(page, 390)
    assert opened.foreign == ["https://elsewhere.invalid/x.png"]
    assert any("nothing is not defined" in error for error in opened.errors)
    assert opened.scrolls_sideways()
