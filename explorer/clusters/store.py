"""A clustering with the user edits in effect, and the functions that read and write it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

import numpy as np

from looks_like.data.clusters import (
    ClusterCard,
    Clustering,
    Edit,
    append_edit,
    clusters_table,
    edits_in_effect,
    edits_table,
    list_clusterings,
    read_clusters,
    read_edits,
    write_clusters,
)
from looks_like.data.workspace import checked_name
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError

Stamps = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class State:
    """Numbers are never used again: `following` is the next new one."""

    card: ClusterCard
    product_ids: list[str]
    numbers_n: np.ndarray  # int32, with all edits done; -1 = in none
    names: dict[int, str]
    hidden: frozenset[int]
    following: int
    edits: tuple[Edit, ...]  # that count, the oldest first

    def need(self, number: int) -> None:
        """RequestError when there is no cluster of that number (any more)."""
        if number not in self.names:
            told = ", ".join(map(str, sorted(self.names)[:12])) + (" …" if len(self.names) > 12 else "")
            raise RequestError(f"there is no cluster {number} in {self.card.name!r}; there are: {told or 'none'}")

    def name_of(self, number: int) -> str:
        """RequestError when there is no cluster of that number (any more)."""
        self.need(number)
        return self.names[number]


def clusterings(lab: Lab, model: str) -> list[ClusterCard]:
    """Of a model, oldest first."""
    return list_clusterings(lab.workspace, checked_name(model, "model"))


def clustering_name(lab: Lab, model: str, asked: str | None) -> str:
    """The one asked for, or the newest. RequestError when there is none yet."""
    if asked:
        return checked_name(asked, "clustering")
    cards = clusterings(lab, model)
    if not cards:
        raise RequestError(f"model {model!r} has no clusters yet: looks-like clusters make {model}")
    return cards[-1].name


def stamps(lab: Lab, model: str, name: str) -> Stamps:
    """Change with every commit to the clustering or its edits."""
    model, name = checked_name(model, "model"), checked_name(name, "clustering")
    return lab.workspace.stamp(clusters_table(model, name)), lab.workspace.stamp(edits_table(model, name))


def state(lab: Lab, model: str, name: str) -> State:
    """As it stands now. CatalogueError when there is no such clustering."""
    key = ("clustering", model, name, stamps(lab, model, name))
    return lab.cache.get_or_make(key, lambda: _state(lab, model, name), max_size=8)


def keep(lab: Lab, product_ids: list[str], numbers_n: np.ndarray, *, replace: bool, **said: Any) -> ClusterCard:
    """Writes a new clustering. RequestError when one of that name has edits of people, unless it is to be replaced."""
    card = ClusterCard(clustering=token_hex(8), made=now(), **said)
    with lab.workspace.write_lock(f"clusters {card.name}"), lab.workspace.edit_lock("clusters"):
        require_no_edits(lab, card.model, card.name, replace)
        write_clusters(lab.workspace, card, product_ids, numbers_n)
    return card


def require_no_edits(lab: Lab, model: str, name: str, replace: bool) -> None:
    """RequestError when a clustering of that name has edits that would be lost."""
    checked_name(name, "clustering")
    if replace or stamps(lab, model, name)[0] == (0, 0):
        return
    if edits := edits_in_effect(read_edits(lab.workspace, read_clusters(lab.workspace, model, name).card)):
        raise RequestError(
            f"clusters {name!r} have {len(edits)} changes that people made: choose another --name, or --replace them"
        )


def change(lab: Lab, card: ClusterCard, edit: Edit) -> None:
    """To be called within `workspace.edit_lock("clusters")`, with what was read there."""
    append_edit(lab.workspace, card, edit)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _state(lab: Lab, model: str, name: str) -> State:
    found = read_clusters(lab.workspace, model, name)
    said = read_edits(lab.workspace, found.card)
    used = [number for edit in said for number in edit.numbers]  # undone ones too: a link to one must not find another
    following = max([len(found.card.names), *used]) + 1
    try:
        return _edited(found, edits_in_effect(said), following)
    except (KeyError, ValueError, IndexError, TypeError):  # written by a stranger, or by a later version
        raise RequestError(f"the changes of clusters {name!r} can't be read: make them again, with --replace") from None


def _edited(found: Clustering, edits: list[Edit], following: int) -> State:
    numbers_n = found.numbers_n.copy()
    names = dict(enumerate(found.card.names, 1))
    hidden: set[int] = set()
    place = {key: i for i, key in enumerate(found.product_ids)} if any(e.action == "split" for e in edits) else {}
    for edit in edits:
        if edit.action == "rename":
            names[edit.numbers[0]] = edit.names[0]
        elif edit.action == "hide":
            hidden |= set(edit.numbers)
        elif edit.action == "unhide":
            hidden -= set(edit.numbers)
        elif edit.action == "merge":
            kept, *others = edit.numbers
            numbers_n[np.isin(numbers_n, others)] = kept
            hidden -= set(others)
            names = {number: name for number, name in names.items() if number not in others}
        elif edit.action == "split":
            names |= dict(zip(edit.numbers[1:], edit.names, strict=True))
            numbers_n[[place[key] for key in edit.product_ids]] = edit.moved_to
    numbers_n.flags.writeable = False
    return State(found.card, found.product_ids, numbers_n, names, frozenset(hidden), following, tuple(edits))
