"""Codes that come with a model, of pictures that every machine draws alike: the first map need not wait for encoding.

    python -m looks_like.explorer.training.known_codes WORKSPACE MODEL FOLDER

keeps those of a workspace beside the weights in a folder. A picture is known by the first 64 bits of its SHA-256; codes
are kept in half precision, which moves a product by a thousandth of the way to its neighbour.
"""

import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from looks_like.atomic import replacing
from looks_like.data.embeddings import read_embedding, write_codes
from looks_like.explorer.core import Lab
from looks_like.model.disk.card import fingerprint

_FILE = "codes.safetensors"
_HEX = 16  # digits of a SHA-256: 64 bits, of which no two among millions of pictures are alike


def keep_codes(lab: Lab, model: str, folder: Path) -> int:
    """Writes the codes of all products beside the weights in `folder`, which are the model's. -> how many."""
    embedding = read_embedding(lab.workspace, lab.model_name(model))
    if embedding is None:
        lab.space(model).require_codes()
    assert embedding is not None
    order_n = np.argsort(digests_n := _digests(embedding.sha256))
    with replacing(folder / _FILE) as aside:
        save_file({"digest_n": digests_n[order_n], "z_nd": embedding.z_nd[order_n].astype(np.float16)}, aside)
    return len(order_n)


def take_known_codes(lab: Lab, model: str, folder: Path) -> int:
    """Gives products without a code the one kept in `folder` of a picture that is bit for bit theirs.

    -> how many; 0 where the model has other weights, or nothing was kept.
    """
    path = folder / _FILE
    if not path.exists() or lab.weights(model) != fingerprint(folder):
        return 0
    kept, catalogue, embedding = load_file(path), lab.catalogue(), read_embedding(lab.workspace, model)
    digest_n = _digests(catalogue.sha256)
    place_n = np.minimum(np.searchsorted(kept["digest_n"], digest_n), len(kept["digest_n"]) - 1)
    known_n = (kept["digest_n"][place_n] == digest_n) & catalogue.there_n
    if embedding is not None:
        known_n &= ~np.isin(digest_n, _digests(embedding.sha256))
    rows_m = np.flatnonzero(known_n)
    if len(rows_m):
        ids, digests = ([values[i] for i in rows_m] for values in (catalogue.product_ids, catalogue.sha256))
        with lab.workspace.write_lock(f"codes of {model}"):
            write_codes(lab.workspace, model, lab.weights(model), ids, digests, kept["z_nd"][place_n[rows_m]])
    return len(rows_m)


def _digests(sha256: list[str]) -> np.ndarray:
    """uint64 (N,)"""
    return np.array([int(digest[:_HEX] or "0", 16) for digest in sha256], np.uint64)


if __name__ == "__main__":
    keep_codes(Lab(Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3]))
