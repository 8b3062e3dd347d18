"""Charts as Plotly draws them: plain data, coloured by the page for light and dark.

Colours are words here ("ink", "accent", "series 2"), since only the browser knows which theme it shows. Plotly reads
markup in every text, so each one is escaped, and no `<` is left in the JSON that could end its script.
"""

import html
import json
from typing import Any

from looks_like.explorer.check.findings import Chart, Check, Line

HEIGHT_PX = 320
_FEW = 20  # points that are marked, since one alone has no line
_HEAT_ROW_PX = 22
_LABEL_MAX = 24  # letters that stand aslant above a column


def figures_json(check: Check) -> str:
    """All charts in the order of the report, safe inside a <script>."""
    places = {model.name: i for i, model in enumerate(check.models)}
    baselines = {model.name for model in check.models if model.baseline}

    def colour(line: Line) -> str:
        return "faint" if line.of in baselines else f"series {places.get(line.of, 0)}"

    figures = [_figure(chart, colour) for section in check.sections for chart in section.charts]
    return json.dumps(figures, allow_nan=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _figure(chart: Chart, colour: Any) -> dict[str, Any]:
    axes: dict[str, Any] = {
        "xaxis": {"title": {"text": _text(chart.x_title)}},
        "yaxis": {"title": {"text": _text(chart.y_title)}},
    }
    if chart.kind == "heat":
        return {"kind": chart.kind, "data": [_heat(chart)], "layout": axes | {"height": heat_height_px(chart)}}
    if chart.log_y:
        axes["yaxis"]["type"] = "log"
    draw = _bar if chart.kind == "bars" else _curve
    data = [draw(line, colour(line)) for line in chart.lines]
    return {"kind": chart.kind, "data": data, "layout": axes | {"height": HEIGHT_PX, "showlegend": len(data) > 1}}


def heat_height_px(chart: Chart) -> int:
    """Each row of a heat map is as high as a line of text."""
    return 150 + _HEAT_ROW_PX * len(chart.rows)


def _bar(line: Line, colour: str) -> dict[str, Any]:
    return {"type": "bar", "name": _text(line.name), "x": line.x, "y": line.y, "marker": {"color": colour}}


def _curve(line: Line, colour: str) -> dict[str, Any]:
    pen = {"color": colour, "width": 1 if line.dotted else 2, "dash": "dot" if line.dotted else "solid"}
    mode = "lines" if len(line.x) > _FEW else "lines+markers"
    return {"type": "scatter", "mode": mode, "name": _text(line.name), "x": line.x, "y": line.y, "line": pen}


def _heat(chart: Chart) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "z": chart.matrix,
        "x": [_text(name if len(name) <= _LABEL_MAX else f"{name[:_LABEL_MAX]}…") for name in chart.columns],
        "y": [_text(name) for name in chart.rows],
        "zmin": 0,
        "hovertemplate": "%{y} · %{x}: %{z:.3f}<extra></extra>",
        "xgap": 1,
        "ygap": 1,
    }


def _text(text: str) -> str:
    return html.escape(text[:120], quote=False)
