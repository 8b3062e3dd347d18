"""What was understood of a text: a chip for each part of it, to correct or to take away."""

from collections.abc import Sequence
from typing import NamedTuple

from looks_like.explorer.interfaces.widgets import browser_widget
from looks_like.explorer.search import Term

_widget = browser_widget("finding/chips")


class Corrected(NamedTuple):
    """`key`: of the reading that is to hold from now on; "" takes the part away."""

    place: int  # of the term
    key: str


def show(terms: Sequence[Term], key: str) -> Corrected | None:
    """-> what was just corrected."""
    said = [
        {
            "text": term.text[:80],
            "chosen": term.reading.key,
            "readings": [[reading.key, reading.words[:120]] for reading in term.readings],
        }
        for term in terms
    ]
    result = _widget(data={"terms": said}, key=key, on_corrected_change=lambda: None)
    if not result.corrected:
        return None
    place, chosen = int(result.corrected["place"]), str(result.corrected["key"])
    return Corrected(place, chosen) if 0 <= place < len(terms) else None
