"""What stands in the tables of the report: a row for each measure, a column for each model and what it is held against.

Plain words; `tables.html.jinja` makes HTML of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

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
        cells += [_cell(name, row.baselines.get(name), "beside", parts) for name in beside]
        if ideal:
            cells.append(Cell("ideal", "beside", "" if metric.ideal is None else number(metric.ideal)))
        unit = metric.unit if metric.unit and metric.unit not in row.title.lower() else ""
        says = metric.sentence if explained and first[metric.sentence] is row else ""
        lines.append(MeasureLine(row.title, unit, ARROWS[metric.better], says, cells))
    return MeasuresTable(models, [*beside, "ideal"] if ideal else beside, lines)


def _cell(name: str, score: Score | None, kind: str, parts: int) -> Cell:
    if score is None:
        return Cell(name, kind)
    shown = tuple((part, number(value)) for part, value in list(score.parts.items())[:parts])
    return Cell(name, kind, number(score.value), repr(score.value) if math.isfinite(score.value) else "", shown)


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
