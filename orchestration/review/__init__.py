"""Reviewing a report in a browser: groups of figures, suggestions, decisions written as the template that
people write.

Belongs here: what a reviewer sees and decides, and how a decision is written to ``raw/<report>/`` and undone.
Does not belong here: reading documents (``extraction``, ``discovery``), publishing what was reviewed (the
nights do).
"""
