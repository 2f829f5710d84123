"""Many reports at once: several processes stage what one would, what did not change is not read, and a
refusal is told by its report.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from orchestration.building import isolation, reading
from orchestration.building.inputs import shared_inputs
from orchestration.building.published import look
from orchestration.building.reading import read_all
from orchestration.errors import NightError
from orchestration.extraction.catalogue import Catalogue
from orchestration.extraction.reports import list_reports
from orchestration.settings import Settings
from tests.trust.documents import catalogue
from tests.trust.tiny_night import lay_out, run, settings_of

REPORTS = 2 * reading.WORTH_A_PROCESS


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tmp_path_factory.mktemp("many")
    lay_out(root, REPORTS)
    (root / "documents/cpam_x_2025.txt").write_bytes(b"\x00\x01" * 50)
    return settings_of(root)


def staged(settings: Settings, folder: Path, processes: int) -> list[tuple[str, bool, str]]:
    work = isolation.Workplace(
        settings.documents, folder, look(settings.published), shared_inputs(settings), 0.0
    )
    readings = read_all(list_reports(settings.raw), work, catalogue, processes)
    return [(r.report.code, bool(r.staged and r.staged.kept), str(r.error or "")) for r in readings]


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_several_processes_stage_what_one_does(settings: Settings, tmp_path: Path) -> None:
    alone, together = staged(settings, tmp_path / "alone", 1), staged(settings, tmp_path / "together", 2)
    assert [code for code, _, _ in alone] == sorted(report.code for report in list_reports(settings.raw))
    assert alone == together
    assert [code for code, _, refusal in together if refusal] == ["cpam_x_2025"]
    assert files(tmp_path / "alone") == files(tmp_path / "together")


def test_what_did_not_change_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, REPORTS)
    settings = settings_of(tmp_path)
    run(settings)
    monkeypatch.setattr(isolation, "stage_report", lambda *_: pytest.fail("read again"))
    assert all(kept for _, kept, _ in staged(settings, tmp_path / "staged", 2))


def killed() -> Catalogue:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_a_reading_process_that_is_killed_ends_the_night_with_a_sentence(
    settings: Settings, tmp_path: Path
) -> None:
    work = isolation.Workplace(
        settings.documents, tmp_path, look(settings.published), shared_inputs(settings), 0.0
    )
    with pytest.raises(NightError, match="a process that reads reports was killed"):
        list(read_all(list_reports(settings.raw), work, killed, 2))
