"""The address that Dagster loads; the graph itself is composed in ``orchestration.graph.definitions``."""

from orchestration.graph.definitions import NIGHTLY, build_definitions, defs

__all__ = ["NIGHTLY", "build_definitions", "defs"]
