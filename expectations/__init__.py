"""The Great Expectations project: suites by subject, the register of accepted findings, the pages that show
both.
"""

from __future__ import annotations

import importlib.util
import sys


def load_later(name: str) -> None:
    """Let a module be loaded when something is first asked of it; without the library, nothing changes."""
    package, _, attribute = name.rpartition(".")
    try:
        spec = None if name in sys.modules else importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return
    if spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    setattr(sys.modules[package], attribute, module)
    spec.loader.exec_module(module)


# Great Expectations imports it for expectations that no suite holds: a third of its start.
load_later("scipy.stats")
