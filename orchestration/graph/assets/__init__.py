"""Thin Dagster rooms: each asset calls the library, reports what it did and decides nothing."""
