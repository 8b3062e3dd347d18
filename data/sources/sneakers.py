"""The demo's products: sneakers drawn by the project itself, with every factor known."""

import hashlib

import pyarrow as pa

from looks_like.data.errors import CatalogueError
from looks_like.data.pictures import Picture
from looks_like.data.sheets import stored
from looks_like.data.sneakers.render_pool import RenderPool
from looks_like.data.sneakers.samplers import SAMPLERS
from looks_like.data.sources import Columns, Listing

SENTENCE = "sneakers[:catalogue|independent[:COUNT[:SEED]]], drawn by the project"
EDGE_PX = 128
COUNT, COUNT_MAX, SEED_MAX = 30_000, 1_000_000, 2**31 - 1
_DRAWING = 1  # goes up when sneakers are drawn differently, so that an import updates them


def accepts(address: str) -> bool:
    return address == "sneakers" or address.startswith("sneakers:")


def read(address: str, columns: Columns) -> Listing:
    """CatalogueError when the address asks for what there is not."""
    sampler, count, seed = _asked(address)
    studio = RenderPool(sampler, seed, EDGE_PX, count)
    products = [SAMPLERS[sampler](seed, i) for i in range(count)]
    names = list(products[0].attributes)
    attributes = {name: pa.chunked_array([[p.attributes[name] for p in products]]) for name in names}

    def picture(i: int) -> Picture:
        content = studio.picture(i)
        return Picture(content, EDGE_PX, hashlib.sha256(content).hexdigest())

    return Listing(
        where=[f"sneaker {i}" for i in range(count)],
        product_ids=[product.product_id for product in products],
        names=[product.name for product in products],
        files=[""] * count,
        attributes=pa.table({name: stored(values) for name, values in attributes.items()}),
        picture=picture,
        fingerprint=lambda i: f"{_DRAWING} {EDGE_PX} {products[i].sneaker}".encode(),
        close=studio.close,
    )


def _asked(address: str) -> tuple[str, int, int]:
    words = address.split(":")[1:]
    sampler, count, seed = [*words, *["catalogue", str(COUNT), "0"][len(words) :]][:3]
    if sampler not in SAMPLERS or len(words) > 3:
        raise CatalogueError(f"{address}: write {SENTENCE}")
    return sampler, _number(address, "COUNT", count, 1, COUNT_MAX), _number(address, "SEED", seed, 0, SEED_MAX)


def _number(address: str, what: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= most):
        raise CatalogueError(f"{address}: {what} must be a whole number from {least:,} to {most:,}, got {text[:20]!r}")
    return int(text)
