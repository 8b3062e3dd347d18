"""How a model does on a catalogue that it never saw: -ELBO, and the error beside PCA with as many numbers.

    python -m benchmarks.quality.unseen WORKSPACE MODEL OTHER_WORKSPACE [--edge 28]

The bound counts every pixel (protocol: `metrics.pictures.elbo`); the errors count the middle `--edge` px alone, so
that padding does not flatter them. PCA is fitted on the products that the model learnt from.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from looks_like.data.pixels import pixel_array
from looks_like.explorer.core.lab import Lab
from looks_like.model.device import pick_device
from looks_like.model.disk.card import Card
from looks_like.model.family import Family
from looks_like.model.images import Pictures, to_float
from looks_like.model.metrics.codes.active_dimensions import active_dimensions
from looks_like.model.metrics.pictures.elbo import compute_elbo
from looks_like.model.metrics.pictures.reconstruction import pca_mse
from looks_like.model.networks.pca import principal_components

_CHUNK = 256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("model")
    parser.add_argument("other", type=Path)
    parser.add_argument("--edge", type=int, help="px of the middle that errors are measured on; all unless said")
    asked = parser.parse_args()
    lab, other = Lab(asked.workspace), Lab(asked.other)
    figures = measure(lab, asked.model, other, asked.edge)
    for name, value in figures.items():
        print(f"{name:32} {value:,.5g}")
    print(json.dumps(figures | {"libraries": Card.here(), "device": pick_device().why}))


def measure(lab: Lab, model: str, other: Lab, edge_px: int | None = None, seed: int = 0) -> dict[str, float]:
    """Nats per picture and mean squared errors on all products of `other`."""
    net, catalogue = lab.space(model).net, lab.catalogue()
    channels, size = net.settings.channels, net.settings.size
    unseen_nhwc = pixel_array(other.workspace, other.catalogue(), size)
    learnt_nhwc = pixel_array(lab.workspace, catalogue, size)
    edge_px = edge_px or size
    inside = slice((size - edge_px) // 2, (size + edge_px) // 2)
    learnt = Pictures(learnt_nhwc[:, inside, inside], np.flatnonzero(catalogue.to_learn))
    principal = principal_components(learnt, net.settings.latent, channels=channels)
    figures = {"products": float(len(unseen_nhwc)), "learnt from": float(len(learnt)), "seed": float(seed)}
    if net.probabilistic:
        bound = compute_elbo(net, unseen_nhwc, seed=seed)
        figures |= {"-ELBO, nats": bound.negative_elbo, "reconstruction, nats": bound.reconstruction}
        figures |= {"KL, nats": bound.kl}
    figures["active dimensions"] = float(active_dimensions(net, unseen_nhwc).sum())
    figures[f"mse, middle {edge_px} px"] = middle_mse(net, unseen_nhwc, inside)
    figures[f"PCA-{net.settings.latent} mse, same px"] = pca_mse(principal, unseen_nhwc[:, inside, inside], channels)
    return figures


def middle_mse(net: Family, pixels_nhwc: np.ndarray, inside: slice) -> float:
    """From the mean code, clamped to [0, 1], over the rows and columns `inside`."""
    device, total = pick_device(), 0.0
    for i in range(0, len(pixels_nhwc), _CHUNK):
        x_nchw = to_float(pixels_nhwc[i : i + _CHUNK], device.name, net.settings.channels)
        with device.autocast():
            y_nchw = net.decode(net.encode(x_nchw))
        error_nchw = (y_nchw.float().clamp(0, 1) - x_nchw)[:, :, inside, inside].square()
        total += error_nchw.mean((1, 2, 3)).sum().item()
    return total / len(pixels_nhwc)


if __name__ == "__main__":
    main()
