"""The core: what every other room asks. The Lab answers what is there, a Space is one model with its products.

Reading order: lab, space, queries (requests as links), results (plain values), cache."""

from looks_like.explorer.core.encoding import encode, encode_while_writing
from looks_like.explorer.core.files import need_writable
from looks_like.explorer.core.lab import Lab, open_lab
from looks_like.explorer.core.palette import CATEGORIES_MAX, Colouring, by_category, by_number, is_colour, uncoloured
from looks_like.explorer.core.queries import Ground, PathAsk, checked_seed, code_from_text, code_to_text, whole
from looks_like.explorer.core.results import DecodedPath, Item, MapView, item_json, map_view
from looks_like.explorer.core.space import NEAR_GRAPH_MAX, Space, encode_pixels
from looks_like.explorer.core.status import Status, status_of
from looks_like.explorer.core.warm_up import get_ready
from looks_like.explorer.core.words import number, plain

__all__ = [
    "CATEGORIES_MAX",
    "NEAR_GRAPH_MAX",
    "Colouring",
    "DecodedPath",
    "Ground",
    "Item",
    "Lab",
    "MapView",
    "PathAsk",
    "Space",
    "Status",
    "by_category",
    "by_number",
    "checked_seed",
    "code_from_text",
    "code_to_text",
    "encode",
    "encode_pixels",
    "encode_while_writing",
    "get_ready",
    "is_colour",
    "item_json",
    "map_view",
    "need_writable",
    "number",
    "open_lab",
    "plain",
    "status_of",
    "uncoloured",
    "whole",
]
