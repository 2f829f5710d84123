"""Asset checks: what the audit said, shown where an engineer looks for it."""
