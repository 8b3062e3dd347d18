"""The report as one HTML file that needs nothing else: words, tables, pictures and charts are all in it.

Jinja escapes whatever comes from a catalogue or a model. Each number stands in a <data> element with all its digits.
"""

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from jinja2 import Environment, FunctionLoader, StrictUndefined
from PIL import Image

from looks_like.explorer.check.findings import Chart, Check, Section, Sheet, Strip
from looks_like.explorer.check.report.charts import figures_json
from looks_like.explorer.check.report.formatting import duration, headlines, listed
from looks_like.explorer.check.report.tables import (
    MeasuresTable,
    Protocol,
    measures_table,
    model_facts,
    protocols,
)

_TILE_MAX_PX = 128
_LOSSLESS_MAX_PX = 64
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"
_COLUMNS_MIN = 10  # so that a picture is as large in each sheet


def report(check: Check) -> str:
    """The whole document."""
    models = [model.name for model in check.models if not model.baseline]
    page: str = (
        templates()
        .get_template("page.html.jinja")
        .render(
            check=check,
            names=listed(models),
            policy=_POLICY,
            style=_file("report.css"),
            about=_about(check),
            glance=measures_table(headlines(check), models, explained=False),
            models=[model_facts(model) for model in check.models],
            sections=[_section(section, models) for section in check.sections],
            machine=_machine(check),
            **_charts(check),
        )
    )
    return page


@cache
def templates() -> Environment:
    """Those of the report, which escape all that is put into them."""
    return Environment(
        loader=FunctionLoader(_file), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )


def _file(name: str) -> str:
    return (files("looks_like.explorer.check.report") / name).read_text("utf-8")


def _charts(check: Check) -> dict[str, str]:
    """The charts and what draws them; a page without charts needs no script."""
    figures = figures_json(check)
    if figures == "[]":
        return {"figures": ""}
    from plotly.offline import get_plotlyjs

    return {"figures": figures, "plotly": get_plotlyjs(), "script": _file("report.js")}


def _about(check: Check) -> dict[str, str]:
    return {
        "Catalogue": f"{check.catalogue}, {check.products:,} products, version {check.version}",
        "Judged on": check.judged_on or f"{check.held_out:,} held-out products",
        "Made": f"{check.date.replace('T', ' ').replace('Z', ' UTC')}, seed {check.seed}, in {duration(check.seconds)}",
    }


def _machine(check: Check) -> dict[str, str]:
    machine = check.machine
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    return {
        "Machine": f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}",
        "Device": machine["device"],
        "Versions": f"Python {machine['python']}, {libraries}",
    }


# -- sections ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _DrawnStrip:
    name: str
    labels: tuple[str, ...]  # above the columns; none where those of the strip before hold
    alt: str
    percent: str  # of the sheet's width
    width: int  # px
    height: int
    src: str


@dataclass(frozen=True)
class _DrawnSheet:
    title: str
    says: str
    columns: int
    strips: list[_DrawnStrip]


@dataclass(frozen=True)
class _DrawnSection:
    key: str
    title: str
    says: str
    table: MeasuresTable | None
    protocols: list[Protocol]
    missing: list[str]
    charts: list[Chart]
    sheets: list[_DrawnSheet]


def _section(section: Section, models: list[str]) -> _DrawnSection:
    return _DrawnSection(
        section.key,
        section.title,
        section.says,
        measures_table(section.rows, models) if section.rows else None,
        protocols(section.rows),
        section.missing,
        section.charts,
        [_sheet(sheet) for sheet in section.sheets],
    )


def _sheet(sheet: Sheet) -> _DrawnSheet:
    columns = max(_COLUMNS_MIN, *(len(strip.pixels_nhwc) for strip in sheet.strips))
    return _DrawnSheet(sheet.title, sheet.says, columns, list(_strips(sheet.strips, columns)))


def _strips(strips: list[Strip], columns: int) -> Iterator[_DrawnStrip]:
    """Labels of columns are repeated only where they change."""
    before: tuple[str, ...] = ()
    for strip in strips:
        count, edge = strip.pixels_nhwc.shape[:2]
        labels = () if strip.labels == before else strip.labels
        percent, src = f"{100 * count / columns:.4g}", picture_uri(strip.pixels_nhwc)
        yield _DrawnStrip(strip.name, labels, strip.alt, percent, count * edge, edge, src)
        before = strip.labels


def picture_uri(pixels_nhwc: np.ndarray) -> str:
    """uint8 (N, S, S, 3) side by side as WebP: as they are up to 64 px, larger ones at 128 px and compressed."""
    image = Image.fromarray(np.concatenate(list(pixels_nhwc), axis=1))
    edge, out = image.height, io.BytesIO()
    if edge > _TILE_MAX_PX:
        image = image.resize((image.width * _TILE_MAX_PX // edge, _TILE_MAX_PX), Image.Resampling.HAMMING)
    image.save(out, "WEBP", lossless=edge <= _LOSSLESS_MAX_PX, quality=85, method=4)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()
