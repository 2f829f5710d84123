"""One grammar of print and one lexicon of French: what a number, a unit, a month, a word that means "falls"
is.

Belongs here: what holds for any text, whatever its report. Does not belong here: documents, templates, pages,
what a figure means.
"""
