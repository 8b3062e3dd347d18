"""Selections: the steps that make one, the products in it, saved views, tables written of it; and what is deleted."""

from looks_like.data.deletion_log import Deletion
from looks_like.data.preview import ColumnPreview, PicturePreview, Preview, preview_of
from looks_like.data.sheets import ENDINGS, KINDS
from looks_like.data.vectors import VECTOR_ENDINGS
from looks_like.data.views import View
from looks_like.explorer.selecting.deleting import (
    back_up_workspace,
    compact_workspace,
    delete_clustering,
    delete_filter,
    delete_map,
    delete_products,
    delete_view,
    deletion_log,
    deletion_words,
    disk_usage,
    megabytes,
    rows_to_delete,
    start_compacting,
    undo_deletion,
)
from looks_like.explorer.selecting.export import (
    export_kind,
    export_products,
    write_code_file,
    write_map,
    write_model,
    write_products,
    write_tags,
)
from looks_like.explorer.selecting.map_state import MapState, Viewport
from looks_like.explorer.selecting.selection import Selection, orders, page, rows, selected, words
from looks_like.explorer.selecting.steps import (
    FOUND_TEXT_MAX,
    SELECTION_CHARACTERS_MAX,
    SelectionStep,
    pinned,
    steps_from_text,
    steps_text,
)
from looks_like.explorer.selecting.uploads import (
    bring_vectors,
    drop_files,
    keep_files,
    preview_files,
    start_import,
    without_folder,
)
from looks_like.explorer.selecting.views import list_views, rename_filter, save_filter, save_view, saved_filters

__all__ = [
    "ENDINGS",
    "FOUND_TEXT_MAX",
    "KINDS",
    "SELECTION_CHARACTERS_MAX",
    "VECTOR_ENDINGS",
    "ColumnPreview",
    "Deletion",
    "MapState",
    "PicturePreview",
    "Preview",
    "Selection",
    "SelectionStep",
    "View",
    "Viewport",
    "back_up_workspace",
    "bring_vectors",
    "compact_workspace",
    "delete_clustering",
    "delete_filter",
    "delete_map",
    "delete_products",
    "delete_view",
    "deletion_log",
    "deletion_words",
    "disk_usage",
    "drop_files",
    "export_kind",
    "export_products",
    "keep_files",
    "list_views",
    "megabytes",
    "orders",
    "page",
    "pinned",
    "preview_files",
    "preview_of",
    "rename_filter",
    "rows",
    "rows_to_delete",
    "save_filter",
    "save_view",
    "saved_filters",
    "selected",
    "start_compacting",
    "start_import",
    "steps_from_text",
    "steps_text",
    "undo_deletion",
    "without_folder",
    "words",
    "write_code_file",
    "write_map",
    "write_model",
    "write_products",
    "write_tags",
]
