"""Finding products: filters, text, similar products, photographs, and what sets some apart from all others."""

from looks_like.explorer.search.columns import DEARER, NOT_GIVEN_TEXT
from looks_like.explorer.search.enrichment import (
    TAG,
    DimensionContrast,
    NumberContrast,
    ValueContrast,
    contrast,
    number_contrasts,
    plain_words,
    value_contrasts,
)
from looks_like.explorer.search.filter_options import Choice, choices
from looks_like.explorer.search.filters import NOT_GIVEN, Condition, Filter, Value, mask
from looks_like.explorer.search.photographs import photograph, squared
from looks_like.explorer.search.similar import (
    K_MAX,
    Alike,
    alike_json,
    nearest_to,
    place_on_map,
    similar_to,
    similar_to_typed,
)
from looks_like.explorer.search.similar_for_all import need_recommendable, write_recommended
from looks_like.explorer.search.text import search

__all__ = [
    "DEARER",
    "K_MAX",
    "NOT_GIVEN",
    "NOT_GIVEN_TEXT",
    "TAG",
    "Alike",
    "Choice",
    "Condition",
    "DimensionContrast",
    "Filter",
    "NumberContrast",
    "Value",
    "ValueContrast",
    "alike_json",
    "choices",
    "contrast",
    "mask",
    "nearest_to",
    "need_recommendable",
    "number_contrasts",
    "photograph",
    "place_on_map",
    "plain_words",
    "search",
    "similar_to",
    "similar_to_typed",
    "squared",
    "value_contrasts",
    "write_recommended",
]
