"""The Great Expectations project: suites by subject, the register of accepted findings, the pages that show
both.
"""
