"""A folder: its table, if it has one at its top, with the pictures beside it; else each picture is a product, its path
the id, its folder an attribute.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pyarrow as pa

from looks_like.data.decoding import ENDINGS
from looks_like.data.errors import CatalogueError
from looks_like.data.inside import is_hidden, readable
from looks_like.data.sources import Columns, Listing, read_inside, table

SENTENCE = "a folder of pictures, or of a table with its pictures"


def accepts(address: str) -> bool:
    return Path(address).is_dir()


def read(address: str, columns: Columns) -> Listing:
    root = Path(address)
    files, left_out = _files(root)
    if named := only_table(address, [file for file in files if os.sep not in file and table.accepts(str(root / file))]):
        return noting(_with_zips(table.read(str(root / named), columns), root, files), left_out)
    pictures = sorted(file for file in files if is_picture(file))
    if not pictures:
        raise CatalogueError(f"{root}: no pictures in this folder (looked for {', '.join(sorted(ENDINGS))})")
    listing = of_pictures([readable(file) for file in pictures], lambda i: read_inside(root, pictures[i]))
    return noting(listing, left_out)


def _with_zips(listing: Listing, root: Path, files: list[str]) -> Listing:
    """People keep the pictures of a table in a zip beside it."""
    from looks_like.data.sources import archive

    zips = [str(root / file) for file in files if os.sep not in file and archive.accepts(str(root / file))]
    return archive.with_zips(listing, zips) if zips else listing


def is_picture(file: str) -> bool:
    """By its name."""
    return file.lower().endswith(ENDINGS)


def only_table(address: str, tables: list[str]) -> str | None:
    """The table that is the source, of those at the top. CatalogueError where they are several."""
    if len(tables) > 1:
        raise CatalogueError(
            f"{address}: there are several tables in it ({', '.join(sorted(map(readable, tables))[:5])}). Leave one in "
            "it, or import a table by its own name"
        )
    return tables[0] if tables else None


def of_pictures(files: list[str], picture: Callable[[int], bytes]) -> Listing:
    """Products of the pictures at these paths."""
    paths = [PurePosixPath(file) for file in files]
    shelves = [str(path.parent) if path.parent != PurePosixPath() else None for path in paths]
    return Listing(
        where=files,
        product_ids=[path.with_suffix("").as_posix() for path in paths],
        names=[path.stem for path in paths],
        files=files,
        attributes=pa.table({"folder": pa.array(shelves, pa.string())} if any(shelves) else {}),
        picture=picture,
    )


def noting(listing: Listing, left_out: int) -> Listing:
    """With a note of how many hidden files and folders are no products."""
    if not left_out:
        return listing
    hidden = "1 hidden file or folder is" if left_out == 1 else f"{left_out:,} hidden files and folders are"
    return replace(listing, notes=[*listing.notes, f"{hidden} left out"])


def _files(root: Path) -> tuple[list[str], int]:
    """-> (paths from the root, how many hidden files and folders were left out)."""
    found, left_out = list[str](), 0
    for folder, inner, names in os.walk(root):  # does not follow links to folders
        left_out += sum(map(is_hidden, [*inner, *names]))
        inner[:] = [name for name in inner if not is_hidden(name)]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names if not is_hidden(name)]
    return found, left_out
