"""Result types of the Lab: immutable dataclasses."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from looks_like.data.catalogue import Catalogue
from looks_like.data.maps import Map, MapCard
from looks_like.explorer.core.formatting import FLOATS_ARE_WHOLE


@dataclass(frozen=True)
class Product:
    """A product as people see it."""

    row: int
    product_id: str
    name: str
    sha256: str  # of the picture
    attributes: dict[str, Any]
    distance: float | None = None  # in z-space
    typical: float | None = None  # the same over the distance from a typical product to its nearest
    words: dict[str, str] = field(default_factory=dict)  # attributes that are no text, as people write them
    copies: int = 0  # other products with the same picture


def product_json(product: Product) -> dict[str, Any]:
    """Plain JSON; lists as lists, times as text, those at midnight as dates; whole numbers that a browser would round
    as text.
    """
    said = asdict(product)
    said["attributes"] = {
        key: [_plain(each) for each in value] if isinstance(value, list) else _plain(value)
        for key, value in product.attributes.items()
        if not (isinstance(value, float) and not math.isfinite(value))
    }
    return said


def _plain(value: object) -> str | int | float | bool:
    if isinstance(value, int) and abs(value) > FLOATS_ARE_WHOLE:
        return str(value)
    return value if isinstance(value, str | int | float | bool) else str(value).removesuffix(" 00:00:00")


@dataclass(frozen=True)
class MapView:
    """A map laid over a catalogue: a place for each row, NaN where the map has none or the product is deleted."""

    card: MapCard
    xy_n2: np.ndarray
    etag: str  # changes when the answer does
    products: int  # of the catalogue
    missing: int  # of these, how many the map does not show yet
    placed_n: np.ndarray  # bool: placed after the map was made
    far_n: np.ndarray  # bool: like nothing on the map when it was placed


def map_view(found: Map, catalogue: Catalogue) -> MapView:
    """The map, row by row of the catalogue; products of the map that the catalogue lacks are left out."""
    rows_n = catalogue.rows_of(found.product_ids)

    def over_rows(values_n: np.ndarray, nothing: float) -> np.ndarray:
        said_n = np.full((len(catalogue), *values_n.shape[1:]), nothing, values_n.dtype)
        said_n[rows_n[rows_n >= 0]] = values_n[rows_n >= 0]
        said_n.flags.writeable = False
        return said_n

    xy_n2 = over_rows(found.xy_n2, np.nan)
    made = "".join(c for c in found.card.made if c.isdigit())
    return MapView(
        found.card,
        xy_n2,
        f"{catalogue.version}-{found.version}-{made}",
        catalogue.count,
        catalogue.count - int(np.isfinite(xy_n2[:, 0]).sum()),
        over_rows(found.placed_n > 0, False),
        over_rows(found.far_n, False),
    )
