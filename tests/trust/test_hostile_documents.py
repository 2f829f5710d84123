"""PDF files and pages that unfold, loop or lie: each ends as one sentence that names it, within the memory of
a night.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.extraction import confined
from orchestration.extraction.confined import LIMITS, Limits
from orchestration.extraction.documents import read_document
from orchestration.extraction.errors import ExtractionError
from orchestration.settings import PROJECT_ROOT
from tests.trust import bombs
from tests.trust.bounded import GIBIBYTE, bounded

BLANKS = b" " * 16
ROOT_OF = b"<< /Type /Catalog /Pages 2 0 R >>"
PICTURE = "<img src='data:image/png;base64," + "A" * 15_000_000 + "'>"
MEMORY = f"needs more than {LIMITS.memory // 2**20} MiB of memory to be read"
LITTLE = "takes more than 1 s of processor to be read"

#: What fills memory: less than two megabytes of file, a gigabyte or more of content.
FILLING = {
    "a content stream.pdf": lambda: bombs.page(bombs.stream(bombs.deflated(BLANKS, 1024), "FlateDecode")),
    "an object stream.pdf": lambda: bombs.pdf(
        ROOT_OF,
        bombs.stream(
            bombs.deflated(b"1 0 ....", 1024), "FlateDecode", Type="/ObjStm", N="100000", First="10"
        ),
    ),
    "filters in filters.pdf": lambda: bombs.page(
        bombs.stream(bombs.zlib.compress(bombs.deflated(BLANKS, 1024)), "FlateDecode", "FlateDecode")
    ),
    "a torn stream.pdf": lambda: bombs.page(
        bombs.stream(bombs.deflated(BLANKS, 256) + b"torn" * 5, "FlateDecode")
    ),
    "tags.html": lambda: bombs.html("<b>x</b>" * 2_400_000),
}
#: What works for ever.
WORKING = {
    "operators.pdf": lambda: bombs.page(bombs.text_of(b"(12) Tj " * 1_000_000)),
    "spans.html": lambda: bombs.html("<p>" + "<span>x</span>" * 100_000),
}
#: What is refused for what it is.
REFUSED = {
    "nested.pdf": (
        lambda: bombs.pdf(
            ROOT_OF,
            b"<< /Kids [3 0 R] >>",
            b"<< /Type /Page /MediaBox " + b"[" * 5_000 + b"]" * 5_000 + b" >>",
        ),
        "no text",
    ),
    "pages of pages.pdf": (
        lambda: bombs.pdf(ROOT_OF, *(b"<< /Type /Pages /Kids [%d 0 R] >>" % (i + 3) for i in range(2_000))),
        "cannot be read",
    ),
    "pages of themselves.pdf": (
        lambda: bombs.pdf(ROOT_OF, b"<< /Type /Pages /Kids [2 0 R 2 0 R] >>"),
        "cannot be read",
    ),
    "references.pdf": (lambda: bombs.pdf(ROOT_OF, b"3 0 R", b"2 0 R"), "cannot be read"),
    "a letter.pdf": (lambda: b"PK\x03\x04" + b"\x00" * 2_000, "this is not a PDF"),
    "nested.html": (
        lambda: bombs.html("<div>" * 1_000_000),
        "cannot be read to its end (line 1: Excessive depth",
    ),
    "a long word.html": (lambda: bombs.html(f"<p title='{'A' * 15_000_000}'>"), "cannot be read to its end"),
    "long.html": (lambda: bombs.html("<p>mot</p>\n" * 5_500_000), "bytes of page, the limit is 20000000"),
}


def said_of(path: Path, content: bytes) -> tuple[str, int]:
    """The refusal of a document, one sentence that begins with its name, and the memory that
    reading it took.
    """
    path.write_bytes(content)

    def refusal() -> str:
        with pytest.raises(ExtractionError) as caught:
            read_document(path)
        return str(caught.value)

    said, held = bounded(refusal)
    assert said.startswith(f"{path.name}: ")
    assert "\n" not in said
    return said, held


@pytest.mark.parametrize(("name", "make"), FILLING.items(), ids=FILLING.keys())
def test_what_fills_memory_is_stopped(tmp_path: Path, name: str, make: Callable[[], bytes]) -> None:
    said, held = said_of(tmp_path / name, make())
    assert MEMORY in said
    assert held < GIBIBYTE


@pytest.mark.parametrize(("name", "make"), WORKING.items(), ids=WORKING.keys())
def test_what_works_for_ever_is_stopped(
    tmp_path: Path, name: str, make: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    # More memory than a second of any processor fills: what ends it is its time, on a fast machine too.
    monkeypatch.setattr(confined, "LIMITS", Limits(4 * LIMITS.memory, seconds=1))
    said, held = said_of(tmp_path / name, make())
    assert LITTLE in said
    assert held < GIBIBYTE


@pytest.mark.parametrize(
    ("name", "make", "clause"), [(name, *rest) for name, rest in REFUSED.items()], ids=REFUSED.keys()
)
def test_what_is_not_a_report_is_refused(
    tmp_path: Path, name: str, make: Callable[[], bytes], clause: str
) -> None:
    said, held = said_of(tmp_path / name, make())
    assert clause in said
    assert held < GIBIBYTE


@pytest.mark.parametrize(("user", "clause"), [("secret", "locked by a password"), ("", None)])
def test_a_password_is_named(tmp_path: Path, user: str, clause: str | None) -> None:
    pdfencrypt = pytest.importorskip("reportlab.lib.pdfencrypt")
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    page = Canvas(buffer, encrypt=pdfencrypt.StandardEncryption(user, ownerPassword="owner", canPrint=0))
    page.drawString(40, 780, "Douze visites et trente-quatre appels")
    page.save()
    path = tmp_path / "r.pdf"
    if clause:
        assert clause in said_of(path, buffer.getvalue())[0]
    else:
        path.write_bytes(buffer.getvalue())
        assert "trente-quatre" in read_document(path).text


def test_pictures_cost_little_and_hide_nothing(tmp_path: Path) -> None:
    (tmp_path / "r.html").write_bytes(bombs.html(PICTURE))
    assert "fin Un paragraphe" in read_document(tmp_path / "r.html").text
    picture = bombs.stream(os.urandom(15_000_000), "DCTDecode", Type="/XObject", Subtype="/Image")
    (tmp_path / "r.pdf").write_bytes(
        bombs.page(bombs.text_of(b"(Douze visites et trente-quatre appels) Tj"), b"<< >>").replace(
            b"trailer", b"6 0 obj\n" + picture + b"\nendobj\ntrailer"
        )
    )
    assert "trente-quatre" in read_document(tmp_path / "r.pdf").text


@pytest.mark.parametrize(
    ("ending", "said"),
    [("os.kill(os.getpid(), 9)", "SIGKILL"), ("os._exit(3)", "status 3")],
)
def test_a_reader_that_dies_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, said: str
) -> None:
    true_run = subprocess.run

    def dying(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        return true_run([sys.executable, "-c", f"import os; {ending}"], **{**options, "cwd": PROJECT_ROOT})  # type: ignore[call-overload]

    monkeypatch.setattr(confined.subprocess, "run", dying)
    (tmp_path / "r.pdf").write_bytes(bombs.page(bombs.text_of(b"(x) Tj")))
    with pytest.raises(
        ExtractionError, match=rf"r.pdf: its reader ended without an answer \({said}\)"
    ) as caught:
        read_document(tmp_path / "r.pdf")
    assert "\n" not in str(caught.value)


def test_a_library_that_gives_up_is_told_as_lack_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        "needs more than 448 MiB of memory to be read, or is damaged (its reader ended with SIGABRT)"
        in confined._why(-6, LIMITS)
    )
