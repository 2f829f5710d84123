"""Where a night tells what it is doing: loggers that the command line shows as lines. Nothing but their names
belongs here.
"""

import logging

#: The steps, which the history of runs keeps too (``dagster.yaml``).
progress = logging.getLogger("observatoire.night")
#: What is under way within a step: a terminal shows it until the next, nothing keeps it.
moment = logging.getLogger("observatoire.moment")
