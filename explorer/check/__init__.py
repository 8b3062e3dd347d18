"""Model evaluation: result types (`findings`), the models and products compared (`trial`), one module per section,
and the HTML report.

A section is a file in `sections/` with `plan(trial) -> (Section, steps)` and a line in `measuring.SECTIONS`."""

from looks_like.explorer.check.factors import factors_from_text
from looks_like.explorer.check.findings import Chart, Check, Line, Section, Sheet
from looks_like.explorer.check.kept import CheckSettings, kept_check, kept_settings, kept_stamp, start_check
from looks_like.explorer.check.measuring import check
from looks_like.explorer.check.report.formatting import baseline_names, duration, headlines, number, with_unit
from looks_like.explorer.check.report.fragments import (
    rows_csv,
    rows_html,
    rows_latex,
    sheet_columns,
    sheet_html,
    strip_html,
)
from looks_like.explorer.check.report.page import report
from looks_like.explorer.check.report.svg import chart_svg
from looks_like.explorer.check.trial import CheckRequest

__all__ = [
    "Chart",
    "Check",
    "CheckRequest",
    "CheckSettings",
    "Line",
    "Section",
    "Sheet",
    "baseline_names",
    "chart_svg",
    "check",
    "duration",
    "factors_from_text",
    "headlines",
    "kept_check",
    "kept_settings",
    "kept_stamp",
    "number",
    "report",
    "rows_csv",
    "rows_html",
    "rows_latex",
    "sheet_columns",
    "sheet_html",
    "start_check",
    "strip_html",
    "with_unit",
]
