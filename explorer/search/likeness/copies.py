"""Products with the same picture as one, to see all that a single result stands for."""

from dataclasses import dataclass, replace

import numpy as np

from looks_like.explorer.core import Lab, Product


@dataclass(frozen=True)
class CopiesPage:
    """Some of the copies of a product."""

    count: int  # of all
    products: list[Product]


def copies_page(lab: Lab, row: int, number: int, size: int, shown_n: np.ndarray | None = None) -> CopiesPage:
    """The other products with a row's picture, `size` at a time from page 0; of those shown (bool (N,)) alone."""
    rows_m = lab.copies().of(row)
    rows_m = rows_m[(rows_m != row) & (True if shown_n is None else shown_n[rows_m])]
    found = lab.products_at(rows_m[number * size : (number + 1) * size])
    return CopiesPage(len(rows_m), [replace(product, copies=0) for product in found])  # it is said already


def copies_words(count: int) -> str:
    """ "99 copies", "1 copy" """
    return f"{count:,} {'copy' if count == 1 else 'copies'}"
