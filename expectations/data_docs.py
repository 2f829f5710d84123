"""Data Docs that open without a network."""

from __future__ import annotations

from pathlib import Path


def make_offline(docs_dir: Path) -> None:
    """Rewrite the pages in place."""
