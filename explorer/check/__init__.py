"""How good models are: what is measured (`findings`), on what (`trial`), in sections, and the report of it (`report`).

A section is a file with `plan(trial) -> (Section, steps)` and a line in `measuring.SECTIONS`.
"""
