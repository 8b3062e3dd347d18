"""The dSprites re-render: pictures drawn on the spot, the factors that made them as attributes.

`dsprites:all` comes in the published order; a COUNT at random, and a larger one of the same seed begins with it.
"""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa

from looks_like.data.dsprites import COUNT, EDGE_PX, FACTORS, SHAPES, render, values_of
from looks_like.data.errors import CatalogueError
from looks_like.data.sources import Columns, Listing

SENTENCE = "the dSprites re-render: dsprites, dsprites:COUNT, dsprites:COUNT:SEED, dsprites:all"
_ADDRESS = re.compile(r"dsprites(?::all|:(?P<count>[0-9]{1,9})(?::(?P<seed>[0-9]{1,9}))?)?")
_USUAL_COUNT = 30_000


def accepts(address: str) -> bool:
    return address.partition(":")[0] == "dsprites" and not Path(address).exists()  # a folder of that name is a folder


def read(address: str, columns: Columns) -> Listing:
    rows_n = _rows(address)
    packed_nb = render(rows_n)  # half a kilobyte each; one by one would take several times as long
    rows = rows_n.tolist()
    ids = [f"dsprite-{row}" for row in rows]
    return Listing(
        where=[f"picture {row}" for row in rows],
        product_ids=ids,
        names=[""] * len(ids),
        files=[f"{name}.pbm" for name in ids],
        attributes=_attributes(rows_n),
        picture=lambda i: _bitmap(packed_nb[i]),
    )


def _rows(address: str) -> np.ndarray:
    """Which of the 737,280. CatalogueError says how to ask."""
    asked = _ADDRESS.fullmatch(address)
    if asked is None or not 1 <= int(asked["count"] or 1) <= COUNT:
        raise CatalogueError(
            f"{address[:80]}: write dsprites:COUNT or dsprites:COUNT:SEED with a COUNT from 1 to {COUNT:,} and a SEED "
            f"of at most nine digits, dsprites:all, or dsprites for {_USUAL_COUNT:,} of them"
        )
    if address == "dsprites:all":
        return np.arange(COUNT)
    return np.random.default_rng(int(asked["seed"] or 0)).permutation(COUNT)[: int(asked["count"] or _USUAL_COUNT)]


def _attributes(rows_n: np.ndarray) -> pa.Table:
    """Rounded for reading, each value still apart from the next: the orientation in degrees, x and y as 0 … 1."""
    shape_n, scale_n, radians_n, x_n, y_n = values_of(rows_n).T
    shapes = np.array(SHAPES)[shape_n.astype(np.int64) - 1]
    numbers = [scale_n.round(1), np.degrees(radians_n).round(2), x_n.round(3), y_n.round(3)]
    return pa.table(dict(zip(FACTORS, [pa.array(shapes, pa.string()), *numbers], strict=True)))


def _bitmap(packed_b: np.ndarray) -> bytes:
    """A PBM file of (512,) bits, white on black."""
    return f"P4 {EDGE_PX} {EDGE_PX}\n".encode() + bytes(np.invert(packed_b))
