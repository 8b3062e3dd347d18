"""Codes made where the pictures lie, by as many machines as there are: Ray Data over Lance tables at an address.

A worker is told which rows to look at and reads their pictures by itself, so a cluster whose workers take every core
still reads (readers that wait for a core of their own would wait for ever). What a worker did that dies is done again
by another; what is done is written as it comes, so whoever is stopped goes on where he was.
"""

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from looks_like.data.embeddings import Tables, coded_by, coded_pictures, read_embedding, read_fine, write_codes
from looks_like.data.errors import PictureError
from looks_like.data.pictures import checked_pixels
from looks_like.data.shared_tables import SharedPictures, SharedTables
from looks_like.explorer.core import Lab, encode_finely, without_code
from looks_like.explorer.errors import RequestError
from looks_like.explorer.jobs import on_cluster
from looks_like.model.device import pick_device
from looks_like.model.disk.card import load_model, model_files, write_model_files

if TYPE_CHECKING:
    from looks_like.model.family import Family

_BLOCK = 512  # products that a worker looks at before it reports
_COMMIT = 16_384  # codes of one commit
Codes = dict[str, np.ndarray]
Codings = tuple[Tables, str]  # where codes lie, and as whose


@dataclass(frozen=True)
class EncodingProgress:
    stage: str  # for people
    done: int
    total: int
    recall: float | None = None  # at the end, where there is an index: its share of the ten nearest


def encode_there(lab: Lab, model: str, address: str, cluster: str = "", workers: int = 2) -> Iterator[EncodingProgress]:
    """Brings this catalogue's pictures and codes to the address, gives codes to all that lie there without one, takes
    those of its own.

    Without a cluster this process does it alone. The last progress says how many were encoded, of how many: pictures
    that can't be read are passed over. CatalogueError where the address can't be read or written; RequestError where
    the model brought its vectors, or no such cluster answers.
    """
    name, there = lab.model_name(model), SharedTables(address)
    if not lab.encodes(name):
        raise RequestError(f"{name} holds vectors that were brought: nothing here can make more of them")
    if lab.version():
        for done, total in there.put(lab.imported_catalogue()):
            yield EncodingProgress("Bringing pictures there", done, total)
    weights = lab.weights(name)
    yield EncodingProgress("Bringing codes there", 0, 1)
    brought = _bring(lab, name, there)
    pictures, row_ids = there.without_codes(weights)
    blocks = [row_ids[i : i + _BLOCK] for i in range(0, len(row_ids), _BLOCK)]
    done = 0
    yield EncodingProgress("Encoding", done, len(row_ids))
    if blocks:
        files = model_files(lab.folder(name))
        with _encoded(blocks, (pictures, files), cluster, workers) as encoded:
            for done in _written(there, weights, encoded):
                yield EncodingProgress("Encoding", done, len(row_ids))
    if lab.version():
        yield EncodingProgress("Taking codes", 0, 1)
        _take(lab, name, there)
    yield EncodingProgress("Indexing", 0, 1)
    yield EncodingProgress("Done", done, len(row_ids), there.index_codes(weights) if brought or done else None)


class Encoder:
    """A worker: pictures at row ids become codes. A picture that can't be read has none."""

    def __init__(self, pictures: SharedPictures, files: dict[str, bytes]) -> None:
        self.pictures = pictures
        with tempfile.TemporaryDirectory() as folder:
            write_model_files(Path(folder), files)
            self.net: Family = load_model(Path(folder), pick_device().name)[0]

    def __call__(self, block: Codes) -> Codes:
        rows = self.pictures[block["data"]]
        seen, pixels = list[int](), list[np.ndarray]()
        for at, content in enumerate(rows["_picture"].to_pylist()):
            with contextlib.suppress(PictureError):
                pixels.append(checked_pixels(content, self.net.seen_px))
                seen.append(at)
        edge = self.net.seen_px
        z_nd, fine_nk = encode_finely(self.net, np.array(pixels, np.uint8).reshape(-1, edge, edge, 3))
        rows = rows.take(pa.array(seen, pa.int64()))
        about = {key: np.array(rows[column].to_pylist(), object) for key, column in _ABOUT.items()}
        return about | {"z": z_nd, "fine": fine_nk}


_ABOUT = {"product_id": "product_id", "sha256": "_picture_sha256"}


@contextlib.contextmanager
def _encoded(
    blocks: list[np.ndarray], of: tuple[SharedPictures, dict[str, bytes]], cluster: str, workers: int
) -> Iterator[Iterable[Codes]]:
    if not cluster:
        encoder = Encoder(*of)
        yield (encoder({"data": block}) for block in blocks)
        return
    with on_cluster(cluster, workers) as ray:
        import ray.data

        ray.data.DataContext.get_current().enable_progress_bars = False
        gpus = 1 if ray.cluster_resources().get("GPU", 0) >= workers else 0
        rows = ray.data.from_numpy(blocks)
        encoded = rows.map_batches(
            Encoder, fn_constructor_args=of, batch_size=None, concurrency=workers, num_cpus=1, num_gpus=gpus
        )
        yield encoded.iter_batches(batch_size=None, prefetch_batches=0)


def _written(there: SharedTables, weights: str, encoded: Iterable[Codes]) -> Iterator[int]:
    """Writes codes as they come; -> products looked at so far."""
    waiting, done, unwritten = list[Codes](), 0, 0
    for codes in encoded:
        waiting.append(codes)
        unwritten += len(codes["z"])
        done += len(codes["z"])
        if unwritten >= _COMMIT:
            _write(there, weights, waiting)
            waiting, unwritten = [], 0
        yield done
    _write(there, weights, waiting)


def _write(there: SharedTables, weights: str, waiting: list[Codes]) -> None:
    if not any(len(codes["z"]) for codes in waiting):
        return
    whole = {key: np.concatenate([codes[key] for codes in waiting]) for key in ("product_id", "sha256", "z", "fine")}
    ids, digests = whole["product_id"].tolist(), whole["sha256"].tolist()
    write_codes(there, weights, weights, ids, digests, whole["z"], whole["fine"])


def _bring(lab: Lab, model: str, there: SharedTables) -> int:
    """Codes that this workspace has, of pictures that lie there without one: nobody makes them twice. -> how many"""
    weights = lab.weights(model)
    if not lab.version() or coded_by(lab.workspace, model) != weights:
        return 0
    catalogue = lab.catalogue()
    coded = {*zip(*(column.to_pylist() for column in coded_pictures(there, weights)), strict=True)}
    own = [(catalogue.product_ids[row], catalogue.sha256[row]) for row in catalogue.there.tolist()]
    return _copy_codes((lab.workspace, model), (there, weights), weights, [both for both in own if both not in coded])


def _take(lab: Lab, model: str, there: SharedTables) -> None:
    """Codes of this catalogue's products that have none here, where the picture is the same."""
    with lab.workspace.write_lock(f"codes of {model}"):
        catalogue, weights = lab.catalogue(), lab.weights(model)
        rows_m = without_code(lab, model, catalogue, weights)
        own = [(catalogue.product_ids[row], catalogue.sha256[row]) for row in rows_m]
        _copy_codes((there, weights), (lab.workspace, model), weights, own)


def _copy_codes(source: Codings, target: Codings, weights: str, wanted: list[tuple[str, str]]) -> int:
    """Of the wanted products and pictures, those whose code the source has. -> how many"""
    found = read_embedding(*source) if wanted else None
    if found is None:
        return 0
    at = {both: i for i, both in enumerate(zip(found.product_ids, found.sha256, strict=True))}
    known = [both for both in wanted if both in at]
    if not known:
        return 0
    places, fine = [at[both] for both in known], read_fine(*source)
    fine_nk = fine.z_nd[places] if fine is not None else None
    ids, digests = zip(*known, strict=True)
    write_codes(*target, weights, [*ids], [*digests], found.z_nd[places], fine_nk)
    return len(known)
