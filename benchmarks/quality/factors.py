"""What of each factor a code carries, and whether one dimension alone tells it. On drawn sneakers whose factors are all
drawn alone.

    python -m benchmarks.quality.factors WORKSPACE MODEL [--products 10000]

Prints two tables, then one line of JSON: what a linear map reads of each factor (fitted on two thirds, judged on the
rest: R² of numbers, accuracy of words beside always saying the most frequent), and the most that one number of the code
and one of the axes, which sliders move, tell of it; then how well each kind of dimension stands for one factor. What is
told is normalised mutual information (`model/metrics/factors/information.py`); clearly told is at least .1, and twice
the next factor that the same dimension tells.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.machine import machine
from looks_like.data.sneakers import render
from looks_like.data.sneakers.factors import FACTORS
from looks_like.data.sneakers.samplers import independent
from looks_like.explorer.core import Space, axes_of
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.space import encode_pixels
from looks_like.model.metrics.codes.attribute_information import attribute_gap, attribute_information
from looks_like.model.metrics.factors.information import in_bins, information

_SEED = 1
_CLEAR, _TIMES = 0.1, 2.0
_LEARNT = 2 / 3
_DIMENSIONS = ("number of the code", "axis")


@dataclass(frozen=True)
class Read:
    """What a linear map reads of a factor from codes: R² of a number, accuracy of words."""

    value: float
    majority: float | None  # accuracy of always saying the most frequent word; None for a number


@dataclass(frozen=True)
class Told:
    """What single dimensions of one kind tell."""

    best: dict[str, float]  # of each factor: normalised mutual information
    clear: list[str]  # factors that a dimension tells clearly
    attribute_gap: float


@dataclass(frozen=True)
class Findings:
    """`read` by factor, `told` by kind of dimension."""

    read: dict[str, Read]
    told: dict[str, Told]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("model")
    parser.add_argument("--products", type=int, default=10_000)
    asked = parser.parse_args()
    space = Lab(asked.workspace).space(asked.model)
    rows = [asdict(independent(_SEED, i).sneaker) for i in range(asked.products)]
    pixels = np.stack([render(independent(_SEED, i).sneaker, space.size) for i in range(asked.products)])
    found = measured(space, encode_pixels(space.net, pixels), rows)
    print("\n".join(tables(found)))
    print(json.dumps({"machine": machine(), "products": asked.products, "seed": _SEED, **asdict(found)}))


def measured(space: Space, z_nd: np.ndarray, rows: list[dict[str, str | float]]) -> Findings:
    """Of codes (N, D) and the N factors that drew their pictures."""
    axes = space.axes if space.has_axes else axes_of(space.net, space.z_nd)
    factors_nf, read = factor_array(rows), {}
    for f, (name, values) in enumerate(FACTORS.items()):
        column_n = np.array([row[name] for row in rows], float) if values is None else factors_nf[:, f]
        read[name] = linear_reading(z_nd, column_n, words=values is not None)
    by_kind = zip(_DIMENSIONS, (z_nd, axes.values(z_nd)), strict=True)
    return Findings(read, {kind: _told(values_na, factors_nf, rows) for kind, values_na in by_kind})


def _told(values_na: np.ndarray, factors_nf: np.ndarray, rows: list[dict[str, str | float]]) -> Told:
    told_af = information(values_na, factors_nf)
    best = {name: round(float(told_f), 4) for name, told_f in zip(FACTORS, told_af.max(0), strict=True)}
    columns = {name: np.array([row[name] for row in rows]) for name in FACTORS}
    gap = attribute_gap(attribute_information(values_na, columns), list(columns))
    return Told(best, sorted(clearly_told(told_af)), round(gap.value, 4))


def linear_reading(z_nd: np.ndarray, column_n: np.ndarray, *, words: bool) -> Read:
    """Fitted on the first two thirds, judged on the rest."""
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    at = int(len(z_nd) * _LEARNT)
    fitted = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000) if words else Ridge(1.0))
    value = float(fitted.fit(z_nd[:at], column_n[:at]).score(z_nd[at:], column_n[at:]))
    if not words:
        return Read(round(value, 4), None)
    most = np.bincount(column_n[:at].astype(int)).argmax()
    return Read(round(value, 4), round(float((column_n[at:] == most).mean()), 4))


def clearly_told(told_af: np.ndarray) -> set[str]:
    """The factors that some dimension tells: .1 at least, and twice what it tells of any other."""
    names, sorted_af = list(FACTORS), np.sort(told_af, 1)
    clear_a = (sorted_af[:, -1] >= _CLEAR) & (sorted_af[:, -1] >= _TIMES * sorted_af[:, -2])
    return {names[f] for f in told_af.argmax(1)[clear_a]}


def tables(found: Findings) -> list[str]:
    """The lines of two tables in Markdown."""
    lines = ["| factor | a linear map reads | " + " | ".join(f"best {kind} tells" for kind in found.told) + " |"]
    lines.append("|---|" + "---|" * (1 + len(found.told)))
    for name, read in found.read.items():
        by_chance = "" if read.majority is None else f" right ({read.majority:.2f} by chance)"
        best = " | ".join(f"{told.best[name]:.3f}" for told in found.told.values())
        lines.append(f"| {name} | {'' if by_chance else 'R² '}{read.value:.2f}{by_chance} | {best} |")
    lines += ["", "| dimensions | attribute gap | distinct factors told clearly |", "|---|---|---|"]
    for kind, told in found.told.items():
        lines.append(f"| {kind} | {told.attribute_gap:.3f} | {len(told.clear)}: {', '.join(told.clear)} |")
    return lines


def factor_array(rows: list[dict[str, str | float]]) -> np.ndarray:
    """(N, F) int: words by their place in the list of values, shares in 20 bins."""
    columns = [
        in_bins(np.array([row[name] for row in rows], float))
        if values is None
        else np.array([values.index(str(row[name])) for row in rows])
        for name, values in FACTORS.items()
    ]
    return np.stack(columns, axis=1)


if __name__ == "__main__":
    main()
