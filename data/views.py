"""Saved views and saved filters: names for a link or a filter, kept in an append-only table for each of the two; the
newest line of a name is what it means."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from looks_like.data.errors import CatalogueError
from looks_like.data.text import is_visible
from looks_like.data.workspace import Workspace

VIEWS, FILTERS = SAVED = ("views", "filters")  # the tables
_ONE = {VIEWS: "view", FILTERS: "filter"}
_COLUMNS = pa.schema(
    [
        pa.field("name", pa.string()),
        pa.field("page", pa.string()),  # "" = taken away
        pa.field("link", pa.string()),  # its query parameters; a filter as JSON
        pa.field("who", pa.string()),
        pa.field("at", pa.timestamp("us", tz="UTC")),
    ]
)
_NAME_MAX, _LINK_MAX = 60, 16_000
_SHORTER = {VIEWS: "select with fewer steps", FILTERS: "ask for fewer values"}


@dataclass(frozen=True)
class View:
    """Of a saved filter the page is "filter" and the link the filter itself."""

    name: str
    page: str
    link: str
    who: str
    at: datetime


def save_view(workspace: Workspace, name: str, page: str, link: str, who: str, saved: str = VIEWS) -> str:
    """-> the name as it is kept. Replaces one of that name. CatalogueError for a name or link too long or empty.

    `saved`: the table, as everywhere here.
    """
    kept, what = " ".join(name.split()), _ONE[saved]
    if not 1 <= len(kept) <= _NAME_MAX or not is_visible(kept):
        raise CatalogueError(f"a {what}'s name has 1 to {_NAME_MAX} characters that can be seen, got {name[:80]!r}")
    if len(link) > _LINK_MAX:
        raise CatalogueError(f"this {what} is too long to be kept: {_SHORTER[saved]}")
    _append(workspace, View(kept, page, link, who, datetime.now(UTC)), saved)
    return kept


def rename_view(workspace: Workspace, old: str, new: str, who: str, saved: str = VIEWS) -> str:
    """-> the new name as it is kept. CatalogueError for no such old one, and for a new one that is taken or can't be.

    A kill half-way leaves it under both names.
    """
    have = {view.name: view for view in list_views(workspace, saved)}
    if old not in have:
        raise CatalogueError(f"there is no {_ONE[saved]} {old[:80]!r}")
    if " ".join(new.split()) == old:
        return old
    if " ".join(new.split()) in have:
        raise CatalogueError(f"there is a {_ONE[saved]} {new[:80]!r} already: delete it first, or choose another name")
    kept = save_view(workspace, new, have[old].page, have[old].link, have[old].who, saved)
    drop_view(workspace, old, who, saved)
    return kept


def drop_view(workspace: Workspace, name: str, who: str, saved: str = VIEWS) -> None:
    """CatalogueError when there is none of that name."""
    if name not in [view.name for view in list_views(workspace, saved)]:
        raise CatalogueError(f"there is no {_ONE[saved]} {name[:80]!r}")
    _append(workspace, View(name, "", "", who, datetime.now(UTC)), saved)


def list_views(workspace: Workspace, saved: str = VIEWS) -> list[View]:
    """By name."""
    table = workspace.table(saved)
    if table is None:
        return []
    newest = {line["name"]: View(**line) for line in sorted(table.to_arrow().to_pylist(), key=lambda line: line["at"])}
    return sorted((view for view in newest.values() if view.page), key=lambda view: view.name.lower())


def forget_dropped_views(workspace: Workspace) -> None:
    """Keeps what each view and filter says now, in a commit each, and none that was taken away.

    To be called under their lock.
    """
    for saved in SAVED:
        table = workspace.table(saved)
        if table is not None and table.count_rows() > len(views := list_views(workspace, saved)):
            lines = pa.Table.from_pylist([vars(view) for view in views], _COLUMNS)
            workspace.tables.create_table(saved, lines, schema=_COLUMNS, mode="overwrite")


def _append(workspace: Workspace, view: View, saved: str) -> None:
    line = pa.Table.from_pylist([vars(view)], _COLUMNS)
    with workspace.edit_lock("views"):
        table = workspace.table(saved)
        if table is None:
            workspace.tables.create_table(saved, line)
        else:
            table.add(line)
