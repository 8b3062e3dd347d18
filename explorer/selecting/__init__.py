"""Selections: the steps that make one, the products in it, saved views, and tables written of it."""

from looks_like.explorer.selecting.export import export_kind, export_products, write_products, write_tags
from looks_like.explorer.selecting.map_state import MapState, Viewport
from looks_like.explorer.selecting.selection import ORDERS, Selection, page, rows, selected, words
from looks_like.explorer.selecting.steps import (
    SELECTION_CHARACTERS_MAX,
    SelectionStep,
    pinned,
    steps_from_text,
    steps_text,
)
from looks_like.explorer.selecting.views import drop_view, list_views, save_view

__all__ = [
    "ORDERS",
    "SELECTION_CHARACTERS_MAX",
    "MapState",
    "Selection",
    "SelectionStep",
    "Viewport",
    "drop_view",
    "export_kind",
    "export_products",
    "list_views",
    "page",
    "pinned",
    "rows",
    "save_view",
    "selected",
    "steps_from_text",
    "steps_text",
    "words",
    "write_products",
    "write_tags",
]
