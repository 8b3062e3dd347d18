"""What one action of the log does to who carries which tag."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from looks_like.data.rowsets import RowSet
from looks_like.data.tags.log import GIVING, RENAME, TAKING, Action


@dataclass(frozen=True)
class Tag:
    """What a replay says of one tag."""

    name: str  # as first spelled, or last renamed
    carried: RowSet
    rejected: RowSet  # products for which somebody said that it does not fit


class Held(NamedTuple):
    """The same of a tag while a replay runs: bool (N,) each, changed in place."""

    carried_n: np.ndarray
    rejected_n: np.ndarray

    @classmethod
    def of(cls, tag: Tag | None, size: int) -> "Held":
        return cls(tag.carried.mask(), tag.rejected.mask()) if tag else cls(np.zeros(size, bool), np.zeros(size, bool))

    def pour_into(self, other: "Held") -> None:
        """What is said of this tag is said of the other instead."""
        if self is other:  # only spelled anew
            return
        other.carried_n[:] |= self.carried_n
        other.rejected_n[:] = (other.rejected_n | self.rejected_n) & ~other.carried_n
        self.carried_n[:] = self.rejected_n[:] = False


def happen(action: Action, rows: RowSet, held: Mapping[str, Held]) -> None:
    """Changes what is held of each tag that the action is about, by key."""
    of, *to = (held[key] for key in action.keys)
    if action.kind == RENAME:
        of.pour_into(to[0])
    elif action.kind in GIVING:
        rows.put_into(of.carried_n, True)
        rows.put_into(of.rejected_n, False)
    elif action.kind in TAKING:
        rows.put_into(of.carried_n, False)
    else:
        rows.put_into(of.rejected_n, True)
