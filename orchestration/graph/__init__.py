"""All of Dagster: the definitions (the one composition point), assets, checks, sensors, runs and their
history.
"""
