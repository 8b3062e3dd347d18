"""Which factor does each dimension tell? On drawn sneakers whose factors are all drawn alone.

    python -m benchmarks.quality.factors WORKSPACE MODEL [--products 10000]

Prints a dimension a line with the two factors it tells most of, then one line of JSON. Normalised mutual information
(`model/metrics/factors/information.py`); "clear" is at least .1 and twice the next factor.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.machine import machine
from looks_like.data.sneakers import render
from looks_like.data.sneakers.factors import FACTORS
from looks_like.data.sneakers.samplers import independent
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.space import encode_pixels
from looks_like.model.card import load_model
from looks_like.model.device import pick_device
from looks_like.model.metrics.codes.active_dimensions import active_in
from looks_like.model.metrics.factors.information import in_bins, information

_SEED = 1
_CLEAR, _TIMES = 0.1, 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("model")
    parser.add_argument("--products", type=int, default=10_000)
    asked = parser.parse_args()
    net, _ = load_model(Lab(asked.workspace).folder(asked.model), pick_device().name)
    sneakers = [independent(_SEED, i).sneaker for i in range(asked.products)]
    pixels = np.stack([render(sneaker, net.settings.size) for sneaker in sneakers])
    z_nd = encode_pixels(net, pixels, pick_device())
    told = information(z_nd, factor_array([asdict(sneaker) for sneaker in sneakers]))
    found = [_line(d, told[d]) for d in np.argsort(-told.max(1)) if active_in(z_nd)[d]]
    for line in found:
        print(
            f"dimension {line['dimension']:2}  {line['tells']:14} {line['share']:.3f}   "
            f"{line['next']:14} {line['next_share']:.3f}  {'clear' if line['clear'] else ''}"
        )
    print(json.dumps({"machine": machine(), "products": asked.products, "seed": _SEED, "dimensions": found}))


def factor_array(rows: list[dict[str, str | float]]) -> np.ndarray:
    """(N, F) int: words by their place in the list of values, shares in 20 bins."""
    columns = [
        in_bins(np.array([row[name] for row in rows], float))
        if values is None
        else np.array([values.index(str(row[name])) for row in rows])
        for name, values in FACTORS.items()
    ]
    return np.stack(columns, axis=1)


def _line(dimension: int, told_f: np.ndarray) -> dict[str, object]:
    best, second = (int(i) for i in np.argsort(-told_f)[:2])
    names = list(FACTORS)
    return {
        "dimension": int(dimension),
        "tells": names[best],
        "share": round(float(told_f[best]), 4),
        "next": names[second],
        "next_share": round(float(told_f[second]), 4),
        "clear": bool(told_f[best] >= _CLEAR and told_f[best] >= _TIMES * told_f[second]),
    }


if __name__ == "__main__":
    main()
