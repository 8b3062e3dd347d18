"""Products with the same picture: equal bytes, or one photograph saved again at another quality.

Two pictures are the same when they differ as a JPEG's rounding differs: a little, everywhere that something is drawn,
and not as if moved. A picture of which one part alone differs, be it ever so little, is another product's.
"""

import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.atomic import replacing
from looks_like.data.catalogue import Catalogue
from looks_like.data.pixels import pixel_reader
from looks_like.data.workspace import Workspace

_SEEN_PX = 16  # of the array in which pairs are looked for
_COMPARED_PX = 64  # of the pictures of a pair
_WAVES = 4  # of these small pictures, across and down together
_REACH = 24.0  # apart by these, of values 0 to 255: JPEGs of quality 50 are no farther
_PAIRS_EACH = 8  # nearest pictures that each is compared with, in one round
_PICTURES_AT_ONCE = 512
# Measured on 12,000 drawn sneakers of which one thing was changed, and on JPEGs of quality 95 to 50 (docs/log.md)
_LIGHT, _COLOUR = 8.0, 6.0  # means of 2 x 2 px of luma, of 4 x 4 px of each channel: no farther apart than that
_MOVED, _TINY = 0.21, 3.5  # share of the difference that a small move explains; below such a difference nobody asks
_LIGHT_RATIO, _COLOUR_RATIO = 11.0, 9.0  # times the usual difference where something is drawn
_ROUNDING, _DRAWN = 0.15, 8.0  # of the last bit; the step of luma from px to px that says that something is drawn
_YCC = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], np.float32)
_KEPT_VERSIONS = 2
_SEEN = np.dtype([("picture", "S16"), ("along", np.float32, (12,))])  # what is kept of a picture: who it is, its waves


@dataclass(frozen=True)
class Copies:
    """Which products of a catalogue have the same picture."""

    first_n: np.ndarray  # int64 (N,): for each row the first row with its picture, itself where it has no copies

    @cached_property
    def count_n(self) -> np.ndarray:
        """int64 (N,): how many products have the picture of each row, itself among them."""
        return np.asarray(np.bincount(self.first_n, minlength=len(self.first_n))[self.first_n])

    @cached_property
    def none(self) -> bool:
        """Whether each product has a picture of its own."""
        return bool((self.first_n == np.arange(len(self.first_n))).all())

    def of(self, row: int) -> np.ndarray:
        """int64, ascending: the rows with the picture of this one, itself among them."""
        return np.flatnonzero(self.first_n == self.first_n[row])

    def one_of_each(self, rows_m: np.ndarray) -> np.ndarray:
        """Of these rows, ascending, the first with each picture."""
        _, place_u = np.unique(self.first_n[rows_m], return_index=True)
        return np.sort(rows_m[place_u])


def find_copies(workspace: Workspace, catalogue: Catalogue) -> Copies:
    """Of a version of the catalogue; found once and kept beside the pixels, where it can be deleted at any time."""
    if kept := kept_copies(workspace, catalogue):
        return kept
    first_n, seen_n = _found(workspace, catalogue)
    workspace.pixels.mkdir(parents=True, exist_ok=True)
    for what, array_n in (("seen", seen_n), ("copies", first_n)):  # the one that says that all is there is last
        mark = f".{os.getpid()}-{threading.get_ident()}"
        with replacing(_path(workspace, catalogue, what), mark) as aside, aside.open("wb") as file:
            np.save(file, array_n)
        for old in sorted(workspace.pixels.glob(f"v*-{what}.npy"))[:-_KEPT_VERSIONS]:
            old.unlink(missing_ok=True)
    return Copies(first_n)


def kept_copies(workspace: Workspace, catalogue: Catalogue) -> Copies | None:
    """Those that were found before; None where nobody looked yet."""
    with contextlib.suppress(OSError, ValueError, EOFError, MemoryError):
        kept_n = np.load(_path(workspace, catalogue), mmap_mode="r")  # a header may promise more than there is
        if isinstance(kept_n, np.ndarray) and _is_sound(kept_n, len(catalogue)):
            return Copies(np.asarray(kept_n))
    return None


def _path(workspace: Workspace, catalogue: Catalogue, what: str = "copies") -> Path:
    return workspace.pixels / f"v{catalogue.version:06d}-{what}.npy"


def _is_sound(first_n: np.ndarray, count: int) -> bool:
    """Whether a file holds what this program would have written; its content may be anything."""
    if first_n.dtype != np.int64 or first_n.shape != (count,):
        return False
    here_n = np.arange(count)
    return bool(((first_n >= 0) & (first_n <= here_n)).all() and (first_n[first_n] == first_n).all())


def _found(workspace: Workspace, catalogue: Catalogue) -> tuple[np.ndarray, np.ndarray]:
    """-> (first_n int64 (N,), what was seen of each picture, _SEEN (N,)).

    Equal bytes first, which costs nothing; of the pictures that are left, those that look the same. What was found of
    an older version holds on for pictures that are the same; only the others are looked at.
    """
    first_n, seen_n, known_n = _known(workspace, catalogue)
    there_n = catalogue.there_n  # a deleted product is a copy of none
    seen_n["picture"][~there_n] = b""  # nothing is known of it, should it come back
    new_m = np.flatnonzero(there_n & (seen_n["picture"] != _marks(catalogue)))
    if len(new_m):
        small = pixel_reader(workspace, catalogue, _SEEN_PX, len(new_m))
        seen_n["along"][new_m], seen_n["picture"][new_m] = _along_waves(small, new_m), _marks(catalogue)[new_m]
    first_n = _with_equal_bytes(catalogue, first_n, np.flatnonzero(there_n & ~known_n))
    rows_u = np.flatnonzero(there_n & (first_n == np.arange(len(first_n))))
    asked_u, along_uw = ~known_n[rows_u], seen_n["along"][rows_u]
    while len(rows_u) > 1 and asked_u.any():
        pairs_p2, near_uk = _pairs(along_uw, np.flatnonzero(asked_u))
        rows_p2 = rows_u[pairs_p2]
        rows_p2 = rows_p2[_look_alike(workspace, catalogue, rows_p2)]
        becomes_n = _joined(rows_p2[_same_pictures(workspace, catalogue, rows_p2)], len(first_n))
        first_n = becomes_n[first_n]
        left_u = becomes_n[rows_u] == rows_u
        again = np.flatnonzero(asked_u)[(~np.append(left_u, True)[near_uk]).any(1)]  # copies took the place of others
        asked_u[:] = False
        asked_u[again] = True
        rows_u, along_uw, asked_u = rows_u[left_u], along_uw[left_u], asked_u[left_u]
    return first_n, seen_n


def _marks(catalogue: Catalogue) -> np.ndarray:
    """(N,): the beginning of each picture's fingerprint, b"" where the product is deleted."""
    return np.array(catalogue.sha256, dtype=_SEEN["picture"])


def _known(workspace: Workspace, catalogue: Catalogue) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """-> (first_n and seen_n as far as the newest older version says them, bool (N,): whose first is said)."""
    count = len(catalogue)
    first_n, seen_n, known_n = np.arange(count), np.zeros(count, _SEEN), np.zeros(count, bool)
    for path in sorted(workspace.pixels.glob("v*-seen.npy"), reverse=True):
        with contextlib.suppress(ValueError, OSError, EOFError, MemoryError):
            if path >= _path(workspace, catalogue, "seen"):
                continue
            before_m = np.load(path, mmap_mode="r")
            said_m = np.load(path.with_name(path.name.replace("-seen", "-copies")), mmap_mode="r")
            many = len(before_m)
            if before_m.dtype != _SEEN or many > count or not _is_sound(said_m, many):
                continue
            if not np.isfinite(before_m["along"]).all():
                continue
            seen_n[:many] = before_m
            same_m = (seen_n["picture"][:many] == _marks(catalogue)[:many]) & catalogue.there_n[:many]
            had_copies_m = np.bincount(said_m, minlength=many)[said_m] > 1
            if not (had_copies_m & ~same_m).any():  # else others may be the first, and be like others
                known_n[:many] = same_m
                first_n[known_n] = said_m[known_n[:many]]
            break
    return first_n, seen_n, known_n


def _with_equal_bytes(catalogue: Catalogue, first_n: np.ndarray, asked_m: np.ndarray) -> np.ndarray:
    """The same, with these rows (ascending) joined to those whose picture has the same bytes, and to each other."""
    if not len(asked_m):
        return first_n
    known_n = catalogue.there_n & (first_n == np.arange(len(first_n)))
    known_n[asked_m] = False
    own_m = np.concatenate([np.flatnonzero(known_n), asked_m])  # of equal ones the first here is found: a known one
    digests = pa.array(catalogue.sha256, pa.string())
    first_of = pc.index_in(digests.take(pa.array(asked_m)), value_set=digests.take(pa.array(own_m)))
    pairs_p2 = np.column_stack([own_m[first_of.to_numpy(zero_copy_only=False).astype(np.int64)], asked_m])
    pairs_p2 = np.sort(pairs_p2[pairs_p2[:, 0] != pairs_p2[:, 1]], axis=1)
    return np.asarray(_joined(pairs_p2[np.lexsort(pairs_p2.T[::-1])], len(first_n))[first_n])


def _along_waves(small: Callable[[np.ndarray], np.ndarray], rows_m: np.ndarray) -> np.ndarray:
    """float32 (M, W): how much of each slow wave is in each picture; by that none are farther apart than in all px."""
    waves_ds = _waves()
    parts = [
        small(rows_m[i : i + _PICTURES_AT_ONCE]).reshape(-1, len(waves_ds)).astype(np.float32) @ waves_ds
        for i in range(0, len(rows_m), _PICTURES_AT_ONCE)
    ]
    return np.concatenate(parts)


def _waves() -> np.ndarray:
    """float32 (D, W), orthonormal: cosines across and down in brightness, and the mean of two colours."""
    along_px = (np.arange(_SEEN_PX) + 0.5) * np.pi / _SEEN_PX
    cosines_kp = np.cos(np.arange(_WAVES)[:, None] * along_px) * np.sqrt(2 / _SEEN_PX)
    cosines_kp[0] /= np.sqrt(2)
    bright, red_green, blue = np.array([1, 1, 1]), np.array([1, -1, 0]), np.array([1, 1, -2])
    wanted = [(i, j, bright) for i in range(_WAVES) for j in range(_WAVES - i)]
    wanted += [(0, 0, red_green), (0, 0, blue)]
    flat = [
        np.einsum("y,x,c->yxc", cosines_kp[i], cosines_kp[j], colour / np.linalg.norm(colour)).ravel()
        for i, j, colour in wanted
    ]
    return np.column_stack(flat).astype(np.float32)


def _pairs(along_uw: np.ndarray, asked_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """-> (pairs of pictures that may be the same, earlier and later; for each one asked for its nearest, U = none).

    Each is compared with a few nearest ones, so a crowd of pictures that are nearly alike costs no more than others.
    """
    from scipy.spatial import cKDTree

    count = len(along_uw)
    nearest = cKDTree(along_uw).query(along_uw[asked_m], min(_PAIRS_EACH + 1, count), distance_upper_bound=_REACH)
    near_mk = nearest[1]
    here_mk = np.broadcast_to(asked_m[:, None], near_mk.shape)
    there = (near_mk < count) & (near_mk != here_mk)
    pairs_p2 = np.sort(np.column_stack([here_mk[there], near_mk[there]]), axis=1)
    return np.unique(pairs_p2, axis=0), near_mk


def _look_alike(workspace: Workspace, catalogue: Catalogue, rows_p2: np.ndarray) -> np.ndarray:
    """bool (P,): may pairs be the same, by what is seen of them as small as this. Spares reading most pictures."""
    small, found = pixel_reader(workspace, catalogue, _SEEN_PX, len(np.unique(rows_p2))), [np.zeros(0, np.float32)]
    for i in range(0, len(rows_p2), _PICTURES_AT_ONCE):
        rows_m, place_p2 = np.unique(rows_p2[i : i + _PICTURES_AT_ONCE], return_inverse=True)
        luma_mhw = small(rows_m).astype(np.float32) @ _YCC[0]
        one_p, other_p = place_p2.reshape(-1, 2).T
        found.append(np.abs(luma_mhw[one_p] - luma_mhw[other_p]).max((1, 2)))
    return np.concatenate(found) <= _LIGHT


def _joined(rows_p2: np.ndarray, count: int) -> np.ndarray:
    """int64 (N,): for each row, the earlier one that it is a copy of, from pairs of the same picture in their order."""
    becomes_n = np.arange(count)
    for earlier, later in rows_p2.tolist():
        if becomes_n[earlier] == earlier and becomes_n[later] == later:  # no chains: all look like the first of them
            becomes_n[later] = earlier
    return becomes_n


def _same_pictures(workspace: Workspace, catalogue: Catalogue, rows_p2: np.ndarray) -> np.ndarray:
    """bool (P,) for pairs of rows. A model of this size has left an array, which spares decoding each picture again."""
    seen = pixel_reader(workspace, catalogue, _COMPARED_PX, len(rows_p2), keep=False)

    def same(begin: int) -> np.ndarray:
        rows_m, place_p2 = np.unique(rows_p2[begin : begin + _PICTURES_AT_ONCE], return_inverse=True)
        one_p, other_p = place_p2.reshape(-1, 2).T
        ycc_mhwc = seen(rows_m).astype(np.float32) @ _YCC.T
        return are_same(ycc_mhwc[one_p], ycc_mhwc[other_p])

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # NumPy frees the interpreter while it reckons
        return np.concatenate([np.zeros(0, bool), *pool.map(same, range(0, len(rows_p2), _PICTURES_AT_ONCE))])


def are_same(a_phwc: np.ndarray, b_phwc: np.ndarray) -> np.ndarray:
    """bool (P,): do pictures of 64 px (luma, two of colour) differ as one that was saved again does from itself."""
    light_phw = np.abs(_means(a_phwc[..., :1] - b_phwc[..., :1], 2)[..., 0])
    colour_phw = np.abs(_means(a_phwc - b_phwc, 4)).max(3)
    same_p = (light_phw.max((1, 2)) <= _LIGHT) & (colour_phw.max((1, 2)) <= _COLOUR)
    drawn_phw = np.maximum(_drawn(a_phwc[same_p, ..., 0]), _drawn(b_phwc[same_p, ..., 0]))
    same_p[same_p] = _are_everywhere(light_phw[same_p], drawn_phw, _LIGHT_RATIO) & _are_everywhere(
        colour_phw[same_p], drawn_phw, _COLOUR_RATIO
    )
    tiny_p = light_phw.max((1, 2)) <= _TINY
    asked = np.flatnonzero(same_p & ~tiny_p)
    same_p[asked] = _moved_share(a_phwc[asked, ..., 0], b_phwc[asked, ..., 0]) <= _MOVED
    return np.asarray(same_p)


def _moved_share(a_phw: np.ndarray, b_phw: np.ndarray) -> np.ndarray:
    """float (P,) of 0 to 1: how much of the difference in luma is that of a picture moved, stretched or turned.

    To first order that is the slope of luma times where each px goes: R² of six such moves, by least squares. A saved
    picture stays where it is: R² below .2, also at quality 50; .3 to .6 for two shoes of one line drawn one by one.
    """
    pairs, edge = a_phw.shape[:2]
    down_phw, right_phw = np.gradient((a_phw + b_phw) / 2, axis=(1, 2))
    along = np.linspace(-1, 1, edge, dtype=np.float32)
    moves = [way * at for way in (right_phw, down_phw) for at in (1, along[None, None], along[None, :, None])]
    moves_pmx = np.stack(moves, -1).reshape(pairs, edge * edge, len(moves)).astype(np.float64)
    difference_pm1 = (a_phw - b_phw).reshape(pairs, edge * edge, 1).astype(np.float64)
    square_pxx = moves_pmx.transpose(0, 2, 1) @ moves_pmx + 1e-6 * np.eye(len(moves))
    seen_px1 = moves_pmx.transpose(0, 2, 1) @ difference_pm1
    explained_p = (seen_px1 * np.linalg.solve(square_pxx, seen_px1)).sum((1, 2))
    return np.asarray(explained_p / np.maximum((difference_pm1**2).sum((1, 2)), 1e-9))


def _are_everywhere(difference_phw: np.ndarray, drawn_phw: np.ndarray, ratio: float) -> np.ndarray:
    """bool (P,): is the largest difference not far above the usual one where something is drawn."""
    pairs, edge = difference_phw.shape[:2]
    share = drawn_phw.shape[1] // edge
    drawn_pm = drawn_phw.reshape(pairs, edge, share, edge, share).max((2, 4)).reshape(pairs, edge * edge) > _DRAWN
    flat_pm = difference_phw.reshape(pairs, edge * edge)
    in_order_pm = np.sort(np.where(drawn_pm, flat_pm, np.inf), axis=1)
    usual_p = in_order_pm[np.arange(pairs), drawn_pm.sum(1) // 2]
    usual_p[~drawn_pm.any(1)] = 0
    return np.asarray(flat_pm.max(1) <= ratio * (usual_p + _ROUNDING))


def _means(values_phwc: np.ndarray, edge: int) -> np.ndarray:
    """Means of squares of `edge` px."""
    sums_phwc = sum(values_phwc[:, i::edge, j::edge] for i in range(edge) for j in range(edge))
    return np.asarray(sums_phwc / edge**2)


def _drawn(luma_phw: np.ndarray) -> np.ndarray:
    """The step of luma from each px to the one before it, across or down, whichever is larger."""
    across_phw = np.abs(np.diff(luma_phw, axis=2, prepend=luma_phw[:, :, :1]))
    return np.maximum(across_phw, np.abs(np.diff(luma_phw, axis=1, prepend=luma_phw[:, :1])))
