"""All of Dagster, by Dagster's own words: ``assets/``, ``checks/``, ``sensors`` (with the schedule),
``resources``, and ``definitions``, where they meet.

``night`` runs the job from the command line and ``supervision`` says how it ended; ``history``, ``home`` and
``dead_runs`` keep the record of runs; ``daemon`` and ``webserver`` guard Dagster's own services. Does not
belong here: what could be tested without Dagster.
"""
