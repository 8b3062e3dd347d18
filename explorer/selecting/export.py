"""What leaves the workspace: products with all that is known of them, tags, as CSV, Parquet or JSONL; and models."""

import io
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from looks_like.atomic import replacing
from looks_like.data.catalogue import Catalogue
from looks_like.data.sheets import FILLED, RESULT, USUAL, marked_headers, with_units
from looks_like.data.tables import JOINED, KINDS, table_writer
from looks_like.data.tags import BETWEEN_TAGS, TagState
from looks_like.data.vectors import write_lance, write_matrix
from looks_like.explorer.clusters import clusterings, numbers, state
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.model.disk.card import copy_model, load_model
from looks_like.model.disk.onnx_files import write_onnx


def export_kind(file: Path) -> str:
    """By its ending. RequestError says which there are."""
    kind = file.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise RequestError(f"{str(file)!r}: a table is written as .csv, .parquet or .jsonl")
    if file.is_dir():
        raise RequestError(f"{file} is a folder: name a file in it")
    return kind


def export_products(
    lab: Lab, rows_m: np.ndarray | None, kind: str, scores: Mapping[str, np.ndarray] | None = None
) -> bytes:
    """The products in these catalogue rows (None = all) as a file of this kind; see `write_products`."""
    out = io.BytesIO()
    write_products(lab, rows_m, kind, out, scores)
    return out.getvalue()


def write_products(
    lab: Lab, rows_m: np.ndarray | None, kind: str, out: BinaryIO, scores: Mapping[str, np.ndarray] | None = None
) -> int:
    """How many: id, name, tags, attributes, a column for each clustering and of `scores` (N,); in `rows_m`'s order.
    Where values were filled here, a column says which.

    In CSV, tags have " | " between them and no cell is a formula; Parquet and JSONL hold lists.
    """
    catalogue, state = lab.catalogue(), lab.tag_state()
    rows = catalogue.there if rows_m is None else np.asarray(rows_m, dtype=np.int64)
    shown = catalogue.rows.select(["product_id", "name", *catalogue.imported_attributes])
    taken = shown.take(pa.array(rows))
    columns = {"product_id": taken["product_id"], "name": taken["name"], "tags": _tag_lists(state, rows)}
    attributes = with_units(taken.select(catalogue.imported_attributes), catalogue.units)
    taken_for_ours = {name for names in USUAL.values() for name in names}
    typed = None if kind == "parquet" else kind == "jsonl"
    attributes = attributes.rename_columns(marked_headers(attributes, taken_for_ours, typed=typed))
    table = pa.table(columns, schema=_SCHEMA)
    for field, column in zip(attributes.schema, attributes.columns, strict=True):
        table = table.append_column(field.with_name(_unused(field.name, table.column_names)), column)
    for name in catalogue.visual:
        score_n = catalogue.rows[name].take(pa.array(rows))
        table = table.append_column(_unused(f"{name}:{RESULT}", table.column_names), score_n)
    if catalogue.filled:
        table = table.append_column(_unused(f"{FILLED}:{RESULT}", table.column_names), _filled_names(catalogue, rows))
    for name, cluster_n in _clusters_of(lab).items():
        table = table.append_column(_unused(f"{name}:{RESULT}", table.column_names), cluster_n.take(pa.array(rows)))
    for name, score_n in (scores or {}).items():
        table = table.append_column(_unused(name, table.column_names), pa.array(np.asarray(score_n)[rows]))
    return _write(table, kind, out)


_SCHEMA = pa.schema(
    [
        ("product_id", pa.string()),
        ("name", pa.string()),
        pa.field("tags", pa.list_(pa.string()), metadata={JOINED: "yes"}),
    ]
)


def _clusters_of(lab: Lab) -> dict[str, pa.Array]:
    """By column, the name of each product's cluster, null for none; a model is named where several have clusters."""
    found = {
        (model, card.name): state(lab, model, card.name) for model in lab.models() for card in clusterings(lab, model)
    }
    several = len({model for model, _ in found}) > 1
    columns = {}
    for (model, name), now in found.items():
        names = [now.names.get(number) for number in numbers(lab, model, name).tolist()]
        columns[f"cluster {model} {name}" if several else f"cluster {name}"] = pa.array(names, pa.string())
    return columns


def _filled_names(catalogue: Catalogue, rows_m: np.ndarray) -> pa.Array:
    """string (M,): the attributes whose value was filled here, null for none; an import leaves those values out."""
    names = list[list[str]]([] for _ in rows_m)
    for name, filled_n in catalogue.filled.items():
        for i in np.flatnonzero(np.isin(rows_m, filled_n)).tolist():
            names[i].append(name)
    return pa.array([BETWEEN_TAGS.join(each) or None for each in names], pa.string())


def _unused(name: str, columns: Iterable[str]) -> str:
    taken, free, again = set(columns), name, 2
    while free in taken:
        free, again = f"{name}_{again}", again + 1
    return free


def _tag_lists(state: TagState, rows_m: np.ndarray) -> pa.ChunkedArray:
    """list<string> (M,): the tags of each row, by name."""
    found = [np.flatnonzero(tag.carried.mask()[rows_m]) for tag in state.carried]
    places = np.concatenate([np.empty(0, np.int64), *found])
    which = np.repeat(np.arange(len(found)), [len(each) for each in found])
    names = pa.array([tag.name for tag in state.carried], pa.string())
    listed = names.take(pa.array(which[np.argsort(places, kind="stable")]))
    ends = np.cumsum(np.bincount(places, minlength=len(rows_m)))
    return pa.chunked_array([pa.ListArray.from_arrays(pa.array(np.concatenate([[0], ends]).astype(np.int32)), listed)])


def write_tags(lab: Lab, tag: str | None, kind: str, out: BinaryIO) -> int:
    """How many: a row for each tag of each product (None = all tags), with who gave it last and when (UTC)."""
    state, ids = lab.tag_state(), lab.catalogue().rows["product_id"].combine_chunks()
    wanted = None if tag is None else state.tag(state.current_name(tag))
    asked = [each for each in state.carried if tag is None or each is wanted]
    if tag is not None and wanted is None:
        raise RequestError(f"nothing was ever tagged {tag[:80]!r}: see looks-like tag list")
    schema = pa.schema(
        [("product_id", pa.string()), ("tag", pa.string()), ("who", pa.string()), ("at", pa.timestamp("us", "UTC"))]
    )
    who = pa.array([action.who for action in state.actions], pa.string())
    at = pa.array([action.at for action in state.actions], schema.field("at").type)
    parts = []
    for each in asked:
        rows_m = np.flatnonzero(each.carried.mask())
        last_m = pa.array(state.last_action_of(each.name)[rows_m])
        name = pa.array([each.name]).take(pa.array(np.zeros(len(rows_m), np.int64)))
        parts.append(pa.table([ids.take(pa.array(rows_m)), name, who.take(last_m), at.take(last_m)], schema=schema))
    return _write(pa.concat_tables(parts) if parts else schema.empty_table(), kind, out)


def write_codes(lab: Lab, model: str, kind: str, out: BinaryIO) -> int:
    """How many: the id of each product that has a code of the model, and its numbers z0, z1, …"""
    space, ids = lab.space(model), lab.imported_catalogue().rows["product_id"]
    space.require_codes()
    columns = {f"z{d}": pa.array(space.z_nd[:, d]) for d in range(space.latent)}
    return _write(pa.table({"product_id": ids.take(pa.array(space.rows_n)), **columns}), kind, out)


def write_code_file(lab: Lab, model: str, file: Path) -> int:
    """How many products' codes were written, in the form that the file's ending names.

    `.npy`: a matrix, its ids beside it. `.lance`: a folder, a table of vectors. Else as `write_codes`. RequestError for
    another ending, and for a table that is there already.
    """
    ending = file.suffix.lower()
    if ending in (".npy", ".lance"):
        if file.is_dir() or (ending == ".lance" and file.exists()):
            raise RequestError(f"{file} is there already: choose another name, or delete it")
        space = lab.space(model)
        space.require_codes()
        ids = lab.imported_catalogue().rows["product_id"].take(pa.array(space.rows_n)).to_pylist()
        (write_matrix if ending == ".npy" else write_lance)(file, ids, space.z_nd)
        return len(ids)
    if ending.removeprefix(".") not in KINDS:
        raise RequestError(f"{str(file)!r}: codes are written as .csv, .parquet, .jsonl, .npy or .lance")
    kind = export_kind(file)
    with replacing(file) as aside, open(aside, "wb") as out:
        return write_codes(lab, model, kind, out)


def write_map(lab: Lab, model: str, name: str, kind: str, out: BinaryIO) -> int:
    """How many: the id of each product on the map, x, y, and whether it was placed after the map was made."""
    view, ids = lab.map_view(model, name), lab.imported_catalogue().rows["product_id"]
    rows_m = np.flatnonzero(np.isfinite(view.xy_n2[:, 0]))
    x_m, y_m = (pa.array(view.xy_n2[rows_m, i]) for i in (0, 1))
    later_m = pa.array(view.placed_n[rows_m])
    return _write(
        pa.table({"product_id": ids.take(pa.array(rows_m)), "x": x_m, "y": y_m, "placed": later_m}), kind, out
    )


def _write(table: pa.Table, kind: str, out: BinaryIO) -> int:
    if kind not in KINDS:
        raise RequestError(f"a table can be {', '.join(KINDS)}, not {kind[:20]!r}")
    with table_writer(out, kind, table.schema) as write:
        write(table)
    return int(table.num_rows)


def write_model(lab: Lab, model: str, folder: Path, *, onnx: bool = True) -> list[str]:
    """A model as files for elsewhere: its card, safetensors, and ONNX unless not wanted; -> what was written.

    Whole, or not there. RequestError where the folder is there already, ModelError where ONNX can't be written.
    """
    if folder.exists():
        raise RequestError(f"{folder} is there already: a model goes into a folder of its own")
    name = lab.model_name(model)
    aside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        copy_model(lab.folder(name), aside, folder.with_name(f".{folder.name}.copy"))
        said = sorted(path.name for path in aside.iterdir())
        net, card = load_model(aside)
        for written in write_onnx(net, card, aside) if onnx else ():
            said.append(f"{written.file.name} (within {written.apart:.1g} of PyTorch)")
        os.replace(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return said
