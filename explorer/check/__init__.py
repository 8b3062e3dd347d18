"""Model evaluation: result types (`findings`), the models and products compared (`trial`), one module per section,
and the HTML report.

A section is a file in `sections/` with `plan(trial) -> (Section, steps)` and a line in `measuring.SECTIONS`."""

from looks_like.explorer.check.findings import Check
from looks_like.explorer.check.measuring import check
from looks_like.explorer.check.report.formatting import baseline_names, duration, headlines, number, with_unit
from looks_like.explorer.check.report.page import report
from looks_like.explorer.check.trial import CheckRequest

__all__ = [
    "Check",
    "CheckRequest",
    "baseline_names",
    "check",
    "duration",
    "headlines",
    "number",
    "report",
    "with_unit",
]
