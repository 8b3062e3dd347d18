"""What people do to clusters: rename, merge, split, hide, and undo, the newest first. Each is kept at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from looks_like.data.clusters import Edit
from looks_like.data.text import one_line
from looks_like.explorer.clusters.membership import members, split_by_k_means
from looks_like.explorer.clusters.names import NAME_MAX, cluster_names
from looks_like.explorer.clusters.store import State, change, clustering_name, now, state
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.tags import masks

PARTS_MAX = 12
EditOf = Callable[[State], Edit]


def rename(lab: Lab, model: str, name: str | None, number: int, to: str, who: str = "") -> State:
    """RequestError for a cluster that there is not, no words, more than 60 characters, or a name that another has."""
    called = one_line(to, NAME_MAX + 1)
    if not 1 <= len(called) <= NAME_MAX:
        raise RequestError(f"a cluster's name has 1 to {NAME_MAX} characters, got {to[:80]!r}")

    def edit(before: State) -> Edit:
        before.need(number)
        for other, taken in before.names.items():
            if other != number and taken.casefold() == called.casefold():
                raise RequestError(
                    f"cluster {other} is called {taken!r} already: choose another name, or merge the two"
                )
        return Edit("rename", (number,), (called,))

    return _done(lab, model, name, edit, who)


def merge(lab: Lab, model: str, name: str | None, numbers: Sequence[int], who: str = "") -> State:
    """Two or more become one, which keeps number and name of the largest. RequestError for fewer, or unknown ones."""
    wanted = sorted(set(numbers))
    if len(wanted) < 2:
        raise RequestError("to merge takes two clusters or more")

    def edit(before: State) -> Edit:
        _check_numbers(before, wanted)
        sizes = [len(members(lab, model, before.card.name, number)) for number in wanted]
        kept = wanted[int(np.argmax(sizes))]
        return Edit("merge", (kept, *(number for number in wanted if number != kept)))

    return _done(lab, model, name, edit, who)


def split(
    lab: Lab, model: str, name: str | None, number: int, parts: int | None = None, seed: int = 0, who: str = ""
) -> State:
    """By k-means on its codes, unless said in as many parts as are found again.

    The largest part keeps number and name, the others get new ones at the end.

    RequestError for an unknown cluster, one whose products are all alike, or fewer than 2 or more than 12 parts.
    """
    if parts is not None and not 2 <= parts <= PARTS_MAX:
        raise RequestError(f"a cluster is split into 2 to {PARTS_MAX} parts, got {parts}")

    def edit(before: State) -> Edit:
        before.need(number)
        catalogue = lab.catalogue()
        rows_n = catalogue.rows_of(before.product_ids)  # those who came later follow their neighbours
        rows_m = np.sort(rows_n[(before.numbers_n == number) & (rows_n >= 0)])
        found = split_by_k_means(lab, model, rows_m, parts, seed)
        if len(found) < 2:
            raise RequestError(f"cluster {number} can't be split: its products have all the same code, or none")
        new = [before.following + i for i in range(len(found) - 1)]
        names = cluster_names(lab, new, found[1:], before.names.values(), masks(lab))
        moved = [(catalogue.product_ids[row], to) for to, part in zip(new, found[1:], strict=True) for row in part]
        ids, moved_to = zip(*moved, strict=True)
        return Edit("split", (number, *new), tuple(names), ids, moved_to)

    return _done(lab, model, name, edit, who)


def hide(lab: Lab, model: str, name: str | None, numbers: Sequence[int], who: str = "", shown: bool = False) -> State:
    """Leaves clusters out of what is drawn, or (`shown`) takes them in again. RequestError for unknown ones."""
    wanted = tuple(sorted(set(numbers)))
    if not wanted:
        raise RequestError("say which cluster to hide, by its number")

    def edit(before: State) -> Edit:
        _check_numbers(before, wanted)
        return Edit("unhide" if shown else "hide", wanted)

    return _done(lab, model, name, edit, who)


def undo_edit(lab: Lab, model: str, name: str | None = None, who: str = "") -> Edit:
    """Takes back the newest change that counts, and says which that was. RequestError when there is none."""
    with lab.workspace.edit_lock("clusters"):
        before = state(lab, model, clustering_name(lab, model, name))
        if not before.edits:
            raise RequestError(f"there is nothing to undo in clusters {before.card.name!r}")
        change(lab, before.card, Edit("undo", who=one_line(who, 80), at=now()))
        return before.edits[-1]


def _done(lab: Lab, model: str, name: str | None, edit: EditOf, who: str) -> State:
    with lab.workspace.edit_lock("clusters"):
        before = state(lab, model, clustering_name(lab, model, name))
        change(lab, before.card, replace(edit(before), who=one_line(who, 80), at=now()))
        return state(lab, model, before.card.name)


def _check_numbers(now: State, asked: Sequence[int]) -> None:
    """RequestError names the first that there is not."""
    for number in asked:
        now.need(number)
