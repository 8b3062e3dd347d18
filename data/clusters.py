"""Clusterings, one table each: clusters--<model>--<name>, and what people changed: cluster-edits--<model>--<name>.

Who was in which cluster is written once. Renaming, merging, splitting and hiding are rows of the second table, one
commit each; undoing is one more row. So a kill loses nothing, and nothing that was said is gone.
"""

import json
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa

from looks_like.data.errors import CatalogueError
from looks_like.data.workspace import Workspace

_CARD = b"looks-like clusters"
ACTIONS = ("rename", "merge", "split", "hide", "unhide", "undo")
_EDITS = pa.schema(
    [
        pa.field("edit", pa.int64()),  # in order, from 1
        pa.field("clustering", pa.string()),  # its card's `clustering`: one made anew begins without edits
        pa.field("action", pa.string()),
        pa.field("numbers", pa.list_(pa.int32())),
        pa.field("names", pa.list_(pa.string())),
        pa.field("product_ids", pa.list_(pa.string())),
        pa.field("moved_to", pa.list_(pa.int32())),
        pa.field("who", pa.string()),
        pa.field("at", pa.string()),
    ]
)


@dataclass(frozen=True)
class ClusterCard:
    """Metadata of a clustering: model, method, settings and the names its clusters got automatically."""

    model: str
    name: str
    clustering: str  # of its own, so that edits of another of the same name are not taken for its own
    method: str
    k: int  # clusters found
    seed: int
    map: str  # the map that it was made on; "" when on codes
    catalogue_version: int
    weights: str  # fingerprint of the model's weights
    made: str  # ISO 8601, UTC
    seconds: float
    names: tuple[str, ...]  # names[number]


@dataclass(frozen=True)
class Clustering:
    card: ClusterCard
    product_ids: list[str]
    numbers_n: np.ndarray  # int32, -1 = in none


@dataclass(frozen=True)
class Edit:
    """rename: numbers[0] is called names[0]; merge: all numbers become numbers[0]; split: some products of numbers[0]
    move to the numbers after it, called names; hide and unhide: numbers; undo: nothing, the last one before it is void.
    """

    action: str
    numbers: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    product_ids: tuple[str, ...] = ()
    moved_to: tuple[int, ...] = ()  # one for each product
    who: str = ""
    at: str = ""  # ISO 8601, UTC
    edit: int = 0  # given when it is written


def clusters_table(model: str, name: str) -> str:
    """What `Workspace.stamp` takes."""
    return f"clusters--{model}--{name}"


def edits_table(model: str, name: str) -> str:
    """What `Workspace.stamp` takes."""
    return f"cluster-edits--{model}--{name}"


def write_clusters(workspace: Workspace, card: ClusterCard, product_ids: list[str], numbers_n: np.ndarray) -> None:
    """One commit; a clustering of the same name is replaced, and its edits no longer count."""
    schema = pa.schema(
        [pa.field("product_id", pa.string()), pa.field("number", pa.int32())],
        metadata={_CARD: json.dumps(asdict(card)).encode()},
    )
    batch = pa.table([pa.array(product_ids, pa.string()), pa.array(numbers_n.astype(np.int32))], schema=schema)
    name = clusters_table(card.model, card.name)
    workspace.tables.create_table(name, batch, mode="overwrite" if name in workspace.table_names() else "create")


def read_clusters(workspace: Workspace, model: str, name: str) -> Clustering:
    """CatalogueError when there is no such clustering."""
    table = workspace.table(clusters_table(model, name))
    if table is None:
        have = ", ".join(card.name for card in list_clusterings(workspace, model))
        have = have or "none. Make them: looks-like clusters make"
        raise CatalogueError(f"model {model!r} has no clusters {name[:60]!r}; it has: {have}")
    rows = table.to_arrow()
    return Clustering(_card(table.schema), rows["product_id"].to_pylist(), rows["number"].to_numpy())


def list_clusterings(workspace: Workspace, model: str) -> list[ClusterCard]:
    """Oldest first."""
    names = [name for name in workspace.table_names() if name.startswith(clusters_table(model, ""))]
    tables = [workspace.table(name) for name in names]
    return sorted((_card(table.schema) for table in tables if table is not None), key=lambda card: card.made)


def read_edits(workspace: Workspace, card: ClusterCard) -> list[Edit]:
    """The full edit log of a clustering, oldest first, including undone edits and the undos themselves."""
    table = workspace.table(edits_table(card.model, card.name))
    rows = [] if table is None else table.to_arrow().to_pylist()
    return sorted((_edit(row) for row in rows if row["clustering"] == card.clustering), key=lambda edit: edit.edit)


def append_edit(workspace: Workspace, card: ClusterCard, edit: Edit) -> None:
    """One commit, within `workspace.edit_lock("clusters")`. CatalogueError for an action that there is not."""
    if edit.action not in ACTIONS:
        raise CatalogueError(f"clusters can't be changed by {edit.action[:40]!r}; there is: {', '.join(ACTIONS)}")
    number = max((known.edit for known in read_edits(workspace, card)), default=0) + 1
    values = {**asdict(edit), "edit": number, "clustering": card.clustering}
    row = pa.Table.from_pylist([values], schema=_EDITS)
    table = workspace.table(edits_table(card.model, card.name))
    if table is None:
        workspace.tables.create_table(edits_table(card.model, card.name), row)
    else:
        table.add(row)


def edits_in_effect(edits: list[Edit]) -> list[Edit]:
    """The edits in effect: every undo cancels the newest edit before it that is not cancelled yet; both are dropped."""
    left: list[Edit] = []
    for edit in edits:
        if edit.action != "undo":
            left.append(edit)
        elif left:
            left.pop()
    return left


def _edit(row: dict[str, object]) -> Edit:
    told = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    told.pop("clustering")
    return Edit(**told)  # type: ignore[arg-type]


def _card(schema: pa.Schema) -> ClusterCard:
    try:
        said = json.loads((schema.metadata or {})[_CARD])
        return ClusterCard(**{**said, "names": tuple(str(name) for name in said["names"])})
    except (KeyError, ValueError, TypeError) as reason:
        raise CatalogueError(f"clusters in this workspace have no card ({reason}): make them again") from None
