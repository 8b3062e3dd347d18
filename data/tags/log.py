"""Tags, stored as an append-only log of actions.

One action is one row with all ids that it is about, and a commit holds whole actions alone: a kill leaves all of one or
nothing. Undo and redo are further actions; what holds now is what a replay says (`data/tags/state.py`).
"""

import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from lancedb.table import Table

from looks_like.data.errors import CatalogueError
from looks_like.data.text import is_visible, one_line
from looks_like.data.workspace import Workspace

TAGS = "tags"
NAME_MAX, WHO_MAX, WORDS_MAX = 60, 80, 300
ADDING, REMOVING = ("add", "import"), ("remove",)
RENAME = "rename"  # whoever carries the tag `of` carries `tag` instead
UNDOABLE = (*ADDING, *REMOVING, "reject", RENAME)  # what can be undone
KINDS = (*UNDOABLE, "undo", "redo")
_COLUMNS = pa.schema(
    [
        pa.field("number", pa.int64()),  # 1, 2, …: the order of commits, whatever order the table keeps its rows in
        pa.field("action_id", pa.string()),
        pa.field("at", pa.timestamp("us", "UTC")),
        pa.field("who", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("tag", pa.string()),
        pa.field("product_ids", pa.list_(pa.string())),
        pa.field("words", pa.string()),
        pa.field("of", pa.string()),  # the action that an undo or redo is about; the tag that a rename takes
        pa.field("changed", pa.int64()),  # products that were otherwise before, when it was written
    ]
)
_PARTS_MAX = 32  # files of the table before they are joined: each takes milliseconds to open
_OLD_VERSIONS_FOR = timedelta(hours=1)
_BATCH = 16  # actions read at once: each may be about a million products


@dataclass(frozen=True)
class Action:
    """One action of the tag log, without its product ids."""

    number: int
    action_id: str
    at: datetime  # UTC
    who: str
    kind: str
    tag: str
    words: str
    of: str
    changed: int
    products: int  # how many it is about

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the tags that it gives or takes: of a rename the old one, then the new one."""
        return (tag_key(self.of), tag_key(self.tag)) if self.kind == RENAME else (tag_key(self.tag),)

    def takes(self, tag: str) -> bool:
        """Whether it takes this tag from products."""
        old, *new = self.keys
        return tag_key(tag) == old and (self.kind in REMOVING or (self.kind == RENAME and new != [old]))


@dataclass(frozen=True)
class NewAction:
    """A new action, not written to the log yet."""

    who: str
    kind: str
    tag: str
    product_ids: pa.Array
    words: str = ""
    of: str = ""
    changed: int = 0


def tag_name(text: str) -> str:
    """A tag as it is kept: blanks trimmed and collapsed. CatalogueError says what a tag may be."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= NAME_MAX or not is_visible(name):
        raise CatalogueError(f"{text[:80]!r} can't be a tag: use 1 to {NAME_MAX} characters, none of them invisible")
    if "|" in name:
        raise CatalogueError(f"{name!r} can't be a tag: tables write | between two tags. Leave it out")
    return name


def tag_key(text: str) -> str:
    """Equal for two spellings of one tag."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def checked_who(text: str) -> str:
    """Who acts. CatalogueError says what a name may be."""
    name = text.strip()
    if not 1 <= len(name) <= WHO_MAX or not is_visible(name):
        raise CatalogueError(f"{text[:100]!r} can't be a person: use 1 to {WHO_MAX} characters, none of them invisible")
    return name


def append(workspace: Workspace, actions: Sequence[NewAction]) -> list[str]:
    """Appends actions to the log in one commit and returns their ids. CatalogueError for an invalid action or a
    failed write.
    """
    ids = [uuid.uuid4().hex for _ in actions]
    rows = [_row(action_id, action) for action_id, action in zip(ids, actions, strict=True)]
    with workspace.edit_lock(TAGS):
        table = _open(workspace)
        if table is None:  # two at once would create it twice, the later one empty: the lock sees to it
            table = workspace.tables.create_table(TAGS, schema=_COLUMNS, exist_ok=True)
        first = table.count_rows() + 1
        table.add(pa.concat_tables(pa.table([[first + i], *row], schema=_COLUMNS) for i, row in enumerate(rows)))
        if table.stats()["fragment_stats"]["num_fragments"] > _PARTS_MAX:
            _join_parts(table)
    return ids


def _row(action_id: str, action: NewAction) -> list[object]:
    if action.kind not in KINDS:
        raise CatalogueError(f"a tag can't be told {action.kind!r}; there are: {', '.join(KINDS)}")
    ids = pa.array(action.product_ids, pa.string())
    at = pa.array([datetime.now(UTC)], pa.timestamp("us", "UTC"))
    said = [checked_who(action.who)], [action.kind], [tag_name(action.tag)]
    listed = pa.ListArray.from_arrays(pa.array([0, len(ids)], pa.int32()), ids)
    of = tag_name(action.of) if action.kind == RENAME else action.of
    return [[action_id], at, *said, listed, [one_line(action.words, WORDS_MAX)], [of], [action.changed]]


def _join_parts(table: Table) -> None:
    """Safe beside readers; beside another writer it would shuffle the rows, which their numbers put right again.

    What is said is in the log by now, so a full disk here is no reason to tell anyone that it failed.
    """
    with suppress(RuntimeError):
        table.optimize(cleanup_older_than=_OLD_VERSIONS_FOR)


def _open(workspace: Workspace) -> Table | None:
    """None before the first action, or where a kill left but a folder. CatalogueError for a stranger's table."""
    try:
        table = workspace.table(TAGS)
    except (ValueError, RuntimeError) as reason:
        if "not found" in str(reason):
            return None
        raise
    if table is not None and not set(_COLUMNS.names) <= set(table.schema.names):
        raise CatalogueError(f"the table {TAGS!r} of {workspace.folder} is not ours: move tables/{TAGS}.lance away")
    return table


def read_log(workspace: Workspace, after: int = 0) -> tuple[int, Iterator[tuple[Action, pa.Array]]]:
    """How many actions there are, and those numbered above `after` with the ids they are about, in no order."""
    table = _open(workspace)
    if table is None:
        return 0, iter(())
    return table.count_rows(), _actions(table, after)


def _actions(table: Table, after: int) -> Iterator[tuple[Action, pa.Array]]:
    for batch in table.search().where(f"number > {after}").select(_COLUMNS.names).to_batches(batch_size=_BATCH):
        columns = {name: batch[name].to_pylist() for name in _COLUMNS.names if name != "product_ids"}
        lists = batch["product_ids"]
        for i in range(batch.num_rows):
            ids = lists[i].values
            ids = pa.array([], pa.string()) if ids is None else ids
            yield Action(**{name: values[i] for name, values in columns.items()}, products=len(ids)), ids
