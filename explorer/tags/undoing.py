"""Looking back: what was done with tags, and the way back and forth."""

from typing import NamedTuple

import pyarrow as pa

from looks_like.data.tags import RENAME, Action, NewAction, append, checked_who
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.tags.actions import TagChange
from looks_like.explorer.tags.carried import known_tag

_BEGINNING = 6  # characters of an id that stand for it


class Entry(NamedTuple):
    """A line of the history."""

    action: Action
    undone: bool


def history(lab: Lab, limit: int = 50, offset: int = 0) -> list[Entry]:
    """Actions, the newest first."""
    state = lab.tag_state()
    newest_first = state.actions[::-1][offset : offset + limit]
    return [Entry(action, state.is_undone(action)) for action in newest_first]


def said(action: Action) -> str:
    """ "add “summer”: 412 products (lasso on map tsne)", "rename “sumer” to “summer”: 3 products" """
    many = f"{action.changed:,} product{'' if action.changed == 1 else 's'}"
    tag = f"“{action.of}” to “{action.tag}”" if action.kind == RENAME else f"“{action.tag}”"
    return f"{action.kind} {tag}: {many}" + (f" ({action.words})" if action.words else "")


def words_of(action: Action) -> str:
    """What its author said about it; of a renaming, from what."""
    return f"from {action.of}" if action.kind == RENAME else action.words


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
