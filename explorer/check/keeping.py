"""What was found of a model is kept beside it, one file for each section: a check that was killed goes on where it was
stopped, models are compared without being measured again, and the page Manifold shows what is there.

    models/<name>/checks/<settings>/<section>.json

A file says what it was made from: weights, axes, catalogue, settings, and what else the section depends on. One that
was made from anything else is measured again. All of it may be a stranger's: numbers, words and small PNGs, no more.
"""

import base64
import io
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from looks_like.atomic import own_file, write_whole
from looks_like.explorer.check.findings import Chart, Leads, Line, Row, Section, Sheet, Strip, finite_or_none
from looks_like.model.metrics import metrics
from looks_like.model.metrics.intervals import DRAWS, Interval
from looks_like.model.metrics.metric import Score

FOLDER = "checks"
_FORMAT = 1
_BYTES_MAX = 200_000_000
_STRIP_PX_MAX = 20_000_000
_STRANGE = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError, SyntaxError),
    Image.DecompressionBombError,
)
_DIGITS = 6  # of what the draws of an interval give


@dataclass(frozen=True)
class KeptSection:
    """A section as it was found, and what was said beside it."""

    section: Section
    made_from: dict[str, Any]
    about: dict[str, Any]  # date, seconds, machine


def settings_folder(model_folder: Path, settings: Mapping[str, Any]) -> Path:
    """Where sections of these settings are kept."""
    mark = sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]
    return model_folder / FOLDER / f"{'quick' if settings.get('quick') else 'full'}-{mark}"


def keep(file: Path, section: Section, made_from: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Whole or not at all; nothing where the model was deleted meanwhile."""
    if not (file.parents[2] / "weights.safetensors").exists():
        return
    said = {"format": _FORMAT, "made_from": made_from, "about": about, "section": _plain_section(section)}
    write_whole(file, json.dumps(said, ensure_ascii=False, allow_nan=False).encode())


def read_kept(file: Path) -> KeptSection | None:
    """None where there is none, or one that this program did not write."""
    with suppress(OSError, *_STRANGE):
        said = json.loads(own_file(file, _BYTES_MAX).read_text("utf-8"))
        if said["format"] == _FORMAT:
            return KeptSection(_section(said["section"]), _made_from(said["made_from"]), _about(said["about"]))
    return None


def _made_from(said: Mapping[str, Any]) -> dict[str, Any]:
    """With settings that a request could have."""
    settings = said["settings"]
    if not all(isinstance(settings[key], bool) for key in ("quick", "baseline")):
        raise ValueError("no settings")
    _texts(settings, "split_by", "views")
    factors = [[_text(column), _value(period)] for column, period in settings["factors"]]
    whole = {"seed": int(_value(settings["seed"])), "factors": factors}
    return dict(said) | {"model": _text(said["model"]), "settings": dict(settings) | whole}


def _about(said: Mapping[str, Any]) -> dict[str, Any]:
    judged = {_text(name): int(_value(count)) for name, count in said["judged"].items()}
    machine = {_text(name): value for name, value in said["machine"].items()}
    return {**_texts(said, "date"), "seconds": _value(said["seconds"]), "machine": machine, "judged": judged}


def _texts(said: Mapping[str, Any], *keys: str) -> dict[str, str]:
    return {key: _text(said[key]) for key in keys}


# -- to JSON -----------------------------------------------------------------------------------------------------


def _plain_section(section: Section) -> dict[str, Any]:
    rows = [
        {
            "key": row.metric.key,
            "of": row.of,
            "scores": {name: _plain_score(score) for name, score in row.scores.items()},
            "baselines": {name: _plain_score(score) for name, score in row.baselines.items()},
        }
        for row in section.rows
    ]
    sheets = [
        {"title": sheet.title, "says": sheet.says, "strips": [_plain_strip(strip) for strip in sheet.strips]}
        for sheet in section.sheets
    ]
    words = {"key": section.key, "title": section.title, "says": section.says}
    more = {"charts": [asdict(chart) for chart in section.charts], "lacking": section.lacking, "failed": section.failed}
    return words | {"rows": rows, "sheets": sheets} | more


def _plain_score(score: Score) -> dict[str, Any]:
    parts = {name: finite_or_none(value) for name, value in score.parts.items()}
    said: dict[str, Any] = {"value": finite_or_none(score.value), "said": score.said, "parts": parts}
    if (interval := score.interval) is not None:
        draws = [float(f"{value:.{_DIGITS}g}") for value in interval.draws]
        said["interval"] = {"low": interval.low, "high": interval.high, "draws": draws, "things": interval.things}
    return said


def _plain_strip(strip: Strip) -> dict[str, Any]:
    """Its pictures side by side as one PNG, to the last bit."""
    out = io.BytesIO()
    Image.fromarray(np.concatenate(list(strip.pixels_nhwc), axis=1)).save(out, "PNG")
    leads = None if strip.leads is None else asdict(strip.leads)
    words = {"name": strip.name, "alt": strip.alt, "labels": list(strip.labels), "place": strip.place, "leads": leads}
    return words | {"pictures": len(strip.pixels_nhwc), "png": base64.b64encode(out.getvalue()).decode()}


# -- from JSON ---------------------------------------------------------------------------------------------------


def _section(said: Mapping[str, Any]) -> Section:
    return Section(
        _text(said["key"]),
        _text(said["title"]),
        _text(said["says"]),
        [_row(each) for each in said["rows"]],
        [_chart(each) for each in said["charts"]],
        [_sheet(each) for each in said["sheets"]],
        [_text(each) for each in said["lacking"]],
        {_text(reason): [_text(each) for each in every] for reason, every in said["failed"].items()},
    )


def _row(said: Mapping[str, Any]) -> Row:
    key = said["key"]
    scores, baselines = (
        {_text(name): _score(key, score) for name, score in said[side].items()} for side in ("scores", "baselines")
    )
    return Row(metrics()[key], _text(said["of"]), scores, baselines)


def _score(key: str, said: Mapping[str, Any]) -> Score:
    parts = {_text(name): _value(value) for name, value in said["parts"].items()}
    interval = said.get("interval")
    if interval is not None:
        draws = tuple(_value(value) for value in interval["draws"])
        if len(draws) not in (0, DRAWS):
            raise ValueError("no draws")
        interval = Interval(_value(interval["low"]), _value(interval["high"]), draws, _text(interval["things"]))
    return Score(key, _value(said["value"]), _text(said["said"]), parts, interval)


def _chart(said: Mapping[str, Any]) -> Chart:
    lines = [
        Line(
            _text(line["name"]),
            [_value(x) for x in line["x"]],
            [_number(y) for y in line["y"]],
            _text(line["of"]),
            bool(line["dotted"]),
        )
        for line in said["lines"]
    ]
    if said["kind"] not in ("bars", "lines", "heat"):
        raise ValueError("no chart that is known")
    return Chart(
        kind=said["kind"],
        title=_text(said["title"]),
        says=_text(said["says"]),
        x_title=_text(said["x_title"]),
        y_title=_text(said["y_title"]),
        lines=lines,
        log_y=bool(said["log_y"]),
        log_x=bool(said.get("log_x")),
        matrix=[[_number(value) for value in row] for row in said["matrix"]],
        rows=[_text(each) for each in said["rows"]],
        columns=[_text(each) for each in said["columns"]],
    )


def _sheet(said: Mapping[str, Any]) -> Sheet:
    return Sheet(_text(said["title"]), _text(said["says"]), [_strip(each) for each in said["strips"]])


def _strip(said: Mapping[str, Any]) -> Strip:
    with Image.open(io.BytesIO(base64.b64decode(said["png"], validate=True)), formats=["PNG"]) as image:
        pictures, (width, height) = int(said["pictures"]), image.size
        if width * height > _STRIP_PX_MAX or not 0 < pictures <= width or width % pictures:
            raise ValueError("no row of pictures")
        pixels_hwc = np.asarray(image.convert("RGB"))
    pixels_nhwc = pixels_hwc.reshape(height, pictures, width // pictures, 3).transpose(1, 0, 2, 3)
    leads = said["leads"]
    if leads is not None:
        words = {key: _text(leads[key]) for key in ("model", "a", "b", "curve")}
        leads = Leads(**words, steps=int(leads["steps"]))
    labels = tuple(_text(each) for each in said["labels"])
    return Strip(_text(said["name"]), pixels_nhwc, _text(said["alt"]), labels, int(said["place"]), leads)


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise ValueError("no text")
    return said


def _number(said: object) -> float | None:
    return None if said is None else _value(said)


def _value(said: object) -> float:
    """What JSON has no number for comes back as none at all."""
    if said is None:
        return float("nan")
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise ValueError("no number")
    return float(said)
