"""Attributes of little use to people who look for products: ids, files, where a picture came from, a camera's angle."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# words of a name; the last one of "product id" says what it is, any of the others is enough
_TELLING = frozenset(
    (
        *("yaw", "pitch", "roll", "azimuth", "elevation", "seed", "uuid", "guid", "hash", "sha", "sha1", "sha256"),
        *("md5", "checksum", "file", "filename", "filepath", "path", "folder", "directory", "url", "uri", "href"),
        *("link", "source", "provenance", "imported", "etag"),
    )
)
_ENDS = frozenset(("id", "ids", "key", "code", "index", "row", "number", "nr", "no"))
_OF_PEOPLE = frozenset(("price", "size", "year", "season", "name", "title", "brand"))
_FEW = 50  # values of which nothing is said by all being different
_NEARLY_ALL = 0.9
_SAMPLE = 2_000  # values that are looked at one by one
_DECIMALS_MAX = 4  # of a number that people would type
_ADDRESS = re.compile(r"(?:https?|file|s3|gs)://|[a-zA-Z]:\\|/\w+/", re.ASCII)


def is_technical(name: str, given: pa.Array, distinct: int, unit: str = "") -> bool:
    """Whether people would hardly ask for it, from its name and its values that are there (lists flattened).

    `distinct`: how many of the values differ; `unit`: money is always asked for.
    """
    words = [word for word in re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()) if word]
    if unit or not words:
        return False
    if set(words) & _TELLING:
        return True
    if distinct < 2:
        return True
    differ = len(given) >= _FEW and distinct >= _NEARLY_ALL * len(given)
    if pa.types.is_temporal(given.type) or set(words) & _OF_PEOPLE:
        return False
    if words[-1] in _ENDS and distinct > _FEW:
        return True
    if pa.types.is_floating(given.type):
        return differ and _is_long(given)
    if pa.types.is_integer(given.type):
        return differ and pc.max(given).as_py() - pc.min(given).as_py() > 2 * len(given)
    return differ or _are_addresses(given)


def _is_long(given: pa.Array) -> bool:
    """Whether most of these numbers have more decimals than people write."""
    some_n = given[:_SAMPLE].to_numpy(zero_copy_only=False)
    some_n = some_n[np.isfinite(some_n)]
    return bool(len(some_n) and np.mean(np.round(some_n, _DECIMALS_MAX) != some_n) > 0.5)


def _are_addresses(given: pa.Array) -> bool:
    if not pa.types.is_string(given.type):
        return False
    some = given[:_SAMPLE].to_pylist()
    return sum(_ADDRESS.match(text) is not None for text in some) > 0.5 * len(some)
