"""What people do with tags: give, take, rename, delete, accept and reject what is suggested. Each is one action."""

import getpass
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from looks_like.data.tags import RENAME, NewAction, Tag, append, checked_who, tag_key, tag_name
from looks_like.explorer.core import Lab, checked_rows
from looks_like.explorer.errors import RequestError
from looks_like.explorer.tags.carried import TagCount, known_tag, tags


@dataclass(frozen=True)
class TagChange:
    """What an action did; without an action_id nothing was to be done, and nothing was logged."""

    kind: str
    tag: str
    changed: int  # products
    already: int  # that were so before
    action_id: str = ""
    of: str = ""  # of a renaming: the tag as it was called

    def words(self) -> str:
        """ "412 products tagged summer, 3 were so already" """
        many = f"{self.changed:,} product{'' if self.changed == 1 else 's'}"
        done = {"remove": f"{many} no longer tagged", "reject": f"{many} not to be suggested for"}
        done |= {"undo": f"Undone: {many} changed,", "redo": f"Done again: {many} changed,"}
        if self.kind == RENAME:
            both = f", {self.already:,} had both" if self.already else ""
            return f"{many} tagged {self.tag} instead of {self.of}{both}"
        already = f", {self.already:,} {'was' if self.already == 1 else 'were'} so already" if self.already else ""
        return f"{done.get(self.kind, f'{many} tagged')} {self.tag}{already}"


NOBODY = "somebody"  # until people say who they are
_NO_NAMES = {"root", "admin", "administrator", "user", "guest", "ubuntu", "docker", "app", "nobody"}


def default_who() -> str:
    """The user of the machine; NOBODY where it has no name for them, or one that says only what they may do."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError, ImportError):
        return NOBODY
    if name.lower() in _NO_NAMES:  # who became root had a name before
        name = os.environ.get("SUDO_USER", "")
    return NOBODY if not name or name.lower() in _NO_NAMES else name


def add(lab: Lab, tag: str, rows_m: Sequence[int] | np.ndarray, who: str, words: str = "") -> TagChange:
    """Tags the products in these catalogue rows. CatalogueError for what can't be a tag, RequestError for none."""
    return _say(lab, "add", tag, rows_m, who, words)


def remove(lab: Lab, tag: str, rows_m: Sequence[int] | np.ndarray, who: str, words: str = "") -> TagChange:
    """Takes a tag from the products in these catalogue rows."""
    known_tag(lab, tag)
    return _say(lab, "remove", tag, rows_m, who, words)


def rename(lab: Lab, old: str, new: str, who: str) -> TagChange:
    """Whoever carries a tag carries another name for it instead, in one action; a tag that is there is joined.

    CatalogueError for what can't be a tag, RequestError for a tag that nobody carries or that is called so already.
    """
    who, name, state, known = checked_who(who), tag_name(new), lab.tag_state(), _carried(lab, old)
    if name == known.name:
        raise RequestError(f"the tag is called {name!r} already: give another name")
    other, both = other_of(lab, old, new), 0
    if other is not None:
        name = other.tag
        both = int(np.count_nonzero(known.carried.mask() & state.mask(name)))
    saying = NewAction(who, RENAME, name, pa.array([], pa.string()), of=known.name, changed=known.carried.count)
    (action_id,) = append(lab.workspace, [saying])
    return TagChange(RENAME, name, known.carried.count, both, action_id, known.name)


def other_of(lab: Lab, tag: str, name: str) -> TagCount | None:
    """The tag that a renaming of `tag` to this name would join; None where nobody carries another one of that name."""
    return next((each for each in tags(lab) if tag_key(each.tag) == tag_key(name) != tag_key(tag)), None)


def delete(lab: Lab, tag: str, who: str) -> TagChange:
    """Takes a tag from all that carry it, in one action. RequestError for a tag that nobody carries."""
    known = _carried(lab, tag)
    return remove(lab, known.name, np.flatnonzero(known.carried.mask()), who, "from all that had it")


def _carried(lab: Lab, tag: str) -> Tag:
    known = known_tag(lab, tag)
    if not known.carried.count:
        raise RequestError(f"no product is tagged {known.name!r} now")
    return known


def accept(lab: Lab, tag: str, rows_m: Sequence[int] | np.ndarray, who: str) -> TagChange:
    """Tags products that were suggested."""
    return add(lab, tag, rows_m, who, "suggestion")


def reject(lab: Lab, tag: str, rows_m: Sequence[int] | np.ndarray, who: str) -> TagChange:
    """Keeps products from being suggested for a tag again, until somebody gives it to them."""
    known_tag(lab, tag)
    return _say(lab, "reject", tag, rows_m, who, "suggestion")


def _say(lab: Lab, kind: str, tag: str, rows_m: Sequence[int] | np.ndarray, who: str, words: str) -> TagChange:
    """All products asked for are logged, those that are so already too: an undo of who was first leaves them."""
    who, name, state = checked_who(who), tag_name(tag), lab.tag_state()
    asked = _checked_rows(lab, rows_m)
    known = state.tag(name)
    nobody_n = np.zeros(state.size, bool)
    carried_n = known.carried.mask() if known else nobody_n
    rejected_n = known.rejected.mask() if known else nobody_n
    so_n = {"add": carried_n, "remove": ~carried_n, "reject": rejected_n}[kind]
    name = known.name if known else name
    already = int(np.count_nonzero(so_n[asked]))
    changed = len(asked) - already
    if not changed:
        return TagChange(kind, name, 0, already)
    (action_id,) = append(lab.workspace, [NewAction(who, kind, tag, product_ids(lab, asked), words, changed=changed)])
    return TagChange(kind, name, changed, already, action_id)


def _checked_rows(lab: Lab, rows_m: Sequence[int] | np.ndarray) -> np.ndarray:
    rows = np.unique(checked_rows(rows_m, lab.catalogue()))
    if not len(rows):
        raise RequestError("no products are selected: select some first")
    return rows


def product_ids(lab: Lab, rows_m: np.ndarray) -> pa.Array:
    """The ids in these catalogue rows."""
    return lab.catalogue().rows["product_id"].combine_chunks().take(pa.array(rows_m))
