"""What an encoder is worth to another model: classes of products, learnt from few labels.

    python -m benchmarks.quality.warm_start WORKSPACE ATTRIBUTE… [--model NAME] [--labels 100,1000,10000]
        [--json FILE] [--svg FOLDER]

Five starts, the same labelled products and the same 2,000 others to be told: a network that begins with our encoder,
the same network from nothing (both trained for as many steps), and logistic regression on our codes, on the look's and
on raw pixels of 32 px. Accuracy over the products of known class; the mean of three draws of who is labelled.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from benchmarks.measure import say
from looks_like.data.pixels import pixel_reader
from looks_like.explorer.check.findings import Chart, Line
from looks_like.explorer.check.report.svg import chart_svg
from looks_like.explorer.core import Lab
from looks_like.model.disk.card import Card
from looks_like.model.families import create
from looks_like.model.images import to_float

TOLD, STEPS, BATCH, DRAWS, PIXELS_PX = 2000, 240, 64, 3, 32
ENCODER, SCRATCH, CODES, LOOK, PIXELS = "our encoder, trained on", "from nothing", "our codes", "the look", "raw pixels"


def main() -> None:
    """A table, a line of JSON, a chart for each attribute."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("attributes", nargs="+")
    parser.add_argument("--model")
    parser.add_argument("--labels", default="100,1000,10000")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--svg", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    lab, counts = Lab(asked.workspace), [int(count) for count in asked.labels.split(",")]
    found = {attribute: measure(lab, attribute, asked.model, counts) for attribute in asked.attributes}
    answer = json.dumps({"accuracy": found, "labels": counts, "libraries": Card.here()})
    if asked.json:
        asked.json.write_text(answer + "\n", "utf-8")
    if asked.svg:
        for attribute, accuracy in found.items():
            (asked.svg / f"warm-start-{attribute}.svg").write_text(_chart(attribute, accuracy, counts), "utf-8")
    print(answer)


def measure(lab: Lab, attribute: str, model: str | None, counts: list[int]) -> dict[str, list[float]]:
    """By start, the accuracy with each count of labels."""
    name = lab.model_name(model, decodes=True)
    space, catalogue = lab.space(name), lab.catalogue()
    values = catalogue.rows[attribute].to_pylist()
    rows_n = np.array([row for row in space.rows_n if values[row] is not None])
    words = sorted({values[row] for row in rows_n})
    label_n = np.array([words.index(values[row]) for row in rows_n])
    looks = [each for each in lab.models() if not lab.decodes(each) and lab.encodes(each)]
    starts: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        CODES: lambda rows_m: space.codes(rows_m),
        PIXELS: lambda rows_m: _pixels(lab, rows_m, PIXELS_PX).reshape(len(rows_m), -1) / 255.0,
    }
    if looks:
        starts[LOOK] = lambda rows_m: lab.space(looks[0]).codes(rows_m)
    found: dict[str, list[float]] = {key: [] for key in (ENCODER, SCRATCH, *starts)}
    for count in counts:
        said: dict[str, list[float]] = {key: [] for key in found}
        for draw in range(DRAWS):
            order = np.random.default_rng(draw).permutation(len(rows_n))
            told, learnt = order[:TOLD], order[TOLD : TOLD + count]
            for key, vectors in starts.items():
                said[key].append(_regressed(vectors, rows_n, label_n, learnt, told))
            for key in (ENCODER, SCRATCH):
                said[key].append(_trained(lab, name, key == ENCODER, (rows_n, label_n), learnt, told, draw))
        for key, each in said.items():
            found[key].append(round(float(np.mean(each)), 4))
        say(f"{attribute}, {count:,} labels: " + ", ".join(f"{key} {each[-1]:.3f}" for key, each in found.items()))
    return found


def _regressed(
    vectors: Callable[[np.ndarray], np.ndarray],
    rows_n: np.ndarray,
    label_n: np.ndarray,
    learnt: np.ndarray,
    told: np.ndarray,
) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    learner = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=300))
    learner.fit(vectors(rows_n[learnt]), label_n[learnt])
    return float(learner.score(vectors(rows_n[told]), label_n[told]))


def _trained(
    lab: Lab,
    model: str,
    warm: bool,
    labelled: tuple[np.ndarray, np.ndarray],
    learnt: np.ndarray,
    told: np.ndarray,
    seed: int,
) -> float:
    """An encoder with a linear layer behind it, all of it trained with cross-entropy."""
    rows_n, label_n = labelled
    torch.manual_seed(seed)
    known = lab.space(model).net
    net = create(lab.space(model).card.family, **vars(known.settings))
    if warm:
        net.load_state_dict(known.state_dict())
    head = nn.Linear(known.settings.latent, int(label_n.max()) + 1)
    rates = [{"params": net.encoder.parameters(), "lr": 3e-4 if warm else 1e-3}, {"params": head.parameters()}]
    optimiser = torch.optim.AdamW(rates, lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    seen = _pixels(lab, rows_n[learnt], known.settings.size)
    target = torch.as_tensor(label_n[learnt])
    rng = np.random.default_rng(seed)
    net.train()
    for _ in range(STEPS):
        some = rng.integers(0, len(learnt), BATCH)
        x_nchw = to_float(seen[some], "cpu", known.settings.channels)
        loss = nn.functional.cross_entropy(head(net.posterior(x_nchw)[0]), target[some])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    net.eval()
    asked = _pixels(lab, rows_n[told], known.settings.size)
    with torch.inference_mode():
        said = [
            head(net.posterior(to_float(asked[i : i + 256], "cpu", known.settings.channels))[0]).argmax(1)
            for i in range(0, len(asked), 256)
        ]
    return float((torch.cat(said).numpy() == label_n[told]).mean())


def _pixels(lab: Lab, rows_m: np.ndarray, edge_px: int) -> np.ndarray:
    return pixel_reader(lab.workspace, lab.catalogue(), edge_px, len(rows_m), keep=False)(rows_m)


def _chart(attribute: str, accuracy: dict[str, list[float]], counts: list[int]) -> str:
    lines = [Line(name, [float(count) for count in counts], [*said]) for name, said in accuracy.items()]
    title, y_title = f"{attribute}: accuracy by labelled products", f"accuracy, {attribute}"
    axes = {"title": title, "x_title": "labelled products", "y_title": y_title}
    return chart_svg(Chart(kind="lines", says="", lines=lines, log_x=True, **axes))


if __name__ == "__main__":
    main()
