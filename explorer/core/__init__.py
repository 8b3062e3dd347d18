"""The core: what every other room asks. The Lab answers what is there, a Space is one model with its products.

Reading order: lab, space, queries (requests as links), results (plain values), cache."""

from looks_like.explorer.core.encoding import encode, encode_while_writing
from looks_like.explorer.core.errors import MISTAKES, AskError
from looks_like.explorer.core.lab import Lab, open_lab
from looks_like.explorer.core.palette import CATEGORIES_MAX, Colouring, by_category, by_number, is_colour, plain
from looks_like.explorer.core.plain_text import plain
from looks_like.explorer.core.queries import PathAsk, checked_seed, code_from_text, code_to_text, whole
from looks_like.explorer.core.results import DecodedPath, Item, MapView, item_json, map_view
from looks_like.explorer.core.space import NEAR_GRAPH_MAX, Space, encode_pixels
from looks_like.explorer.core.status import Status, status_of
from looks_like.explorer.core.words import number

__all__ = [
    "CATEGORIES_MAX",
    "MISTAKES",
    "NEAR_GRAPH_MAX",
    "AskError",
    "Colouring",
    "DecodedPath",
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
    "is_colour",
    "item_json",
    "map_view",
    "number",
    "open_lab",
    "plain",
    "status_of",
    "whole",
]
