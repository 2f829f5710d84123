"""A fast night with the true schedule, sensors and settings: what ``dagster-daemon`` loads in the test that
starts it.
"""

import os
from pathlib import Path

import dagster as dg

from orchestration.building.origin import State
from orchestration.building.published import Published
from orchestration.building.suspects import Complaint, accuse, read_suspects
from orchestration.graph.sensors import documents_sensor, failure_sensor, nightly_schedule, watch_sensor
from orchestration.settings import read_settings

settings = read_settings(root=Path(os.environ["OBSERVATOIRE_TEST_ROOT"]))
settings.private.mkdir(parents=True, exist_ok=True)  # as every night does when it takes its lock


@dg.asset
def night(context: dg.AssetExecutionContext) -> None:
    printed = "".join(path.read_text() for path in settings.documents.glob("*.txt"))
    if "suspect" in printed and not read_suspects(settings.private):  # the next nights set it back
        states = [State(code, "document", {}, "digest") for code in ("cpam_x_2020", "cpam_x_2021")]
        accuse(
            settings.private,
            states,
            Published(),
            0.5,
            [Complaint("cpam_x_2021: a test failed")],
            project="",
            run=context.run_id,
        )
        raise dg.Failure(description="cpam_x_2021: a test failed", allow_retries=False)
    if "refuse" in printed:
        raise dg.Failure(description="cpam_x_2021: x.txt is refused", allow_retries=False)


nightly = dg.define_asset_job("nightly", selection=[night], executor_def=dg.in_process_executor)
defs = dg.Definitions(
    assets=[night],
    jobs=[nightly],
    schedules=[nightly_schedule(nightly, settings)],
    sensors=[
        documents_sensor(nightly, settings, every=3),
        failure_sensor(nightly, settings),
        watch_sensor(dg.AssetKey("night"), settings),
    ],
)
