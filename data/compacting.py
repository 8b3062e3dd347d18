"""Makes deletions final and gives their disk space back: afterwards nothing of what was deleted is in the workspace.

Rows of deleted products stay in the table of products, with their id and nothing else, so that no row number changes.
Each step is one commit or can be done twice: after a kill, compacting again does what is left.
"""

import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.acting import Role, require_role
from looks_like.data.catalogue import heed_deletions, open_rows
from looks_like.data.deletion_log import FINAL, FOLDER, Deletion, DeletionLog, append_deletion, read_deletions
from looks_like.data.schema import PRODUCTS
from looks_like.data.tags import TAGS
from looks_like.data.text import one_line
from looks_like.data.uploads import FOLDER as UPLOADS
from looks_like.data.uploads import sweep_uploads
from looks_like.data.views import VIEWS, forget_dropped_views
from looks_like.data.workspace import Workspace

_WHO_MAX = 80
Without = Callable[[pa.Table, pa.Array], pa.Table]  # a table, ids -> the same table where it has none of them
_AT_ONCE = 50_000  # rows emptied in one commit


@dataclass(frozen=True)
class CompactStep:
    stage: str  # for people
    done: int
    total: int


def compact(workspace: Workspace, who: str) -> Iterator[CompactStep]:
    """Reports its steps. What was deleted so far can't be undone from the first one on.

    CatalogueError while another process writes or trains.
    """
    require_role(Role.ADMIN, "give disk space back")
    with ExitStack() as held:
        for model in sorted(path.name for path in workspace.models.glob("*")):
            held.enter_context(workspace.training_lock(model))  # a training reads the pictures of its version
        held.enter_context(workspace.write_lock("compacting"))
        for what in (TAGS, VIEWS, "clusters", "deletions"):
            held.enter_context(workspace.edit_lock(what))
        heed_deletions(workspace)
        if read_deletions(workspace.folder).standing:
            append_deletion(workspace.folder, Deletion(kind=FINAL, who=one_line(who, _WHO_MAX) or "somebody"))
            heed_deletions(workspace)
        steps = list(_steps(workspace))
        for i, (stage, run) in enumerate(steps):
            yield CompactStep(stage, i, len(steps))
            run()
        yield CompactStep("Done", len(steps), len(steps))


def bytes_used(folder: Path) -> dict[str, int]:
    """What the parts of a workspace take on disk, the largest first; a file under two names counts once."""
    used, seen = dict[str, int](), set[tuple[int, int]]()
    for path in folder.rglob("*"):
        try:
            found = path.lstat()
        except OSError:  # gone meanwhile
            continue
        if path.is_file() and (found.st_dev, found.st_ino) not in seen:
            seen.add((found.st_dev, found.st_ino))
            part = _part(path.relative_to(folder).parts)
            used[part] = used.get(part, 0) + found.st_blocks * 512
    return dict(sorted(used.items(), key=lambda pair: -pair[1]))


_PARTS = {
    "models": "models",
    "pixels": "pixels, made again at need",
    FOLDER: "deleted",
    "jobs": "jobs",
    UPLOADS: "files that came over the page",
}
_TABLES = {PRODUCTS: "products", "codes": "codes", "map": "maps", "clusters": "clusters", "cluster-edits": "clusters"}


def _part(parts: tuple[str, ...]) -> str:
    """Which part of a workspace a file belongs to, for people."""
    if parts[0] == "tables" and len(parts) > 1:
        table = parts[1].removesuffix(".lance").partition("--")[0]
        return _TABLES.get(table, "tags and views")
    return _PARTS.get(parts[0], "other")


def _steps(workspace: Workspace) -> Iterator[tuple[str, Callable[[], None]]]:
    log, catalogue, names = read_deletions(workspace.folder), open_rows(workspace), workspace.table_names()
    yield "Removing what lies aside", partial(_remove_aside, log)
    if catalogue is not None and catalogue.deleted:
        ids = pa.array(list(catalogue.deleted), pa.string())
        if len(full := _not_empty(workspace, ids)):
            yield "Removing pixels", partial(shutil.rmtree, workspace.pixels, ignore_errors=True)
            yield "Emptying products", partial(_empty_products, workspace, full)
        # what people changed of clusters goes before who is in which: it speaks of those
        for begin, without in (
            ("cluster-edits--", _without_members),
            ("clusters--", _without),
            ("codes--", _without),
            ("map--", _without),
            (TAGS, _without_listed),
        ):
            for name in (each for each in names if each.startswith(begin)):
                yield f"Emptying {name.replace('--', ' ')}", partial(_rewrite, workspace, name, without, ids)
    yield "Removing old uploads", partial(sweep_uploads, workspace)
    yield "Removing views", partial(forget_dropped_views, workspace)
    for name in names:
        yield f"Clearing {name.replace('--', ' ')}", partial(_clear, workspace, name)


def _remove_aside(log: DeletionLog) -> None:
    for entry in log.entries:
        if entry.places and (log.is_final(entry) or log.is_undone(entry)):
            shutil.rmtree(log.aside(entry), ignore_errors=True)


def _not_empty(workspace: Workspace, ids: pa.Array) -> pa.Table:
    """Id and number of those of these products that nobody has emptied yet."""
    table = workspace.table(PRODUCTS)
    assert table is not None
    full = table.search().where("_picture_sha256 IS NOT NULL").select(["product_id", "_number"]).to_arrow()
    return full.filter(pc.is_in(full["product_id"], value_set=ids))


def _empty_products(workspace: Workspace, full: pa.Table) -> None:
    """Leaves number and id."""
    table = workspace.table(PRODUCTS)
    assert table is not None
    for i in range(0, len(full), _AT_ONCE):
        some = full.slice(i, _AT_ONCE)
        columns = [
            some[field.name] if field.name in ("product_id", "_number") else pa.nulls(len(some), field.type)
            for field in table.schema
        ]
        rows = pa.table(columns, schema=table.schema)
        table.merge_insert("product_id").when_matched_update_all().execute(rows)


def _rewrite(workspace: Workspace, name: str, without: Without, ids: pa.Array) -> None:
    """One commit with the table without these products; none where it has none of them."""
    table = workspace.table(name)
    assert table is not None
    before = table.to_arrow()
    after = without(before, ids)
    if after is not before:
        workspace.tables.create_table(name, after, schema=table.schema, mode="overwrite")


def _without(table: pa.Table, ids: pa.Array) -> pa.Table:
    """The table without the rows of these products."""
    gone = pc.is_in(table["product_id"], value_set=ids)
    return table.filter(pc.invert(gone)) if pc.any(gone).as_py() else table


def _without_listed(table: pa.Table, ids: pa.Array, *beside: str) -> pa.Table:
    """The table without these products in its lists of ids, nor what is theirs in the lists beside."""
    lists = table["product_ids"].combine_chunks()
    gone = pc.fill_null(pc.is_in(lists.flatten(), value_set=ids), False)
    if not pc.any(gone).as_py():
        return table
    stays_m = np.asarray(pc.invert(gone))
    rows_m = np.asarray(pc.list_parent_indices(lists))
    counts = np.bincount(rows_m[stays_m], minlength=len(lists))
    for name in ("product_ids", *beside):
        kept = table[name].combine_chunks().flatten().filter(pa.array(stays_m))
        ends = pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
        table = table.set_column(table.column_names.index(name), name, pa.ListArray.from_arrays(ends, kept))
    return table


def _without_members(table: pa.Table, ids: pa.Array) -> pa.Table:
    return _without_listed(table, ids, "moved_to")


def _clear(workspace: Workspace, name: str) -> None:
    """Joins the parts of a table and removes all of its older versions."""
    table = workspace.table(name)
    if table is not None:
        with warnings.catch_warnings():  # that nobody may write meanwhile: nobody does
            warnings.simplefilter("ignore", UserWarning)
            table.optimize(cleanup_older_than=timedelta(0), delete_unverified=True)
