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

from explorer.check.charts import figures_json
from explorer.check.findings import Chart, Check, ModelRow, Row, Section, Sheet, Strip
from explorer.check.words import ARROWS, baseline_names, duration, headlines, listed, number
from model.metric import Score

_TILE_MAX_PX = 128
_LOSSLESS_MAX_PX = 64
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"
_PARTS_MAX, _PARTS_AT_A_GLANCE = 3, 1
_COLUMNS_MIN = 10  # so that a picture is as large in each sheet


def report(check: Check) -> str:
    """The whole document."""
    models = [model.name for model in check.models if not model.baseline]
    body = [
        _header(check, models),
        _contents(check),
        "<main>",
        _glance(check, models),
        _models(check),
        *(_section(section, models) for section in check.sections),
        "</main>",
        _footer(check),
    ]
    return _page(f"Check of {listed(models)}", "\n".join(body), figures_json(check))


def _page(title: str, body: str, figures: str) -> str:
    from plotly.offline import get_plotlyjs

    own = files("explorer.check")
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


# -- models ------------------------------------------------------------------------------------------------------


def _models(check: Check) -> str:
    head = "".join(_model_head(model) for model in check.models)
    facts = [_model_facts(model) for model in check.models]
    rows = "".join(
        f'<tr><th scope="row">{name}</th>'
        + "".join(
            f'<td data-label="{escape(model.name)}">{escape(said[name])}</td>'
            for model, said in zip(check.models, facts, strict=True)
        )
        + "</tr>"
        for name in facts[0]
    )
    table = f'<table class="words"><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<section id="models"><h2>Models</h2>\n<div class="wide">{table}</div></section>'


def _model_facts(model: ModelRow) -> dict[str, str]:
    return {
        "Family": f"{model.title} ({model.source})",
        "Minimises": model.objective,
        "Code": f"{model.all_settings['latent']} numbers, from pictures of {model.all_settings['size']} px",
        "Settings that differ": ", ".join(f"{key} {value}" for key, value in model.settings.items()) or "none",
        "Seed": str(model.seed),
        "Trained": f"{model.steps:,} steps in {duration(model.seconds)}",
        "Learnt from": f"{model.products:,} products",
        "Device": model.device,
        "Versions": ", ".join(f"{name} {version}" for name, version in model.libraries.items()),
    }


def _model_head(model: ModelRow) -> str:
    beside = ' <span class="tag">baseline</span>' if model.baseline else ""
    return f'<th scope="col">{escape(model.name)}{beside}</th>'


# -- sections ----------------------------------------------------------------------------------------------------


def _glance(check: Check, models: list[str]) -> str:
    rows = headlines(check)
    return f'<section id="glance"><h2>At a glance</h2>\n{_table(rows, models, help=False)}</section>'


def _section(section: Section, models: list[str]) -> str:
    parts = [f'<section id="{section.key}"><h2>{escape(section.title)}</h2>', f"<p>{escape(section.says)}</p>"]
    if section.rows:
        parts += [_table(section.rows, models), _protocols(section.rows)]
    parts += [_missing(section.missing)] if section.missing else []
    parts += [_chart(chart) for chart in section.charts]
    parts += [_sheet(sheet) for sheet in section.sheets]
    return "\n".join([*parts, "</section>"])


def _missing(sentences: list[str]) -> str:
    said = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<div class="missing">Not measured:<ul>{said}</ul></div>'


def _table(rows: list[Row], models: list[str], help: bool = True) -> str:
    beside = baseline_names(rows)
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in models)
    held = "".join(f'<th scope="col" class="beside">{escape(name)}</th>' for name in [*beside, "ideal"])
    first = {row.metric.sentence: row for row in reversed(rows)}  # where a measure comes first, it is explained
    parts = _PARTS_MAX if help else _PARTS_AT_A_GLANCE
    body = "".join(_row(row, models, beside, help and first[row.metric.sentence] is row, parts) for row in rows)
    return (
        f'<div class="wide"><table class="measures"><thead><tr><th scope="col">Measure</th>{names}{held}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(row: Row, models: list[str], beside: list[str], help: bool, parts: int) -> str:
    metric, best = row.metric, row.best()
    unit = f' <span class="unit">{escape(metric.unit)}</span>' if metric.unit else ""
    says = f"<small>{escape(metric.sentence)}</small>" if help else ""
    way = f"<small>{ARROWS[metric.better]}</small>"
    cells = [_cell(name, row.scores.get(name), "best" if name in best else "", parts) for name in models]
    cells += [_cell(name, row.baselines.get(name), "beside", parts) for name in beside]
    ideal = "" if metric.ideal is None else number(metric.ideal)
    cells.append(f'<td class="beside" data-label="ideal">{ideal}</td>')
    return f'<tr><th scope="row">{escape(row.title)}{unit}{way}{says}</th>{"".join(cells)}</tr>'


def _cell(name: str, score: Score | None, kind: str, parts: int) -> str:
    opening = f'<td class="{kind}" data-label="{escape(name)}">'
    if score is None:
        return f"{opening}</td>"
    more = "".join(
        f"<small>{escape(part)} {number(value)}</small>" for part, value in list(score.parts.items())[:parts]
    )
    mark = '<span class="mark">best</span>' if kind == "best" else ""
    return f'{opening}<data value="{score.value!r}">{number(score.value)}</data>{mark}{more}</td>'


def _protocols(rows: list[Row]) -> str:
    said = "".join(f"<dt>{escape(row.title)}</dt><dd>{_protocol(row)}</dd>" for row in rows)
    return f"<details><summary>How these were counted</summary><dl>{said}</dl></details>"


def _protocol(row: Row) -> str:
    """The measure's own, its source, and what it was taken of: models that were counted alike are named together."""
    alike: dict[str, list[str]] = {}
    for name, score in [*row.scores.items(), *row.baselines.items()]:
        alike.setdefault(score.said, []).append(name)
    counts = "; ".join(f"{listed(names)}: {said}" for said, names in alike.items())
    return f'{escape(row.metric.protocol)} <span class="quiet">{escape(row.metric.source)}. {escape(counts)}.</span>'


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
