"""Proposed values accepted or rejected, and the way back: what was accepted is an attribute's value like any other."""

from collections.abc import Sequence

import numpy as np

from looks_like.data import filled as kept
from looks_like.data.filled import FilledEntry, FilledLog
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.completion.proposals import Proposals


def accept(lab: Lab, proposed: Proposals, which_m: np.ndarray | Sequence[int], who: str) -> FilledEntry:
    """Accepts these of them, by their places, in one entry. RequestError for none."""
    places = np.asarray(which_m, np.int64).tolist()
    if not places:
        raise RequestError("no proposal was chosen: there is nothing to accept")
    ids = lab.catalogue().product_ids
    accepted = {
        ids[proposed.rows_m[i]]: (proposed.values[i], round(float(proposed.confidence_m[i]), 4)) for i in places
    }
    accepted.pop("", None)  # deleted meanwhile
    return kept.fill(lab.workspace, proposed.column, accepted, f"from like products, by {proposed.model}", who)


def reject(lab: Lab, proposed: Proposals, which_m: np.ndarray | Sequence[int], who: str) -> FilledEntry:
    """These products are not proposed a value of that attribute again. RequestError for none."""
    places = np.asarray(which_m, np.int64).tolist()
    if not places:
        raise RequestError("no proposal was chosen: there is nothing to reject")
    ids = lab.catalogue().product_ids
    return kept.reject(lab.workspace, proposed.column, [ids[proposed.rows_m[i]] for i in places], who)


def undo_filling(lab: Lab, number: int | None, who: str) -> FilledEntry:
    """Undoes an entry of the log, the newest unless said. CatalogueError where there is nothing to undo."""
    return kept.undo_filling(lab.workspace, number, who)


def filling_log(lab: Lab) -> FilledLog:
    """All that was accepted, rejected and undone."""
    return lab.filling()
