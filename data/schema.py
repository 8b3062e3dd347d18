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


HEADER = b"header"  # of a column's metadata: the name that people gave it


def header_of(field: pa.Field) -> str:
    """What people call an attribute; in workspaces of old, the store's name."""
    header: bytes = (field.metadata or {}).get(HEADER, field.name.encode())
    return header.decode("utf-8", "replace")


def shown_header(header: str) -> str:
    """What people are shown of a header: one that is the store's own has a word after it."""
    ours = header.lower() in {name.lower() for name in OURS} or header.startswith("_")
    return f"{header} (attribute)" if ours else header


def names_by_header(schema: pa.Schema) -> dict[str, str]:
    """By what people call it, the store's name of each attribute. A name that is one of ours has "(attribute)" after
    it.
    """
    names = dict[str, str]()
    for field in schema:
        if field.name in OURS or field.name.startswith("_"):
            continue
        header = shown_header(header_of(field))
        while header in names:
            header += " (attribute)"
        names[header] = field.name
    return names
