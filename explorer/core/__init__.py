"""The core: what every other room asks. The Lab answers what is there, a Space is one model with its products.

Reading order: lab, space, queries (requests as links), results (plain values), cache."""

from looks_like.explorer.core.cache import Cache
from looks_like.explorer.core.encoding import encode, encode_while_writing, without_code
from looks_like.explorer.core.files import require_writable
from looks_like.explorer.core.formatting import attribute_titles, escape_markdown, number, value_words
from looks_like.explorer.core.lab import Lab, open_lab
from looks_like.explorer.core.palette import (
    CATEGORIES_MAX,
    GREY,
    MISSING,
    Colouring,
    by_category,
    by_number,
    by_time,
    is_colour,
    repainted,
    uncoloured,
)
from looks_like.explorer.core.requests import (
    CURVE_DEFAULT,
    MapContext,
    checked_rows,
    checked_seed,
    code_from_text,
    code_to_text,
    is_finite_number,
    json_from_link,
    whole_number,
)
from looks_like.explorer.core.results import MapView, Product, map_view, product_json
from looks_like.explorer.core.space import KNN_GRAPH_MAX, Dimension, Space, axes_of, encode_finely, encode_pixels
from looks_like.explorer.core.status import Status, status_of
from looks_like.explorer.core.warm_up import get_ready

__all__ = [
    "CATEGORIES_MAX",
    "CURVE_DEFAULT",
    "GREY",
    "KNN_GRAPH_MAX",
    "MISSING",
    "Cache",
    "Colouring",
    "Dimension",
    "Lab",
    "MapContext",
    "MapView",
    "Product",
    "Space",
    "Status",
    "attribute_titles",
    "axes_of",
    "by_category",
    "by_number",
    "by_time",
    "checked_rows",
    "checked_seed",
    "code_from_text",
    "code_to_text",
    "encode",
    "encode_finely",
    "encode_pixels",
    "encode_while_writing",
    "escape_markdown",
    "get_ready",
    "is_colour",
    "is_finite_number",
    "json_from_link",
    "map_view",
    "number",
    "open_lab",
    "product_json",
    "repainted",
    "require_writable",
    "status_of",
    "uncoloured",
    "value_words",
    "whole_number",
    "without_code",
]
