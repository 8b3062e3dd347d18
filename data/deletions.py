"""What is deleted, and brought back: products, maps, clusterings, models, and the views and filters that are saved.

One deletion is one entry of the log. Products stay in the tables, as rows that nobody is shown; maps, clusterings and
models are moved aside, so that their names are free. `compacting.py` makes it final.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np

from looks_like.data.acting import Role, require_role
from looks_like.data.catalogue import heed_deletions, open_rows
from looks_like.data.clusters import clusters_table, edits_table
from looks_like.data.deletion_log import (
    CLUSTERING,
    DELETE,
    FILTER,
    MAP,
    MODEL,
    PRODUCTS,
    UNDO,
    VIEW,
    Deletion,
    DeletionLog,
    append_deletion,
    read_deletions,
    settle,
)
from looks_like.data.errors import CatalogueError
from looks_like.data.maps import map_table
from looks_like.data.text import one_line
from looks_like.data.views import FILTERS, VIEWS, drop_view, list_views, save_view
from looks_like.data.workspace import Workspace, checked_name

_WORDS_MAX, _WHO_MAX = 300, 80
_SAVED = {VIEW: VIEWS, FILTER: FILTERS}  # what is saved under a name, and in which table


def delete_rows(workspace: Workspace, rows_m: np.ndarray, who: str, words: str = "") -> Deletion:
    """Deletes the products in these rows of the catalogue, those that are there. CatalogueError for none.

    Where a kill cut the same deletion short, it is that one which is done.
    """
    require_role(Role.ADMIN, "delete products")
    with _changing(workspace, "deleting products"):
        before, log = open_rows(workspace), read_deletions(workspace.folder)
        there_m = rows_m if before is None else rows_m[before.there_n[rows_m]]
        if not len(there_m):
            those = [entry for entry in log.standing if entry.what == PRODUCTS and log.is_about(entry, rows_m)]
            if not those:
                raise CatalogueError("there is no product to delete: they are deleted already, or were never here")
            return those[-1]
        entry = Deletion(kind=DELETE, what=PRODUCTS, who=_who(who), words=one_line(words, _WORDS_MAX))
        entry = append_deletion(workspace.folder, entry, there_m)
        heed_deletions(workspace)
        return entry


def delete_map(workspace: Workspace, model: str, name: str, who: str) -> Deletion:
    """Takes a map away. CatalogueError when there is none of that name."""
    return _delete_tables(workspace, MAP, model, name, who)


def delete_clustering(workspace: Workspace, model: str, name: str, who: str) -> Deletion:
    """Takes a clustering away, with what people changed of it. CatalogueError when there is none of that name."""
    return _delete_tables(workspace, CLUSTERING, model, name, who)


def delete_model(workspace: Workspace, name: str, who: str) -> Deletion:
    """Takes a model away, finished or not, with its codes, maps and clusterings. CatalogueError for none of that name,
    and while it is trained.
    """
    require_role(Role.ADMIN, "delete a model")
    with workspace.training_lock(checked_name(name, "model")), _changing(workspace, f"deleting model {name}"):
        if not (workspace.models / name).exists():
            raise CatalogueError(f"there is no model {name!r}")
        begins = tuple(f"{kind}--{name}--" for kind in ("map", "clusters", "cluster-edits"))
        have = workspace.table_names()
        tables = [table for table in have if table == f"codes--{name}" or table.startswith(begins)]
        places = (f"models/{name}", *map(_place, tables))
        return _moved(workspace, Deletion(kind=DELETE, what=MODEL, name=name, who=_who(who), places=places))


def delete_view(workspace: Workspace, name: str, who: str, what: str = VIEW) -> Deletion:
    """Takes a saved view, or FILTER, away for everyone. CatalogueError when there is none of that name."""
    view = next((view for view in list_views(workspace, _SAVED[what]) if view.name == name), None)
    if view is None:
        raise CatalogueError(f"there is no {what} {name[:80]!r}")
    entry = Deletion(kind=DELETE, what=what, name=name, who=_who(who), words=view.who, page=view.page, link=view.link)
    with workspace.edit_lock("deletions"):
        entry = append_deletion(workspace.folder, entry)
    drop_view(workspace, name, who, _SAVED[what])
    return entry


def undo_deletion(workspace: Workspace, entry: Deletion, who: str) -> Deletion:
    """Brings back what an entry of the log took away. CatalogueError where it can't be, or is back already."""
    with ExitStack() as held:
        if entry.what == MODEL:
            held.enter_context(workspace.training_lock(entry.name))
        if entry.what not in _SAVED:
            held.enter_context(workspace.write_lock("bringing back what was deleted"))
        with workspace.edit_lock("deletions"):
            log = read_deletions(workspace.folder)
            _require_undoable(log, entry)
            undo = Deletion(
                kind=UNDO,
                what=entry.what,
                model=entry.model,
                name=entry.name,
                who=_who(who),
                words=entry.words,
                products=entry.products,
                of=entry.number,
            )
            if entry.what in _SAVED:  # first: a kill between both then leaves it, and the undo can be done again
                save_view(workspace, entry.name, entry.page, entry.link, entry.words, _SAVED[entry.what])
            undo = append_deletion(workspace.folder, undo)
            settle(workspace.folder)
        if entry.what not in _SAVED:
            heed_deletions(workspace)
    return undo


def _require_undoable(log: DeletionLog, entry: Deletion) -> None:
    if entry.kind != DELETE:
        raise CatalogueError(f"entry {entry.number} of the log is no deletion: there is nothing to undo")
    if log.is_undone(entry):
        raise CatalogueError(f"{entry.said()} is back already")
    if log.is_final(entry):
        raise CatalogueError(f"{entry.said()} is gone for good since the workspace was compacted")
    if entry.model and not (log.folder / "models" / entry.model).exists():
        raise CatalogueError(f"model {entry.model!r} of {entry.what} {entry.name!r} is not there: bring it back first")
    taken = [place for place in entry.places if (log.folder / place).exists()]
    if entry.what in _SAVED:  # the same one is there where a kill cut its deletion short
        views = [view for view in list_views(Workspace(log.folder), _SAVED[entry.what]) if view.name == entry.name]
        taken = [view.name for view in views if (view.page, view.link) != (entry.page, entry.link)]
    if taken:
        raise CatalogueError(
            f"there is another {entry.what} {entry.name!r} by now: delete or rename that one, then undo this"
        )


def _delete_tables(workspace: Workspace, what: str, model: str, name: str, who: str) -> Deletion:
    model, name = checked_name(model, "model"), checked_name(name, what)
    tables = [map_table(model, name)] if what == MAP else [clusters_table(model, name), edits_table(model, name)]
    with _changing(workspace, f"deleting {what} {name}"):
        have = workspace.table_names()
        if tables[0] not in have:
            raise CatalogueError(f"model {model!r} has no {what} {name!r}")
        places = tuple(_place(table) for table in tables if table in have)
        return _moved(workspace, Deletion(kind=DELETE, what=what, model=model, name=name, who=_who(who), places=places))


def _moved(workspace: Workspace, entry: Deletion) -> Deletion:
    entry = append_deletion(workspace.folder, entry)
    settle(workspace.folder)
    return entry


@contextmanager
def _changing(workspace: Workspace, what: str) -> Iterator[None]:
    """The only one who writes, after what a kill left half-way was done."""
    with workspace.write_lock(what), workspace.edit_lock("deletions"):
        heed_deletions(workspace)
        yield


def _place(table: str) -> str:
    return f"tables/{table}.lance"


def _who(text: str) -> str:
    return one_line(text, _WHO_MAX) or "somebody"
