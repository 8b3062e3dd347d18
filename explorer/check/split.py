"""By which held-out products a model can be judged: by none whose photograph, or whose group, it has learnt from.

A model that has seen a shoe saved twice knows the second one by heart, and so does whoever copies the nearest picture.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from looks_like.data.catalogue import Catalogue
from looks_like.data.duplicates import read_found
from looks_like.data.near_copies import EDGE_PX, compare
from looks_like.data.pictures import pixels_of
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.model.errors import ModelError
from looks_like.model.geometry import NearestNeighbours

_SMALL_PX = 16  # of the pictures among which near ones are looked for
_NEAR = 4  # pictures that each is held beside, and as many in a mirror
_CHUNK = 2048
JUDGED_MIN = 2


@dataclass(frozen=True)
class Split:
    """Of the held-out products; rows are those of the catalogue."""

    judged_m: np.ndarray  # int64, ascending
    nearest_m: np.ndarray  # of each, the picture nearest to its own that the model learnt from
    near_copies: int  # left out: a near duplicate is among what the model learnt from
    same_group: int  # left out: the model learnt from its group

    def require(self) -> "Split":
        """Itself. ModelError where too few are left to judge by."""
        if len(self.judged_m) < JUDGED_MIN:
            raise ModelError(
                f"{self.near_copies + self.same_group:,} of the held-out products are left out, since the model learnt "
                f"from near duplicates of {self.near_copies:,} and from the groups of {self.same_group:,}: "
                f"{len(self.judged_m)} are left, and {JUDGED_MIN} are needed"
            )
        return self


def checked_group(catalogue: Catalogue, column: str) -> None:
    """RequestError for a column that is not there, or of which nothing is known."""
    if column not in catalogue.attributes:
        raise RequestError(f"there is no column {column[:60]!r} to group by; there are: {_named(catalogue.attributes)}")
    if not any(value is not None for value in catalogue.rows[column].to_pylist()):
        raise RequestError(f"column {column[:60]!r} is empty for all products, so it makes no groups")


def split_of(lab: Lab, learnt_l: np.ndarray, held_h: np.ndarray, pixels_nhwc: np.ndarray, split_by: str = "") -> Split:
    """Of the rows that a model learnt from, those held out, and all pictures at the model's size."""
    catalogue, same_h = lab.imported_catalogue(), np.zeros(len(held_h), bool)
    if split_by:
        same_h = _in_groups(catalogue, split_by, learnt_l, held_h)
    held_h = held_h[~same_h]
    if not len(held_h) or not len(learnt_l):
        return Split(held_h, held_h, 0, int(same_h.sum()))
    near_hk, mirrored_hk = _near(pixels_nhwc, learnt_l, held_h)
    copies_h = _said_copies(lab, learnt_l, held_h)
    copies_h |= _seen_copies(lab, pixels_nhwc, held_h, np.concatenate([near_hk, mirrored_hk], 1))
    nearest_h = _nearest(pixels_nhwc, held_h, near_hk)
    return Split(held_h[~copies_h], nearest_h[~copies_h], int(copies_h.sum()), int(same_h.sum()))


def _in_groups(catalogue: Catalogue, column: str, learnt_l: np.ndarray, held_h: np.ndarray) -> np.ndarray:
    """bool (H,): whose value a product has that was learnt from. No value is no group."""
    values = [None if value is None else str(value) for value in catalogue.rows[column].to_pylist()]
    learnt = {values[row] for row in learnt_l.tolist()} - {None}
    return np.array([values[row] in learnt for row in held_h.tolist()])


def _near(pixels_nhwc: np.ndarray, learnt_l: np.ndarray, held_h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(H, k) twice: rows of the nearest pictures that were learnt from, to each as it is and in a mirror."""
    small_hwc = _small(pixels_nhwc, held_h)
    found = NearestNeighbours(_small(pixels_nhwc, learnt_l).reshape(len(learnt_l), -1))
    k = min(_NEAR, len(learnt_l))
    sides = (small_hwc, small_hwc[:, :, ::-1])
    plain, mirrored = (learnt_l[found.nearest(side.reshape(len(held_h), -1), k)[0]] for side in sides)
    return plain, mirrored


def _small(pixels_nhwc: np.ndarray, rows_m: np.ndarray) -> np.ndarray:
    """float32 (M, 16, 16, 3): means of squares; smaller pictures as they are."""
    share = max(1, pixels_nhwc.shape[1] // _SMALL_PX)
    edge = pixels_nhwc.shape[1] // share
    parts = []
    for i in range(0, len(rows_m), _CHUNK):
        part_mhwc = pixels_nhwc[rows_m[i : i + _CHUNK], : edge * share, : edge * share].astype(np.float32)
        parts.append(part_mhwc.reshape(-1, edge, share, edge, share, 3).mean((2, 4)))
    return np.concatenate(parts)


def _said_copies(lab: Lab, learnt_l: np.ndarray, held_h: np.ndarray) -> np.ndarray:
    """bool (H,): of which the same picture, or a duplicate that was found before, is among those learnt from."""
    first_n = lab.copies().first_n
    copies_h = np.isin(first_n[held_h], first_n[learnt_l])
    found = read_found(lab.workspace)
    if found is None:
        return copies_h
    group_n = np.full(len(first_n), -1)
    for i, group in enumerate(found.groups):
        rows_m = lab.catalogue().rows_of(group.product_ids)
        group_n[rows_m[rows_m >= 0]] = i
    learnt = group_n[learnt_l]
    return np.asarray(copies_h | ((group_n[held_h] >= 0) & np.isin(group_n[held_h], learnt[learnt >= 0])))


def _seen_copies(lab: Lab, pixels_nhwc: np.ndarray, held_h: np.ndarray, near_hk: np.ndarray) -> np.ndarray:
    """bool (H,): which are of one photograph with one of those near to them."""
    rows_u, place_m = np.unique(np.concatenate([held_h, near_hk.ravel()]), return_inverse=True)
    if pixels_nhwc.shape[1] == EDGE_PX:
        seen_uhwc = np.asarray(pixels_nhwc[rows_u])
    else:
        seen_uhwc = np.stack([pixels_of(content, EDGE_PX) for content in lab.catalogue().pictures(rows_u)])
    here_h, there_hk = place_m[: len(held_h)], place_m[len(held_h) :].reshape(near_hk.shape)
    same_h = np.zeros(len(held_h), bool)
    for there_h in there_hk.T:  # the nearest first: most copies are found at once, and are not asked about again
        asked = np.flatnonzero(~same_h)
        for i in range(0, len(asked), _CHUNK):
            part = asked[i : i + _CHUNK]
            same_h[part] = compare(seen_uhwc[here_h[part]], seen_uhwc[there_h[part]]).same_p
    return same_h


def _nearest(pixels_nhwc: np.ndarray, held_h: np.ndarray, near_hk: np.ndarray) -> np.ndarray:
    """(H,): of those near, the row with the least error, at full size."""
    error_hk = np.empty(near_hk.shape)
    for i in range(0, len(held_h), _CHUNK // 8):
        part = slice(i, i + _CHUNK // 8)
        own_mhwc = pixels_nhwc[held_h[part]].astype(np.float32)
        for k in range(near_hk.shape[1]):
            error_hk[part, k] = np.square(own_mhwc - pixels_nhwc[near_hk[part, k]]).mean((1, 2, 3))
    return np.asarray(near_hk[np.arange(len(held_h)), error_hk.argmin(1)])


def _named(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:20]) + (" …" if len(every) > 20 else "") or "none"
