"""What people are told: the diagnosis of a failed night, the findings, the summary, notifications."""
