"""Numbers, times and lists as people read them; the same in the report and on the terminal."""

import math
from collections.abc import Iterable

from looks_like.explorer.check.findings import Check, Row
from looks_like.model.metrics.metric import Metric

ARROWS = {"higher": "↑ higher is better", "lower": "↓ lower is better", "neither": "neither way is better"}
# measure -> what of it: the few that tell most, in the order of the report
HEADLINES = (
    ("mse", ""),
    ("sharpness", ""),
    ("kl_nats", ""),
    ("active", ""),
    ("precision", "reconstructions"),
    ("density", "reconstructions"),
    ("kid", "reconstructions"),
    ("kid", "mid-points"),
    ("kid", "mixture"),
    ("cliff", ""),
    ("reality_gap", ""),
    ("stretch_ratio", ""),
    ("total_correlation", ""),
    ("attribute_gap", ""),
    ("mig", ""),
    ("udr", ""),
)


def number(value: float | None) -> str:
    """Three significant digits; whole ones from a thousand on."""
    if value is None or not math.isfinite(value):
        return "—"
    if value == 0:
        return "0"
    if float(value).is_integer() or abs(value) >= 1000:
        text = f"{value:,.0f}"
    elif abs(value) >= 1e-4:
        text = f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"
    else:
        text = f"{value:.2e}".replace("e-0", "e-")
    return text.replace("-", "−")


def with_unit(title: str, metric: Metric) -> str:
    """Title, unit and which way is better, in a line."""
    arrow = {"higher": "↑", "lower": "↓", "neither": ""}[metric.better]
    return " ".join(word for word in (title, f"({metric.unit})" if metric.unit else "", arrow) if word)


def duration(seconds: float) -> str:
    """45 s, 12 min, 1 h 5 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def listed(names: Iterable[str]) -> str:
    """a, b and c"""
    every = list(names)
    return " and ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)


def headlines(check: Check) -> list[Row]:
    """The rows that tell most, where they were measured."""
    rows = {(row.metric.key, row.of): row for section in check.sections for row in section.rows}
    return [rows[key] for key in HEADLINES if key in rows]


def baseline_names(rows: Iterable[Row]) -> list[str]:
    """Of all rows, each once, in the order in which they come."""
    return list(dict.fromkeys(name for row in rows for name in row.baselines))
