"""How good trained models are, one row each, beside PCA with as many numbers and beside the data itself.

    python -m benchmarks.quality WORKSPACE MODEL [WORKSPACE MODEL ...] --out FOLDER

Prints a table, then one line of JSON; the folder gets both (`quality.md`, `quality.json`), and for each model its
card, learning curves and a sheet of pictures. Some minutes per model on two cores; `--quick` looks at fewer pictures.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.measure import Bench, Missing, Result
from benchmarks.scores import FLOOR, PCA, REBUILT, Scores, scores
from benchmarks.sheet import curves, write_sheet
from benchmarks.subject import DRAWN, Subject
from explorer.errors import MISTAKES
from explorer.lab import Lab
from model.card import read_history
from model.metrics.kid import COUNT

QUICK_COUNT = 200
_KIDS = {
    FLOOR: "floor: held out",
    PCA: "PCA, rebuilt",
    REBUILT: "rebuilt",
    **{kind: kind for kind in DRAWN},
}


def main() -> int:
    """0 when every model was measured; 2 for a mistake, said in a line."""
    asked = _arguments()
    try:
        rows = [_one(*pair, asked) for pair in zip(asked.pairs[::2], asked.pairs[1::2], strict=True)]
    except (Missing, *MISTAKES) as mistake:
        print(mistake, file=sys.stderr)
        return 2
    table, document = in_words(rows), {"machine": machine(), "models": [plain(row) for row in rows]}
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
    row = scores(Subject(lab, lab.model_name(None), bench.of(COUNT, QUICK_COUNT)))
    beside, more = f"PCA-{row.latent}", plain(row)
    yield Result("held-out error", row.mse, "mse", beside, row.pca_mse, goal_ratio=1, more=more)
    if row.missing:
        raise Missing(row.missing)
    yield Result("held-out products, rebuilt", row.kid[REBUILT], "KID", beside, row.kid.get(PCA), goal_ratio=1)


def in_words(rows: list[Scores]) -> str:
    """Tables in Markdown, and under them how everything was counted."""
    from_real = [(row.model, *(_kid(row.kid.get(kind)) for kind in _KIDS)) for row in rows]
    drawn = (REBUILT, *DRAWN)
    from_rebuilt = [(row.model, *(_kid(row.kid_from_rebuilt.get(kind)) for kind in drawn)) for row in rows]
    return "\n\n".join(
        [
            _markdown([_ERRORS, *map(_errors, rows)]),
            "KID from real products (0 is no difference, lower is better):",
            _markdown([("model", *_KIDS.values()), *from_real]),
            "KID from the same products, rebuilt (the decoder's blur on both sides):",
            _markdown([("model", *(_KIDS[kind] for kind in drawn)), *from_rebuilt]),
            "\n".join(f"- {_counts(row)}" for row in rows) + "\n",
        ]
    )


def plain(row: Scores) -> dict[str, Any]:
    return asdict(row) | {"mse_over_pca": row.mse_over_pca, "negative_elbo": row.negative_elbo}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__.splitlines()[0])
    parser.add_argument("pairs", nargs="+", metavar="WORKSPACE MODEL", help="one or more pairs")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_COUNT} pictures of a kind instead of {COUNT:,}")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    if len(asked.pairs) % 2:
        parser.error("each WORKSPACE needs a MODEL after it")
    return asked


def _one(workspace: str, model: str, asked: argparse.Namespace) -> Scores:
    """The row of one model; writes its card, curves and sheet."""
    lab = Lab(workspace)
    subject = Subject(lab, lab.model_name(model), QUICK_COUNT if asked.quick else COUNT, asked.seed)
    row, folder = scores(subject), lab.folder(subject.name)
    out = asked.out / f"{row.data}-{row.model}"
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder / "card.json", out / "card.json")
    (out / "curves.svg").write_text(curves(read_history(folder)), "utf-8")
    write_sheet(subject, out / "reconstructions.png")
    return row


_ERRORS = ("model", "data", "held-out MSE", "PCA", "ratio", "-ELBO", "reconstruction", "KL", "active", "sharpness")


def _errors(row: Scores) -> tuple[str, ...]:
    numbers = (row.mse, row.pca_mse, row.mse_over_pca)
    nats = (row.negative_elbo, row.reconstruction_nats, row.kl_nats)
    data = f"{row.data}, {row.products:,}"
    active = f"{row.active} of {row.latent}"
    return (row.model, data, *map(_digits, numbers), *map(_nats, nats), active, f"{row.sharpness:.2f}")


def _counts(row: Scores) -> str:
    if row.missing:
        return f"{row.model}: {row.missing}"
    shown = ", ".join(f"{count:,} {kind}" for kind, count in row.shown.items())
    errors = f"{row.model}: errors on {row.held_out:,} held-out products (learnt from: {row.mse_learnt_from:.5f})"
    return f"{errors}; KID of {shown} against {row.real:,} it learnt from; seed {row.seed}; {row.seconds:.0f} s"


def _digits(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if value > 0.1 else f"{value:.5f}"


def _nats(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"


def _kid(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _markdown(rows: list[tuple[str, ...]]) -> str:
    """The first row is the head."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
