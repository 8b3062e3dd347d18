"""Products by what somebody types of their id or name."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.answers import Item
from explorer.lab import Lab

FOUND_MAX = 12
_EXACT_MAX = 10_000  # of the products that hold the text, how many are looked at for one that is it


def search(lab: Lab, text: str, limit: int = FOUND_MAX) -> list[Item]:
    """Products whose id or name holds the text, exact ids first; the first ones where the text is empty."""
    catalogue = lab.catalogue()
    wanted = text.strip().lower()
    if not wanted:
        return lab.items_at(range(min(limit, len(catalogue))))
    ids, names = _lower_case(lab)
    hit_n = pc.or_(pc.match_substring(ids, wanted), pc.match_substring(names, wanted))
    rows = np.flatnonzero(hit_n.to_numpy(zero_copy_only=False))
    exact = [row for row in rows[:_EXACT_MAX] if catalogue.product_ids[row].lower() == wanted]
    ordered = exact + [int(row) for row in rows[: limit + 1] if row not in exact]
    return lab.items_at(ordered[:limit])


def _lower_case(lab: Lab) -> tuple[pa.Array, pa.Array]:
    """-> (ids, names)"""
    catalogue = lab.catalogue()

    def make() -> tuple[pa.Array, pa.Array]:
        names = pa.array(catalogue.names, pa.string())
        return pc.utf8_lower(catalogue.rows["product_id"].combine_chunks()), pc.utf8_lower(names)

    return lab.once(("lower case", catalogue.version), make)
