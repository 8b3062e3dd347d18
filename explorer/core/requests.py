"""Requests as frozen dataclasses: hashable, so they can be cache keys, and convertible to and from URL query
parameters.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from looks_like.data.catalogue import Catalogue
from looks_like.explorer.errors import RequestError

CURVE_DEFAULT = "dense"
SEED_MAX = 2**32 - 1  # of NumPy's and scikit-learn's generators
CODE_MAX = 1e6  # no number of a code is as large
_WHOLE_MAX = 2**63  # of a column of whole numbers, and of NumPy


@dataclass(frozen=True)
class MapContext:
    """What a selection refers to: the model, the map of its lassos and the clustering of its cluster numbers."""

    model: str
    map: str = ""
    clusters: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "MapContext":
        """model, map and clusters, as a link has them."""
        return cls(query.get("model", ""), query.get("map", ""), query.get("clusters", ""))

    def to_query(self) -> dict[str, str]:
        """What `from_query` reads."""
        return {"model": self.model, "map": self.map, "clusters": self.clusters}


def json_from_link(text: str, what: str) -> Any:
    """What a link says as JSON. RequestError for what is none, and for what nothing here could count or write: numbers
    of hundreds of digits, halves of characters.
    """
    try:
        said = json.loads(text)
        json.dumps(said, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise RequestError(f"the {what} in this link is not JSON: choose it anew") from None
    return said


def is_finite_number(value: object) -> bool:
    """Whether a value of a link is a number that can be reckoned with: no truth value, no infinity, no 401 digits."""
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def whole_number(query: Mapping[str, str], key: str, default: int) -> int:
    """A whole number from a link. RequestError says which was not one, or has more digits than any here."""
    try:
        number = int(query.get(key, default))
    except ValueError:
        raise RequestError(f"{key} must be a whole number, got {query[key][:40]!r}") from None
    if abs(number) >= _WHOLE_MAX:
        raise RequestError(f"{key} must be a whole number of at most 18 digits, got {query[key][:40]!r}")
    return number


def checked_rows(rows_m: Sequence[int] | np.ndarray, catalogue: Catalogue) -> np.ndarray:
    """int64 (M,), as given. RequestError names the first that the catalogue does not have, or whose product is gone."""
    rows_m, size = np.asarray(rows_m, np.int64), len(catalogue)
    wrong_m = rows_m[(rows_m < 0) | (rows_m >= size)]
    if len(wrong_m):
        raise RequestError(f"there is no row {wrong_m[0]} in this catalogue of {size:,}")
    gone_m = rows_m[~catalogue.there_n[rows_m]]
    if len(gone_m):
        raise RequestError(f"the product of row {gone_m[0]} was deleted")
    return rows_m


def checked_seed(seed: int) -> int:
    """RequestError for one that not every generator takes."""
    if not 0 <= seed <= SEED_MAX:
        raise RequestError(f"seed must be between 0 and {SEED_MAX:,}, got {seed}")
    return seed


def code_from_text(text: str, latent: int) -> list[float]:
    """ "0.1,-2" -> numbers. RequestError when they are not `latent` finite numbers."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if len(parts) != latent:
        raise RequestError(f"z must be {latent} numbers with commas between, got {len(parts)}")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        raise RequestError(f"z must be {latent} numbers with commas between, got {text[:40]!r}") from None
    if not all(abs(number) < CODE_MAX for number in numbers):
        raise RequestError("z must be finite numbers below a million")
    return numbers


def code_to_text(z_d: list[float]) -> str:
    """Three decimals: finer than anyone sees."""
    return ",".join(f"{value:.3f}".rstrip("0").rstrip(".") for value in z_d)
