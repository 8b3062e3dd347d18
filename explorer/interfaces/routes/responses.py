"""What the answers of several routes have in common: how long they may be kept, and how they are packed."""

import os
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from looks_like.data.pictures import encode
from looks_like.explorer.core import Product, product_json, whole_number
from looks_like.explorer.errors import RequestError

PER_PAGE = 60
FOREVER = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
NEVER = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_PIECE = 256 * 1024


def cache_headers(for_ever: bool) -> dict[str, str]:
    """Cache headers: immutable if the address contains a version, otherwise no-store."""
    return FOREVER if for_ever else NEVER


def page_number(request: Request) -> int:
    """?page=, the first is 0."""
    number = whole_number(request.query_params, "page", 0)
    if not 0 <= number < 1_000_000:
        raise RequestError(f"page must be 0 or more, got {number}")
    return number


def json_reply(value: object, *, for_ever: bool = False) -> Response:
    """As JSON."""
    return JSONResponse(value, headers=cache_headers(for_ever))


def product_reply(found: Product) -> Response:
    return json_reply(product_json(found))


def products_reply(found: list[Product]) -> Response:
    return json_reply([product_json(each) for each in found])


def binary_reply(content: bytes, *, for_ever: bool = False, **said: object) -> Response:
    """Raw numbers; what a reader must know of them goes into headers x-…"""
    headers = cache_headers(for_ever) | {f"x-{name}": str(value) for name, value in said.items()}
    return Response(content, media_type="application/octet-stream", headers=headers)


def file_reply(content: BinaryIO, media_type: str, said: dict[str, str]) -> Response:
    """A file from its beginning, piece by piece; it is closed when all was sent."""
    headers = {**NEVER, **said, "content-length": str(content.seek(0, os.SEEK_END))}
    content.seek(0)

    def pieces() -> Iterator[bytes]:
        with content:
            while piece := content.read(_PIECE):
                yield piece

    return StreamingResponse(pieces(), media_type=media_type, headers=headers)


def busy_reply(said: str, seconds: int) -> Response:
    """Not now: when to ask again is in the header Retry-After."""
    return JSONResponse({"error": said}, 503, {**NEVER, "retry-after": str(seconds)})


def bitmask_reply(chosen_n: np.ndarray) -> Response:
    """One bit for each row, the lowest first; how many are set is in the header x-count."""
    return binary_reply(np.packbits(chosen_n, bitorder="little").tobytes(), count=int(chosen_n.sum()))


def sheet(pixels_nhwc: np.ndarray, columns: int) -> Response:
    """Pictures as one, white where the last row is not full."""
    count, edge = pixels_nhwc.shape[:2]
    rows = -(-count // columns)
    whole_nhwc = np.full((rows * columns, edge, edge, 3), 255, np.uint8)
    whole_nhwc[:count] = pixels_nhwc
    grid = whole_nhwc.reshape(rows, columns, edge, edge, 3).swapaxes(1, 2).reshape(rows * edge, columns * edge, 3)
    content = encode(Image.fromarray(grid), lossless=False)
    return Response(content, media_type="image/jpeg", headers=NEVER)
