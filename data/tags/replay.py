"""Applies one action of the log to the tags of the products."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from looks_like.data.rowsets import RowSet
from looks_like.data.tags.log import ADDING, REMOVING, RENAME, Action


@dataclass(frozen=True)
class Tag:
    """What a replay says of one tag."""

    name: str  # as first spelled, or last renamed
    carried: RowSet
    rejected: RowSet  # products for which somebody said that it does not fit


class TagMasks(NamedTuple):
    """Mutable masks of one tag during a replay: bool (N,) over catalogue rows."""

    carried_n: np.ndarray
    rejected_n: np.ndarray

    @classmethod
    def of(cls, tag: Tag | None, size: int) -> "TagMasks":
        return cls(tag.carried.mask(), tag.rejected.mask()) if tag else cls(np.zeros(size, bool), np.zeros(size, bool))

    def merge_into(self, other: "TagMasks") -> None:
        """Merges this tag's masks into another tag's (a rename) and clears them."""
        if self is other:  # only spelled anew
            return
        other.carried_n[:] |= self.carried_n
        other.rejected_n[:] = (other.rejected_n | self.rejected_n) & ~other.carried_n
        self.carried_n[:] = self.rejected_n[:] = False


def apply_action(action: Action, rows: RowSet, masks: Mapping[str, TagMasks]) -> None:
    """Applies an action in place to the masks of the tags it concerns (tag key -> TagMasks)."""
    of, *to = (masks[key] for key in action.keys)
    if action.kind == RENAME:
        of.merge_into(to[0])
    elif action.kind in ADDING:
        rows.set_in(of.carried_n, True)
        rows.set_in(of.rejected_n, False)
    elif action.kind in REMOVING:
        rows.set_in(of.carried_n, False)
    else:
        rows.set_in(of.rejected_n, True)
