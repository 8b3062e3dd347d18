"""The report of a check: one HTML page that needs nothing else."""
