"""What stands in the tables of the report: a row for each measure, a column for each model and what it is held against.

Plain words; `tables.html.jinja` makes HTML of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from looks_like.explorer.check.findings import ModelRow, Row
from looks_like.explorer.check.report.formatting import ARROWS, baseline_names, duration, listed, number
from looks_like.model.metrics.metric import Score

_PARTS_MAX, _PARTS_AT_A_GLANCE = 3, 1


@dataclass(frozen=True)
class Cell:
    name: str  # of the column
    kind: str  # best, beside or nothing
    text: str = ""
    digits: str = ""  # all of them; none of what is no number
    parts: tuple[tuple[str, str], ...] = ()  # of the score
    sure: str = ""  # its interval
    level: str = ""  # with which baselines

    @property
    def best(self) -> bool:
        return self.kind == "best" and bool(self.text)


@dataclass(frozen=True)
class MeasureLine:
    title: str
    unit: str
    way: str  # which is better
    says: str
    cells: list[Cell]
    better: str = ""  # which model is, and how surely


@dataclass(frozen=True)
class MeasuresTable:
    models: list[str]
    held: list[str]  # what the models stand beside
    lines: list[MeasureLine]


@dataclass(frozen=True)
class Protocol:
    """How a measure was counted."""

    title: str
    protocol: str
    source: str
    counts: str  # models that were counted alike are named together


def measures_table(rows: list[Row], models: list[str], explained: bool = True) -> MeasuresTable:
    """Each measure is explained where it comes first."""
    parts = _PARTS_MAX if explained else _PARTS_AT_A_GLANCE
    beside, ideal = baseline_names(rows), any(row.metric.ideal is not None for row in rows)
    first = {row.metric.sentence: row for row in reversed(rows)}
    lines = []
    for row in rows:
        best, metric = row.best(), row.metric
        cells = [_cell(name, row.scores.get(name), "best" if name in best else "", parts) for name in models]
        cells = [_with_level(row, cell) for cell in cells]
        cells += [_cell(name, row.baselines.get(name), "beside", parts) for name in beside]
        if ideal:
            cells.append(Cell("ideal", "beside", "" if metric.ideal is None else number(metric.ideal)))
        unit = metric.unit if metric.unit and metric.unit not in row.title.lower() else ""
        says = metric.sentence if explained and first[metric.sentence] is row else ""
        lines.append(MeasureLine(row.title, unit, ARROWS[metric.better], says, cells, better_words(row)))
    return MeasuresTable(models, [*beside, "ideal"] if ideal else beside, lines)


def _cell(name: str, score: Score | None, kind: str, parts: int) -> Cell:
    if score is None:
        return Cell(name, kind)
    shown = tuple((part, number(value)) for part, value in list(score.parts.items())[:parts])
    digits = repr(score.value) if math.isfinite(score.value) else ""
    return Cell(name, kind, number(score.value), digits, shown, interval_words(score))


def _with_level(row: Row, cell: Cell) -> Cell:
    if cell.name not in row.scores:
        return cell
    level, worse = row.level_with(cell.name), row.worse_than(cell.name)
    words = [f"no different from {listed(level)}"] if level else []
    words += [f"worse than {listed(worse)}"] if worse else []
    return replace(cell, level="; ".join(words))


def interval_words(score: Score) -> str:
    """ ".0061 to .0074", or nothing"""
    if score.interval is None:
        return ""
    low, high = number(score.interval.low), number(score.interval.high)
    return low if low == high else f"{low} to {high}"


def better_words(row: Row) -> str:
    """ "a better than b in 97 % of draws" for each two models."""
    return "; ".join(
        f"{one} better than {other} in {share_words(share)} of draws" for (one, other), share in row.better().items()
    )


def share_words(share: float) -> str:
    """97 %, and never 100 % where one draw says otherwise."""
    return "all" if share == 1 else f"{min(99.9, 100 * share):.3g} %"


def protocols(rows: Sequence[Row]) -> list[Protocol]:
    """Of each measure of a table: its own, its source, and what it was taken of."""
    return [Protocol(row.title, row.metric.protocol, row.metric.source, _counts(row)) for row in rows]


def _counts(row: Row) -> str:
    alike: dict[str, list[str]] = {}
    for name, score in [*row.scores.items(), *row.baselines.items()]:
        alike.setdefault(score.said, []).append(name)
    return "; ".join(f"{listed(names)}: {said}" for said, names in alike.items())


def model_facts(model: ModelRow) -> dict[str, str]:
    """What a model is and where it comes from; settings in which all agree are left out."""
    settings = ", ".join(f"{key} {value}" for key, value in model.settings.items())
    return {
        "Family": f"{model.title} ({model.source})",
        "Minimises": model.objective,
        "Code": f"{model.all_settings['latent']} numbers, from pictures of {model.all_settings['size']} px",
        "Settings that differ": settings or "none",
        "Seed": str(model.seed),
        "Trained": f"{model.steps:,} steps in {duration(model.seconds)}",
        "Learnt from": f"{model.products:,} products",
        "Device": model.device,
        "Versions": ", ".join(f"{name} {version}" for name, version in model.libraries.items()),
    }
