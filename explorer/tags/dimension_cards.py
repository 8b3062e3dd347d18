"""A card for each dimension of a model: how much it carries, what it tells, which others do alike, how products are
spread along it, and products along it that are otherwise like the one at hand.
"""

from dataclasses import dataclass

import numpy as np

from looks_like.explorer.core import Lab, Product, Space
from looks_like.explorer.errors import RequestError
from looks_like.explorer.tags.dimension_words import Told, told_by_dimensions

PERCENTILES = (1, 25, 50, 75, 99)
_BINS, _REACH = 28, 3.5  # of the histogram, in deviations to either side; who stands further out is in the last
_ALIKE, _ALIKE_MIN = 3, 0.4  # dimensions named, of what correlation at least
_AROUND, _LOOKED_AT, _LOOKED_AT_PX = 5, 1024, 64  # products; pictures that are decoded, of that size
_AROUND_A_PERCENTILE = 0.02  # of the products, to either side of it: of these the likest is taken


@dataclass(frozen=True)
class DimensionCard:
    """What is known of a dimension, whatever product is at hand."""

    number: int
    told: Told
    carries: float | None  # share of what codes tell of pictures
    changes: float | None  # share of what all dimensions change in pictures
    alike: tuple[tuple[int, float], ...]  # dimensions that change the same places, and the correlation of where
    bins: tuple[int, ...]  # products in equal bins from -3.5 to 3.5 deviations
    middle_half: tuple[float, float]  # where a quarter and three quarters of the products are below

    @property
    def reach(self) -> tuple[float, float]:
        """Where the first bin begins and the last ends."""
        return -_REACH, _REACH


@dataclass(frozen=True)
class ProductAlong:
    """A product that stands near a percentile of a dimension."""

    percentile: int
    place: float  # in deviations from the mean
    product: Product


def dimension_cards(lab: Lab, model: str) -> list[DimensionCard]:
    """In the order of the sliders. Decodes a thousand pictures, once for a catalogue and a model."""
    catalogue, space = lab.catalogue(), lab.space(model)
    space.require_decoder()
    space.require_codes()

    def make() -> list[DimensionCard]:
        value_na, told = _values(lab, space), told_by_dimensions(lab, model)
        alike_aa = _alike(space)
        effects = [each.effect or 0.0 for each in space.dimensions]
        all_effects = sum(effects)
        quarters_2a = np.quantile(value_na, [0.25, 0.75], axis=0)
        found = []
        for a, each in enumerate(space.dimensions):
            bins, _ = np.histogram(np.clip(value_na[:, a], -_REACH, _REACH), _BINS, (-_REACH, _REACH))
            near = [int(b) for b in np.argsort(-alike_aa[a]) if b != a and alike_aa[a, b] >= _ALIKE_MIN][:_ALIKE]
            card = DimensionCard(
                number=each.number,
                told=told[a],
                carries=each.carries,
                changes=effects[a] / all_effects if all_effects else None,
                alike=tuple((b + 1, float(alike_aa[a, b])) for b in near),
                bins=tuple(bins.tolist()),
                middle_half=(float(quarters_2a[0, a]), float(quarters_2a[1, a])),
            )
            found.append(card)
        return found

    return lab.cache.get_or_make(("dimension cards", catalogue.version, space), make, max_size=4)


def dimension_card(lab: Lab, model: str, number: int) -> DimensionCard:
    """RequestError for no such dimension."""
    cards = dimension_cards(lab, model)
    if not 1 <= number <= len(cards):
        raise RequestError(f"model {model!r} has dimensions 1 to {len(cards)}, got {number}")
    return cards[number - 1]


def products_along(lab: Lab, model: str, number: int, z_d: np.ndarray) -> list[ProductAlong]:
    """One near each of PERCENTILES of a dimension, of those there the one that otherwise looks most like a code
    (D,); none twice, and of few products fewer. RequestError for no such dimension.
    """
    dimension_card(lab, model, number)
    space, a = lab.space(model), number - 1
    value_na = _values(lab, space)
    away_na = (value_na - space.axes.values(z_d[None])) * _weights(space)  # what is hardly seen hardly counts
    away_n = np.einsum("na,na->n", away_na, away_na) - away_na[:, a] ** 2
    order_n, count = np.argsort(value_na[:, a], kind="stable"), len(value_na)
    wide, taken = max(1, round(_AROUND_A_PERCENTILE * count)), dict[int, int]()
    for percentile in PERCENTILES:
        middle = round(percentile / 100 * (count - 1))
        there = [int(i) for i in order_n[max(0, middle - wide) : middle + wide + 1] if int(i) not in taken]
        if there:
            taken[min(there, key=away_n.__getitem__)] = percentile
    products = lab.products_at(space.rows_n[list(taken)])
    places = value_na[list(taken), a].tolist()
    return [ProductAlong(*each) for each in zip(taken.values(), places, products, strict=True)]


def _weights(space: Space) -> np.ndarray:
    """(A,) how much a deviation along each dimension changes, so that likeness is likeness in the picture."""
    effect_a = space.axes.effect_a
    return effect_a if len(effect_a) else np.ones(len(space.axes), np.float32)


def _values(lab: Lab, space: Space) -> np.ndarray:
    """(N, A) where all products stand on all dimensions."""
    return lab.cache.get_or_make(("values of dimensions", space), lambda: space.axes.values(space.z_nd), max_size=2)


def _alike(space: Space) -> np.ndarray:
    """(A, A) correlation over the pixels of where in the picture each two dimensions change something."""
    axes = space.axes
    if not len(axes):
        return np.zeros((0, 0))
    budget = int(_LOOKED_AT * min(1.0, (_LOOKED_AT_PX / space.size) ** 2))
    around = max(1, min(_AROUND, len(space.z_nd), budget // (2 * len(axes))))
    some = np.linspace(0, len(space.z_nd) - 1, around).astype(np.int64)
    half_ad, change_ap = axes.steps_ad / 2, None
    for z_d in space.z_nd[some]:
        pictures = space.decode(np.concatenate([z_d + half_ad, z_d - half_ad]).astype(np.float32)).astype(np.float32)
        change = np.abs(pictures[: len(axes)] - pictures[len(axes) :]).sum(-1).reshape(len(axes), -1)
        change_ap = change if change_ap is None else change_ap + change
    assert change_ap is not None
    away_ap = change_ap - change_ap.mean(1, keepdims=True)
    length_a = np.linalg.norm(away_ap, axis=1)
    return np.asarray((away_ap @ away_ap.T) / np.maximum(np.outer(length_a, length_a), 1e-9))
