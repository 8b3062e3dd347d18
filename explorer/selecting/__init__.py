"""Selections: the steps that make one, the products in it, saved views, and tables written of it."""

from looks_like.data.preview import ColumnPreview, PicturePreview, Preview, preview_of
from looks_like.data.sheets import ENDINGS, KINDS
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
from looks_like.explorer.selecting.uploads import drop_files, keep_files, preview_files, start_import, without_folder
from looks_like.explorer.selecting.views import drop_view, list_views, save_view

__all__ = [
    "ENDINGS",
    "KINDS",
    "ORDERS",
    "SELECTION_CHARACTERS_MAX",
    "ColumnPreview",
    "MapState",
    "PicturePreview",
    "Preview",
    "Selection",
    "SelectionStep",
    "Viewport",
    "drop_files",
    "drop_view",
    "export_kind",
    "export_products",
    "keep_files",
    "list_views",
    "page",
    "pinned",
    "preview_files",
    "preview_of",
    "rows",
    "save_view",
    "selected",
    "start_import",
    "steps_from_text",
    "steps_text",
    "without_folder",
    "words",
    "write_products",
    "write_tags",
]
