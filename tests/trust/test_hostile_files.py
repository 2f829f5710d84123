"""Files that somebody made to harm: each is refused by one sentence, before it costs memory or leaves its
folder.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.extraction import files
from orchestration.extraction.documents import MAX_BYTES, MAX_LINE, read_document
from orchestration.extraction.errors import ExtractionError, StillChanging
from orchestration.extraction.formats import MAX_TEXT
from orchestration.extraction.plain_yaml import load_yaml
from orchestration.extraction.reports import Report, list_reports, load_report, read_extract, write_extract
from orchestration.extraction.templates import load_template
from tests.trust.bounded import GIBIBYTE, bounded

DECLARED = (
    "code: cpam_x_2021\ntitre: X\norganisme: cpam_x\nterritoire: dep_00\nperiode: 2021\ndocument: x.txt\n"
)


def refusal(action: Callable[[], object]) -> str:
    with pytest.raises(ExtractionError) as caught:
        action()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def declare(raw: Path, text: str = DECLARED, name: str = "cpam_x_2021") -> Path:
    folder = raw / name
    folder.mkdir(parents=True)
    (folder / "report.yml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["../x.txt", "/etc/passwd", "..", "a/b.txt", "x\\u0000.txt", "x\\n.txt", ""])
def test_a_document_is_named_without_a_folder(tmp_path: Path, name: str) -> None:
    folder = declare(tmp_path, DECLARED.replace("x.txt", f'"{name}"'))
    assert "document" in refusal(lambda: load_report(folder))


@pytest.mark.parametrize(
    "code", ["../cpam_x_2021", "..", "cpam x", "CPAM", "cpam_x_2021; drop table", "cpam_x_2021'"]
)
def test_a_code_is_plain(tmp_path: Path, code: str) -> None:
    folder = declare(tmp_path, DECLARED.replace("cpam_x_2021", f'"{code}"', 1))
    assert "code" in refusal(lambda: load_report(folder))


@pytest.mark.parametrize(
    "encoding", ["zip", "hex", "undefined", "idna", "punycode", "unicode_escape", "../utf-8"]
)
def test_an_encoding_is_one_of_text(tmp_path: Path, encoding: str) -> None:
    folder = declare(tmp_path, DECLARED + f"encodage: {encoding}\n")
    assert "encodage" in refusal(lambda: load_report(folder))


def test_the_title_is_one_printable_line(tmp_path: Path) -> None:
    folder = declare(tmp_path, DECLARED.replace("titre: X", 'titre: "X\\e[31m"'))
    assert "titre" in refusal(lambda: load_report(folder))


def test_links_do_not_lead_out_of_the_documents(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("12 secrets")
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "true.txt").write_text("12 visites")
    (documents / "x.txt").symlink_to(tmp_path / "secret.txt")
    (documents / "loop.txt").symlink_to("loop.txt")
    (documents / "alias.txt").symlink_to("true.txt")
    assert "leads out of" in refusal(lambda: read_document(documents / "x.txt"))
    assert "loop.txt" in refusal(lambda: read_document(documents / "loop.txt"))
    assert read_document(documents / "alias.txt").text == "12 visites"


def test_links_do_not_lead_out_of_raw(tmp_path: Path) -> None:
    elsewhere = declare(tmp_path / "elsewhere")
    (elsewhere / "template.yml").write_text("blocs: []\n")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "cpam_x_2021").symlink_to(elsewhere)
    assert "leads out of" in refusal(lambda: list_reports(raw))
    assert list_reports(tmp_path / "elsewhere")[0].code == "cpam_x_2021"


@pytest.mark.parametrize("name", ["template.yml", "numbers.csv", "template"])
def test_no_part_of_a_report_leads_out_of_its_folder(tmp_path: Path, name: str) -> None:
    folder = declare(tmp_path / "raw")
    outside = tmp_path / "outside"
    if name == "template":
        outside.mkdir()
        (outside / "a.yml").write_text("blocs: []\n")
    else:
        outside.write_text("blocs: []\n")
    (folder / name).symlink_to(outside)
    report = load_report(folder)
    assert "leads out of" in refusal(
        lambda: read_extract(report) if name == "numbers.csv" else load_template(folder)
    )


def test_a_pipe_or_a_folder_does_not_hang_the_night(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.txt")
    (tmp_path / "y.txt").mkdir()
    assert "is not a file" in refusal(lambda: read_document(tmp_path / "x.txt"))
    assert "y.txt" in refusal(lambda: read_document(tmp_path / "y.txt"))


def sparse(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        file.truncate(size)
    return path


def test_sizes_are_limited_before_memory_is_used(tmp_path: Path) -> None:
    huge = sparse(tmp_path / "x.txt", 200 * 1024 * 1024)
    said, held = bounded(lambda: refusal(lambda: read_document(huge)))
    assert f"the limit is {MAX_BYTES}" in said
    assert held < GIBIBYTE / 2


@pytest.mark.parametrize(
    ("content", "clause"),
    [
        (b"x" * 50_000_000, "characters of text, the limit is"),
        (b"12 visites\n" * 4_000_000, f"characters of text, the limit is {MAX_TEXT}"),
        (b"ok\n" + b"x" * (MAX_LINE + 1), f"line 2 has more than {MAX_LINE} characters"),
    ],
    ids=["a line of 50 MB", "44 MB of lines", "a long line"],
)
def test_texts_and_lines_are_limited(tmp_path: Path, content: bytes, clause: str) -> None:
    (tmp_path / "x.txt").write_bytes(content)
    said, held = bounded(lambda: refusal(lambda: read_document(tmp_path / "x.txt")))
    assert clause in said
    assert held < GIBIBYTE


def test_a_document_that_changes_while_it_is_read_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.txt"
    path.write_text("12 visites\n")
    assert read_document(path).text == "12 visites\n"
    true_fdopen = os.fdopen

    def grow(descriptor: int, mode: str):
        with path.open("a") as file:
            file.write("34 appels\n")
        return true_fdopen(descriptor, mode)

    monkeypatch.setattr(files.os, "fdopen", grow)
    with pytest.raises(StillChanging, match="changed while it was read"):
        read_document(path)


def test_a_document_replaced_while_it_is_read_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.txt"
    path.write_text("12 visites\n")
    true_fdopen = os.fdopen

    def replace(descriptor: int, mode: str):
        (tmp_path / "new").write_text("99 visites\n")
        os.replace(tmp_path / "new", path)
        return true_fdopen(descriptor, mode)

    monkeypatch.setattr(files.os, "fdopen", replace)
    with pytest.raises(StillChanging):
        read_document(path)


def test_readers_of_a_growing_file_see_it_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("")
    whole = "12 visites\n" * 200
    done = threading.Event()

    def copy() -> None:
        with path.open("w") as file:
            for start in range(0, len(whole), 11):
                file.write(whole[start : start + 11])
                file.flush()
        done.set()

    thread = threading.Thread(target=copy)
    thread.start()
    seen = []
    while not done.is_set():
        try:
            seen.append(read_document(path).text)
        except ExtractionError as error:
            assert isinstance(error, StillChanging) or "is empty" in str(error)
    thread.join()
    assert all(whole.startswith(text) for text in seen)
    assert read_document(path).text == whole


BOMB = "a: &a [x, x]\n" + "".join(
    f"b{i}: &b{i} [*{'a' if not i else f'b{i - 1}'}, *{'a' if not i else f'b{i - 1}'}]\n" for i in range(40)
)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (BOMB, "les ancres et alias"),
        ("a: !!python/object/apply:os.system [x]", "étiquette de YAML"),
        ("a: !!python/name:os.system", "étiquette de YAML"),
        ("a: !local x", "étiquette de YAML"),
        ("a: !!binary aGVsbG8=", "étiquette de YAML"),
        ("a: !<tag:yaml.org,2002:set> {x}", "étiquette de YAML"),
        ("[" * 20_000 + "]" * 20_000, "niveaux d'imbrication"),
        ("{a: " * 5_000 + "}" * 5_000, "niveaux d'imbrication"),
        ("- " * 5_000 + "x", "niveaux d'imbrication"),
        ("\n".join(" " * i + "a:" for i in range(300)), "niveaux d'imbrication"),
        ("a: " + "1" * 5_000, "ne peut pas être lue"),
        ("a: 2021-13-45", "ne peut pas être lue"),
        ("a: [", "pas du YAML valide"),
        ("a: \x07", "pas du YAML valide"),
        ("x" * (1024 * 1024 + 1), "the limit is"),
    ],
    ids=map(str, range(1, 16)),
)
def test_yaml_tricks_are_refused(tmp_path: Path, text: str, clause: str) -> None:
    path = tmp_path / "template.yml"
    path.write_text(text, encoding="utf-8")
    said, held = bounded(lambda: refusal(lambda: load_yaml(path)))
    assert clause in said
    assert held < GIBIBYTE


def test_a_declaration_of_many_keys_costs_little(tmp_path: Path) -> None:
    folder = declare(tmp_path, DECLARED + "".join(f"k{number}: x\n" for number in range(50_000)))
    said, held = bounded(lambda: refusal(lambda: load_report(folder)))
    assert "the limit is" in said or "k0: Extra inputs" in said
    assert held < GIBIBYTE / 2


def test_a_template_of_many_files_is_refused(tmp_path: Path) -> None:
    folder = declare(tmp_path)
    (folder / "template").mkdir()
    for number in range(201):
        (folder / "template" / f"{number}.yml").write_text("blocs: []\n")
    assert "201 fichiers, la limite est 200" in refusal(lambda: load_template(folder))


def test_plain_yaml_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "template.yml"
    path.write_text(
        'blocs: [{bloc: a, champs: [{lire: "{n} visites & {m} appels ! * oui"}]}]\nb: 2021-12-31\n',
        encoding="utf-8",
    )
    assert load_yaml(path)["blocs"][0]["champs"][0]["lire"] == "{n} visites & {m} appels ! * oui"


def test_a_link_is_replaced_by_an_extract_never_followed(tmp_path: Path) -> None:
    from tests.trust.documents import extract_of

    folder = declare(tmp_path / "raw")
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (folder / "numbers.csv").symlink_to(victim)
    report: Report = load_report(folder)
    write_extract(report, extract_of(tmp_path, "12 visites\n"))
    assert victim.read_text() == "untouched"
    assert not (folder / "numbers.csv").is_symlink()
