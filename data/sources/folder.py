"""A folder of pictures: each file is a product, its path the id, its folder an attribute."""

import os
from pathlib import Path

import pyarrow as pa

from looks_like.data.errors import CatalogueError
from looks_like.data.sources import Columns, Listing, read_inside

SENTENCE = "a folder of pictures"
_ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".ppm", ".jfif"}


def accepts(address: str) -> bool:
    return Path(address).is_dir()


def read(address: str, columns: Columns) -> Listing:
    root = Path(address)
    files = sorted(
        os.path.relpath(os.path.join(folder, name), root)
        for folder, _, names in os.walk(root)  # does not follow links to folders
        for name in names
        if Path(name).suffix.lower() in _ENDINGS and not name.startswith(".")
    )
    if not files:
        raise CatalogueError(f"{root}: no pictures in this folder (looked for {', '.join(sorted(_ENDINGS))})")
    files = [file.encode("utf-8", "replace").decode() if not file.isprintable() else file for file in files]
    shelves = [str(Path(file).parent) if Path(file).parent != Path() else None for file in files]
    attributes = pa.table({"folder": pa.array(shelves, pa.string())} if any(shelves) else {})
    return Listing(
        where=files,
        product_ids=[Path(file).with_suffix("").as_posix() for file in files],
        names=[Path(file).stem for file in files],
        files=files,
        attributes=attributes,
        picture=lambda i: read_inside(root, files[i]),
    )
