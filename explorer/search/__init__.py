"""Finding products: filters, text, similar products, photographs, and what sets some apart from all others. And what is
missing of them: values proposed, pictures completed.
"""

from looks_like.data.filled import FilledEntry
from looks_like.explorer.search.completion.accepting import accept, filling_log, reject, undo_filling
from looks_like.explorer.search.completion.pictures import (
    SAMPLES,
    SAMPLES_MAX,
    Completed,
    box_mask,
    complete,
    read_mask,
)
from looks_like.explorer.search.completion.proposals import (
    SURE,
    Accuracy,
    Missing,
    Proposals,
    accuracy,
    can_be_proposed,
    missing_attributes,
    proposals,
)
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
from looks_like.explorer.search.likeness.elsewhere import similar_there
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
    "SAMPLES",
    "SAMPLES_MAX",
    "SURE",
    "TAG",
    "Accuracy",
    "Completed",
    "Condition",
    "DimensionEnrichment",
    "DuplicateGroup",
    "Duplicates",
    "FilledEntry",
    "Filter",
    "FilterOption",
    "Found",
    "LookProgress",
    "Missing",
    "NumberEnrichment",
    "Photograph",
    "Proposals",
    "Reading",
    "SimilarProduct",
    "Term",
    "Value",
    "ValueEnrichment",
    "Values",
    "VectorsAdded",
    "VectorsRequest",
    "accept",
    "accuracy",
    "add_vectors",
    "are_none",
    "box_mask",
    "can_be_proposed",
    "choices",
    "complete",
    "copies_page",
    "copies_words",
    "duplicates",
    "duplicates_table",
    "end_text",
    "export_duplicates",
    "filling_log",
    "find",
    "find_duplicates",
    "find_enrichment",
    "forget_refused",
    "is_technical",
    "make_look",
    "mask",
    "missing_attributes",
    "nearest_to",
    "needs_look",
    "number_enrichments",
    "photograph",
    "pick",
    "place_on_map",
    "proposals",
    "read_colours",
    "read_end",
    "read_mask",
    "read_photograph",
    "reject",
    "require_writable_table",
    "rows_where",
    "search",
    "seconds_to_find",
    "similar_product_json",
    "similar_there",
    "similar_to",
    "similar_to_typed",
    "square_photograph",
    "tag_duplicates",
    "tag_note",
    "undo_filling",
    "unread_colours",
    "value_columns",
    "value_enrichments",
    "without_look",
    "write_similar",
]
