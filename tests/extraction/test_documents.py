"""Documents: lines, folding and addresses; each refusal beside the file that causes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.extraction import documents
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.documents import Document, fold_document, read_document
from orchestration.extraction.errors import ExtractionError
from orchestration.settings import PROJECT_ROOT


def test_a_line_ends_at_newline_only() -> None:
    document = Document("d", "a\x0cb\u2028c\n\n d", "")
    assert document.lines == ["a\x0cb\u2028c", "", " d"]
    assert document.locate(document.text.index("d")) == (3, 1)


def test_folding_keeps_kinds_of_blanks_and_addresses() -> None:
    text = "1 012  visites\t3\n\n \nl’été\u00a07"
    folded = fold_document(text)
    assert folded.text == "1 012\vvisites\t3\nl'été 7"
    assert folded.flat == "1 012 visites 3 l'été 7"
    assert [text[o] for o in folded.offsets[:-1] if text[o].isdigit()] == [
        c for c in folded.text if c.isdigit()
    ]
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
def test_bad_files_get_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, clause: str
) -> None:
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


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_text_in_utf_16_is_read_by_its_mark_whatever_was_declared(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "d.txt"
    path.write_bytes("\ufeffRapport d'activité\r\nVisites : 1 234\r\n".encode(encoding))
    assert read_document(path).lines[:2] == ["Rapport d'activité", "Visites : 1 234"]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ExtractionError, match="d.txt: line 2 is not UTF-16"):
        read_document(path)


SEEDS = {
    "cp1252": (lambda text: text.encode("cp1252"), "sexes.csv: line 2: the seed is not UTF-8"),
    "a byte order mark": (
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        "sexes.csv: line 1: the first columns are",
    ),
    "semicolons": (
        lambda text: text.replace(",", ";").encode(),
        "sexes.csv: line 1: the first columns are 'code;libelle",
    ),
    "tabs": (lambda text: text.replace(",", "\t").encode(), "sexes.csv: line 1: the first columns are"),
    "UTF-16": (lambda text: text.encode("utf-16"), "sexes.csv: line 1: the seed is not UTF-8"),
    "nothing": (lambda text: b"", "sexes.csv: line 1: the first columns are ''"),
    "no member": (
        lambda text: text.split("\n")[0].encode() + b"\n",
        "sexes.csv: line 2: the seed has no member",
    ),
    "a row too short": (lambda text: text.encode() + b"autre\n", "sexes.csv: line 3: code 'autre'"),
}


@pytest.mark.parametrize(("written", "said"), SEEDS.values(), ids=SEEDS.keys())
def test_a_seed_saved_in_another_form_is_told_with_its_line(
    tmp_path: Path, written: Callable[[str], bytes], said: str
) -> None:
    for seed in (PROJECT_ROOT / "dbt_project" / "seeds").glob("*.csv"):
        shutil.copy(seed, tmp_path)
    load_catalogue(tmp_path)
    (tmp_path / "sexes.csv").write_bytes(
        written("code,libelle,parent_code,alias\nfemmes,Féminin,ensemble,\n")
    )
    with pytest.raises(ExtractionError) as refused:
        load_catalogue(tmp_path)
    assert said in str(refused.value)
