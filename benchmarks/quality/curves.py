"""Every curve between the same pairs of products: how evenly it goes, how far round, and how real what it shows is.

    python -m benchmarks.quality.curves WORKSPACE [--model NAME] [--pairs 500] [--curves linear,matched,…] [--json FILE]

Cliff, detour and reality gap are those of `looks-like check` (33 steps; docs/metrics.md): medians and 95th percentiles.
The KID is of the pictures half-way, held against 2,000 pictures of products; each comes with the time of a path.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from looks_like.explorer.core import Lab, Space
from looks_like.model.disk.card import Card
from looks_like.model.geometry import CURVES, path_points
from looks_like.model.images import Pictures
from looks_like.model.metrics.pictures.kid import kid
from looks_like.model.metrics.space.smoothness import WalkPlan, random_pairs, smoothness

_SHOWN = {"cliff": "cliff", "path_length_ratio": "detour", "reality_gap": "reality gap", "roughness": "roughness"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--curves", default=",".join(CURVES))
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    lab = Lab(asked.workspace)
    model = lab.model_name(asked.model, decodes=True)
    found = []
    for curve in asked.curves.split(","):
        found.append(measure(lab, model, curve, asked.pairs))
        print(json.dumps(found[-1]), flush=True)
    answer = json.dumps({"model": model, "curves": found, "libraries": Card.here()}, ensure_ascii=False)
    if asked.json:
        asked.json.write_text(answer + "\n", "utf-8")


def measure(lab: Lab, model: str, curve: str, pairs: int) -> dict[str, object]:
    """One line of the table."""
    space = lab.space(model)
    ground = space.ground(curve)
    plan = WalkPlan(pairs=pairs, feature_pairs=0, curve=curve, device=space.device, ground=ground)
    said = smoothness(space.net.decode, space.net.encode, space.z_nd, plan, mixture=space.mixture)
    line: dict[str, object] = {"curve": curve, "pairs": pairs}
    for score in said.scores:
        if score.key in _SHOWN:
            name = _SHOWN[score.key]
            line |= {name: round(score.value, 4), f"{name} p95": round(score.parts["p95"], 4)}
    began = time.perf_counter()
    ends_p2 = random_pairs(len(space.z_nd), pairs)
    middle_pd = np.stack([path_points(space.z_nd[pair], 3, curve, ground)[1] for pair in ends_p2])
    line["seconds a path"] = round((time.perf_counter() - began) / pairs, 4)
    return line | {"kid half-way": round(_kid(lab, space, middle_pd), 4)}


def _kid(lab: Lab, space: Space, middle_pd: np.ndarray) -> float:
    real = Pictures(lab.pixels(space.size), space.rows_n)
    return kid(real, space.decode(middle_pd)).value


if __name__ == "__main__":
    main()
