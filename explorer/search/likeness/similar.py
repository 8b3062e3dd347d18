"""What looks like a product or a photograph, among all products or some, and why.

Why, twice: which dimensions of the model differ most, in deviations of each over the catalogue; and which attributes
the two share and do not share; a photograph has no attributes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from looks_like.explorer.core import Lab, Product, Space, product_json, value_words
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.likeness.photographs import photograph, read_photograph, square_photograph

K_MAX = 10_000
_MAP_ZOOM = 12
_DIMENSIONS_SAID = 3
_ATTRIBUTES_SAID = 2


@dataclass(frozen=True)
class DimensionOffset:
    """How one dimension differs: the product found less the one asked about, in deviations over the catalogue."""

    dimension: int
    deviations: float


@dataclass(frozen=True)
class SimilarProduct:
    """A product found, its distance and its copies in `product`, and why it was."""

    product: Product
    steps: tuple[DimensionOffset, ...]  # that differ most, the largest first
    shared: tuple[str, ...] = ()  # attributes of the same value
    other: tuple[tuple[str, object, object], ...] = ()  # attribute, its value here, the asked one's
    units: Mapping[str, str] = field(default_factory=dict)  # of attributes that are money

    def near(self) -> str:
        """ "1.3 × typical" """
        return distance_words(self.product)

    def why(self) -> list[str]:
        """Lines of small words, empty ones left out."""
        return [line for line in (_attribute_words(self), _dimension_words(self.steps)) if line]


def similar_to(
    lab: Lab, model: str, asked: int | np.ndarray, k: int, rows_m: np.ndarray | None = None
) -> list[SimilarProduct]:
    """The k products nearest by code to a catalogue row or to a code (D,), nearest first; of copies of one picture one.

    The product itself and its own copies are left out. `rows_m`: only these catalogue rows are looked
    at; fewer than k where they are fewer. Exact either way. RequestError for an impossible k, ModelError where the
    product has no code.
    """
    if not 1 <= k <= K_MAX:
        raise RequestError(f"k must be between 1 and {K_MAX:,}, got {k}")
    space, row = lab.space(model), asked if isinstance(asked, int) else -1
    z_d = space.code(row) if isinstance(asked, int) else np.asarray(asked, np.float32)
    one_m, count_n = _one_of_each(lab, space, row, rows_m)
    rows_1k, distance_1k = space.nearest(z_d[None], k + (one_m is None and row >= 0), one_m)
    others_1k = rows_1k != row
    rows_k, distance_k = rows_1k[others_1k][:k], distance_1k[others_1k][:k]
    origin = lab.product_at(row) if row >= 0 else None
    found = lab.products_at(rows_k, distance_k, space.typical_distance)
    products = [replace(product, copies=int(count_n[product.row]) - 1) for product in found]
    compared, units = lab.catalogue().comparable_attributes, lab.catalogue().units
    return [
        _similar_product(*pair, origin, compared, units)
        for pair in zip(products, _steps(space, z_d, rows_k), strict=True)
    ]


def _one_of_each(lab: Lab, space: Space, row: int, rows_m: np.ndarray | None) -> tuple[np.ndarray | None, np.ndarray]:
    """-> (of these rows with a code, all unless said, one of each picture but that of `row`; how many it stands for)

    None = all, where nothing has copies.
    """
    first_n = lab.copies().first_n
    if rows_m is None and lab.copies().none:
        return None, np.ones(len(first_n), np.int64)
    coded_m = space.rows_n if rows_m is None else space.rows_n[space.positions(rows_m)]
    other_m = coded_m if row < 0 else coded_m[first_n[coded_m] != first_n[row]]
    count_n = np.bincount(first_n[other_m], minlength=len(first_n))[first_n]
    return lab.copies().one_of_each(other_m), count_n


def similar_to_typed(
    lab: Lab, model: str, typed: str, k: int, rows_m: np.ndarray | None = None
) -> list[SimilarProduct]:
    """The same for a product's id, or else for the name of a photograph's file. RequestError when it is neither."""
    if lab.catalogue().has(typed):
        return similar_to(lab, model, lab.catalogue().row(typed), k, rows_m)
    picture = square_photograph(lab, read_photograph(typed))
    return similar_to(lab, model, photograph(lab, model, picture).z_d, k, rows_m)


def nearest_to(lab: Lab, model: str, product_id: str, k: int) -> list[Product]:
    """The k products nearest by code to one of the catalogue, itself and its copies left out, without reasons."""
    row, first_n = lab.catalogue().row(product_id), lab.copies().first_n
    found = lab.nearest_products(model, lab.space(model).code(row), k + 1)
    return [product for product in found if first_n[product.row] != first_n[row]][:k]


def place_on_map(lab: Lab, model: str, product_id: str, first: str = "") -> tuple[str, str] | None:
    """-> a map that shows the product (`first`, else the newest) and the view "x,y,zoom" with it in the middle."""
    row, names = lab.catalogue().row(product_id), [card.name for card in reversed(lab.maps(model))]
    for name in sorted(names, key=lambda name: name != first):
        x, y = lab.map_view(model, name).xy_n2[row]
        if np.isfinite(x + y):
            return name, f"{x:.4f},{y:.4f},{_MAP_ZOOM}"
    return None


def similar_product_json(similar: SimilarProduct) -> dict[str, Any]:
    """An product as everywhere, with the words `near` and `why`, and the numbers behind them."""
    return product_json(similar.product) | {
        "near": similar.near(),
        "why": similar.why(),
        "dimensions": [[step.dimension, round(step.deviations, 4)] for step in similar.steps],
    }


def distance_words(product: Product) -> str:
    """ "1.3 × typical", or the plain distance where nothing is typical yet."""
    if product.typical is None:
        return f"{product.distance or 0:.2f} away"
    return f"{product.typical:.2f} × typical" if product.typical < 1 else f"{product.typical:.1f} × typical"


def _similar_product(
    product: Product,
    steps: tuple[DimensionOffset, ...],
    origin: Product | None,
    attributes: list[str],
    units: Mapping[str, str],
) -> SimilarProduct:
    if origin is None:
        return SimilarProduct(product, steps)
    here, there = product.attributes, origin.attributes
    compared = [name for name in attributes if name in here and name in there]
    shared = tuple(name for name in compared if here[name] == there[name])
    other = tuple((name, here[name], there[name]) for name in compared if here[name] != there[name])
    return SimilarProduct(product, steps, shared, other, units)


def _steps(space: Space, z_d: np.ndarray, rows_k: np.ndarray) -> list[tuple[DimensionOffset, ...]]:
    """For each row, the dimensions that differ most; none of a look, whose numbers have no meaning of their own."""
    if not space.decodes:
        return [()] * len(rows_k)
    z_kd = np.stack([space.code(int(row)) for row in rows_k]) if len(rows_k) else np.empty((0, space.latent))
    offset_ka = space.axes.values(z_kd) - space.axes.values(z_d[None])
    order_ka = np.argsort(-np.abs(offset_ka), axis=1, kind="stable")[:, :_DIMENSIONS_SAID]
    return [
        tuple(DimensionOffset(int(a) + 1, float(offset_ka[i, a])) for a in order_a)
        for i, order_a in enumerate(order_ka)
    ]


def _dimension_words(steps: tuple[DimensionOffset, ...]) -> str:
    """ "dimension 12 higher by 1.8 deviations, 3 lower by 1.1" """
    said = [step for step in steps if round(abs(step.deviations), 1) > 0]
    words = [f"{s.dimension} {'higher' if s.deviations > 0 else 'lower'} by {abs(s.deviations):.1f}" for s in said]
    return f"dimension {words[0]} deviations{''.join(f', {word}' for word in words[1:])}" if words else ""


def _attribute_words(similar: SimilarProduct) -> str:
    """ "same brand; colour black instead of white": text first, since numbers nearly always differ a little."""
    shared = [name.replace("_", " ") for name in similar.shared][:_ATTRIBUTES_SAID]
    words_first = sorted((pair for pair in similar.other if _tells(*pair[1:])), key=lambda pair: _is_number(pair[1]))
    other = [
        f"{name.replace('_', ' ')} {_told(here, similar.units.get(name, ''))} instead of "
        f"{_told(there, similar.units.get(name, ''))}"
        for name, here, there in words_first[:_ATTRIBUTES_SAID]
    ]
    return "; ".join(part for part in (f"same {', '.join(shared)}" if shared else "", ", ".join(other)) if part)


def _tells(here: object, there: object) -> bool:
    """Whether two values differ enough to be mentioned; numbers within 10 % of each other do not."""
    if not _is_number(here) or not _is_number(there):
        return True
    return abs(float(here) - float(there)) > max(abs(float(here)), abs(float(there))) / 10  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _told(value: object, unit: str) -> str:
    """Short: four digits of a fraction."""
    if isinstance(value, float) and not unit:
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return value_words(value, unit)[:60]
