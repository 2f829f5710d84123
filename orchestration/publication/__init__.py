"""From extracts to a published file: build aside, audit, swap atomically, explain. No Dagster here."""
