from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.errors import NightError
from orchestration.settings import read_settings


def test_a_fresh_clone_keeps_everything_below_its_root(tmp_path: Path) -> None:
    settings = read_settings({}, tmp_path)
    assert settings.documents == tmp_path / "raw" / "documents"
    assert settings.published == tmp_path / "warehouse" / "observatoire.duckdb"
    assert settings.build == tmp_path / "warehouse" / ".build" / "observatoire.duckdb"
    assert settings.target == tmp_path / "dbt_project" / "target"
    assert settings.relative(settings.published) == "warehouse/observatoire.duckdb"


def test_folders_are_named_relative_to_the_root_or_absolute(tmp_path: Path) -> None:
    (tmp_path / "printed").mkdir()
    elsewhere = tmp_path.parent / "elsewhere"
    settings = read_settings({"OBSERVATOIRE_DOCUMENTS": "printed", "OBSERVATOIRE_WAREHOUSE": str(elsewhere)}, tmp_path)
    assert settings.documents == tmp_path / "printed"
    assert settings.published == elsewhere / "observatoire.duckdb"
    assert settings.target == elsewhere / ".build" / "target"
    assert settings.relative(settings.published) == str(settings.published)


def test_an_empty_variable_is_not_a_folder_name(tmp_path: Path) -> None:
    assert read_settings({"OBSERVATOIRE_DOCUMENTS": ""}, tmp_path).documents == tmp_path / "raw" / "documents"


@pytest.mark.parametrize(("said", "share"), [("", 0.5), ("0", 0.0), ("0.25", 0.25), ("1", 1.0)])
def test_the_loss_that_a_night_accepts_is_a_share(tmp_path: Path, said: str, share: float) -> None:
    assert read_settings({"OBSERVATOIRE_VOLUME": said}, tmp_path).volume == share


@pytest.mark.parametrize("said", ["-0.1", "1.1", "half", "nan", "50%"])
def test_a_loss_that_is_no_share_is_refused(tmp_path: Path, said: str) -> None:
    with pytest.raises(NightError, match=r"OBSERVATOIRE_VOLUME is '.*': give the share of its rows that a report may lose, from 0 to 1"):
        read_settings({"OBSERVATOIRE_VOLUME": said}, tmp_path)


@pytest.mark.parametrize("said", ["garbage", "* * * *", "99 * * * *", "@daily", "0 2 * * * *"])
def test_a_tick_that_is_none_is_refused(tmp_path: Path, said: str) -> None:
    with pytest.raises(NightError, match=r"OBSERVATOIRE_CRON is '.*': give five fields"):
        read_settings({"OBSERVATOIRE_CRON": said}, tmp_path)
    assert read_settings({"OBSERVATOIRE_CRON": "30 1 * * 1-5"}, tmp_path).cron == "30 1 * * 1-5"


def test_documents_asked_for_by_name_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(NightError, match=r"OBSERVATOIRE_DOCUMENTS names .*/absent, which is not a folder"):
        read_settings({"OBSERVATOIRE_DOCUMENTS": "absent"}, tmp_path)
