"""What one action of the log does to who carries which tag."""

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
    """The same of a tag while a replay runs: bool (N,) each, changed in place."""

    carried_n: np.ndarray
    rejected_n: np.ndarray

    @classmethod
    def of(cls, tag: Tag | None, size: int) -> "TagMasks":
        return cls(tag.carried.mask(), tag.rejected.mask()) if tag else cls(np.zeros(size, bool), np.zeros(size, bool))

    def merge_into(self, other: "TagMasks") -> None:
        """What is said of this tag is said of the other instead."""
        if self is other:  # only spelled anew
            return
        other.carried_n[:] |= self.carried_n
        other.rejected_n[:] = (other.rejected_n | self.rejected_n) & ~other.carried_n
        self.carried_n[:] = self.rejected_n[:] = False


def apply_action(action: Action, rows: RowSet, masks: Mapping[str, TagMasks]) -> None:
    """Changes what is held of each tag that the action is about, by key."""
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
