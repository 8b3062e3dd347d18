"""What a measure is: a number with a title, a unit, a direction, a sentence for people and a paper.

One file each in `model/metrics/`; each lists what it measures as `MEASURES`, and the page docs/metrics.md, the report
of `looks-like check` and the help on the pages are made from that.
"""

from dataclasses import dataclass, field
from typing import Literal

from looks_like.model.metrics.intervals import Interval

JUDGED = {
    "pictures": "Pictures",
    "codes": "Codes",
    "factors": "Codes, with known factors",
    "space": "The space between products",
    "maps": "Maps",
}


@dataclass(frozen=True, kw_only=True)
class Metric:
    key: str  # short, lower case with underscores; unique among all measures
    judges: Literal["pictures", "codes", "factors", "space", "maps"]
    title: str
    unit: str  # "" = none
    better: Literal["higher", "lower", "neither"]
    sentence: str  # what the number means, for people
    source: str  # author and year
    ideal: float | None = None  # what a perfect model has; None = there is no such value
    formerly: str = ""  # its key in reports of before
    protocol: str  # how it is computed, with the counts and settings that change the number


@dataclass(frozen=True)
class Score:
    """A measured value. `said` is the protocol as it was: counts, seed, what was left out."""

    key: str
    value: float
    said: str
    parts: dict[str, float] = field(default_factory=dict)  # per factor or dimension, p95 and the like
    interval: Interval | None = None  # of the value, where it is a mean or a median of enough things
