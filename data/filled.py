"""Values that people accepted for products whose attribute was missing, as an append-only log, one commit an entry.

A value stands in its column only where the catalogue has none: what an import brings goes before it. Who filled it,
when and how sure the program was of it is kept with every value; an undone entry counts as if it had never been.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from looks_like.data.catalogue import Catalogue
from looks_like.data.errors import CatalogueError
from looks_like.data.text import one_line
from looks_like.data.workspace import Workspace

TABLE = "filled"
FILL, REJECT = "fill", "reject"
_WHO_MAX, _WORDS_MAX = 80, 300
_BEGINNING = datetime.fromtimestamp(0, UTC)
_COLUMNS = pa.schema(
    [
        pa.field("entry", pa.int64()),
        pa.field("undoes", pa.int64()),  # an entry; 0 = none, and all but who and at is empty otherwise
        pa.field("kind", pa.string()),
        pa.field("column", pa.string()),  # as people call it
        pa.field("product_ids", pa.list_(pa.string())),
        pa.field("values", pa.list_(pa.string())),  # JSON, one for each product; none where they are rejected
        pa.field("confidences", pa.list_(pa.float32())),
        pa.field("words", pa.string()),  # how they were found, for people
        pa.field("who", pa.string()),
        pa.field("at", pa.timestamp("us", tz="UTC")),
    ]
)


@dataclass(frozen=True)
class FilledEntry:
    """A line of the log: values of one column that were accepted, or products whose proposal was rejected, at once."""

    number: int
    undoes: int
    kind: str
    column: str
    product_ids: tuple[str, ...]
    values: tuple[str, ...]  # JSON
    confidences: tuple[float, ...]
    words: str
    who: str
    at: datetime

    def said(self) -> str:
        """ "fill “brand” of 12 products" """
        many = f"{len(self.product_ids):,} product{'' if len(self.product_ids) == 1 else 's'}"
        if self.undoes:
            return f"undo entry {self.undoes}"
        return f"fill “{self.column}” of {many}" if self.kind == FILL else f"reject “{self.column}” of {many}"


@dataclass(frozen=True)
class FilledValue:
    """What stands for one product, and whence."""

    value: str  # JSON
    confidence: float
    entry: int


@dataclass(frozen=True)
class FilledLog:
    """All that was done, oldest first."""

    entries: tuple[FilledEntry, ...] = ()

    @cached_property
    def undone(self) -> frozenset[int]:
        return frozenset(entry.undoes for entry in self.entries if entry.undoes)

    @cached_property
    def open(self) -> tuple[FilledEntry, ...]:
        """What counts: neither undone nor an undoing."""
        return tuple(entry for entry in self.entries if not entry.undoes and entry.number not in self.undone)

    @cached_property
    def standing(self) -> dict[str, dict[str, FilledValue]]:
        """By column and product id, the newest."""
        found = dict[str, dict[str, FilledValue]]()
        for entry in self.open:
            of_column = found.setdefault(entry.column, {})
            if entry.kind == FILL:
                kept = zip(entry.product_ids, entry.values, entry.confidences, strict=True)
                of_column |= {key: FilledValue(value, sure, entry.number) for key, value, sure in kept}
            else:
                for key in entry.product_ids:
                    of_column.pop(key, None)
        return {column: values for column, values in found.items() if values}

    def rejected(self, column: str) -> set[str]:
        """Ids of products whose proposal was rejected, and which were not filled since."""
        found = set[str]()
        for entry in self.open:
            if entry.column == column:
                found = found | set(entry.product_ids) if entry.kind == REJECT else found - set(entry.product_ids)
        return found

    def by(self, number: int) -> FilledEntry:
        """CatalogueError for none of that number."""
        entry = next((each for each in self.entries if each.number == number), None)
        if entry is None:
            raise CatalogueError(f"there is no entry {number} in the log of filled values")
        return entry


def read_filled(workspace: Workspace) -> FilledLog:
    """An empty log where nothing was filled. CatalogueError for a table that holds something else."""
    table = workspace.table(TABLE)
    if table is None:
        return FilledLog()
    try:
        lines = table.to_arrow().select(_COLUMNS.names).cast(_COLUMNS).to_pylist()
        entries = [_entry(line) for line in lines if line["entry"] is not None]
    except (pa.ArrowException, KeyError, ValueError) as reason:
        raise CatalogueError(
            f"{workspace.folder} has a table {TABLE} that holds no filled values ({one_line(str(reason), 200)}): put "
            "that of a backup there, or move it away"
        ) from None
    return FilledLog(tuple(sorted(entries, key=lambda entry: entry.number)))


def fill(
    workspace: Workspace, column: str, accepted: Mapping[str, tuple[object, float]], words: str, who: str
) -> FilledEntry:
    """Accepts values of a column: by product id, the value and how sure it is, 0 to 1. CatalogueError for none."""
    if not accepted:
        raise CatalogueError("there is nothing to accept")
    values = [json.dumps(value, ensure_ascii=False) for value, _ in accepted.values()]
    line = {"kind": FILL, "column": column, "product_ids": list(accepted), "values": values}
    return _append(workspace, line | {"confidences": [sure for _, sure in accepted.values()], "words": words}, who)


def reject(workspace: Workspace, column: str, product_ids: Sequence[str], who: str) -> FilledEntry:
    """These products are not proposed a value of this column again. CatalogueError for none."""
    if not product_ids:
        raise CatalogueError("there is nothing to reject")
    return _append(workspace, {"kind": REJECT, "column": column, "product_ids": list(product_ids)}, who)


def undo_filling(workspace: Workspace, number: int | None, who: str) -> FilledEntry:
    """Undoes an entry, the newest that stands unless said; what was done later stays. CatalogueError where there is
    none, or it is undone already.
    """
    with workspace.edit_lock(TABLE):
        log = read_filled(workspace)
        if number is None and not log.open:
            raise CatalogueError("there is nothing to undo: no value was filled, or all of it was undone")
        about = log.open[-1] if number is None else log.by(number)
        if about.undoes or about.number in log.undone:
            raise CatalogueError(f"entry {about.number} ({about.said()}) is no longer there to undo")
        return _append_locked(workspace, log, {"undoes": about.number, "column": about.column}, who)


def with_filled(catalogue: Catalogue, log: FilledLog, stamp: tuple[object, ...]) -> Catalogue:
    """The catalogue with these values where it has none; a value that its column can't hold is left out."""
    columns, rows_of = dict[str, pa.ChunkedArray](), dict[str, np.ndarray]()
    for name, values in log.standing.items():
        if name not in catalogue.attributes:
            continue
        rows_m = catalogue.rows_of(values)
        column = catalogue.rows[name].combine_chunks()
        missing_n = column.is_null().to_numpy(zero_copy_only=False)
        open_m = (rows_m >= 0) & missing_n[np.maximum(rows_m, 0)]
        asked = zip(values.values(), open_m.tolist(), strict=True)
        read = [_read(each.value, column.type) if is_open else None for each, is_open in asked]
        taken = [i for i, value in enumerate(read) if value is not None]
        if not taken:
            continue
        place_n = np.arange(len(column))
        place_n[rows_m[taken]] = len(column) + np.arange(len(taken))
        more = pa.array([read[i] for i in taken], column.type)
        columns[name] = pa.chunked_array([column, more]).take(pa.array(place_n)).combine_chunks()
        rows_of[name] = np.sort(rows_m[taken])
    return catalogue.with_values(columns, rows_of, stamp)


def _read(text: str, kind: pa.DataType) -> object:
    """A value as the column holds it; None where it can't be that."""
    try:
        value = json.loads(text)
        return None if value is None else pa.array([value], kind)[0].as_py()
    except (ValueError, TypeError, OverflowError, pa.ArrowException):
        return None


def _append(workspace: Workspace, line: Mapping[str, object], who: str) -> FilledEntry:
    with workspace.edit_lock(TABLE):
        return _append_locked(workspace, read_filled(workspace), line, who)


def _append_locked(workspace: Workspace, log: FilledLog, line: Mapping[str, object], who: str) -> FilledEntry:
    number = log.entries[-1].number + 1 if log.entries else 1
    empty = {"undoes": 0, "kind": "", "column": "", "product_ids": [], "values": [], "confidences": [], "words": ""}
    full = empty | dict(line) | {"entry": number, "who": one_line(who, _WHO_MAX) or "somebody", "at": datetime.now(UTC)}
    full["words"] = one_line(str(full["words"]), _WORDS_MAX)
    batch, table = pa.Table.from_pylist([full], schema=_COLUMNS), workspace.table(TABLE)
    if table is None:
        workspace.tables.create_table(TABLE, batch)
    else:
        table.add(batch)
    return _entry(full)


def _entry(line: Mapping[str, Any]) -> FilledEntry:
    """Whatever lies in a stranger's table: lists of unlike lengths hold nothing."""
    ids, values = tuple(line["product_ids"] or ()), tuple(line["values"] or ())
    sure, kind = tuple(float(each or 0.0) for each in line["confidences"] or ()), str(line["kind"] or "")
    if kind == FILL and not len(ids) == len(values) == len(sure):
        ids, values, sure = (), (), ()
    return FilledEntry(
        number=int(line["entry"]),
        undoes=int(line["undoes"] or 0),
        kind=kind,
        column=str(line["column"] or ""),
        product_ids=tuple(str(each) for each in ids),
        values=tuple(str(each) for each in values),
        confidences=sure,
        words=str(line["words"] or ""),
        who=str(line["who"] or ""),
        at=line["at"] or _BEGINNING,
    )
