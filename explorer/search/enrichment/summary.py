"""All that sets some products apart, of each kind the strongest first, and the most telling of it in a line."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from looks_like.explorer.core import Lab, checked_rows
from looks_like.explorer.search.enrichment.dimensions import DimensionEnrichment, dimension_enrichments
from looks_like.explorer.search.enrichment.numbers import NumberEnrichment, number_enrichments
from looks_like.explorer.search.enrichment.values import ValueEnrichment, value_enrichments


@dataclass(frozen=True)
class Enrichment:
    products: int
    others: int
    values: tuple[ValueEnrichment, ...]
    numbers: tuple[NumberEnrichment, ...]
    dimensions: tuple[DimensionEnrichment, ...]
    words: str  # the most telling of it, or why there is nothing


def find_enrichment(
    lab: Lab,
    rows_m: np.ndarray,
    model: str | None = None,
    tags: Mapping[str, np.ndarray] | None = None,
    limit: int = 20,
) -> Enrichment:
    """Of the products in these catalogue rows (in any order) against all others; at most `limit` of each kind.

    `tags`: of each tag a mask (N,) bool over the catalogue. Without a model, or with one that has no codes, no
    dimensions are compared. RequestError for a row that there is not.
    """
    rows_m = np.unique(checked_rows(rows_m, lab.catalogue()))
    others = lab.catalogue().count - len(rows_m)
    if not len(rows_m) or not others:
        why = "No product is chosen." if others else "All products are chosen: there are no others."
        return Enrichment(len(rows_m), others, (), (), (), why)
    values = value_enrichments(lab, rows_m, tags)[:limit]
    numbers = number_enrichments(lab, rows_m)[:limit]
    dimensions = dimension_enrichments(lab, rows_m, model)[:limit] if model else ()
    told = [found[0].words for found in (values, numbers, dimensions) if found]
    nothing = "Nothing in the catalogue sets these products apart" + (": they are few." if len(rows_m) < 10 else ".")
    return Enrichment(len(rows_m), others, values, numbers, dimensions, "; ".join(told) or nothing)
