"""What readers have: ``query``, ``constats``, ``releases``, ``rollback``."""

from __future__ import annotations

import os

import click

from orchestration.errors import NightError
from orchestration.settings import read_settings


@click.command()
@click.argument("sql")
@click.option("--rows", default=100, show_default=True, help="Rows to show.")
def query(sql: str, rows: int) -> None:
    """Run SQL on the published warehouse: it reads that file and nothing else."""
    from orchestration.publication.query import old_codes, sealed

    if not sql.strip(" ;\n\t"):
        raise click.UsageError('the query is empty: try `query "from marts.dim_rapport"`')
    with sealed(read_settings().published) as connection:
        relation = connection.sql(sql)
        if relation is not None:
            relation.show(max_rows=rows, max_width=_terminal_width())
        for note in old_codes(connection, sql):
            click.echo(note, err=True)


@click.command()
@click.option(
    "--build", is_flag=True, help="Look at the private build of the last night instead of the published file."
)
def constats(build: bool) -> None:
    """List the findings: what the reports themselves get wrong, the gravest first."""
    from orchestration.telling.findings import list_findings, render_findings

    settings = read_settings()
    path = settings.build if build else settings.published
    if not path.exists():
        raise NightError(f"there is no {settings.relative(path)} yet: run `make nightly`")
    click.echo(render_findings(list_findings(path), _terminal_width()))


@click.command()
def releases() -> None:
    """List the published states that are kept, the newest last; the one that readers have is marked."""
    from orchestration.building.changes import count_changes
    from orchestration.publication.publish import current_release
    from orchestration.publication.retention import list_releases

    settings = read_settings()
    current = current_release(settings.warehouse)
    for name in list_releases(settings.warehouse):
        changes = ", ".join(
            f"{count} {kind}" for kind, count in count_changes(settings.warehouse / "releases" / name).items()
        )
        click.echo(
            f"{'*' if name == current else ' '} {name}  {changes or 'no figure changed, or the first state'}"
        )


@click.command()
@click.argument("release", required=False)
@click.option("--let-go", is_flag=True, help="End the hold: the next night may publish again.")
def rollback(release: str | None, let_go: bool) -> None:
    """Give readers an earlier published state again (by default the one before), in one rename.

    Nights keep it until an input changes; ``--let-go`` ends that, and so does a night with ``--full``.
    """
    from orchestration.building.lock import only_night
    from orchestration.publication import hold
    from orchestration.publication.retention import roll_back

    settings = read_settings()
    with only_night(settings.private):
        if let_go:
            ended = hold.let_go(settings)
            click.echo(
                "the next night publishes what it finds"
                if ended
                else "no state was held: nights publish what they find"
            )
            return
        name = roll_back(settings.warehouse, release)
        kept = hold.hold(settings, name)
    told = (
        f"nights keep it until an input changes ({hold.LET_GO} ends that): mend what was wrong"
        if kept
        else "it is the state of today's inputs"
    )
    click.echo(f"readers have release {name}; {told}")


def _terminal_width() -> int:
    try:
        return os.get_terminal_size().columns
    except OSError:
        return 160
