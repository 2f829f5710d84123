from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.commands import doctor
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
    settings = read_settings(
        {"OBSERVATOIRE_DOCUMENTS": "printed", "OBSERVATOIRE_WAREHOUSE": str(elsewhere)}, tmp_path
    )
    assert settings.documents == tmp_path / "printed"
    assert settings.published == elsewhere / "observatoire.duckdb"
    assert settings.target == elsewhere / ".build" / "target"
    assert settings.relative(settings.published) == str(settings.published)


def test_an_empty_variable_is_not_a_folder_name(tmp_path: Path) -> None:
    assert read_settings({"OBSERVATOIRE_DOCUMENTS": ""}, tmp_path).documents == tmp_path / "raw" / "documents"


@pytest.mark.parametrize(("said", "share"), [("", 0.5), ("0", 0.0), ("0.25", 0.25), ("1", 1.0)])
def test_the_loss_that_a_night_accepts_is_a_share(tmp_path: Path, said: str, share: float) -> None:
    assert read_settings({"OBSERVATOIRE_VOLUME": said}, tmp_path).volume == share


WRONG = {
    "OBSERVATOIRE_VOLUME": (
        ["-0.1", "1.1", "half", "nan", "50%"],
        "give the share of its rows that a report may lose, from 0 to 1",
        0.5,
    ),
    "OBSERVATOIRE_TOLERANCE": (
        ["1", "-1", "two", "inf"],
        "give a share of reports from 0 to less than 1",
        0.0,
    ),
    "OBSERVATOIRE_KEPT_GB": (
        ["0", "-1", "much", "nan"],
        "give the gigabytes that published states may take together",
        20.0,
    ),
    "OBSERVATOIRE_KEPT": (
        ["1", "0", "many", "1001", "7.5", "²"],
        "give the number of published states to keep",
        7,
    ),
    "OBSERVATOIRE_CRON": (
        ["garbage", "* * * *", "99 * * * *", "@daily", "0 2 * * * *"],
        "give five fields",
        "0 2 * * *",
    ),
    "OBSERVATOIRE_WAREHOUSE": (["~nobodyatall/x", "a\0b"], "which is no path", None),
    "OBSERVATOIRE_DOCUMENTS": (["~nobodyatall/x"], "which is no path", None),
}


@pytest.mark.parametrize(
    ("variable", "said"), [(variable, said) for variable, (values, _, _) in WRONG.items() for said in values]
)
def test_a_wrong_setting_stops_only_what_needs_it(tmp_path: Path, variable: str, said: str) -> None:
    _, sentence, default = WRONG[variable]
    settings = read_settings({variable: said}, tmp_path)
    assert default is None or getattr(settings, variable.removeprefix("OBSERVATOIRE_").lower()) == default
    settings.require(*(WRONG.keys() - {variable}))
    with pytest.raises(NightError, match=f"{variable} is .*{sentence}"):
        settings.require(variable)
    assert any(
        finding.level == doctor.WRONG and variable in finding.text for finding in doctor.examine(settings)
    )


def test_a_tick_that_can_be_taken_is(tmp_path: Path) -> None:
    assert read_settings({"OBSERVATOIRE_CRON": "30 1 * * 1-5"}, tmp_path).cron == "30 1 * * 1-5"


def test_documents_asked_for_by_name_may_go_away_and_come_back(tmp_path: Path) -> None:
    settings = read_settings({"OBSERVATOIRE_DOCUMENTS": "printed"}, tmp_path)
    assert "printed, which is not a folder: bring it back" in settings.documents_away()
    (tmp_path / "printed").write_text("a file")
    assert "which is not a folder" in settings.documents_away()
    (tmp_path / "printed").unlink()
    (tmp_path / "printed").symlink_to("printed")
    assert "which cannot be entered (Too many levels of symbolic links)" in settings.documents_away()
    (tmp_path / "printed").unlink()
    (tmp_path / "printed").mkdir()
    assert settings.documents_away() == ""
    assert read_settings({}, tmp_path).documents_away() == "", "nobody asked for it"
