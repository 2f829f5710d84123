"""Reconciliation: does what a report prints agree with itself, at the precision of print, and if not, why.

A pure library on polars frames shaped like numbers.csv and relations.csv: no Dagster, no DuckDB, no file.
"""
