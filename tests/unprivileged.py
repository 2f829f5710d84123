"""Commands as the user of an installation runs them, although the tests may be root's: root passes over
modes, and never sees a night that its own read-only files refuse.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence


def as_an_owner(command: Sequence[str]) -> list[str]:
    """``command``, for root without the leave to pass over the modes of files."""
    if os.geteuid() or not shutil.which("setpriv"):
        return list(command)
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
