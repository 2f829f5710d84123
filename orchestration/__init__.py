"""Observatoire: activity reports of the Assurance Maladie, from print to an audited DuckDB warehouse."""
