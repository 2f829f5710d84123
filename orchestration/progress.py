"""Where a night tells what it is doing: a logger that the command line shows as lines. Nothing but its name
belongs here.
"""

import logging

progress = logging.getLogger("observatoire.night")
