"""Codes for products that have none yet, or whose picture changed, kept as they come: whoever is killed goes on."""

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.data.embeddings import coded_by, coded_pictures, drop_codes, write_codes
from looks_like.data.pixels import pixel_reader
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.space import encode_finely
from looks_like.model.errors import ModelError

_CHUNK = 2048  # products between two reports
_COMMIT = 65_536  # codes of one commit, which a kill may cost: a minute or two


def encode(lab: Lab, model: str) -> Iterator[tuple[int, int]]:
    """(done, total) of the products to encode. CatalogueError when another process writes."""
    with lab.workspace.write_lock(f"encoding with {lab.model_name(model)}"):
        yield from encode_while_writing(lab, model)


def encode_while_writing(lab: Lab, model: str) -> Iterator[tuple[int, int]]:
    """The same, for whoever holds `workspace.write_lock` already."""
    name = lab.model_name(model)
    if not lab.encodes(name):  # whoever brought its vectors brings those of others
        yield 0, 0
        return
    catalogue, weights = lab.catalogue(), lab.weights(name)
    rows_m = without_code(lab, name, catalogue, weights)
    yield 0, len(rows_m)
    if not len(rows_m):
        return
    net = lab.net(name)
    pixels_of_rows = pixel_reader(lab.workspace, catalogue, net.seen_px, len(rows_m), keep=net.decodes)
    found, written = list[tuple[np.ndarray, np.ndarray]](), 0
    for i in range(0, len(rows_m), _CHUNK):
        try:
            found.append(encode_finely(net, pixels_of_rows(rows_m[i : i + _CHUNK])))
        except ModelError as reason:
            raise ModelError(f"model {name!r} can't encode: {reason}") from None
        done = min(i + _CHUNK, len(rows_m))
        if done - written >= _COMMIT or done == len(rows_m):
            some_m = rows_m[written:done]
            ids, digests = [catalogue.product_ids[row] for row in some_m], [catalogue.sha256[row] for row in some_m]
            z_nd, fine_nk = (np.concatenate(part) for part in zip(*found, strict=True))
            write_codes(lab.workspace, name, weights, ids, digests, z_nd, fine_nk)
            found, written = [], done
        yield done, len(rows_m)


def without_code(lab: Lab, model: str, catalogue: Catalogue, weights: str) -> np.ndarray:
    """(M,) catalogue rows. Codes of other weights are dropped: they say nothing in this space."""
    if coded_by(lab.workspace, model) not in ("", weights):
        drop_codes(lab.workspace, model)
    ids, pictures = coded_pictures(lab.workspace, model)
    at_n = pc.index_in(catalogue.rows["product_id"].combine_chunks(), value_set=ids)
    coded_n = pc.fill_null(pc.equal(pictures.take(at_n), catalogue.rows["_picture_sha256"].combine_chunks()), False)
    return np.flatnonzero(catalogue.there_n & ~coded_n.to_numpy(zero_copy_only=False))
