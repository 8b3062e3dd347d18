"""Smoothness of a latent space: all path measures, computed on decoded paths between random product pairs.

A walk is `steps` points of a curve from one product's code to another's, decoded in float32. The scores are those of
`model/metrics/` that are about paths: cliff, roughness, detour, chasm, reality gap.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import torch

from looks_like.model.device import Device, pick_device
from looks_like.model.errors import ModelError
from looks_like.model.geometry import NOWHERE, Ground, Mixture, NearestNeighbours, fit_mixture, path_points
from looks_like.model.metrics.intervals import of_quantile
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.space.cliff import cliff
from looks_like.model.metrics.space.density_gap import NEIGHBOUR, density_gap, depth, neighbour_log_density
from looks_like.model.metrics.space.path_length_ratio import path_length_ratio
from looks_like.model.metrics.space.reality_gap import reality_gap
from looks_like.model.metrics.space.roughness import roughness
from looks_like.model.metrics.space.step_lengths import Net, features, pixels, step_lengths

PAIRS = 500
FEATURE_PAIRS = 50  # features of a picture take eight times as long as its decode
STEPS = 33
WORST = 8
_PATHS = 8  # decoded at once
_PRODUCTS_MIN = NEIGHBOUR + 2


@dataclass(frozen=True)
class WorstPath:
    """From the product of code row `a` to that of `b`; the step after point `at` is its longest, in pixels."""

    a: int
    b: int
    at: int
    cliff: float


@dataclass(frozen=True)
class Smoothness:
    """A score's value is the median, over random pairs; `p95` and those of same-attribute pairs are its parts."""

    scores: list[Score]
    worst: list[WorstPath]  # random pairs, the greatest cliff first


@dataclass(frozen=True)
class _Space:
    decode: Net
    encode: Net
    z_nd: np.ndarray
    mixture: Mixture
    neighbours: NearestNeighbours
    typical: float  # distance between neighbours
    steps: int
    curve: str
    device: str
    ground: Ground


@dataclass(frozen=True)
class _PathValues:
    """What was measured along P paths of T points; features along the first Q of them alone."""

    lengths_pt: np.ndarray
    ends_p: np.ndarray
    feature_lengths_qt: np.ndarray
    feature_ends_q: np.ndarray
    mixture_pt: np.ndarray  # log densities
    neighbours_pt: np.ndarray
    gap_pt: np.ndarray


@dataclass(frozen=True)
class WalkPlan:
    """How many paths, how finely, and from which random numbers; no `feature_pairs`, no need for pretrained weights."""

    pairs: int = PAIRS
    feature_pairs: int = FEATURE_PAIRS  # of these, measured in features too
    steps: int = STEPS
    curve: str = "matched"
    seed: int = 0
    device: Device | None = None  # None = that of this process
    ground: Ground = NOWHERE  # for curves that follow it
    things: str = ""  # which products the codes are of: intervals of the same ones can be compared


def smoothness(
    decode: Net,
    encode: Net,
    z_nd: np.ndarray,
    plan: WalkPlan = WalkPlan(),
    *,
    same: np.ndarray | None = None,
    mixture: Mixture | None = None,
    neighbours: NearestNeighbours | None = None,
) -> Smoothness:
    """Of a model's float decoder and encoder, on codes (N, D) of real products.

    `same` (N,) are whole numbers, an attribute's value for each product (below 0 = not known): as many pairs again are
    drawn of products that share one. What is not given of mixture and neighbours is made from the codes. ModelError for
    fewer than 10 products or 1 pair, codes that are not finite, or labels that no two products share.
    """
    _check(z_nd, plan.pairs, plan.steps)
    if same is not None and len(same) != len(z_nd):
        raise ModelError(f"each product needs a label or -1; got {len(same)} labels for {len(z_nd)} products")
    mixture, neighbours = mixture or fit_mixture(z_nd, plan.seed), neighbours or NearestNeighbours(z_nd)
    typical, name = neighbours.typical_distance(), (plan.device or pick_device()).name
    space = _Space(decode, encode, z_nd, mixture, neighbours, typical, plan.steps, plan.curve, name, plan.ground)
    pairs_p2 = random_pairs(len(z_nd), plan.pairs, plan.seed)
    path_values = _measure_paths(space, pairs_p2, plan.feature_pairs)
    values, alike = _values(path_values), dict[str, np.ndarray]()
    if same is not None:
        alike = _values(_measure_paths(space, same_pairs(same, plan.pairs, plan.seed), plan.feature_pairs))
    said = f"of {len(z_nd):,} products, {plan.steps} steps, curve {plan.curve}, seed {plan.seed}"
    few = min(plan.feature_pairs, plan.pairs)
    counts = {key: few if key.endswith("_features") else plan.pairs for key in values}
    scores = [
        _score(key, found, alike.get(key), f"{counts[key]} pairs {said}", plan.things) for key, found in values.items()
    ]
    return Smoothness(scores, _worst(pairs_p2, path_values.lengths_pt))


def random_pairs(count: int, pairs: int, seed: int = 0) -> np.ndarray:
    """(P, 2) rows of two different products each."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.choice(count, 2, replace=False) for _ in range(pairs)])


def same_pairs(same_n: np.ndarray, pairs: int, seed: int = 0) -> np.ndarray:
    """(P, 2) rows of two different products with one label; a label comes as often as it has products.

    ModelError when no two products share one, or the labels are not whole numbers.
    """
    if not np.issubdtype(same_n.dtype, np.integer):
        raise ModelError(f"labels of same-attribute pairs are whole numbers, one for each value; got {same_n.dtype}")
    rng = np.random.default_rng(seed)
    rows_by_label = [np.flatnonzero(same_n == label) for label in np.unique(same_n[same_n >= 0])]
    shared = [rows for rows in rows_by_label if len(rows) > 1]
    if not shared:
        raise ModelError("same-attribute pairs need two products or more with the same value; there are none")
    sizes = np.array([len(rows) for rows in shared])
    chosen = rng.choice(len(shared), pairs, p=sizes / sizes.sum())
    return np.stack([rng.choice(shared[label], 2, replace=False) for label in chosen])


def _check(z_nd: np.ndarray, pairs: int, steps: int) -> None:
    if len(z_nd) < _PRODUCTS_MIN or pairs < 1 or steps < 3:
        raise ModelError(
            f"smoothness needs at least {_PRODUCTS_MIN} products, 1 pair and 3 steps; got {len(z_nd)}, {pairs} and "
            f"{steps}"
        )
    if not np.isfinite(z_nd).all():
        raise ModelError("smoothness needs codes that are finite; some are not")


@torch.inference_mode()
def _measure_paths(space: _Space, pairs_p2: np.ndarray, feature_pairs: int) -> _PathValues:
    chunks = (pairs_p2[i : i + _PATHS] for i in range(0, len(pairs_p2), _PATHS))
    return _joined(_measure_batch(space, some, feature_pairs - i * _PATHS) for i, some in enumerate(chunks))


def _measure_batch(space: _Space, pairs_p2: np.ndarray, feature_pairs: int) -> _PathValues:
    """One batch of decodes; its pictures are let go before the next."""
    paths = [path_points(space.z_nd[[a, b]], space.steps, space.curve, space.ground) for a, b in pairs_p2]
    z_md, apart = np.concatenate(paths), (len(paths), space.steps)
    x_nchw = space.decode(torch.from_numpy(z_md).to(space.device)).float().clamp(0, 1)
    again_md = space.encode(x_nchw).float().cpu().numpy()
    seen_nchw = x_nchw[: max(0, feature_pairs) * space.steps]
    looks = step_lengths(features(seen_nchw).unflatten(0, (-1, space.steps))) if len(seen_nchw) else _nothing(space)
    return _PathValues(
        *step_lengths(pixels(x_nchw).unflatten(0, apart)),
        *looks,
        space.mixture.log_density(z_md).reshape(apart),
        neighbour_log_density(space.neighbours, z_md).reshape(apart),
        reality_gap(again_md, space.neighbours, space.typical).reshape(apart),
    )


def _nothing(space: _Space) -> tuple[np.ndarray, np.ndarray]:
    return np.empty((0, space.steps - 1)), np.empty(0)


def _joined(parts: Iterable[_PathValues]) -> _PathValues:
    all_of = list(parts)
    return _PathValues(
        *(np.concatenate([getattr(part, field.name) for part in all_of]) for field in fields(_PathValues))
    )


def _values(path_values: _PathValues) -> dict[str, np.ndarray]:
    """Key of a measure -> its value for each path (P,): depths for chasms; gaps (P, T), one a step."""
    found = {
        "cliff": cliff(path_values.lengths_pt),
        "roughness": roughness(path_values.lengths_pt),
        "path_length_ratio": path_length_ratio(path_values.lengths_pt, path_values.ends_p),
        "density_gap": depth(path_values.mixture_pt),
        "density_gap_knn": depth(path_values.neighbours_pt),
        "reality_gap": path_values.gap_pt[:, 1:-1],
    }
    if not len(path_values.feature_ends_q):
        return found
    return found | {
        "cliff_features": cliff(path_values.feature_lengths_qt),
        "roughness_features": roughness(path_values.feature_lengths_qt),
        "path_length_ratio_features": path_length_ratio(path_values.feature_lengths_qt, path_values.feature_ends_q),
    }


def _score(key: str, values_pt: np.ndarray, alike_pt: np.ndarray | None, said: str, things: str) -> Score:
    """What is not finite (a detour between ends that look alike) is left out, and said."""
    finite_p = values_pt[np.isfinite(values_pt)]
    if len(finite_p) < values_pt.size:
        said += f", {values_pt.size - len(finite_p)} left out"
    interval = of_quantile(np.where(np.isfinite(values_pt), values_pt, np.nan), 0.5, things)
    quantiles = _quantiles(finite_p, "median", "p95")
    if alike_pt is not None:
        quantiles |= _quantiles(alike_pt[np.isfinite(alike_pt)], "same attribute", "same attribute p95")
    shown = dict(quantiles)
    if key.startswith("density_gap"):
        depths = {f"{name} depth, nats": value for name, value in quantiles.items()}
        shown = {name: float(density_gap(np.asarray(value))) for name, value in quantiles.items()} | depths
        interval = None if interval is None else interval.through(density_gap)
    return Score(key, shown.pop("median"), said, shown, interval)


def _quantiles(values_p: np.ndarray, half: str, most: str) -> dict[str, float]:
    """Of no values, not a number."""
    if not len(values_p):
        return {half: float("nan"), most: float("nan")}
    return {half: float(np.median(values_p)), most: float(np.quantile(values_p, 0.95))}


def _worst(pairs_p2: np.ndarray, lengths_pt: np.ndarray) -> list[WorstPath]:
    cliff_p, at_p = cliff(lengths_pt), lengths_pt.argmax(1)
    worst_p = np.argsort(-cliff_p, kind="stable")[:WORST]
    return [WorstPath(int(pairs_p2[p, 0]), int(pairs_p2[p, 1]), int(at_p[p]), float(cliff_p[p])) for p in worst_p]
