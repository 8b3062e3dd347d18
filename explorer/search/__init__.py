"""Finding products: filters, text, similar products, photographs, and what sets some apart from all others."""

from looks_like.explorer.search.enrichment import (
    DEARER,
    NOT_GIVEN_TEXT,
    TAG,
    DimensionEnrichment,
    NumberEnrichment,
    ValueEnrichment,
    Values,
    find_enrichment,
    number_enrichments,
    value_columns,
    value_enrichments,
)
from looks_like.explorer.search.filters.ends import end_text, read_end
from looks_like.explorer.search.filters.filter import NOT_GIVEN, Condition, Filter, Value
from looks_like.explorer.search.filters.masks import mask
from looks_like.explorer.search.filters.options import FilterOption, choices
from looks_like.explorer.search.filters.technical import is_technical
from looks_like.explorer.search.filters.where import rows_where, tag_note
from looks_like.explorer.search.finding.found import FIND_CHARACTERS_MAX, Found, find
from looks_like.explorer.search.finding.picture_colours import read_colours, unread_colours
from looks_like.explorer.search.finding.text import search
from looks_like.explorer.search.finding.understanding import Reading, Term
from looks_like.explorer.search.likeness.copies import copies_page, copies_words
from looks_like.explorer.search.likeness.counting import ALL, COUNTS
from looks_like.explorer.search.likeness.duplicates import (
    DUPLICATE,
    DuplicateGroup,
    Duplicates,
    are_none,
    duplicates,
    duplicates_table,
    export_duplicates,
    find_duplicates,
    forget_refused,
    needs_look,
    seconds_to_find,
    tag_duplicates,
)
from looks_like.explorer.search.likeness.looks import LOOK_NAME, LookProgress, make_look, without_look
from looks_like.explorer.search.likeness.own_vectors import DISTANCES, VectorsAdded, VectorsRequest, add_vectors
from looks_like.explorer.search.likeness.photographs import (
    PHOTOGRAPH_ENDINGS,
    PHOTOGRAPH_MB_MAX,
    Photograph,
    photograph,
    read_photograph,
    square_photograph,
)
from looks_like.explorer.search.likeness.picks import PICKS, PICKS_MAX, pick
from looks_like.explorer.search.likeness.similar import (
    K_MAX,
    SimilarProduct,
    nearest_to,
    place_on_map,
    similar_product_json,
    similar_to,
    similar_to_typed,
)
from looks_like.explorer.search.likeness.similar_for_all import require_writable_table, write_similar

__all__ = [
    "ALL",
    "COUNTS",
    "DEARER",
    "DISTANCES",
    "DUPLICATE",
    "FIND_CHARACTERS_MAX",
    "K_MAX",
    "LOOK_NAME",
    "NOT_GIVEN",
    "NOT_GIVEN_TEXT",
    "PHOTOGRAPH_ENDINGS",
    "PHOTOGRAPH_MB_MAX",
    "PICKS",
    "PICKS_MAX",
    "TAG",
    "Condition",
    "DimensionEnrichment",
    "DuplicateGroup",
    "Duplicates",
    "Filter",
    "FilterOption",
    "Found",
    "LookProgress",
    "NumberEnrichment",
    "Photograph",
    "Reading",
    "SimilarProduct",
    "Term",
    "Value",
    "ValueEnrichment",
    "Values",
    "VectorsAdded",
    "VectorsRequest",
    "add_vectors",
    "are_none",
    "choices",
    "copies_page",
    "copies_words",
    "duplicates",
    "duplicates_table",
    "end_text",
    "export_duplicates",
    "find",
    "find_duplicates",
    "find_enrichment",
    "forget_refused",
    "is_technical",
    "make_look",
    "mask",
    "nearest_to",
    "needs_look",
    "number_enrichments",
    "photograph",
    "pick",
    "place_on_map",
    "read_colours",
    "read_end",
    "read_photograph",
    "require_writable_table",
    "rows_where",
    "search",
    "seconds_to_find",
    "similar_product_json",
    "similar_to",
    "similar_to_typed",
    "square_photograph",
    "tag_duplicates",
    "tag_note",
    "unread_colours",
    "value_columns",
    "value_enrichments",
    "without_look",
    "write_similar",
]
