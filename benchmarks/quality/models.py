"""How good trained models are, workspace by workspace, beside PCA with as many numbers and the data itself.

    python -m benchmarks.quality WORKSPACE MODEL [WORKSPACE MODEL ...] --out FOLDER

A table over `looks-like check` (`explorer/check/`), for models of several catalogues at once: prints Markdown, then one
line of JSON. The folder gets both (`quality.md`, `quality.json`), and of each model its card and its report.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.machine import machine
from benchmarks.measure import Bench, Missing, Result, say
from looks_like.explorer.check.findings import Check, Row
from looks_like.explorer.check.measuring import check
from looks_like.explorer.check.report.formatting import number
from looks_like.explorer.check.report.page import report
from looks_like.explorer.check.sections import fidelity
from looks_like.explorer.check.sections.samples import FLOOR, REBUILT
from looks_like.explorer.check.trial import DRAWN, CheckRequest
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import MISTAKES

_ERRORS = (("mse", ""), ("negative_elbo", ""), ("kl_nats", ""), ("active", ""), ("sharpness", ""))
_ON_PATHS = tuple(fidelity.ON.values())
_SHARES = (*((key, of) for of in (REBUILT, *_ON_PATHS) for key in ("precision", "density")), ("recognised", ""))
_SHARP = (("sharpness", ""), *(("sharpness", f"{of}, beside the nearest products'") for of in _ON_PATHS))
_KIDS = tuple(("kid", kind) for kind in (REBUILT, *DRAWN))


def main() -> int:
    """0 when every model was measured; 2 for a mistake, said in a line."""
    asked = _arguments()
    try:
        found = [_one(*pair, asked) for pair in zip(asked.pairs[::2], asked.pairs[1::2], strict=True)]
    except (Missing, *MISTAKES) as mistake:
        print(mistake, file=sys.stderr)
        return 2
    table, document = in_words(found), {"machine": machine(), "checks": [one.plain() for one in found]}
    (asked.out / "quality.md").write_text(table, "utf-8")
    (asked.out / "quality.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(table)
    print(json.dumps(document, ensure_ascii=False))
    return 0


def quality(bench: Bench) -> Iterator[Result]:
    """A model's held-out error and KID beside those of PCA with as many numbers (--workspace; its newest model)."""
    if bench.workspace is None:
        raise Missing("a trained model: give its folder with --workspace")
    lab = Lab(bench.workspace)
    model = lab.model_name(None)
    found = checked(lab, CheckRequest((model,), bench.quick))
    for what, key, of in (("held-out error", "mse", ""), ("held-out products, rebuilt", "kid", REBUILT)):
        row = rows_of(found).get((key, of))
        if row is None or model not in row.scores:
            raise Missing("; ".join(sentence for section in found.sections for sentence in section.missing))
        beside = next((name for name in row.baselines if name.startswith("PCA")), "")
        theirs = row.baselines[beside].value if beside else None
        mine = row.scores[model]
        yield Result(what, mine.value, key, beside, theirs, goal_ratio=1, more={"said": mine.said})


def checked(lab: Lab, ask: CheckRequest) -> Check:
    """The whole check; says what it is at."""
    for now in check(lab, ask):
        say(f"{lab.workspace.folder.name}: {now.stage} …")
    assert now.found is not None
    return now.found


def rows_of(found: Check) -> dict[tuple[str, str], Row]:
    return {(row.metric.key, row.of): row for section in found.sections for row in section.rows}


def in_words(found: list[Check]) -> str:
    """Two tables in Markdown, and under them how everything was counted."""
    floor = [_cells(one, _KIDS) for one in found]
    counts = dict.fromkeys(
        f"- {one.catalogue}: {row.title}: {score.said}"
        for one in found
        for row in rows_of(one).values()
        if (row.metric.key, row.of) in (*_ERRORS, *_SHARES, *_KIDS)
        for score in row.scores.values()
    )
    return "\n\n".join(
        [
            _markdown([("model", "held-out MSE", "PCA", "-ELBO", "KL", "active", "sharpness"), *map(_errors, found)]),
            "Precision / density: the share of pictures that look like products, and how well. Recognised: the share "
            "of rebuilt ones that look most like themselves. Sharpness beside real products' at the same places:",
            _markdown([_real_head(), *(row for one in found for row in _real(one))]),
            "KID from real products (0 is no difference, lower is better):",
            _markdown([("model", *(kind for _, kind in _KIDS), FLOOR, "PCA, rebuilt"), *floor]),
            "\n".join(counts) + "\n",
        ]
    )


def _real_head() -> tuple[str, ...]:
    return ("pictures", REBUILT, *_ON_PATHS, "recognised", "sharpness, in that order")


def _real(found: Check) -> list[tuple[str, ...]]:
    """A row of the model, and one of each thing that it is held against."""
    rows, model = rows_of(found), found.models[0].name
    names = dict.fromkeys([model, *(name for key in _SHARES if key in rows for name in rows[key].baselines)])

    def said(name: str, key: tuple[str, str]) -> str:
        score = (rows[key].scores | rows[key].baselines).get(name) if key in rows else None
        return number(score.value) if score else ""

    def pair(name: str, of: str) -> str:
        return " / ".join(filter(None, (said(name, ("precision", of)), said(name, ("density", of)))))

    return [
        (
            name,
            *(pair(name, of) for of in (REBUILT, *_ON_PATHS)),
            said(name, ("recognised", "")),
            ", ".join(filter(None, (said(name, key) for key in _SHARP))),
        )
        for name in names
    ]


def _errors(found: Check) -> tuple[str, ...]:
    name, mse, *rest = _cells(found, _ERRORS)[: 1 + len(_ERRORS)]
    return (name, mse, _beside(found, ("mse", ""), "PCA"), *rest)


def _cells(found: Check, keys: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    model, rows = found.models[0].name, rows_of(found)
    values = [rows[key].scores.get(model) if key in rows else None for key in keys]
    shown = [number(score.value) if score else "" for score in values]
    return (model, *shown, *(_beside(found, keys[0], name) for name in (FLOOR, "PCA")))


def _beside(found: Check, key: tuple[str, str], name: str) -> str:
    row = rows_of(found).get(key)
    scores = [score for known, score in row.baselines.items() if known.startswith(name)] if row else []
    return number(scores[0].value) if scores else ""


def _one(workspace: str, model: str, asked: argparse.Namespace) -> Check:
    """The check of one model; writes its card and its report."""
    lab = Lab(workspace)
    found = checked(lab, CheckRequest((lab.model_name(model),), asked.quick, asked.seed))
    out = asked.out / f"{found.catalogue}-{model}"
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(lab.folder(model) / "card.json", out / "card.json")
    (out / "report.html").write_text(report(found), "utf-8")
    return found


def _markdown(rows: list[tuple[str, ...]]) -> str:
    """The first row is the head."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__.splitlines()[0])
    parser.add_argument("pairs", nargs="+", metavar="WORKSPACE MODEL", help="one or more pairs")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--quick", action="store_true", help="fewer pictures and pairs")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    if len(asked.pairs) % 2:
        parser.error("each WORKSPACE needs a MODEL after it")
    return asked
