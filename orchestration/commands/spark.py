"""``spark``: many documents read by Spark, for the next night to load. Does not belong here: reading
(building.harvest), Spark's session (building.spark).
"""

from __future__ import annotations

import os

import click

from orchestration.errors import NightError
from orchestration.settings import read_settings

SHOWN = 5


@click.command()
@click.option("--master", default="", help="Where Spark runs; by default every core of this machine.")
def spark(master: str) -> None:
    """Read every document by Spark and write their extracts as Parquet, which the next night loads."""
    from orchestration.building.harvest import harvester_of, look_harvest, refused_documents
    from orchestration.building.spark import harvest_documents, start_session

    settings = read_settings()
    settings.require(*settings.wrong)
    if away := settings.documents_away():
        raise NightError(away)
    if not settings.documents.is_dir():
        raise NightError(
            f"{settings.documents} is not a folder: name that of the documents in OBSERVATOIRE_DOCUMENTS"
        )
    session = start_session(master or f"local[{os.cpu_count() or 1}]")
    settings.extracts.parent.mkdir(parents=True, exist_ok=True)
    try:
        harvest_documents(session, harvester_of(settings), settings.documents, settings.extracts)
    finally:
        session.stop()
    refused = refused_documents(settings.extracts)
    read = len(look_harvest(settings.extracts).reports)
    where = settings.relative(settings.extracts)
    click.echo(f"{read} reports read, {len(refused)} documents not; extracts in {where}")
    for sentence in refused[:SHOWN]:
        click.echo(f"  {sentence}")
    if len(refused) > SHOWN:
        click.echo(f"  and {len(refused) - SHOWN} more")
