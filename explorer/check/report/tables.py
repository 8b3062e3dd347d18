"""Tables of the report: a row for each measure, a column for each model and each thing that it is held against."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from looks_like.explorer.check.findings import ModelRow, Row
from looks_like.explorer.check.report.formatting import ARROWS, baseline_names, duration, listed, number
from looks_like.model.metrics.metric import Score

_PARTS_MAX, _PARTS_AT_A_GLANCE = 3, 1


@dataclass(frozen=True)
class _Columns:
    models: list[str]
    beside: list[str]
    ideal: bool
    parts: int  # of a score that are shown below it


def measures_table(rows: list[Row], models: list[str], explained: bool = True) -> str:
    """Each measure is explained where it comes first."""
    parts = _PARTS_MAX if explained else _PARTS_AT_A_GLANCE
    columns = _Columns(models, baseline_names(rows), any(row.metric.ideal is not None for row in rows), parts)
    held = [*columns.beside, "ideal"] if columns.ideal else columns.beside
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in models)
    head += "".join(f'<th scope="col" class="beside">{escape(name)}</th>' for name in held)
    first = {row.metric.sentence: row for row in reversed(rows)}
    body = "".join(_row(row, columns, explained and first[row.metric.sentence] is row) for row in rows)
    return (
        f'<div class="wide"><table class="measures"><thead><tr><th scope="col">Measure</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(row: Row, columns: _Columns, explained: bool) -> str:
    metric, best = row.metric, row.best()
    told = metric.unit and metric.unit not in row.title.lower()
    unit = f' <span class="unit">{escape(metric.unit)}</span>' if told else ""
    says = f"<small>{escape(metric.sentence)}</small>" if explained else ""
    cells = [_cell(name, row.scores.get(name), "best" if name in best else "", columns) for name in columns.models]
    cells += [_cell(name, row.baselines.get(name), "beside", columns) for name in columns.beside]
    if columns.ideal:
        ideal = "" if metric.ideal is None else number(metric.ideal)
        cells.append(f'<td class="beside" data-label="ideal">{ideal}</td>')
    way = f"<small>{ARROWS[metric.better]}</small>"
    return f'<tr><th scope="row">{escape(row.title)}{unit}{way}{says}</th>{"".join(cells)}</tr>'


def _cell(name: str, score: Score | None, kind: str, columns: _Columns) -> str:
    opening = f'<td class="{kind}" data-label="{escape(name)}">'
    if score is None:
        return f"{opening}</td>"
    shown = list(score.parts.items())[: columns.parts]
    more = "".join(f"<small>{escape(part)} {number(value)}</small>" for part, value in shown)
    value = number(score.value)
    if math.isfinite(score.value):
        value = f'<data value="{score.value!r}">{value}</data>'
    mark = '<span class="mark">best</span>' if kind == "best" else ""
    return f"{opening}{value}{mark}{more}</td>"


def protocols(rows: list[Row]) -> str:
    """How each measure of a table was counted, to be opened."""
    said = "".join(f"<dt>{escape(row.title)}</dt><dd>{_protocol(row)}</dd>" for row in rows)
    return f"<details><summary>How these were counted</summary><dl>{said}</dl></details>"


def _protocol(row: Row) -> str:
    """The measure's own, its source, and what it was taken of: models that were counted alike are named together."""
    alike: dict[str, list[str]] = {}
    for name, score in [*row.scores.items(), *row.baselines.items()]:
        alike.setdefault(score.said, []).append(name)
    counts = "; ".join(f"{listed(names)}: {said}" for said, names in alike.items())
    return f'{escape(row.metric.protocol)} <span class="quiet">{escape(row.metric.source)}. {escape(counts)}.</span>'


def models_table(models: Sequence[ModelRow]) -> str:
    """What each model is and where it comes from; settings in which all agree are left out."""
    facts = [_facts(model) for model in models]
    head = "".join(_head(model) for model in models)
    body = "".join(
        f'<tr><th scope="row">{name}</th>'
        + "".join(
            f'<td data-label="{escape(model.name)}">{escape(said[name])}</td>'
            for model, said in zip(models, facts, strict=True)
        )
        + "</tr>"
        for name in facts[0]
    )
    table = f'<table class="words"><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="wide">{table}</div>'


def _head(model: ModelRow) -> str:
    beside = ' <span class="tag">baseline</span>' if model.baseline else ""
    return f'<th scope="col">{escape(model.name)}{beside}</th>'


def _facts(model: ModelRow) -> dict[str, str]:
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
