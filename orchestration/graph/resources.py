"""The one resource, which all steps of a night share: the installation, the journal, the lock, and how
refusals are told.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from orchestration.building.harvest import Harvest, look_harvest
from orchestration.building.inputs import MEMBERS, Key, shared_inputs
from orchestration.building.isolation import Workplace, judged_by, read_states, standing_suspects
from orchestration.building.journal import Journal
from orchestration.building.lock import only_night
from orchestration.building.members import Members
from orchestration.building.published import look, look_whole
from orchestration.building.stopping import heard_at_the_end
from orchestration.building.suspects import Complaint, accuse
from orchestration.errors import FULL, MAKE_ROOM, NightError, says_full
from orchestration.extraction.errors import ExtractionError
from orchestration.graph.night import forget_repeated
from orchestration.publication.publish import first_line
from orchestration.reconciliation.register import RegisterRefused, entries_by_report
from orchestration.reconciliation.terms import RelationRefused
from orchestration.settings import OF_A_NIGHT, Settings, read_settings

#: Seconds between attempts at the lock: a night that the daemon starts waits for one that a person started.
WAITS = (1.0, 5.0, 15.0, 60.0, 300.0)
#: Who answers for what is read, and for what is made of it.
READING_OWNER, WAREHOUSE_OWNER = "team:gabarits", "team:entrepot"
#: Where the UI serves the pages of the published release (``graph.webserver``).
PAGES = "/observatoire"
#: Tag of a run that reads and builds everything again, whatever changed.
FULL_RUN = "full"
REFUSALS = (NightError, ExtractionError, RelationRefused, RegisterRefused)


class Night(dg.ConfigurableResource):
    """One run on the private build. It holds the lock of the installation from the first step to the last."""

    _settings: Settings | None = PrivateAttr(default=None)
    _workplace: Workplace | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator["Night", None, None]:
        settings = read_settings()
        settings.require(*OF_A_NIGHT)
        if context.run is not None and context.instance is not None:
            forget_repeated(context.instance, context.run)
        if context.run is not None and _asked_in_full(context.run.tags):
            settings = replace(settings, full=True)
        with only_night(settings.private, waits=WAITS):
            self._settings, self._workplace = settings, None
            self.journal.begin("" if context.run is None else context.run.run_id)
            yield self

    @property
    def settings(self) -> Settings:
        return self._settings or read_settings()

    @property
    def workplace(self) -> Workplace:
        """What all reports of the night share; looked at once, so that every report sees the same state."""
        if self._workplace is None:
            settings = self.settings
            published = look_whole(settings.warehouse)
            if settings.full:
                published = published.only_as_a_resort()
            shared = shared_inputs(settings)
            suspects = standing_suspects(settings, shared)
            members = Members(settings.seeds, shared[Key("", MEMBERS)])
            accepted = entries_by_report() if settings.tolerance else {}
            self._workplace = Workplace(
                settings.documents,
                settings.staged,
                published,
                shared,
                settings.tolerance,
                suspects,
                accepted,
                settings.documents_away(),
                members,
                Harvest() if settings.full else look_harvest(settings.extracts),
            )
        return self._workplace

    def accuse(self, run: str, complaints: Iterable[Complaint]) -> list[str]:
        """Remember the reports that this build was refused for, so that the next attempt does without them;
        returns their codes.
        """
        settings = self.settings
        states = read_states(settings.staged, sorted(path.name for path in settings.staged.iterdir()))
        project = judged_by(settings, self.workplace.shared)
        return accuse(
            settings.private,
            states,
            look(settings.published),
            settings.tolerance,
            complaints,
            project=project,
            run=run,
        )

    @property
    def journal(self) -> Journal:
        return Journal(self.settings.private / "journal.jsonl")


def code_reference(path: Path, label: str) -> dict[str, dg.CodeReferencesMetadataValue]:
    """Metadata that leads from an asset to the file that decides it."""
    reference = dg.LocalFileCodeReference(file_path=str(path), line_number=1, label=label)
    return {"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=[reference])}


def _asked_in_full(tags: Mapping[str, str]) -> bool:
    return tags.get(FULL_RUN, "").strip().lower() in ("1", "true", "yes", "oui")


@contextmanager
def told_plainly(advice: str = "") -> Iterator[None]:
    """Turn a refusal into a Dagster failure that carries its sentence, and ``advice`` after it, and is not
    retried. What was asked to stop stops, whatever became of the request.
    """
    try:
        with heard_at_the_end():
            yield
    except REFUSALS as error:
        raise dg.Failure(
            description=f"{str(error).rstrip('.')}.\n{advice}" if advice else str(error), allow_retries=False
        ) from error
    except (OSError, duckdb.Error) as error:
        raise dg.Failure(description=told_by_system(error), allow_retries=False) from error


def told_by_system(error: Exception) -> str:
    """One sentence for what the operating system or DuckDB refused."""
    said = first_line(error)
    if getattr(error, "errno", None) in FULL or says_full(said):
        return f"the disk is full ({said}): {MAKE_ROOM}"
    return (
        f"the machine refused a file ({said}): check the disk and the permissions, then run the night again"
    )
