"""A house with one draft to review, and its pages served on this machine."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from orchestration.discovery.bring import bring
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.documents import read_document
from orchestration.extraction.reports import load_report
from orchestration.review.application import build_application
from orchestration.review.dossier import Dossier, open_dossier
from orchestration.review.guard import TokenGuard
from orchestration.review.trail import Trail
from orchestration.settings import PROJECT_ROOT, Settings, read_settings
from tests.made_once import made_once

CODE = "cpam_gers_2022"
TOKEN = "jeton"
REVIEWED = tuple(sorted(path.parent.name for path in (PROJECT_ROOT / "raw").glob("*/report.yml")))
PRINTED = """\
CPAM du Gers
Rapport d'activité 2022

ACCUEIL

1 204 visites à l'accueil (1 310 en 2021)
Taux de décroché : 91,2 % (objectif 90 %)

PRESTATIONS

Prestations versées (en millions d'euros)
Risque | 2021 | 2022 | Évolution
Maladie | 412,3 | 431,0 | +4,5 %
Maternité | 31,2 | 30,1 | -3,5 %
"""


@dataclass(frozen=True)
class House:
    """An installation with one draft; ``address`` is where its pages are served, once they are."""

    settings: Settings

    @property
    def folder(self) -> Path:
        return self.settings.raw / CODE

    @property
    def template(self) -> str:
        return (self.folder / "template.yml").read_text(encoding="utf-8")

    def dossier(self, code: str = CODE) -> Dossier:
        report = load_report(self.settings.raw / code)
        document = read_document(self.settings.documents / report.document)
        return open_dossier(report, document, load_catalogue(self.settings.seeds))

    def trail(self, code: str = CODE) -> Trail:
        return Trail(self.settings.warehouse / ".revue" / f"{code}.jsonl", self.settings.raw / code)


@pytest.fixture(scope="session")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a house with one draft, made once and copied."""
    return made_once(tmp_path_factory, "house", lambda root: lay_out(root, PRINTED))


@pytest.fixture
def house(drafted: Path, tmp_path: Path) -> House:
    shutil.copytree(drafted, tmp_path, dirs_exist_ok=True)
    return House(settings_of(tmp_path))


def lay_out(
    root: Path,
    printed: str | Path,
    known: tuple[str, ...] = ("cpam_herault_2021",),
    suffix: str = ".txt",
    body: str | None = None,
) -> House:
    """A house under ``root`` with the seeds of the repository, reviewed reports, and ``printed``, a
    text or the path of a document, as a draft.
    """
    shutil.copytree(PROJECT_ROOT / "dbt_project" / "seeds", root / "dbt_project" / "seeds")
    for code in known:
        shutil.copytree(PROJECT_ROOT / "raw" / code, root / "raw" / code)
    path = printed if isinstance(printed, Path) else root / f"rapport_2022{suffix}"
    if isinstance(printed, str):
        path.write_text(printed, encoding="utf-8")
    settings = settings_of(root)
    settings.documents.mkdir()
    bring(path, root, settings.documents, body=body)
    return House(settings)


def settings_of(root: Path) -> Settings:
    return read_settings({"OBSERVATOIRE_DOCUMENTS": str(root / "documents")}, root)


@pytest.fixture
def served(house: House) -> Iterator[tuple[House, str]]:
    """The house and the address of its pages (``127.0.0.1:port``)."""
    with serving(house) as host:
        yield house, host


class serving:
    """Serves the pages of a house while the block lasts; gives their host and port."""

    def __init__(self, house: House) -> None:
        self._house = house

    def __enter__(self) -> str:
        self._socket = socket.create_server(
            ("127.0.0.1", 0)
        )  # held: a port that is only found is taken by others
        host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        application = build_application(self._house.settings, TokenGuard({host}, TOKEN))
        self._server = uvicorn.Server(
            uvicorn.Config(application, log_level="error", timeout_graceful_shutdown=60)
        )
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()  # who asks before it answers waits in the queue of the socket
        return host

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
