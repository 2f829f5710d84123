"""How dbt is called: its manifest, a process that is warm before it is needed. Nothing of Dagster, nothing of
the marts.
"""
