"""Labels for evaluation: catalogue attributes, and ground-truth factors for products that the project renders
itself.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from looks_like.data import dsprites
from looks_like.data.catalogue import Catalogue
from looks_like.data.sneakers import factors as sneakers
from looks_like.data.sneakers import render
from looks_like.data.sneakers.samplers import independent

VALUES_MAX = 64  # of an attribute: with more words each is too rare to be told, more numbers are cut into bins
_DEPENDENT = "sneaker-"  # ids of sneakers that were drawn as a shop has them: their factors go together


@dataclass(frozen=True)
class FactorPictures:
    """Pictures and the factors that drew them, each drawn alone."""

    rows_n: np.ndarray | None  # of the catalogue; None = drawn for this
    pixels_nhwc: np.ndarray | None
    columns: dict[str, np.ndarray]  # name -> values (N,)


def drawn_factors(catalogue: Catalogue) -> list[str]:
    """The attributes that drew the products; none where they were not drawn."""
    for names in (dsprites.FACTORS, tuple(sneakers.FACTORS)):
        if set(names) <= set(catalogue.attributes):
            return list(names)
    return []


def known_factors(catalogue: Catalogue, edge_px: int, count: int, seed: int) -> FactorPictures | None:
    """At most `count` products with their factors; None where factors are not known.

    A shop's sneakers go by fashion, so their factors depend on each other: others are drawn in their place.
    """
    names = drawn_factors(catalogue)
    if not names:
        return None
    if catalogue.product_ids[catalogue.there[0]].startswith(_DEPENDENT):
        drawn = [independent(seed + 1, i).sneaker for i in range(count)]
        rows = [asdict(sneaker) for sneaker in drawn]
        columns = {name: np.array([row[name] for row in rows]) for name in names}
        return FactorPictures(None, np.stack([render(sneaker, edge_px) for sneaker in drawn]), columns)
    rows_n = np.sort(np.random.default_rng(seed).permutation(catalogue.there)[:count])
    return FactorPictures(rows_n, None, {name: np.array(catalogue.rows[name].to_pylist())[rows_n] for name in names})


def comparable_columns(catalogue: Catalogue, rows_n: np.ndarray) -> tuple[dict[str, np.ndarray], list[str]]:
    """-> (attribute -> values (N,) of these rows, attributes of too many words to be told)."""
    columns, left_out = dict[str, np.ndarray](), []
    for name in catalogue.imported_attributes:  # what was named here follows from codes: it can judge none
        values_n = np.array(catalogue.rows[name].to_pylist(), dtype=object)[rows_n]
        if _is_told(values_n):
            columns[name] = _plain(values_n)
        else:
            left_out.append(name)
    return columns, left_out


def _is_told(values_n: Sequence[object] | np.ndarray) -> bool:
    words = {value for value in values_n if isinstance(value, str)}
    return len(words) <= VALUES_MAX


def _plain(values_n: np.ndarray) -> np.ndarray:
    """Times as numbers: seconds since 1970."""
    return np.array([value.timestamp() if hasattr(value, "timestamp") else value for value in values_n], dtype=object)
