"""``plan``: what a night would change, before it runs. Does not belong here: comparing (building.plan),
wording (telling.plan).
"""

from __future__ import annotations

import sys

import click

from orchestration.settings import read_settings


@click.command()
@click.option("--rows", default=40, show_default=True, help="Figures and sentences to show of each kind.")
def plan(rows: int) -> None:
    """Say what the documents at hand would change, figure by figure, and which relations would fail; nothing
    is published.
    """
    from orchestration.building.plan import plan_night as planned
    from orchestration.telling.plan import render_plan

    found = planned(read_settings())
    click.echo(render_plan(found, rows))
    if not found.publishable:
        sys.exit(1)
