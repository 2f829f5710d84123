"""Reading printed figures: a pure library, without Dagster and without DuckDB."""
