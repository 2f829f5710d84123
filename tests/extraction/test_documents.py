"""Documents: lines, folding and addresses; each refusal beside the file that causes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.extraction import documents
from orchestration.extraction.documents import Document, fold_document, read_document
from orchestration.extraction.errors import ExtractionError


def test_a_line_ends_at_newline_only() -> None:
    document = Document("d", "a\x0cb\u2028c\n\n d", "")
    assert document.lines == ["a\x0cb\u2028c", "", " d"]
    assert document.locate(document.text.index("d")) == (3, 1)


def test_folding_keeps_kinds_of_blanks_and_addresses() -> None:
    text = "1 012  visites\t3\n\n \nl’été\u00a07"
    folded = fold_document(text)
    assert folded.text == "1 012\vvisites\t3\nl'été 7"
    assert folded.flat == "1 012 visites 3 l'été 7"
    assert [text[o] for o in folded.offsets[:-1] if text[o].isdigit()] == [c for c in folded.text if c.isdigit()]
    assert folded.offsets[-1] == len(text)


@pytest.mark.parametrize(
    ("content", "clause"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"%PDF-1.4\x00\x01", "binary"),
        ("d\u00e9comptes\n1 012 \u00e9t\u00e9".encode("latin-1"), "line 1 is not UTF-8"),
        (b"a\x07b", "control character"),
        (b"ok\n" + b"x" * 50, "line 2 has more than"),
        (b"x" * 200, "the limit is"),
    ],
)
def test_bad_files_get_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, clause: str) -> None:
    monkeypatch.setattr(documents, "MAX_LINE", 40)
    monkeypatch.setattr(documents, "MAX_BYTES", 100)
    path = tmp_path / "report.txt"
    path.write_bytes(content)
    with pytest.raises(ExtractionError) as refusal:
        read_document(path)
    assert clause in str(refusal.value)
    assert "report.txt" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExtractionError, match="absent.txt: cannot be read"):
        read_document(tmp_path / "absent.txt")


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(b"\xef\xbb\xbf1 012 visites\r\n3 appels\r\n")
    assert read_document(path).lines == ["1 012 visites", "3 appels", ""]
