"""Data Docs that open without a network: the pages that Great Expectations wrote, with local styles and
scripts.

Belongs here: rewriting pages in place, the files they load. Does not belong here: what the pages say.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

VENDORED = Path(__file__).with_name("static")
LOCAL = "static/local"
STYLES = ("bootstrap.min.css", "bootstrap-table.min.css", "offline.css")
SCRIPTS = (
    "jquery.min.js",
    "bootstrap.bundle.min.js",
    "bootstrap-table.min.js",
    "bootstrap-table-filter-control.min.js",
    "offline.js",
)
#: What the pages load from elsewhere: styles, scripts, pictures that would tell somebody that a page was
#: opened.
REMOTE = re.compile(
    r"""<link\b[^>]*href="(?:https?:)?//[^>]*>|<script\b[^>]*src="(?:https?:)?//[^>]*>\s*</script>"""
    r"""|<img\b[^>]*src="(?:https?:)?//[^>]*>|<source\b[^>]*srcset="(?:https?:)?//[^>]*>|<footer>.*?</footer>""",
    re.DOTALL,
)
#: Pictures that styles load, in dark mode only for some of them.
REMOTE_PICTURES = re.compile(r"""url\(\s*["']?(?:https?:)?//[^)]*\)""")
#: The pages and the results of this many nights stay in a site, this night among them.
NIGHTS = 7
PAGES, RESULTS = "validations", "resultats"
#: Great Expectations counts the folders wrong on pages of results.
PICTURES = re.compile(r"(?:\.\./)*static/images/")
#: Pictures of a tour of the tool and fonts, megabytes that no page needs.
UNUSED = ("static/images/*.gif", "static/images/*.png", "static/fonts")


def clear_site(docs_dir: Path) -> None:
    """Remove an earlier site, so that no page of another night stays, and mark the folder as ours.

    The mark comes before the first page and goes after the last: a site whose night was killed is known at
    any moment. Raises FileExistsError when the folder holds files that are not a site of ours.
    """
    mark = docs_dir / "static"
    found = list(docs_dir.iterdir()) if docs_dir.exists() else []
    if found and mark not in found:
        raise FileExistsError(f"{docs_dir} holds files that are not Data Docs: name another folder")
    for path in sorted(found, key=lambda path: path == mark):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    mark.mkdir(parents=True)


def keep_earlier(docs_dir: Path, earlier: Path | None) -> None:
    """Copy the pages and results of the last nights from the site that was published before, whose files are
    read-only; nothing where there is none.
    """
    if earlier is None or not earlier.is_dir():
        return
    kept = sorted({page.parent.name for page in (earlier / PAGES).rglob("*.html")})[1 - NIGHTS :]
    for folder in (PAGES, RESULTS):
        for night in (earlier / folder).glob("*/*/*"):
            if night.name in kept:
                shutil.copytree(night, docs_dir / night.relative_to(earlier), copy_function=shutil.copyfile)


def make_offline(docs_dir: Path) -> None:
    """Rewrite every page of a Data Docs site in place; running it twice changes nothing more."""
    for pattern in UNUSED:
        for path in docs_dir.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(VENDORED, docs_dir / LOCAL, dirs_exist_ok=True)
    for page in docs_dir.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(offline_page(text, len(page.relative_to(docs_dir).parts) - 1), encoding="utf-8")


def offline_page(text: str, depth: int) -> str:
    """One page, `depth` folders below the site's root, without what it loads from elsewhere."""
    marker = "<!-- local -->"
    if marker in text:
        return text
    root = "../" * depth + LOCAL
    styles = "".join(f'<link rel="stylesheet" href="{root}/{name}">' for name in STYLES)
    scripts = "".join(f'<script src="{root}/{name}"></script>' for name in SCRIPTS)
    text = PICTURES.sub("../" * depth + "static/images/", REMOTE_PICTURES.sub("none", REMOTE.sub("", text)))
    return text.replace("<head>", f"<head>{marker}{styles}{scripts}", 1)
