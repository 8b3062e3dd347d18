"""Codes as files for other programs: a table, a NumPy matrix with its ids beside it, or a Lance table of vectors."""

import os
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa

from looks_like.atomic import replacing
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.selecting.export import export_kind, write_codes

_ENDINGS = (".csv", ".parquet", ".jsonl", ".npy", ".lance")
IDS_ENDING = ".ids.txt"


def write_code_file(lab: Lab, model: str, file: Path) -> int:
    """How many products' codes were written, in the form that the file's ending names.

    `.npy`: float32 (N, D), and beside it `<name>.ids.txt` with an id per row; as `look add --vectors --ids` takes them.
    `.lance`: a folder, product_id and `vector` (D float32). Else a table with a column per number. RequestError for
    another ending, or a Lance table that is there already.
    """
    writers = {".npy": _write_matrix, ".lance": _write_lance}
    if writer := writers.get(file.suffix.lower()):
        space = lab.space(model)
        space.require_codes()
        ids = lab.imported_catalogue().rows["product_id"].take(pa.array(space.rows_n))
        writer(file, ids, np.asarray(space.z_nd, np.float32))
        return len(ids)
    if file.suffix.lower() not in _ENDINGS:
        raise RequestError(f"{str(file)!r}: codes are written as {', '.join(_ENDINGS)}")
    kind = export_kind(file)
    with replacing(file) as aside, open(aside, "wb") as out:
        return write_codes(lab, model, kind, out)


def _write_matrix(file: Path, ids: pa.ChunkedArray, z_nd: np.ndarray) -> None:
    if file.is_dir():
        raise RequestError(f"{file} is a folder: name a file in it")
    with replacing(file.with_suffix(IDS_ENDING)) as ids_aside, replacing(file) as aside:
        ids_aside.write_text("".join(f"{product_id}\n" for product_id in ids.to_pylist()), "utf-8")
        with open(aside, "wb") as out:
            np.save(out, z_nd, allow_pickle=False)


def _write_lance(file: Path, ids: pa.ChunkedArray, z_nd: np.ndarray) -> None:
    import lancedb

    if file.exists():
        raise RequestError(f"{file} is there already: a Lance table goes into a folder of its own")
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(z_nd.ravel()), z_nd.shape[1])
    aside = file.with_name(f".{file.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        table = pa.table({"product_id": ids, "vector": vectors})
        lancedb.connect(str(aside)).create_table("codes", table)
        os.replace(aside / "codes.lance", file)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
