"""The table of families: quality and smoothness of every model of a family, catalogue by catalogue, as Markdown."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import say
from looks_like.explorer.check.measuring import check
from looks_like.explorer.check.sections import code, reconstruction, samples, smoothness
from looks_like.explorer.check.trial import CheckRequest
from looks_like.explorer.core.encoding import encode
from looks_like.explorer.core.lab import Lab
from looks_like.model.families import FAMILIES

# (key of a measure, what it is of, head of the column, digits)
COLUMNS = (
    ("mse", "", "error", 5),
    ("ms_ssim", "", "MS-SSIM", 3),
    ("sharpness", "", "sharpness", 2),
    ("kl_nats", "", "KL", 1),
    ("active", "", "active", 0),
    ("kid", "reconstructions", "KID rebuilt", 3),
    ("kid", "mid-points", "mid-points", 3),
    ("kid", "mixture", "mixture", 3),
    ("kid", "N(0, I)", "N(0, I)", 3),
    ("cliff", "", "cliff", 4),
    ("roughness", "", "roughness", 3),
    ("path_length_ratio", "", "path_length_ratio", 2),
    ("reality_gap", "", "reality gap", 2),
    ("stretch_ratio", "", "stretch", 2),
)
Cells = dict[str, dict[str, Any]]  # head of a column -> the row of the check's document


SECTIONS = (reconstruction, code, samples, smoothness)
PICTURES, PAIRS = 500, 100  # in place of a full check's


def table(workspace: Path, models: list[str], *, quick: bool) -> tuple[str, dict[str, Any]]:
    """(Markdown of one catalogue, the check's document). The models must be finished; codes are made where missing."""
    lab = Lab(workspace)
    for model in models:
        for done, total in encode(lab, model):
            if done == total:
                say(f"{workspace.name} · {model}: {total:,} encoded")
    document = _checked(lab, tuple(models), quick)
    rows = _rows(document)
    cells = {head: rows[key, of] for key, of, head, _ in COLUMNS if (key, of) in rows}
    title = f"### {document['catalogue']}: {document['products']:,} products, {document['held_out']:,} held out"
    seen = {model["name"]: model["steps"] * model["all_settings"]["batch"] for model in document["models"]}
    lines = [_head(list(cells)), *(_line(model, cells, seen) for model in _by_error(models, cells)), *_baselines(cells)]
    return "\n".join([title, "", *lines, "", _protocol(cells)]), document


def _checked(lab: Lab, models: tuple[str, ...], quick: bool) -> dict[str, Any]:
    request = CheckRequest(models, quick=True, pictures=PICTURES, pairs=PAIRS) if quick else CheckRequest(models)
    for report in check(lab, request, SECTIONS):
        say(f"  {100 * report.share:3.0f} %  {report.stage}")
        if report.found:
            return report.found.plain()
    raise AssertionError("a check ends with what it found")


def _rows(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["key"], row["of"]): row for section in document["sections"] for row in section["rows"]}


def _by_error(models: list[str], cells: Cells) -> list[str]:
    error = cells["error"]["models"] | cells["error"]["baselines"]
    return sorted(models, key=lambda model: error[model]["value"])


def _head(heads: list[str]) -> str:
    return "| family | seen | " + " | ".join(heads) + " |\n|" + " --- |" * (len(heads) + 2)


def _line(model: str, cells: Cells, seen: dict[str, int]) -> str:
    """The best of each column in bold; `seen` = pictures in training."""
    said = [f"{seen[model]:,}" if model in seen else "", *(_cell(row, model, head) for head, row in cells.items())]
    title = FAMILIES[model].title if model in FAMILIES else model
    return f"| {title} | " + " | ".join(said) + " |"


def _cell(row: dict[str, Any], model: str, head: str) -> str:
    score = (row["models"] | row["baselines"]).get(model)
    if score is None or score["value"] is None:
        return ""
    text = f"{score['value']:.{_digits(head)}f}"
    return f"**{text}**" if model in row["best"] else text


def _digits(head: str) -> int:
    return next(digits for _, _, name, digits in COLUMNS if name == head)


def _baselines(cells: Cells) -> Iterator[str]:
    names = dict.fromkeys(name for row in cells.values() for name in row["baselines"] if name not in FAMILIES)
    for name in names:
        yield _line(name, cells, {}).replace(f"| {name} |", f"| *{name}* |", 1)


def _protocol(cells: Cells) -> str:
    said = {head: next(iter(row["models"].values()), {}).get("said", "") for head, row in cells.items()}
    return "Seen: pictures in training. " + "; ".join(f"{head}: {text}" for head, text in said.items() if text) + "."
