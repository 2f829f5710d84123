"""The first step of a whole night: where nothing changed, it ends the run there, and every other step is
skipped.

A run of chosen steps only does not pass here, and does its work; neither does one tagged ``full``.
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.errors import NightError
from orchestration.graph.night import keep, without_work
from orchestration.graph.resources import READING_OWNER, Night, told_plainly

COMPARISON_KEY = dg.AssetKey(["extraction", "comparison"])


def comparison_asset(refusal: str = "") -> dg.AssetsDefinition:
    """The comparison; ``refusal`` says why the declared reports could not be listed."""

    @dg.asset(
        key=COMPARISON_KEY,
        group_name="reading",
        owners=[READING_OWNER],
        kinds={"python"},
        output_required=False,
        description="Whether the next state could differ from the published one: only then does a night go "
        "on.",
    )
    def comparison(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.Output[None]]:
        with told_plainly():
            if refusal:
                raise NightError(refusal)
            with night.journal.step("compare") as step:
                standing = without_work(night.settings)
                step.detail = keep(night.settings, standing) if standing else "there is work"
        context.log.info(step.detail)
        if standing is None:
            yield dg.Output(None)

    return comparison
