"""What looks like a product or a photograph, among all products or some, and why.

Why, twice: how form and colour differ by a look, or which dimensions of a model differ most, in deviations of each over
the catalogue; and which attributes the two share and do not share; a photograph has no attributes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from looks_like.explorer.core import Lab, Product, Space, product_json
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.likeness.counting import ALL, counted, weights_of
from looks_like.explorer.search.likeness.photographs import photograph, read_photograph, square_photograph
from looks_like.explorer.search.likeness.why import (
    DimensionOffset,
    attribute_words,
    dimension_words,
    distance_words,
    look_words,
    named_words,
)

K_MAX = 10_000
_MAP_ZOOM = 12
_DIMENSIONS_SAID = 3


@dataclass(frozen=True)
class SimilarProduct:
    """A product found, its distance and its copies in `product`, and why it was."""

    product: Product
    steps: tuple[DimensionOffset, ...]  # that differ most, the largest first
    shared: tuple[str, ...] = ()  # attributes of the same value
    other: tuple[tuple[str, object, object], ...] = ()  # attribute, its value here, the asked one's
    units: Mapping[str, str] = field(default_factory=dict)  # of attributes that are money
    look: str = ""  # how form and colour differ, where a look knows
    named: str = ""  # how what people named differs

    def near(self) -> str:
        """ "1.3 × typical" """
        return distance_words(self.product)

    def why(self) -> list[str]:
        """Lines of small words, empty ones left out."""
        attributes = attribute_words(self.shared, self.other, self.units)
        return [line for line in (attributes, self.named, self.look or dimension_words(self.steps)) if line]


def similar_to(
    lab: Lab, model: str, asked: int | np.ndarray, k: int, rows_m: np.ndarray | None = None, counts: str = ALL
) -> list[SimilarProduct]:
    """The k products nearest by code to a catalogue row or to a code (D,), nearest first; of copies of one picture one.

    The product itself and its own copies are left out. `rows_m`: only these catalogue rows are looked
    at; fewer than k where they are fewer. `counts`: what counts as alike, one of COUNTS. Exact in any case.
    RequestError for an impossible k, ModelError where the product has no code.
    """
    if not 1 <= k <= K_MAX:
        raise RequestError(f"k must be between 1 and {K_MAX:,}, got {k}")
    whole, row = lab.space(model), asked if isinstance(asked, int) else -1
    asked_d = whole.code(row) if isinstance(asked, int) else np.asarray(asked, np.float32)
    space, z_d = counted(lab, whole, counts), asked_d * weights_of(whole, counts)
    one_m, count_n = _one_of_each(lab, space, row, rows_m)
    rows_1k, distance_1k = space.nearest(z_d[None], k + (one_m is None and row >= 0), one_m)
    others_1k = rows_1k != row
    rows_k, distance_k = rows_1k[others_1k][:k], distance_1k[others_1k][:k]
    origin = lab.product_at(row) if row >= 0 else None
    found = lab.products_at(rows_k, distance_k, space.typical_distance)
    products = [replace(product, copies=int(count_n[product.row]) - 1) for product in found]
    catalogue = lab.catalogue()
    compared = [name for name in catalogue.comparable_attributes if name not in catalogue.visual]
    looks = look_words(lab, whole, asked_d, rows_k) if whole.net.parts else [""] * len(rows_k)
    found_k = zip(products, _steps(whole, asked_d, rows_k), looks, strict=True)
    similar = [_similar_product(origin, compared, catalogue.units, *each) for each in found_k]
    if origin is None or not catalogue.visual:
        return similar
    return [
        replace(each, named=named_words(catalogue.visual, each.product.attributes, origin.attributes))
        for each in similar
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
    lab: Lab, model: str, typed: str, k: int, rows_m: np.ndarray | None = None, counts: str = ALL
) -> list[SimilarProduct]:
    """The same for a product's id, or else for the name of a photograph's file. RequestError when it is neither."""
    if lab.catalogue().has(typed):
        return similar_to(lab, model, lab.catalogue().row(typed), k, rows_m, counts)
    picture = square_photograph(lab, read_photograph(typed))
    return similar_to(lab, model, photograph(lab, model, picture).z_d, k, rows_m, counts)


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


def _similar_product(
    origin: Product | None,
    attributes: list[str],
    units: Mapping[str, str],
    product: Product,
    steps: tuple[DimensionOffset, ...],
    look: str,
) -> SimilarProduct:
    if origin is None:
        return SimilarProduct(product, steps, look=look)
    here, there = product.attributes, origin.attributes
    compared = [name for name in attributes if name in here and name in there]
    shared = tuple(name for name in compared if here[name] == there[name])
    other = tuple((name, here[name], there[name]) for name in compared if here[name] != there[name])
    return SimilarProduct(product, steps, shared, other, units, look)


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
