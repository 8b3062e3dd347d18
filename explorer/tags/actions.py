"""Tags as pages, routes and commands ask for them: give, take, rename, undo, and look back."""

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from looks_like.data.rowsets import RowSet
from looks_like.data.tags import RENAME, TAGS, Action, NewAction, Tag, append, checked_who, tag_key, tag_name
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError

_BEGINNING = 6  # characters of an id that stand for it


class TagCount(NamedTuple):
    tag: str
    products: int
    share: float  # of those that are looked at


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


class Entry(NamedTuple):
    """A line of the history."""

    action: Action
    undone: bool


@dataclass(frozen=True)
class Coverage:
    products: int
    tagged: int  # with at least one tag
    tags: list[TagCount]  # most frequent first

    @property
    def share(self) -> float:
        return self.tagged / self.products if self.products else 0.0


def default_who() -> str:
    """The user of the machine; "somebody" where it has no name for them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "somebody"


def said(action: Action) -> str:
    """ "add “summer”: 412 products (lasso on map tsne)", "rename “sumer” to “summer”: 3 products" """
    many = f"{action.changed:,} product{'' if action.changed == 1 else 's'}"
    tag = f"“{action.of}” to “{action.tag}”" if action.kind == RENAME else f"“{action.tag}”"
    return f"{action.kind} {tag}: {many}" + (f" ({action.words})" if action.words else "")


def words_of(action: Action) -> str:
    """What its author said about it; of a renaming, from what."""
    return f"from {action.of}" if action.kind == RENAME else action.words


def stamp(lab: Lab) -> tuple[int, int]:
    """Changes with every action."""
    return lab.workspace.stamp(TAGS)


def tags(lab: Lab) -> list[TagCount]:
    """Tags that products carry, with how many of the catalogue; by name."""
    state = lab.tag_state()
    return [TagCount(tag.name, tag.carried.count, tag.carried.count / state.size) for tag in state.carried]


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


# -- doing ------------------------------------------------------------------------------------------------------------


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
    asked = _checked_rows(rows_m, state.size)
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


def _checked_rows(rows_m: Sequence[int] | np.ndarray, size: int) -> np.ndarray:
    rows = np.unique(np.asarray(rows_m, dtype=np.int64))
    if not len(rows):
        raise RequestError("no products are selected: select some first")
    if rows[0] < 0 or rows[-1] >= size:
        raise RequestError(f"there is no row {rows[0] if rows[0] < 0 else rows[-1]} in this catalogue of {size:,}")
    return rows


def product_ids(lab: Lab, rows_m: np.ndarray) -> pa.Array:
    """The ids in these catalogue rows."""
    return lab.catalogue().rows["product_id"].combine_chunks().take(pa.array(rows_m))


def undo(lab: Lab, who: str, action_id: str = "") -> TagChange:
    """Undoes the newest action of this person, or any one by its id; what was done later stays. RequestError: none."""
    who, state = checked_who(who), lab.tag_state()
    about = _action(lab, action_id) if action_id else state.undoable(who)
    if about is None:
        raise RequestError(f"there is nothing of {who} to undo")
    if state.is_undone(about):
        raise RequestError(f"{about.kind} {about.tag!r} by {about.who} is undone already")
    return _turn(lab, "undo", about, who)


def redo(lab: Lab, who: str, action_id: str = "") -> TagChange:
    """Does again what this person undid last, unless they did something new since; or any undone action by its id."""
    who, state = checked_who(who), lab.tag_state()
    about = _action(lab, action_id) if action_id else state.redoable(who)
    if about is None:
        raise RequestError(f"there is nothing that {who} undid and could do again")
    if not state.is_undone(about):
        raise RequestError(f"{about.kind} {about.tag!r} by {about.who} is not undone")
    return _turn(lab, "redo", about, who)


def _action(lab: Lab, action_id: str) -> Action:
    """By its id, or the beginning of one."""
    state = lab.tag_state()
    begins = [a for a in state.actions if a.action_id.startswith(action_id)] if len(action_id) >= _BEGINNING else []
    found = state.action(action_id) or (begins[0] if len(begins) == 1 else None)
    if found is None or found.kind in ("undo", "redo"):
        raise RequestError(f"there is no action {action_id[:40]!r} that could be undone: see the history")
    return found


def _turn(lab: Lab, kind: str, about: Action, who: str) -> TagChange:
    changed, none, name = (
        lab.tag_state().products_changed_by_undo(about),
        pa.array([], pa.string()),
        known_tag(lab, about.tag).name,
    )
    words = f"{about.kind} by {about.who}: {words_of(about)}"
    saying = NewAction(who, kind, about.tag, none, words, of=about.action_id, changed=changed)
    (action_id,) = append(lab.workspace, [saying])
    return TagChange(kind, name, changed, 0, action_id)


# -- looking ----------------------------------------------------------------------------------------------------------


def history(lab: Lab, limit: int = 50, offset: int = 0) -> list[Entry]:
    """Actions, the newest first."""
    state = lab.tag_state()
    newest_first = state.actions[::-1][offset : offset + limit]
    return [Entry(action, state.is_undone(action)) for action in newest_first]


def coverage(lab: Lab, rows_m: np.ndarray | None = None) -> Coverage:
    """How many of these products carry each tag, and at least one; of the whole catalogue unless said."""
    state = lab.tag_state()
    every = rows_m is None
    of = state.size if rows_m is None else len(rows_m)

    def within(carried: RowSet) -> int:
        return carried.count if every else int(np.count_nonzero(carried.mask()[rows_m]))

    counts = [TagCount(tag.name, count, count / of) for tag in state.carried if (count := within(tag.carried))]
    tagged = int(np.count_nonzero(state.any_tag if every else state.any_tag[rows_m]))
    return Coverage(of, tagged, sorted(counts, key=lambda each: -each.products))
