"""Products by what somebody types of their id or name."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.explorer.core import Lab, Product
from looks_like.explorer.search.finding.spelling import forms, words_of

FOUND_MAX = 12
_CHARACTERS_MAX = 300  # of a name whose words are known
_EXACT_MAX = 10_000  # of the products that hold the text, how many are looked at for one that is it


def search(lab: Lab, text: str, limit: int = FOUND_MAX) -> list[Product]:
    """Products whose id or name holds the text, exact ids first; the first ones where the text is empty."""
    catalogue = lab.catalogue()
    wanted = text.strip().lower()
    if not wanted:
        return lab.products_at(catalogue.there[:limit])
    rows = np.flatnonzero(holds(lab, "product_id", wanted) | holds(lab, "name", wanted))
    exact = [row for row in rows[:_EXACT_MAX] if catalogue.product_ids[row].lower() == wanted]
    ordered = exact + [int(row) for row in rows[: limit + 1] if row not in exact]
    return lab.products_at(ordered[:limit])


def spellings(lab: Lab, word: str) -> list[str]:
    """How names spell a word, the shortest first: one or many, with or without umlauts."""
    catalogue = lab.catalogue()

    def read() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name in pc.unique(_lower_case(lab, "name")).drop_null().to_pylist():
            for each in words_of(name[:_CHARACTERS_MAX]):
                for form in forms(each):
                    found.setdefault(form, set()).add(each)
        return found

    known = lab.cache.get_or_make(("spellings", catalogue.as_of), read, max_size=2)
    return sorted({each for form in forms(word) for each in known.get(form, ())}, key=lambda each: (len(each), each))


def _lower_case(lab: Lab, column: str) -> pa.Array:
    """A column of the catalogue as small letters, by row; null where a product lacks it. Kept for each version."""
    catalogue = lab.catalogue()
    return lab.cache.get_or_make(
        ("lower case", catalogue.as_of, column),
        lambda: pc.utf8_lower(_as_text(catalogue.rows[column].combine_chunks())),
        max_size=16,
    )


def _as_text(values: pa.Array) -> pa.Array:
    """Of a list one value a line: no word that is looked for goes over the end of one."""
    if not pa.types.is_list(values.type):
        return values.cast(pa.string())
    texts = values.cast(pa.list_(pa.string()))
    if texts.flatten().null_count:
        kept = ([v for v in each if v is not None] if each else each for each in texts.to_pylist())
        texts = pa.array(kept, pa.list_(pa.string()))
    return pc.binary_join(texts, pa.scalar("\n"))


def holds(lab: Lab, column: str, word: str) -> np.ndarray:
    """bool (N,): in whose text the word stands, which is written small; in none where there is no text."""
    hit_n = pc.fill_null(pc.match_substring(_lower_case(lab, column), word), False)
    return np.asarray(hit_n.to_numpy(zero_copy_only=False))
