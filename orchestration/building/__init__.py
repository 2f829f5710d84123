"""From extracts to a private build: inputs and their digests, staging, isolation of reports, loading,
records. Nothing that readers see.
"""
