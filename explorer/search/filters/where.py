"""Products by a condition that somebody types, such as `price < 100 and tag = 'summer'`."""

import numpy as np

from looks_like.data.conditions import Marks, asks_for
from looks_like.explorer.core import Lab

_TAG = "tag"  # what a condition calls the words that people give


def rows_where(lab: Lab, condition: str) -> np.ndarray:
    """int64, sorted: catalogue rows that meet a condition on attributes and tags. CatalogueError for a mistake."""
    catalogue, state = lab.catalogue(), lab.tag_state()

    def find(word: str) -> np.ndarray | None:
        known = state.tag(state.current_name(word))
        return None if known is None else known.carried.mask()

    marks = Marks([tag.name for tag in state.carried], find, lambda: state.any_tag)
    return catalogue.rows_where(condition, {_TAG: marks})


def tag_note(lab: Lab, condition: str) -> str:
    """What to know where `tag` in a sound condition means an attribute of that name; "" elsewhere."""
    named = [name for name in lab.catalogue().attributes if name.casefold() == _TAG]
    if not named or not asks_for(condition, _TAG):
        return ""
    return (
        f"{named[0]} is an attribute of this catalogue, so the condition asks for that and not for the tags given here"
    )
