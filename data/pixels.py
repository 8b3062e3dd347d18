"""All pictures as one memory-mapped uint8 array (N, S, S, 3), made once per (catalogue version, size)."""

import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from data.catalogue import Catalogue
from data.pictures import pixels_of
from data.workspace import Workspace

_CHUNK = 512
_KEPT_VERSIONS = 2  # per size; a reader of an older one keeps its mapping until it closes it


def pixel_array(
    workspace: Workspace, catalogue: Catalogue, size: int, progress: Callable[[float], None] = lambda share: None
) -> np.ndarray:
    """Row i is row i of the catalogue. `progress` takes the share done, 0..1."""
    path = workspace.pixels / f"v{catalogue.version:06d}-{size}.npy"
    if not path.exists():
        workspace.pixels.mkdir(parents=True, exist_ok=True)
        _clear_after_kills(workspace)
        aside = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        try:
            _fill(aside, catalogue, size, progress)
            os.replace(aside, path)
        finally:
            aside.unlink(missing_ok=True)
        for old in sorted(workspace.pixels.glob(f"v*-{size}.npy"))[:-_KEPT_VERSIONS]:
            with contextlib.suppress(OSError):
                old.unlink()
    return np.load(path, mmap_mode="r")  # type: ignore[no-any-return]


def kept_pixels(workspace: Workspace, catalogue: Catalogue, edge_px: int) -> np.ndarray | None:
    """The smallest array there is of which `edge_px` is a whole share: uint8 (N, S, S, 3); None makes nothing."""
    paths = workspace.pixels.glob(f"v{catalogue.version:06d}-*.npy")
    sizes = sorted(int(size) for path in paths if (size := path.stem.split("-")[1]).isdigit())
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


def _fill(path: os.PathLike[str], catalogue: Catalogue, size: int, progress: Callable[[float], None]) -> None:
    shape = (len(catalogue), size, size, 3)
    array = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for begin in range(0, len(catalogue), _CHUNK):
            rows = range(begin, min(begin + _CHUNK, len(catalogue)))
            decoded = pool.map(partial(pixels_of, edge_px=size), catalogue.pictures(list(rows)))
            for row, pixels in zip(rows, decoded, strict=True):
                array[row] = pixels
            progress(rows.stop / len(catalogue))
    array.flush()
