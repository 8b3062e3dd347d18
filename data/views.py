"""Saved views: a name for a link, kept in one append-only table; the newest line of a name is what it means."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from looks_like.data.errors import CatalogueError
from looks_like.data.text import is_visible
from looks_like.data.workspace import Workspace

VIEWS = "views"
_COLUMNS = pa.schema(
    [
        pa.field("name", pa.string()),
        pa.field("page", pa.string()),  # "" = taken away
        pa.field("link", pa.string()),  # its query parameters
        pa.field("who", pa.string()),
        pa.field("at", pa.timestamp("us", tz="UTC")),
    ]
)
_NAME_MAX, _LINK_MAX = 60, 16_000


@dataclass(frozen=True)
class View:
    name: str
    page: str
    link: str
    who: str
    at: datetime


def save_view(workspace: Workspace, name: str, page: str, link: str, who: str) -> str:
    """-> the name as it is kept. Replaces one of that name. CatalogueError for a name or link too long or empty."""
    kept = " ".join(name.split())
    if not 1 <= len(kept) <= _NAME_MAX or not is_visible(kept):
        raise CatalogueError(f"a view's name has 1 to {_NAME_MAX} characters that can be seen, got {name[:80]!r}")
    if len(link) > _LINK_MAX:
        raise CatalogueError("this view is too long to be kept: select with fewer steps")
    _append(workspace, View(kept, page, link, who, datetime.now(UTC)))
    return kept


def drop_view(workspace: Workspace, name: str, who: str) -> None:
    """CatalogueError when there is none of that name."""
    if name not in [view.name for view in list_views(workspace)]:
        raise CatalogueError(f"there is no view {name[:80]!r}")
    _append(workspace, View(name, "", "", who, datetime.now(UTC)))


def list_views(workspace: Workspace) -> list[View]:
    """By name."""
    table = workspace.table(VIEWS)
    if table is None:
        return []
    newest = {line["name"]: View(**line) for line in sorted(table.to_arrow().to_pylist(), key=lambda line: line["at"])}
    return sorted((view for view in newest.values() if view.page), key=lambda view: view.name.lower())


def forget_dropped_views(workspace: Workspace) -> None:
    """Keeps what each view says now, in one commit, and no view that was taken away. To be called under their lock."""
    table = workspace.table(VIEWS)
    if table is not None and table.count_rows() > len(views := list_views(workspace)):
        lines = pa.Table.from_pylist([vars(view) for view in views], _COLUMNS)
        workspace.tables.create_table(VIEWS, lines, schema=_COLUMNS, mode="overwrite")


def _append(workspace: Workspace, view: View) -> None:
    line = pa.Table.from_pylist([vars(view)], _COLUMNS)
    with workspace.edit_lock("views"):
        table = workspace.table(VIEWS)
        if table is None:
            workspace.tables.create_table(VIEWS, line)
        else:
            table.add(line)
