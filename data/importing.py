"""Imports a source into the catalogue: adds new products, updates changed ones, skips and reports invalid ones.

An iterator of reports: the reader shows them. Commits are made every 64 MB of pictures, so memory stays bounded and
a kill loses at most that much work, never anything that was in.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from looks_like.atomic import replacing
from looks_like.data.catalogue import Catalogue, heed_deletions, open_rows
from looks_like.data.deletion_log import RETURN, Deletion, append_deletion
from looks_like.data.errors import CatalogueError, PictureError
from looks_like.data.pictures import Picture, square_picture
from looks_like.data.schema import (
    HEADER,
    ID_CHARACTERS_MAX,
    OURS,
    PRODUCT_COLUMNS,
    PRODUCTS,
    attribute_name,
    header_of,
    names_by_header,
    shown_header,
)
from looks_like.data.sheets import UNIT, kind_of, matched, unit_of
from looks_like.data.sources import Columns, Listing, read
from looks_like.data.tables import write_lines
from looks_like.data.text import has_controls
from looks_like.data.workspace import Workspace

REPORT_FILE = "import-report.csv"
_COMMIT_BYTES = 64_000_000
_CHUNK = 256  # products squared at once between two reports
_NAME_CHARACTERS_MAX = 500
_WIDER, _NARROWER = "_wider", "_narrower"  # a column on its way from whole numbers to numbers


@dataclass(frozen=True)
class ImportReport:
    done: int
    total: int
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    seconds_left: float = 0.0
    version: int = 0  # of the catalogue, once all is in

    def words(self) -> str:
        said = [f"{self.added:,} added", f"{self.updated:,} updated", f"{self.unchanged:,} unchanged"]
        return ", ".join([*said, f"{self.refused:,} refused"])


@dataclass(frozen=True)
class _Row:
    product_id: str
    content_sha256: str
    picture: Picture | None  # None = nothing changed


def import_source(workspace: Workspace, address: str, columns: Columns | None = None) -> Iterator[ImportReport]:
    """Reports about every 256 products; the last one carries the new version.

    CatalogueError when the source can't be read, another process writes, or an attribute changes its type.
    """
    yield from import_listing(workspace, offered(workspace, address, columns), Path(address).name)


def import_listing(workspace: Workspace, listing: Listing, name: str) -> Iterator[ImportReport]:
    """The same of what was offered already; the listing is closed at the end. `name`: of the source, for people."""
    try:
        with workspace.write_lock(f"import of {name}"):
            yield from _Import(workspace, listing).reports()
    finally:
        listing.close()


def offered(workspace: Workspace, address: str, columns: Columns | None = None) -> Listing:
    """What a source offers, its columns read as the catalogue has them already. CatalogueError as above."""
    columns, table = columns or Columns(), workspace.table(PRODUCTS)
    if table is None:
        return read(address, columns)
    fields = {header: table.schema.field(name) for header, name in names_by_header(table.schema).items()}
    known = {header: kind_of(field.type, unit_of(field)) for header, field in fields.items()}
    return read(address, replace(columns, known=known, known_products=table.count_rows() > 0))


def absent_from_source(workspace: Workspace, address: str) -> int:
    """Number of catalogue products that are absent from the source."""
    table = workspace.table(PRODUCTS)
    if table is None or not table.count_rows():
        return 0
    listing = offered(workspace, address)
    listing.close()
    there = open_rows(workspace)
    return 0 if there is None else len({*there.product_ids} - {*listing.product_ids, ""})


class _Import:
    def __init__(self, workspace: Workspace, listing: Listing) -> None:
        self.workspace, self.listing = workspace, listing
        self.refusals = list(listing.refused)
        self.now = ImportReport(done=0, total=len(listing.product_ids), refused=len(self.refusals))
        self.seen: set[str] = set()
        self.kept_pictures: dict[int, bytes] = {}  # by row, of the rows that are being read
        heed_deletions(workspace)  # one that a kill cut short is older than this import
        self.table = workspace.table(PRODUCTS)
        self.before: Catalogue | None = open_rows(workspace)
        self.known = self._known()
        self.returning = list[int]()  # rows of deleted products that come in again
        self.next_number = len(self.before) if self.before else 0
        if self.table is None:
            self.table = workspace.tables.create_table(PRODUCTS, schema=PRODUCT_COLUMNS)
        self._fit_columns()
        self.headers = {name: header for header, name in names_by_header(self.table.schema).items()}

    def _known(self) -> dict[str, str]:
        if self.before is None:
            return {}
        return dict(zip(self.before.product_ids, self.before.rows["_content_sha256"].to_pylist(), strict=True))

    def _bring_back(self) -> None:
        """Deleted products whose content is in by now are there again, in their rows: one commit."""
        if self.returning:
            said = Deletion(kind=RETURN, who="import", words=self.now.words())
            with self.workspace.edit_lock("deletions"):
                append_deletion(self.workspace.folder, said, np.array(self.returning, np.int32))
            heed_deletions(self.workspace)
            self.table = self.workspace.table(PRODUCTS)
            self.returning = []

    def reports(self) -> Iterator[ImportReport]:
        started, waiting, waiting_bytes = time.perf_counter(), list[tuple[int, _Row]](), 0
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # Pillow frees the interpreter while it decodes
            for begin in range(0, self.now.total, _CHUNK):
                chunk = range(begin, min(begin + _CHUNK, self.now.total))
                accepted = [i for i in chunk if self._accept_id(i)]
                self._fetch_kept_pictures(accepted)
                for i, row in zip(accepted, pool.map(self._square, accepted), strict=True):
                    if isinstance(row, PictureError):
                        self._refuse(i, str(row))
                    elif row.picture is None:
                        self.now = replace(self.now, unchanged=self.now.unchanged + 1)
                    else:
                        waiting.append((i, row))
                        waiting_bytes += len(row.picture.content)
                if waiting_bytes > _COMMIT_BYTES:
                    self._commit(waiting)
                    waiting, waiting_bytes = [], 0
                left = (time.perf_counter() - started) / chunk.stop * (self.now.total - chunk.stop)
                self.now = replace(self.now, done=chunk.stop, seconds_left=left)
                yield self.now
        self._commit(waiting)
        self._write_refusals()
        assert self.table is not None
        yield replace(self.now, version=self.table.version, seconds_left=0.0)

    def _accept_id(self, i: int) -> bool:
        product_id = self.listing.product_ids[i]
        reason = ""
        if not product_id:
            reason = "no id"
        elif len(product_id) > ID_CHARACTERS_MAX:
            reason = f"the id has more than {ID_CHARACTERS_MAX} characters"
        elif has_controls(product_id):
            reason = "the id has control characters"
        elif product_id in self.seen:
            reason = "this id stands in the source a second time; the first was taken"
        if reason:
            self._refuse(i, reason)
            return False
        self.seen.add(product_id)
        return True

    def _square(self, i: int) -> _Row | PictureError:
        try:
            listing, product_id = self.listing, self.listing.product_ids[i]
            if self._keeps_its_picture(i):
                return self._with_its_picture(i, product_id)
            content = listing.fingerprint(i) if listing.fingerprint else _bytes_of(listing.picture(i))
            digest = self._digest(i, content)
            if self.known.get(product_id) == digest:
                return _Row(product_id, digest, None)
            picture = listing.picture(i) if listing.fingerprint else content
            return _Row(product_id, digest, picture if isinstance(picture, Picture) else square_picture(picture))
        except PictureError as reason:
            return reason

    def _with_its_picture(self, i: int, product_id: str) -> _Row:
        """A row that names no picture, of a product that has one: its attributes alone may have changed."""
        assert self.before is not None
        row = self.before.row(product_id)
        sha256, edge_px = (self.before.rows[name][row].as_py() for name in ("_picture_sha256", "_edge_px"))
        digest = self._digest(i, sha256.encode())
        if self.known.get(product_id) == digest:
            return _Row(product_id, digest, None)
        return _Row(product_id, digest, Picture(self.kept_pictures[row], edge_px, sha256))

    def _keeps_its_picture(self, i: int) -> bool:
        """Whether this row of a table names no picture, of a product that has one."""
        if "picture" not in self.listing.ours or self.listing.files[i] or self.before is None:
            return False
        return self.before.has(self.listing.product_ids[i])

    def _fetch_kept_pictures(self, accepted: list[int]) -> None:
        """All of them at once: the store takes as long for one."""
        if self.before is not None:
            rows = [self.before.row(self.listing.product_ids[i]) for i in accepted if self._keeps_its_picture(i)]
            self.kept_pictures = dict(zip(rows, self.before.pictures(rows), strict=True)) if rows else {}

    def _digest(self, i: int, content: bytes) -> str:
        """Of the picture's source and of all that is said about it: has anything changed?"""
        attributes = self.listing.attributes
        values = {name: attributes[name][i].as_py() for name in attributes.column_names}
        said = json.dumps([self.listing.names[i], values], default=str, sort_keys=True).encode()
        both = hashlib.sha256(content)
        both.update(said)  # not content + said: it may be large
        return both.hexdigest()

    def _refuse(self, i: int, reason: str) -> None:
        listing = self.listing
        self.refusals.append((listing.where[i], listing.product_ids[i], listing.files[i], reason))
        self.now = replace(self.now, refused=self.now.refused + 1)

    def _commit(self, waiting: list[tuple[int, _Row]]) -> None:
        """One table commit: all of these products or none."""
        if not waiting:
            return
        assert self.table is not None
        rows = [i for i, _ in waiting]
        numbers = [self._number(row.product_id) for _, row in waiting]
        pictures = [row.picture for _, row in waiting if row.picture]
        arrays: dict[str, Any] = {
            "product_id": [row.product_id for _, row in waiting],
            "name": [self.listing.names[i][:_NAME_CHARACTERS_MAX] for i in rows],
            "_number": numbers,
            "_picture": [picture.content for picture in pictures],
            "_picture_sha256": [picture.sha256 for picture in pictures],
            "_edge_px": [picture.edge_px for picture in pictures],
            "_content_sha256": [row.content_sha256 for _, row in waiting],
        }
        taken = self.listing.attributes.take(pa.array(rows)) if self.listing.attributes.num_columns else pa.table({})
        for field in self.table.schema:
            if field.name in taken.column_names:
                arrays[field.name] = taken[field.name].cast(field.type)
            elif field.name not in OURS:
                arrays[field.name] = self._kept(field, [row.product_id for _, row in waiting])
        batch = pa.table({name: arrays[name] for name in self.table.schema.names}, schema=self.table.schema)
        merge = self.table.merge_insert("product_id").when_matched_update_all().when_not_matched_insert_all()
        merge.execute(batch)
        again = sum(row.product_id in self.known for _, row in waiting)
        added = len(waiting) - again
        self.now = replace(self.now, added=self.now.added + added, updated=self.now.updated + again)
        if self.before is not None:
            self.returning += [at for _, row in waiting if (at := self.before.deleted.get(row.product_id)) is not None]
            self._bring_back()

    def _number(self, product_id: str) -> int:
        if self.before is not None and product_id in self.before.deleted:
            return self.before.deleted[product_id]
        if self.before is not None and self.before.has(product_id):
            return int(self.before.rows["_number"][self.before.row(product_id)].as_py())
        self.next_number += 1
        return self.next_number - 1

    def _kept(self, field: pa.Field, product_ids: list[str]) -> pa.Array:
        """The values that products have already in an attribute which this source does not speak of."""
        before, header = self.before, self.headers.get(field.name)
        if before is None or header not in before.attributes:
            return pa.nulls(len(product_ids), field.type)
        column = before.rows[header]
        values = [column[int(at)].as_py() if at >= 0 else None for at in before.rows_of(product_ids)]
        return pa.array(values, field.type)

    def _fit_columns(self) -> None:
        """New attributes become new columns; whole numbers may widen, and all may become text where somebody says so;
        any other change of kind is refused.
        """
        assert self.table is not None
        self.listing = replace(self.listing, attributes=self._by_stored_name())
        have = {field.name: field for field in self.table.schema}
        said = {field.name: field for field in self.listing.attributes.schema}
        widen = {name: change for name in said.keys() & have.keys() if (change := _change(have[name], said[name]))}
        for name in said.keys() & have.keys() - widen.keys():
            self._check_cast(name, have[name])
        if left_by_a_kill := [name for name in (_WIDER, _NARROWER) if name in have]:
            self.table.drop_columns(left_by_a_kill)
        for name, sql in widen.items():
            self._widen(name, sql, said[name])
        if new := [field for name, field in said.items() if name not in have]:
            self.table.add_columns(new)
        for name in said.keys() & have.keys() - widen.keys():
            if not (said[name].metadata or {}).items() <= (have[name].metadata or {}).items():
                self.table.update_field_metadata({"path": name, "metadata": _texts_of(said[name])})

    def _check_cast(self, name: str, field: pa.Field) -> None:
        """Before anything is written: a list of whole numbers holds no fractions, a double not every whole number."""
        try:
            self.listing.attributes[name].cast(field.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as reason:
            raise CatalogueError(
                f"attribute {header_of(self.listing.attributes.schema.field(name))!r} can't hold what the source says "
                f"({str(reason).splitlines()[0][:120]}). Mend the source or rename its column"
            ) from None

    def _by_stored_name(self) -> pa.Table:
        """The source's attributes by the store's names, with what people call them in their fields."""
        assert self.table is not None
        schema, attributes = self.table.schema, self.listing.attributes
        stored = names_by_header(schema)
        same = matched(list(map(shown_header, attributes.column_names)), stored)
        taken, fields, of_old = set(schema.names), [], set[str]()
        for field in attributes.schema:
            header = same.get(shown_header(field.name), "")
            before = schema.field(stored[header]) if header else _of_old(schema, field.name, of_old)
            name = before.name if before else attribute_name(field.name, taken)
            unit = unit_of(field) or (unit_of(before) if before and not pa.types.is_string(field.type) else "")
            shown = header_of(before) if before and HEADER in (before.metadata or {}) else field.name
            taken.add(name)
            fields.append(pa.field(name, field.type, metadata={HEADER: shown} | ({UNIT: unit} if unit else {})))
        return pa.table(attributes.columns, schema=pa.schema(fields)) if fields else attributes

    def _widen(self, name: str, sql: str, field: pa.Field) -> None:
        """Some commits, of which the renaming counts: the tables can't cast a column in place."""
        assert self.table is not None
        self.table.add_columns({_WIDER: sql})
        self.table.update_field_metadata({"path": _WIDER, "metadata": _texts_of(field)})
        self.table.alter_columns({"path": name, "rename": _NARROWER}, {"path": _WIDER, "rename": name})  # type: ignore[arg-type]
        self.table.drop_columns([_NARROWER])

    def _write_refusals(self) -> None:
        path = self.workspace.folder / REPORT_FILE
        with replacing(path) as aside, open(aside, "w", newline="", encoding="utf-8", errors="replace") as file:
            write_lines(file, [("where", "product_id", "file", "reason"), *self.refusals])


def _of_old(schema: pa.Schema, header: str, given: set[str]) -> pa.Field | None:
    """The column of a header in a workspace that kept the store's name alone; `given`: to headers before this one."""
    name = attribute_name(header, given)
    given.add(name)
    before = schema.field(name) if name in schema.names else None
    return None if before is None or HEADER in (before.metadata or {}) else before


def _change(have: pa.Field, said: pa.Field) -> str:
    """The SQL that makes a column what the source says it is, "" where it is. CatalogueError where nothing can."""
    name, kind = have.name, kind_of(have.type, unit_of(have))
    if (have.type, said.type) == (pa.int64(), pa.float64()):
        return f"cast(`{name}` as double)"
    if pa.types.is_string(said.type) and not pa.types.is_string(have.type) and not pa.types.is_list(have.type):
        text = f"cast(`{name}` as string)"
        unit = unit_of(have).replace("'", "''")
        return f"'{unit} ' || {text}" if unit else text  # of nothing it makes nothing, which concat does not
    zones = [field.type.tz is None for field in (have, said) if pa.types.is_timestamp(field.type)]
    units = {unit for field in (have, said) if (unit := unit_of(field))}
    if kind == kind_of(said.type, unit_of(have)) and len(set(zones)) < 2 and len(units) < 2:
        return ""
    other = f"in {unit_of(said)}" if len(units) == 2 else kind_of(said.type, unit_of(said))
    raise CatalogueError(
        f"attribute {header_of(said)!r} is {kind} in this catalogue{f', in {unit_of(have)}' if units else ''}, and the "
        f"source says otherwise ({other}). Mend the source or rename its column"
    )


def _texts_of(field: pa.Field) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}


def _bytes_of(picture: bytes | Picture) -> bytes:
    return picture.content if isinstance(picture, Picture) else picture
