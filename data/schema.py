"""Tables and their columns. Ours begin with an underscore; all others in `products` are the catalogue's attributes."""

import hashlib
import re

import numpy as np
import pyarrow as pa

PRODUCTS = "products"
PRODUCT_COLUMNS = pa.schema(
    [
        pa.field("product_id", pa.string(), nullable=False),
        pa.field("name", pa.string()),
        pa.field("_number", pa.int64()),  # order of first import; never changes, so arrays only grow at their end
        pa.field("_picture", pa.large_binary()),  # JPEG or PNG, square
        pa.field("_picture_sha256", pa.string()),
        pa.field("_edge_px", pa.int32()),
        pa.field("_content_sha256", pa.string()),  # of the source's file and values: has anything changed?
    ]
)
OURS = frozenset(PRODUCT_COLUMNS.names)
ID_CHARACTERS_MAX = 500
HELD_OUT_ONE_IN = 20


def attribute_name(header: str, taken: set[str]) -> str:
    """A column name that every query can hold: ASCII letters, digits, underscores; unlike ours and those taken."""
    base = re.sub(r"\W+", "_", header.strip(), flags=re.ASCII).strip("_")[:60] or "column"
    base = f"a_{base}" if base.lower() in OURS or base[0].isdigit() else base
    name, again = base, 2
    while name.lower() in {other.lower() for other in taken}:
        name, again = f"{base}_{again}", again + 1
    return name


def held_out(product_ids: list[str]) -> np.ndarray:
    """(N,) bool: the fixed 5 % that no model learns from, by hash of the id, so a growing catalogue keeps it."""
    digests = (hashlib.sha256(product_id.encode()).digest()[:8] for product_id in product_ids)
    return np.array([int.from_bytes(d, "big") % HELD_OUT_ONE_IN == 0 for d in digests], dtype=bool)


def attribute_column(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Converts a column to one of the attribute types: int64, float64, bool, timestamp or string."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.cast(kind.value_type), kind.value_type
    if pa.types.is_boolean(kind) or pa.types.is_string(kind):
        return values
    if pa.types.is_integer(kind):
        return values.cast(pa.float64() if kind == pa.uint64() else pa.int64())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return values.cast(pa.float64())
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return values.cast(pa.timestamp("ms"), safe=False)
    if (
        pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
        or pa.types.is_time(kind)
    ):
        return values.cast(pa.string())
    return pa.chunked_array([pa.array([None if v is None else str(v) for v in values.to_pylist()], pa.string())])
