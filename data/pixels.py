"""All pictures as one memory-mapped uint8 array (N, S, S, 3), made once per (catalogue version, size).

It grows: pictures that an older version's array holds already are copied as bytes, and only the others decoded.
"""

import contextlib
import io
import math
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from looks_like.atomic import is_full, replacing, take_room
from looks_like.data.catalogue import Catalogue, open_catalogue
from looks_like.data.errors import CatalogueError
from looks_like.data.pictures import pixels_of
from looks_like.data.workspace import Workspace

_CHUNK = 512
_FEW = 10  # below a tenth of the catalogue, pictures are decoded by themselves rather than for a new array
_LOOKS = 8
_KEPT_VERSIONS = 2  # per size; a reader of an older one keeps its mapping until it closes it


def pixel_array(
    workspace: Workspace, catalogue: Catalogue, size: int, progress: Callable[[float], None] = lambda share: None
) -> np.ndarray:
    """Row i is row i of the catalogue; a deleted product's holds anything. `progress` takes the share done, 0..1."""
    path = _path(workspace, catalogue, size)
    if not path.exists():
        workspace.pixels.mkdir(parents=True, exist_ok=True)
        _clear_after_kills(workspace)
        with replacing(path, f".{os.getpid()}-{threading.get_ident()}") as aside:
            _fill(aside, catalogue, size, _older(workspace, catalogue, size), progress)
        for old in sorted(workspace.pixels.glob(f"v*-{size}.npy"))[:-_KEPT_VERSIONS]:
            with contextlib.suppress(OSError):
                old.unlink()
    return np.load(path, mmap_mode="r")  # type: ignore[no-any-return]


def cached_pixels(workspace: Workspace, catalogue: Catalogue, edge_px: int) -> np.ndarray | None:
    """The smallest cached pixel array, uint8 (N, S, S, 3), whose edge S is a multiple of `edge_px`; None if there
    is none (it is not created).
    """
    paths = workspace.pixels.glob(f"v{catalogue.version:06d}-*.npy")
    sizes = sorted(int(edge) for path in paths if (edge := path.stem.split("-")[1]).isdigit())
    for size in sizes:
        if size % edge_px == 0:
            with contextlib.suppress(OSError):  # deleted meanwhile
                return pixel_array(workspace, catalogue, size)
    return None


def _clear_after_kills(workspace: Workspace) -> None:
    """Half-made arrays of processes that are gone: hundreds of MB each."""
    for part in workspace.pixels.glob("*.part"):
        try:
            os.kill(int(part.suffixes[-2].strip(".").split("-")[0]), 0)
        except ProcessLookupError:
            part.unlink(missing_ok=True)
        except (ValueError, IndexError, OSError):  # not ours, or another user's process of that number
            continue


def pixel_reader(
    workspace: Workspace, catalogue: Catalogue, size: int, many: int, *, keep: bool = True
) -> Callable[[np.ndarray], np.ndarray]:
    """-> a function of rows that gives their pictures, uint8 (M, S, S, 3), for a reader who will ask for so many.

    From the array where there is one; without it where they are few, since to make one is to write all the others, and
    where they are read but once: `keep` says whether somebody will want them again.
    """
    if _path(workspace, catalogue, size).exists() or (keep and many > catalogue.count // _FEW):
        array = pixel_array(workspace, catalogue, size)
        return lambda rows_m: np.asarray(array[rows_m])

    def read(rows_m: np.ndarray) -> np.ndarray:
        with ThreadPoolExecutor() as pool:
            return np.stack(list(pool.map(lambda content: pixels_of(content, size), catalogue.pictures(rows_m))))

    return read


def _path(workspace: Workspace, catalogue: Catalogue, size: int) -> Path:
    return workspace.pixels / f"v{catalogue.version:06d}-{size}.npy"


@dataclass(frozen=True)
class _Older:
    path: Path
    same_n: np.ndarray  # bool, per row of the new catalogue: the older array holds this picture


def _older(workspace: Workspace, catalogue: Catalogue, size: int) -> _Older | None:
    """The newest array of an older version that can still be told what it shows; None where there is none."""
    for path in sorted(workspace.pixels.glob(f"v*-{size}.npy"), reverse=True):
        try:
            version = int(path.name[1:].partition("-")[0])
            if version >= catalogue.version:
                continue
            before, array = open_catalogue(workspace, version), np.load(path, mmap_mode="r")
        except (CatalogueError, ValueError, OSError):  # that version was cleared away, or the file is none of ours
            continue
        if len(before) <= len(catalogue) and _shows(array, before, size):
            same_n = ~catalogue.there_n  # nobody looks at those
            same_n[: len(before)] |= np.array(before.sha256) == np.array(catalogue.sha256[: len(before)])
            same_n[len(before) :] = False
            return _Older(path, same_n)
    return None


def _shows(array: np.ndarray, catalogue: Catalogue, size: int) -> bool:
    """Whether a few pictures are what they should be: the array may be of tables that somebody deleted."""
    if array.dtype != np.uint8 or array.shape != (len(catalogue), size, size, 3):
        return False
    rows = catalogue.there[np.unique(np.linspace(0, catalogue.count - 1, _LOOKS).astype(np.int64))]
    return np.array_equal(array[rows], np.stack([pixels_of(content, size) for content in catalogue.pictures(rows)]))


def _fill(path: Path, catalogue: Catalogue, size: int, older: _Older | None, progress: Callable[[float], None]) -> None:
    if older is not None and older.same_n.all() and _is_linked(older.path, path):
        progress(1.0)
        return
    shape = (len(catalogue), size, size, 3)
    array = _new_array(path, shape)
    missing = catalogue.there
    if older is not None:
        _copy_rows(older.path, array, int(np.flatnonzero(older.same_n).max(initial=-1)) + 1)
        missing = np.flatnonzero(~older.same_n & catalogue.there_n)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for begin in range(0, len(missing), _CHUNK):
            rows = missing[begin : begin + _CHUNK]
            decoded = pool.map(partial(pixels_of, edge_px=size), catalogue.pictures(rows))
            for row, pixels in zip(rows, decoded, strict=True):
                array[row] = pixels
            progress((begin + len(rows)) / len(missing))
    array.flush()


def _new_array(path: Path, shape: tuple[int, ...]) -> np.memmap[Any, np.dtype[np.uint8]]:
    """Whose bytes are the file's own from the beginning. CatalogueError where the disk has not so many left."""
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    with io.BytesIO() as head:
        np.lib.format.write_array_header_1_0(head, header)
        begins = head.getvalue()
    size = len(begins) + math.prod(shape)
    try:
        take_room(path, size)
        with open(path, "r+b") as file:
            file.write(begins)
    except OSError as reason:
        if not is_full(reason):
            raise
        raise CatalogueError(
            f"{path.parent}: the pictures of {shape[0]:,} products at {shape[1]} px take {math.ceil(size / 1e6):,} MB, "
            "and the disk has not so much room. Make some, or choose a smaller --size"
        ) from None
    return np.lib.format.open_memmap(path, mode="r+")


def _is_linked(older: Path, path: Path) -> bool:
    """One file under both names, where the file system can do that: nobody writes into a finished array."""
    try:
        os.link(older, path)
    except OSError:
        return False
    return True


def _copy_rows(older: Path, array: np.memmap[Any, np.dtype[np.uint8]], count: int) -> None:
    """The first rows of an older array, by the kernel where it can: a tenth of the time of writing into a new map."""
    before = np.load(older, mmap_mode="r")
    left, begin, to = count * array[:1].nbytes, before.offset, array.offset
    try:
        with open(older, "rb") as source, open(str(array.filename), "r+b") as target:
            while left:
                copied = os.copy_file_range(source.fileno(), target.fileno(), min(left, 1 << 30), begin, to)
                if not copied:
                    raise OSError("the older array ends too early")
                left, begin, to = left - copied, begin + copied, to + copied
    except (AttributeError, OSError):  # another system, or a file system that cannot
        array[:count] = before[:count]
