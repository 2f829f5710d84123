"""Data Docs open without a network: nothing is loaded from elsewhere, and the index shows its rows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from expectations.audit import run_audit
from expectations.data_docs import SCRIPTS, STYLES, VENDORED, clear_site, make_offline, offline_page
from tests.expectations.warehouse import Workshop

PAGE = """<html><head>
<link rel="stylesheet" href="https://cdn.example/x.css" integrity="sha384-x">
<link href="//cdn.example/y.css"/><style>p {}</style>
<script src="https://cdn.example/x.js" integrity="z" crossorigin="anonymous"></script>
<style>@media (prefers-color-scheme: dark) { .a { background: url('https://cdn.example/dark.png') no-repeat; } }</style>
<script>let kept = 1;</script></head>
<body><picture><source srcset="https://cdn.example/d.png"/></picture><img src="https://cdn.example/pixel.png?id=7"/><img src="static/logo.svg"/><a href="https://example.org">kept</a>
<footer>news <a href="https://example.org/n">x</a></footer></body></html>"""
LOADED = re.compile(r"""<(?:link|script|img)\b[^>]*(?:href|src)="([^"]*)""")


@pytest.fixture(scope="module")
def site(workshop: Workshop) -> Path:
    """The Data Docs of a failing audit."""
    folder = workshop.bench / "data_docs"
    run_audit(workshop.spoil("delete from raw.constat"), folder)
    return folder


def test_a_page_loads_nothing_from_elsewhere() -> None:
    page = offline_page(PAGE, 2)
    assert [url for url in LOADED.findall(page) if "//" in url] == []
    assert "cdn.example" not in page
    assert "let kept" in page
    assert 'href="../../static/local/offline.css"' in page
    assert "<footer>" not in page
    assert offline_page(page, 2) == page


def test_vendored_files_exist_with_their_licences() -> None:
    for name in (*STYLES, *SCRIPTS):
        assert (VENDORED / name).stat().st_size > 0
    assert len(list(VENDORED.glob("*.LICENSE.txt"))) == 3


def test_every_page_finds_what_it_loads(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        for url in LOADED.findall(page.read_text(encoding="utf-8")):
            assert "//" not in url
            assert not re.search(r"""url\(["' ]*https?:""", page.read_text(encoding="utf-8"))
            assert (page.parent / url).resolve().exists(), f"{page.name} loads {url}"


def test_an_earlier_site_is_replaced_and_other_files_are_not(site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    clear_site(copy)
    assert [path.name for path in copy.iterdir()] == ["static"]
    (copy / "index.html").write_text("a night that was killed while it wrote its pages", encoding="utf-8")
    clear_site(copy)
    (copy / "static").rmdir()
    clear_site(copy)
    (copy / "static").rmdir()
    (copy / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(FileExistsError, match="not Data Docs"):
        clear_site(copy)
    make_offline(tmp_path)
