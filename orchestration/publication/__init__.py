"""From an audited build to what readers open: one rename, releases kept, their history. No Dagster here."""
