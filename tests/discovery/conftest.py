"""A house of its own for each test: seeds, a raw folder and documents, so that nothing of the repository is
written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.discovery.bring import Brought, bring

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = Path(os.environ.get("OBSERVATOIRE_DOCUMENTS", ROOT / "raw" / "documents"))

REPORT = """\
CPAM du Gers
Rapport d'activité 2022

CHIFFRES CLÉS

158 204
assurés protégés

1 204 visites à l'accueil (1 310 en 2021)
Taux de décroché : 91,2 % (objectif 90 %)

Prestations versées (en millions d'euros)
Risque | 2021 | 2022 | Évolution
Maladie | 412,3 | 431,0 | +4,5 %
Maternité | 31,2 | 30,1 | -3,5 %

L'âge moyen des agents est de 44,8 ans.

12
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A root with the seeds of the repository and an empty ``raw``."""
    shutil.copytree(ROOT / "dbt_project" / "seeds", tmp_path / "dbt_project" / "seeds")
    (tmp_path / "raw").mkdir()
    return tmp_path


@pytest.fixture
def bring_text(house: Path) -> Callable[..., Brought]:
    """``bring_text(text, name, **options)`` brings a text as a new report."""

    def bringer(text: str = REPORT, name: str = "rapport_2022.txt", **options: str) -> Brought:
        path = house / name
        path.write_text(text, encoding="utf-8")
        code, body, year = (options.pop(key, None) for key in ("code", "body", "year"))
        assert not options
        return bring(path, house, house / "documents", code, body, year)

    return bringer
