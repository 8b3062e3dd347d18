"""What a check finds, in plain values: sections of rows, charts and sheets. Nothing here knows HTML."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.metrics import metrics
from looks_like.model.metrics.intervals import better_share
from looks_like.model.metrics.metric import Metric, Score

Number = float | None
FIRST, AMONG_MODELS, AFTER_MODELS, LAST = range(4)  # where a strip stands on its sheet
_LEVEL = 0.025  # of the draws: between this share and the rest no difference is sure
_TO_BEAT = ("PCA-", "ICA-", "nearest learnt", "shuffled factors", "cross-fade")  # how such baselines begin
_NAMED_MAX = 2  # of what failed for the same reason


@dataclass
class Row:
    """One measure of all models. `baselines` are what the numbers are held against, by name."""

    metric: Metric
    of: str = ""  # what it was measured on, where one measure is taken of several things
    scores: dict[str, Score] = field(default_factory=dict)
    baselines: dict[str, Score] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"{self.metric.title}, {self.of}" if self.of else self.metric.title

    def level_with(self, model: str) -> list[str]:
        """The baselines that a model's number is not told apart from: by draws of the same things, or else where its
        interval covers theirs.
        """
        score, found = self.scores[model], []
        for name, beside in self.baselines.items():
            share = better_share(score.interval, beside.interval, self.metric.better)
            if share is not None:
                level = _LEVEL < share < 1 - _LEVEL
            else:
                level = score.interval is not None and score.interval.covers(beside.value)
            if level:
                found.append(name)
        return found

    def worse_than(self, model: str) -> list[str]:
        """The baselines that a model has to beat and surely does not."""
        score, found = self.scores[model], []
        for name, beside in self.baselines.items():
            if not name.startswith(_TO_BEAT) or score.interval is None or self.metric.better == "neither":
                continue
            share = better_share(score.interval, beside.interval, self.metric.better)
            if share is None:
                below, above = beside.value < score.interval.low, beside.value > score.interval.high
                share = 0.0 if (below if self.metric.better == "lower" else above) else 1.0
            if share <= _LEVEL:
                found.append(name)
        return found

    def better(self) -> dict[tuple[str, str], float]:
        """(one model, another) -> in which share of the draws the first is the better one; each two once, the winner
        first; only where both were measured on the same things.
        """
        found = {}
        for one, other in combinations(self.scores, 2):
            share = better_share(self.scores[one].interval, self.scores[other].interval, self.metric.better)
            if share is not None:
                found[(one, other) if share >= 0.5 else (other, one)] = max(share, 1 - share)
        return found

    def best(self) -> set[str]:
        """The models with the best value, to three digits; none where one was measured or neither way is better."""
        if self.metric.better == "neither" or len(self.scores) < 2:
            return set()
        values = {model: score.value for model, score in self.scores.items() if np.isfinite(score.value)}
        if not values:
            return set()
        best = (max if self.metric.better == "higher" else min)(values.values())
        return {model for model, value in values.items() if f"{value:.3g}" == f"{best:.3g}"}


@dataclass(frozen=True)
class Line:
    name: str
    x: list[float]
    y: list[Number]
    of: str = ""  # the model whose colour it has
    dotted: bool = False


@dataclass(frozen=True, kw_only=True)
class Chart:
    """`kind` is bars (one group per line), lines, or heat (`matrix` with `rows` and `columns`)."""

    kind: str
    title: str
    says: str  # how to read it
    x_title: str = ""
    y_title: str = ""
    lines: list[Line] = field(default_factory=list)
    log_y: bool = False
    log_x: bool = False
    matrix: list[list[Number]] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Leads:
    """The way between two products that a strip shows, as the page Looks Like opens it."""

    model: str
    a: str
    b: str
    curve: str
    steps: int


@dataclass(frozen=True)
class Strip:
    """Pictures in a row; `labels` stand above its columns where given."""

    name: str
    pixels_nhwc: np.ndarray  # uint8
    alt: str
    labels: tuple[str, ...] = ()
    place: int = AMONG_MODELS
    leads: Leads | None = None


@dataclass
class Sheet:
    title: str
    says: str
    strips: list[Strip] = field(default_factory=list)


@dataclass
class Section:
    key: str
    title: str
    says: str
    rows: list[Row] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)  # what there is not, and what to do
    failed: dict[str, list[str]] = field(default_factory=dict)  # reason -> what could not be measured for it

    def row(self, key: str, of: str = "") -> Row:
        """The row of a measure, begun where it is new. KeyError for a measure that does not exist."""
        for row in self.rows:
            if (row.metric.key, row.of) == (key, of):
                return row
        self.rows.append(Row(metrics()[key], of))
        return self.rows[-1]

    def lacks(self, sentence: str) -> None:
        """Records a reason why something could not be measured; duplicates are ignored."""
        if sentence not in self.lacking:
            self.lacking.append(sentence)

    def trying(self, what: str, work: Callable[[], None]) -> None:
        """Runs one piece of work; if data or weights for it are missing, records why and carries on."""
        try:
            work()
        except ModelError as reason:
            self.failed.setdefault(str(reason), []).append(what)

    @property
    def is_told(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.rows or self.charts or self.sheets or self.missing)

    @property
    def missing(self) -> list[str]:
        """What could not be measured, and what to do: a sentence each."""
        shown = []
        for reason, every in self.failed.items():
            more = f"; and {len(every) - _NAMED_MAX} more" if len(every) > _NAMED_MAX else ""
            shown.append(f"{'; '.join(every[:_NAMED_MAX])}{more}: {reason}")
        return [*self.lacking, *shown]


@dataclass(frozen=True)
class CheckStep:
    """One piece of work of a section; `seconds` is about what it takes on two cores, for the bar alone."""

    title: str
    seconds: float
    run: Callable[[], None]


Plan = tuple[Section, list[CheckStep]]


@dataclass(frozen=True, kw_only=True)
class ModelRow:
    """What a model is; `settings` are those in which the compared models differ."""

    name: str
    title: str  # of its family
    family: str
    objective: str
    source: str
    settings: dict[str, Any]
    all_settings: dict[str, Any]
    seed: int
    steps: int
    seconds: float  # of training
    products: int  # learnt from
    device: str
    baseline: bool  # not asked for: it is there to compare with
    libraries: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Check:
    """All that was found, and on what."""

    catalogue: str
    products: int
    held_out: int
    version: int
    date: str
    quick: bool
    seed: int
    seconds: float
    machine: dict[str, Any]
    models: list[ModelRow]
    sections: list[Section]
    ahead: list[str] = field(default_factory=list)  # titles of sections that are still being measured
    judged: dict[str, dict[str, int]] = field(default_factory=dict)  # model -> held-out products, and those left out
    split_by: str = ""

    @property
    def judged_on(self) -> str:
        """By what the models were judged, in words."""
        said = [_judged_words(counts, self.split_by) for counts in self.judged.values()]
        if len(set(said)) == 1:
            return said[0]
        return "; ".join(f"{name}: {words}" for name, words in zip(self.judged, said, strict=True))

    def plain(self) -> dict[str, Any]:
        """As JSON has it: all numbers with their baselines and protocols; pictures are left out."""
        head = {key: value for key, value in vars(self).items() if key not in ("models", "sections")}
        return head | {
            "models": [asdict(model) for model in self.models],
            "sections": [_plain_section(section) for section in self.sections],
        }


def _judged_words(counts: dict[str, int], split_by: str) -> str:
    words = f"{counts['products']:,} held-out products that no model learnt from"
    if near := counts["near_copies"]:
        words += f"; {_more(near)} left out, of which it learnt from a near duplicate"
    if group := counts["same_group"]:
        words += f"; {_more(group)} left out, of which it learnt from the same {split_by}"
    return words


def _more(count: int) -> str:
    return "1 more is" if count == 1 else f"{count:,} more are"


def _plain_section(section: Section) -> dict[str, Any]:
    charts = [asdict(chart) for chart in section.charts]
    rows = [_plain_row(row) for row in section.rows]
    said = {"key": section.key, "title": section.title, "rows": rows, "charts": charts}
    return said | {"missing": list(section.missing)}


def _plain_row(row: Row) -> dict[str, Any]:
    return asdict(row.metric) | {
        "of": row.of,
        "models": {model: _plain_score(score) for model, score in row.scores.items()},
        "baselines": {name: _plain_score(score) for name, score in row.baselines.items()},
        "best": sorted(row.best()),
        "level_with": {model: names for model in row.scores if (names := row.level_with(model))},
        "worse_than": {model: names for model in row.scores if (names := row.worse_than(model))},
        "better": [{"model": one, "than": other, "share": share} for (one, other), share in row.better().items()],
    }


def _plain_score(score: Score) -> dict[str, Any]:
    parts = {name: finite_or_none(value) for name, value in score.parts.items()}
    interval = None if score.interval is None else [score.interval.low, score.interval.high]
    return {"value": finite_or_none(score.value), "interval": interval, "said": score.said, "parts": parts}


def finite_or_none(value: float) -> Number:
    """The value, or None if it is NaN or infinite (JSON has neither)."""
    return float(value) if np.isfinite(value) else None
