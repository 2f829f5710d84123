"""Small files that are there whole, or as they were: a kill or a full disk in the middle leaves the one
before.
"""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` aside (UTF-8) and put it in its place. Raises ``OSError`` when the disk refuses."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
