"""Who carries which tag, and how far tags reach."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from looks_like.data.rowsets import RowSet
from looks_like.data.tags import TAGS, Tag
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError


class TagCount(NamedTuple):
    tag: str
    products: int
    share: float  # of those that are looked at


@dataclass(frozen=True)
class Coverage:
    products: int
    tagged: int  # with at least one tag
    tags: list[TagCount]  # most frequent first

    @property
    def share(self) -> float:
        return self.tagged / self.products if self.products else 0.0


def stamp(lab: Lab) -> tuple[int, int]:
    """Changes with every action."""
    return lab.workspace.stamp(TAGS)


def tags(lab: Lab) -> list[TagCount]:
    """Tags that products carry, with how many of the catalogue; by name."""
    of = lab.catalogue().count
    return [TagCount(tag.name, tag.carried.count, tag.carried.count / of) for tag in lab.tag_state().carried]


def tags_of(lab: Lab, row: int) -> list[str]:
    """The tags of the product in a catalogue row, by name."""
    return lab.tag_state().tags_of(row)


def mask(lab: Lab, tag: str) -> np.ndarray:
    """bool (N,), by catalogue row: who carries the tag; "" = any tag. RequestError for one that was never given.

    Of a tag that was renamed, who carries what it is called now: links and saved views go on meaning the same.
    """
    state = lab.tag_state()
    return state.any_tag if not tag else known_tag(lab, state.current_name(tag)).carried.mask()


def masks(lab: Lab) -> dict[str, np.ndarray]:
    """Of each tag that products carry, bool (N,) by catalogue row."""
    return {tag.name: tag.carried.mask() for tag in lab.tag_state().carried}


def known_tag(lab: Lab, tag: str) -> Tag:
    """However it is spelled. RequestError for one that was never given."""
    state = lab.tag_state()
    found = state.tag(tag)
    if found is None:
        have = ", ".join(each.name for each in state.carried[:20])
        raise RequestError(f"nothing was ever tagged {tag[:80]!r}; there are: {have or 'no tags yet'}")
    return found


def coverage(lab: Lab, rows_m: np.ndarray | None = None) -> Coverage:
    """How many of these products carry each tag, and at least one; of the whole catalogue unless said."""
    state = lab.tag_state()
    every = rows_m is None
    of = lab.catalogue().count if rows_m is None else len(rows_m)

    def within(carried: RowSet) -> int:
        return carried.count if every else int(np.count_nonzero(carried.mask()[rows_m]))

    counts = [TagCount(tag.name, count, count / of) for tag in state.carried if (count := within(tag.carried))]
    tagged = int(np.count_nonzero(state.any_tag if every else state.any_tag[rows_m]))
    return Coverage(of, tagged, sorted(counts, key=lambda each: -each.products))
