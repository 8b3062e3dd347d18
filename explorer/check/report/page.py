"""The report as one HTML file that needs nothing else: words, tables, pictures and charts are all in it.

Whatever comes from a catalogue or a model is escaped. Each number stands in a <data> element with all its digits.
"""

import base64
import io
from collections.abc import Iterable
from html import escape
from importlib.resources import files

import numpy as np
from PIL import Image

from looks_like.explorer.check.findings import Chart, Check, Section, Sheet, Strip
from looks_like.explorer.check.report.charts import figures_json
from looks_like.explorer.check.report.formatting import duration, headlines, listed
from looks_like.explorer.check.report.tables import measures_table, models_table, protocols

_TILE_MAX_PX = 128
_LOSSLESS_MAX_PX = 64
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"
_COLUMNS_MIN = 10  # so that a picture is as large in each sheet


def report(check: Check) -> str:
    """The whole document."""
    models = [model.name for model in check.models if not model.baseline]
    body = [
        _header(check, models),
        _contents(check),
        "<main>",
        _glance(check, models),
        f'<section id="models"><h2>Models</h2>\n{models_table(check.models)}</section>',
        *(_section(section, models) for section in check.sections),
        "</main>",
        _footer(check),
    ]
    return _page(f"Check of {listed(models)}", "\n".join(body), figures_json(check))


def _page(title: str, body: str, figures: str) -> str:
    from plotly.offline import get_plotlyjs

    own = files("looks_like.explorer.check.report")
    scripts = ""
    if figures != "[]":
        scripts = (
            f'<script type="application/json" id="figures">{figures}</script>\n'
            f"<script>{get_plotlyjs()}</script>\n<script>{(own / 'report.js').read_text('utf-8')}</script>"
        )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<style>{(own / 'report.css').read_text('utf-8')}</style>\n</head>\n"
        f"<body>\n{body}\n{scripts}\n</body>\n</html>\n"
    )


# -- head, contents, foot ----------------------------------------------------------------------------------------


def _header(check: Check, models: list[str]) -> str:
    how = "Quick check: fewer pictures and pairs, so the numbers are rougher. " if check.quick else ""
    facts = {
        "Catalogue": f"{check.catalogue}, {check.products:,} products, version {check.version}",
        "Judged on": f"{check.held_out:,} held-out products that no model learnt from",
        "Made": f"{check.date.replace('T', ' ').replace('Z', ' UTC')}, seed {check.seed}, in {duration(check.seconds)}",
    }
    return (
        f'<header>\n<p class="over">Looks Like · model check</p>\n<h1>{escape(listed(models))}</h1>\n'
        f'<p class="quiet">{how}Every number stands beside what it is held against, and says how it was counted.</p>\n'
        f"{_facts(facts)}</header>"
    )


def _facts(facts: dict[str, str]) -> str:
    said = "".join(f"<div><dt>{escape(key)}</dt><dd>{escape(value)}</dd></div>" for key, value in facts.items())
    return f'<dl class="facts">{said}</dl>'


def _contents(check: Check) -> str:
    titles = {"glance": "At a glance", "models": "Models"}
    titles |= {section.key: section.title for section in check.sections}
    links = "".join(f'<li><a href="#{key}">{escape(title)}</a></li>' for key, title in titles.items())
    return f'<nav aria-label="Contents"><ol>{links}</ol></nav>'


def _footer(check: Check) -> str:
    machine = check.machine
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    facts = {
        "Machine": f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}",
        "Device": machine["device"],
        "Versions": f"Python {machine['python']}, {libraries}",
    }
    return f"<footer>{_facts(facts)}</footer>"


# -- sections ----------------------------------------------------------------------------------------------------


def _glance(check: Check, models: list[str]) -> str:
    rows = headlines(check)
    return f'<section id="glance"><h2>At a glance</h2>\n{measures_table(rows, models, explained=False)}</section>'


def _section(section: Section, models: list[str]) -> str:
    parts = [f'<section id="{section.key}"><h2>{escape(section.title)}</h2>', f"<p>{escape(section.says)}</p>"]
    if section.rows:
        parts += [measures_table(section.rows, models), protocols(section.rows)]
    parts += [_missing(section.missing)] if section.missing else []
    parts += [_chart(chart) for chart in section.charts]
    parts += [_sheet(sheet) for sheet in section.sheets]
    return "\n".join([*parts, "</section>"])


def _missing(sentences: list[str]) -> str:
    said = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<div class="missing">Not measured:<ul>{said}</ul></div>'


# -- charts and pictures -----------------------------------------------------------------------------------------


def _chart(chart: Chart) -> str:
    return (
        f'<figure><figcaption><h3>{escape(chart.title)}</h3><p class="quiet">{escape(chart.says)}</p></figcaption>'
        f'<div class="wide"><div class="chart" role="img" aria-label="{escape(f"{chart.title}. {chart.says}")}">'
        "</div></div></figure>"
    )


def _sheet(sheet: Sheet) -> str:
    columns = max(_COLUMNS_MIN, *(len(strip.pixels_nhwc) for strip in sheet.strips))
    strips = "".join(_strip(strip, columns) for strip in _labelled_once(sheet.strips))
    return (
        f'<figure class="sheet"><figcaption><h3>{escape(sheet.title)}</h3><p class="quiet">{escape(sheet.says)}</p>'
        f"</figcaption>{strips}</figure>"
    )


def _labelled_once(strips: Iterable[Strip]) -> Iterable[Strip]:
    """Labels of columns are repeated only where they change."""
    before: tuple[str, ...] = ()
    for strip in strips:
        yield Strip(strip.name, strip.pixels_nhwc, strip.alt, () if strip.labels == before else strip.labels)
        before = strip.labels


def _strip(strip: Strip, columns: int) -> str:
    count, edge = strip.pixels_nhwc.shape[:2]
    labels = "".join(f"<span>{escape(label)}</span>" for label in strip.labels)
    above = f'<div class="labels" style="--columns:{columns}">{labels}</div>' if labels else ""
    return (
        f'{above}<div class="strip"><span class="name">{escape(strip.name)}</span>'
        f'<div class="room"><img style="width:{100 * count / columns:.4g}%" width="{count * edge}" height="{edge}" '
        f'alt="{escape(strip.alt)}" src="{picture_uri(strip.pixels_nhwc)}"></div></div>'
    )


def picture_uri(pixels_nhwc: np.ndarray) -> str:
    """uint8 (N, S, S, 3) side by side as WebP: as they are up to 64 px, larger ones at 128 px and compressed."""
    image = Image.fromarray(np.concatenate(list(pixels_nhwc), axis=1))
    edge, out = image.height, io.BytesIO()
    if edge > _TILE_MAX_PX:
        image = image.resize((image.width * _TILE_MAX_PX // edge, _TILE_MAX_PX), Image.Resampling.HAMMING)
    image.save(out, "WEBP", lossless=edge <= _LOSSLESS_MAX_PX, quality=85, method=4)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()
