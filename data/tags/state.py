"""Which product carries which tag: a replay of the log, in order, without the actions that are undone."""

from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.data.errors import CatalogueError
from looks_like.data.rowsets import RowSet
from looks_like.data.tags.log import ADDING, KINDS, RENAME, TAGS, UNDOABLE, Action, read_log, tag_key, tag_name
from looks_like.data.tags.replay import Tag, TagMasks, apply_action
from looks_like.data.workspace import Workspace

_FEW = 5_000  # ids that are looked up one by one


class TagState:
    """A moment of the log over one catalogue version; never changes. Newer ones are `with_actions` from it."""

    def __init__(self, stamp: tuple[int, int], version: int, size: int) -> None:
        self.stamp, self.version, self.size = stamp, version, size
        self.seen = 0  # actions of the log, those that are not sound among them
        self.actions: list[Action] = []  # in order
        self.tags: dict[str, Tag] = {}  # by key
        self._rows: list[RowSet] = []  # what each action is about
        self._place: dict[str, int] = {}  # of an action, by id
        self._of_tag: dict[str, list[int]] = {}
        self._joined: dict[str, frozenset[str]] = {}  # tags that renames lead between: replayed together
        self._undone: set[str] = set()
        self._redoable: dict[str, tuple[str, ...]] = {}  # by who: what they undid since they last did anything else

    def with_actions(self, stamp: tuple[int, int], entries: Iterable[tuple[Action, RowSet]]) -> "TagState":
        """The state after further actions, given in order."""
        new = TagState(stamp, self.version, self.size)
        new.seen, new.actions, new._rows = self.seen, list(self.actions), list(self._rows)
        new.tags, new._place, new._of_tag = dict(self.tags), dict(self._place), dict(self._of_tag)
        new._undone, new._redoable, new._joined = set(self._undone), dict(self._redoable), dict(self._joined)
        said, turned = dict[str, list[int]](), set[str]()
        for action, rows in entries:
            new.seen += 1
            if action.action_id not in new._place and _sound(action):
                new._take(action, rows, said, turned)
        for key, places in said.items():
            new._of_tag[key] = [*self._of_tag.get(key, []), *places]
        for group in {new._group(key) for key in said.keys() | turned}:
            if group & turned:
                new.tags |= new._replayed(new._places(group), dict.fromkeys(group))
            else:
                new.tags |= new._replayed(
                    sorted({place for key in group for place in said.get(key, [])}),
                    {key: self.tags.get(key) for key in group},
                )
        return new

    def _take(self, action: Action, rows: RowSet, said: dict[str, list[int]], turned: set[str]) -> None:
        place = self._place[action.action_id] = len(self.actions)
        self.actions.append(action)
        self._rows.append(rows)
        if action.kind in UNDOABLE:
            group = frozenset(action.keys).union(*map(self._group, action.keys))
            for key in set(action.keys):
                said.setdefault(key, []).append(place)
            for key in group if len(group) > 1 else ():
                self._joined[key] = group
            self._redoable[action.who] = ()
            return
        about = self.action(action.of)
        if about is None or about.kind not in UNDOABLE or self.is_undone(about) == (action.kind == "undo"):
            return
        turned.update(about.keys)
        if action.kind == "undo":
            self._undone.add(about.action_id)
            self._redoable[action.who] = (*self._redoable.get(action.who, ()), about.action_id)
        else:
            self._undone.discard(about.action_id)
            self._redoable = {
                who: tuple(i for i in kept if i != about.action_id) for who, kept in self._redoable.items()
            }

    def _group(self, key: str) -> frozenset[str]:
        return self._joined.get(key, frozenset((key,)))

    def _places(self, group: frozenset[str]) -> list[int]:
        """Of all that was said of these tags, in order."""
        return sorted({place for key in group for place in self._of_tag.get(key, [])})

    def _replayed(self, places: list[int], before: Mapping[str, Tag | None]) -> dict[str, Tag]:
        """Tags by key, from nothing or from the state before and the actions since."""
        masks = {key: TagMasks.of(tag, self.size) for key, tag in before.items()}
        for place in places:
            if not self._is_undone(place):
                apply_action(self.actions[place], self._rows[place], masks)
        return {
            key: Tag(self._spelling(key), RowSet.of_mask(now.carried_n), RowSet.of_mask(now.rejected_n))
            for key, now in masks.items()
        }

    def _spelling(self, key: str) -> str:
        """Of the last renaming that holds; else of the first action that gave it and holds; else of the first."""
        said = [self.actions[place] for place in self._of_tag[key]]
        holds = [action for action in said if not self.is_undone(action) and action.keys[-1] == key]
        renamed = [action.tag for action in holds if action.kind == RENAME]
        given = [action.tag for action in holds if action.kind in ADDING]
        first = said[0].tag if said[0].keys[-1] == key else said[0].of
        return [first, *given[:1], *renamed[-1:]][-1]

    # -- tags --------------------------------------------------------------------------------------------------------

    def tag(self, name: str) -> Tag | None:
        """However it is spelled; None when nobody ever gave it."""
        return self.tags.get(tag_key(name))

    def mask(self, name: str) -> np.ndarray:
        """bool (N,) by catalogue row, one's own: who carries the tag; nobody when it was never given."""
        tag = self.tag(name)
        return np.zeros(self.size, bool) if tag is None else tag.carried.mask()

    @cached_property
    def any_tag(self) -> np.ndarray:
        """bool (N,), read-only: who carries at least one."""
        mask_n = np.zeros(self.size, bool)
        for tag in self.tags.values():
            tag.carried.set_in(mask_n, True)
        mask_n.flags.writeable = False
        return mask_n

    @cached_property
    def carried(self) -> list[Tag]:
        """Tags that a product of the catalogue carries, by name."""
        return sorted((tag for tag in self.tags.values() if tag.carried.count), key=lambda tag: tag_key(tag.name))

    def tags_of(self, row: int) -> list[str]:
        """The tags of the product in a catalogue row, by name."""
        return [tag.name for tag in self.carried if tag.carried.has(row)]

    def current_name(self, name: str) -> str:
        """The current name of a tag: follows renames that are in effect while no product has the old name;
        otherwise the name itself.
        """
        key, passed = tag_key(name), set[str]()
        while key not in passed and key in self.tags and not self.tags[key].carried.count:
            passed.add(key)
            renamed = (self.actions[i] for i in reversed(self._of_tag[key]) if not self._is_undone(i))
            key = next((action.keys[1] for action in renamed if action.kind == RENAME and action.keys[0] == key), key)
        return self.tags[key].name if key in self.tags and self.tags[key].carried.count else name

    def last_action_of(self, name: str) -> np.ndarray:
        """int64 (N,): per product, the index in `actions` of the last effective action that added or removed the
        tag; -1 if none.
        """
        key, last_n = tag_key(name), np.full(self.size, -1, np.int64)
        group = self._group(key)
        masks = {each: TagMasks.of(None, self.size) for each in group}
        for place in self._places(group):
            action = self.actions[place]
            if self._is_undone(place):
                continue
            if action.kind == RENAME and key in action.keys:
                last_n[masks[action.keys[0]].carried_n] = place
            elif action.kind != "reject" and key in action.keys:
                last_n[self._rows[place].mask()] = place
            apply_action(action, self._rows[place], masks)
        return last_n

    # -- actions -----------------------------------------------------------------------------------------------------

    def action(self, action_id: str) -> Action | None:
        """None when the log has none of that id."""
        place = self._place.get(action_id)
        return None if place is None else self.actions[place]

    def is_undone(self, action: Action) -> bool:
        return action.action_id in self._undone

    def _is_undone(self, place: int) -> bool:
        return self.actions[place].action_id in self._undone

    def undoable(self, who: str) -> Action | None:
        """The newest action of a person that is not undone."""
        mine = (a for a in reversed(self.actions) if a.who == who and a.kind in UNDOABLE and not self.is_undone(a))
        return next(mine, None)

    def redoable(self, who: str) -> Action | None:
        """What that person undid last; None once they have done anything new since."""
        kept = self._redoable.get(who)
        return self.action(kept[-1]) if kept else None

    def products_changed_by_undo(self, action: Action) -> int:
        """Number of products whose tags would change if this action were undone (or redone, if it is undone)."""
        place = self._place[action.action_id]
        group = self._group(action.keys[0])
        masks = {key: TagMasks.of(None, self.size) for key in group}
        for i in self._places(group):
            if self._is_undone(i) == (i == place):
                apply_action(self.actions[i], self._rows[i], masks)
        changed_n = np.zeros(self.size, bool)
        for key, then in masks.items():
            now = TagMasks.of(self.tags.get(key), self.size)
            changed_n |= (then.carried_n != now.carried_n) | (then.rejected_n != now.rejected_n)
        return int(np.count_nonzero(changed_n))


def read_tags(workspace: Workspace, catalogue: Catalogue, before: TagState | None = None) -> TagState:
    """The newest state; of the log, only what is new since `before` is read."""
    stamp = workspace.stamp(TAGS)
    if before is None or before.version != catalogue.version:
        before = TagState((0, 0), catalogue.version, len(catalogue))
    if before.stamp == stamp:
        return before
    count, log = read_log(workspace, before.actions[-1].number if before.actions else 0)
    entries = [(action, _rows_of(catalogue, ids)) for action, ids in log]
    if before.seen and before.seen + len(entries) < count:  # two wrote the same number: no lock on this disk
        return read_tags(workspace, catalogue)
    entries.sort(key=lambda entry: (entry[0].number, entry[0].action_id))
    return before.with_actions(stamp, entries)


def _rows_of(catalogue: Catalogue, ids: pa.Array) -> RowSet:
    """Row set of product ids; ids that the catalogue does not contain are ignored."""
    if len(ids) <= _FEW:
        rows_m = catalogue.rows_of(ids.to_pylist())
        return RowSet.of_rows(rows_m[rows_m >= 0], len(catalogue))
    found = pc.index_in(ids, value_set=catalogue.rows["product_id"]).drop_null()
    return RowSet.of_rows(found.to_numpy(), len(catalogue))


def _sound(action: Action) -> bool:
    """A stranger's workspace may say anything."""
    try:
        texts = all(isinstance(text, str) for text in (action.action_id, action.who, action.words, action.of))
        renames = action.kind != RENAME or tag_name(action.of) != ""
        return texts and action.kind in KINDS and tag_name(action.tag or "") != "" and renames
    except CatalogueError:
        return False
