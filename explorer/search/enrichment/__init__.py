"""Enrichment: attribute values, numbers and latent dimensions in which a set of products differs from all others.

Texts, yes/no and tags are compared by a G-test (likelihood ratio, Dunning 1993), numbers by their ranks (Mann-Whitney's
U as the share of pairs, Cliff's delta), dimensions by Cohen's d. Only what passes 1 % after Bonferroni's correction is
told, that with the strongest evidence first. The work grows with the selection, not with the catalogue.
"""

from looks_like.explorer.search.enrichment.columns import DEARER, NOT_GIVEN_TEXT, Values, value_columns
from looks_like.explorer.search.enrichment.dimensions import DimensionEnrichment
from looks_like.explorer.search.enrichment.numbers import NumberEnrichment, number_enrichments
from looks_like.explorer.search.enrichment.summary import Enrichment, find_enrichment
from looks_like.explorer.search.enrichment.values import TAG, ValueEnrichment, value_enrichments

__all__ = [
    "DEARER",
    "NOT_GIVEN_TEXT",
    "TAG",
    "DimensionEnrichment",
    "Enrichment",
    "NumberEnrichment",
    "ValueEnrichment",
    "Values",
    "find_enrichment",
    "number_enrichments",
    "value_columns",
    "value_enrichments",
]
