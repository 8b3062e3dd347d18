"""What is made of a model after its last step: its measures, its mixture, its axes; and how long that will take."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from looks_like.explorer.core import axes_of, encode_pixels
from looks_like.model.disk.card import Card, write_weights
from looks_like.model.families import Family
from looks_like.model.geometry import FITTED_MAX, fit_mixture, read_axes, write_axes, write_mixture
from looks_like.model.images import Pictures
from looks_like.model.metrics.codes.active_dimensions import active_dimensions, kl_per_dimension
from looks_like.model.metrics.pictures.elbo import compute_elbo
from looks_like.model.metrics.pictures.kid import drawn
from looks_like.model.metrics.pictures.reconstruction import pca_mse, reconstruction_mse
from looks_like.model.networks import principal_components

_REHEARSED = 256  # pictures
_SHARE = 0.1  # of the search for axes
_PASSES = 6  # through the network, for each held-out picture


def finish(folder: Path, model: Family, card: Card, learn: Pictures, held_out: Pictures) -> Iterator[str]:
    """Writes beside the card all that a finished model has, and puts its measures on the card; says what it does."""
    yield "measuring the model"
    write_weights(folder, model)
    card.measures, card.kl_nats = measure(model, learn, held_out, card.measures.get("pca_mse"))
    z_nd = encode_pixels(model, drawn(learn, FITTED_MAX, card.seed))
    write_mixture(folder, fit_mixture(z_nd, card.seed))
    if read_axes(folder) is None:
        yield "finding its axes"
        write_axes(folder, axes_of(model, z_nd, card.seed))


def foreseen_s(model: Family, learn: Pictures, held_out: Pictures, now: Callable[[], float], *, axes: bool) -> float:
    """Seconds that `finish` will take, `axes` or none to be found, from doing a little of it."""
    few = drawn(learn, _REHEARSED, 0)
    started = now()
    z_nd = encode_pixels(model, few)
    encoded = now()
    pictures = min(len(learn), FITTED_MAX) + _PASSES * len(_measured(learn, held_out))
    coding_s = (encoded - started) * pictures / len(few)
    if not axes:
        return coding_s
    axes_of(model, z_nd, share=_SHARE)
    return coding_s + (now() - encoded) / _SHARE


def pca_error(model: Family, learn: Pictures, held_out: Pictures) -> float:
    """Mean squared error of PCA with as many numbers, on the products that the model is measured on."""
    channels = model.settings.channels
    principal = principal_components(learn, model.settings.latent, channels=channels)
    return pca_mse(principal, _measured(learn, held_out), channels)


def measure(
    model: Family, learn: Pictures, held_out: Pictures, baseline: float | None = None
) -> tuple[dict[str, float], list[float]]:
    """-> (the measures of its card, KL per number of the code; empty without a posterior). `baseline`: PCA's error,
    where it is known.
    """
    seen = _measured(learn, held_out)
    mse = reconstruction_mse(model, seen)
    measures = {"mse": mse, "active_dimensions": float(active_dimensions(model, seen).sum())}
    measures["pca_mse"] = pca_error(model, learn, held_out) if baseline is None else baseline
    measures["mse_over_pca"] = mse / measures["pca_mse"]
    if not model.probabilistic:
        return measures, []
    kl_d, bound = kl_per_dimension(model, seen), compute_elbo(model, seen)
    measures["kl_nats"] = float(kl_d.sum())
    measures["reconstruction_nats"] = bound.reconstruction
    measures["negative_elbo_nats"] = bound.negative_elbo
    return measures, [round(float(value), 4) for value in kl_d]


def _measured(learn: Pictures, held_out: Pictures) -> np.ndarray | Pictures:
    """A catalogue too small to hold any out is measured on what it learnt from."""
    return held_out if len(held_out) else learn[slice(1000)]
