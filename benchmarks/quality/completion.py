"""How well what is missing is completed: a hidden quarter of a picture, and hidden values of attributes.

    python -m benchmarks.quality.completion WORKSPACE [--model MODEL] [--pictures 100] [--json FILE]

Pictures are held-out products'; of each a box of a quarter of its area, of random form and place, is hidden. What is
said is the mean squared error within the hole, of values 0 to 1 at the model's size: of the mean picture, of the
product nearest by the known pixels among all that a model may learn from, the same bent to meet the known pixels, of
colours that flow in from the border (harmonic), of decoding what was encoded eight times with the known pixels put back
(rounds), begun with the nearest product, and of the likeliest completion and the best of four. `whole` is what the
model rebuilds of a picture without a hole: nothing can be better but by luck.

Attributes: of held-out products, the share whose value is proposed right, beside the most common value for all.
"""

import argparse
import io
import json
import time
from pathlib import Path

import numpy as np
from PIL import Image

from looks_like.data.pictures import encode
from looks_like.explorer.core import Lab, Space
from looks_like.explorer.search import accuracy, can_be_proposed, complete
from looks_like.model.disk.card import Card
from looks_like.model.geometry import membrane, seamless

_ROUNDS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    lab = Lab(asked.workspace)
    found = {"pictures": hidden_quarters(lab, lab.model_name(asked.model, decodes=True), asked.pictures)}
    for name, value in found["pictures"].items():
        print(f"{name:12} {value:.5f}", flush=True)
    found["attributes"] = hidden_values(lab)
    for name, each in found["attributes"].items():
        shares = [f"{each[key]:6.1%}" for key in ("right", "usual_right", "sure", "sure_right")]
        print(f"{name[:30]:30} {' '.join(shares)}  of {each['tested']}", flush=True)
    line = json.dumps(found | {"libraries": Card.here()}, ensure_ascii=False)
    if asked.json:
        asked.json.write_text(line + "\n", "utf-8")
    print(line)


def hidden_quarters(lab: Lab, model: str, count: int) -> dict[str, float]:
    """Mean squared error within the hole, by what fills it; and how long the completion took, seconds, the median."""
    space, catalogue, rng = lab.space(model), lab.catalogue(), np.random.default_rng(0)
    pixels_nhwc = lab.pixels(space.size)
    learnt_m = np.flatnonzero(catalogue.to_learn)
    learnt_mhwc = pixels_nhwc[learnt_m]
    mean_hwc = learnt_mhwc.mean(0)
    held_m = np.flatnonzero(catalogue.held_out)
    errors, seconds = list[dict[str, float]](), list[float]()
    for row in held_m[np.linspace(0, len(held_m) - 1, min(count, len(held_m))).astype(int)].tolist():
        true_hwc, hole_hw = pixels_nhwc[row].astype(np.float64), _box(space.size, rng)
        near_hwc = learnt_mhwc[_nearest(learnt_mhwc, true_hwc, ~hole_hw)].astype(np.float64)
        hidden = encode(Image.fromarray(pixels_nhwc[row]), lossless=True)
        begun = time.perf_counter()
        made = [_pixels(each) for each in complete(lab, model, hidden, hole_hw).pictures]
        seconds.append(time.perf_counter() - begun)
        fillings = {
            "mean": mean_hwc,
            "nearest": near_hwc,
            "nearest bent": seamless(near_hwc[None], true_hwc, hole_hw)[0],
            "harmonic": membrane(true_hwc, hole_hw),
            "rounds": _rounds(space, np.where(hole_hw[..., None], near_hwc, true_hwc), true_hwc, hole_hw),
            "completed": made[0],
            "whole": space.decode(space.encode(pixels_nhwc[row][None]))[0],
        }
        missed = {name: _missed(each, true_hwc, hole_hw) for name, each in fillings.items()}
        errors.append(missed | {"best of four": min(_missed(each, true_hwc, hole_hw) for each in made)})
    found = {name: float(np.mean([each[name] for each in errors])) for name in errors[0]}
    beaten = float(np.mean([each["completed"] < each["nearest bent"] for each in errors]))
    return found | {"beats nearest": beaten, "seconds": float(np.median(seconds))}


def hidden_values(lab: Lab) -> dict[str, dict[str, object]]:
    """By attribute, as `Accuracy`."""
    catalogue, space = lab.imported_catalogue(), lab.space(lab.model_name(None))
    names = [name for name in catalogue.attributes if can_be_proposed(catalogue, name)]
    return {name: vars(accuracy(catalogue, space, name)) for name in names}


def _box(edge_px: int, rng: np.random.Generator) -> np.ndarray:
    """bool (S, S): a quarter of the area, up to twice as wide as high or as high as wide."""
    form = np.exp(rng.uniform(-np.log(2), np.log(2)) / 2)
    wide, high = (min(edge_px, round(edge_px / 2 * each)) for each in (form, 1 / form))
    x, y = rng.integers(0, edge_px - wide + 1), rng.integers(0, edge_px - high + 1)
    hole_hw = np.zeros((edge_px, edge_px), bool)
    hole_hw[y : y + high, x : x + wide] = True
    return hole_hw


def _nearest(pixels_mhwc: np.ndarray, true_hwc: np.ndarray, known_hw: np.ndarray) -> int:
    """Which of them differs least where something is known."""
    known_kc = true_hwc[known_hw].astype(np.float32)
    parts = (pixels_mhwc[i : i + 512][:, known_hw] for i in range(0, len(pixels_mhwc), 512))
    return int(np.concatenate([np.square(part - known_kc).sum((1, 2)) for part in parts]).argmin())


def _rounds(space: Space, begun_hwc: np.ndarray, true_hwc: np.ndarray, hole_hw: np.ndarray) -> np.ndarray:
    x_hwc = begun_hwc
    for _ in range(_ROUNDS):
        made_hwc = space.decode(space.encode(x_hwc.round().astype(np.uint8)[None]))[0]
        x_hwc = np.where(hole_hw[..., None], made_hwc, true_hwc)
    return x_hwc


def _pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


def _missed(made_hwc: np.ndarray, true_hwc: np.ndarray, hole_hw: np.ndarray) -> float:
    return float(np.mean((made_hwc[hole_hw].astype(np.float64) - true_hwc[hole_hw]) ** 2)) / 255**2


if __name__ == "__main__":
    main()
