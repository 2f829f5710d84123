"""Reading a report that has no template: every figure with its unit, period and label, each with a
confidence.
"""
