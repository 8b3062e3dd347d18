"""Which product carries which tag: a replay of the log, in order, without the actions that are undone."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.catalogue import Catalogue
from data.errors import CatalogueError
from data.rowsets import RowSet
from data.tags import GIVING, KINDS, SAYING, TAGS, TAKING, Action, read_log, tag_key, tag_name
from data.workspace import Workspace

_FEW = 5_000  # ids that are looked up one by one


@dataclass(frozen=True)
class Tag:
    """What a replay says of one tag."""

    name: str  # as first spelled
    carried: RowSet
    rejected: RowSet  # products for which somebody said that it does not fit


class TagState:
    """A moment of the log over one catalogue version; never changes. Newer ones are `grown` from it."""

    def __init__(self, stamp: tuple[int, int], version: int, size: int) -> None:
        self.stamp, self.version, self.size = stamp, version, size
        self.seen = 0  # actions of the log, those that are not sound among them
        self.actions: list[Action] = []  # in order
        self.tags: dict[str, Tag] = {}  # by key
        self._rows: list[RowSet] = []  # what each action is about
        self._place: dict[str, int] = {}  # of an action, by id
        self._of_tag: dict[str, list[int]] = {}
        self._undone: set[str] = set()
        self._redoable: dict[str, tuple[str, ...]] = {}  # by who: what they undid since they last did anything else

    def grown(self, stamp: tuple[int, int], entries: Iterable[tuple[Action, RowSet]]) -> "TagState":
        """The state after further actions, given in order."""
        new = TagState(stamp, self.version, self.size)
        new.seen, new.actions, new._rows = self.seen, list(self.actions), list(self._rows)
        new.tags, new._place, new._of_tag = dict(self.tags), dict(self._place), dict(self._of_tag)
        new._undone, new._redoable = set(self._undone), dict(self._redoable)
        said, turned = dict[str, list[int]](), set[str]()
        for action, rows in entries:
            new.seen += 1
            if action.action_id not in new._place and _sound(action):
                new._take(action, rows, said, turned)
        for key, places in said.items():
            new._of_tag[key] = [*self._of_tag.get(key, []), *places]
        for key in said.keys() | turned:
            new.tags[key] = new._replayed(key, None if key in turned else self.tags.get(key), said.get(key, []))
        return new

    def _take(self, action: Action, rows: RowSet, said: dict[str, list[int]], turned: set[str]) -> None:
        place = self._place[action.action_id] = len(self.actions)
        self.actions.append(action)
        self._rows.append(rows)
        if action.kind in SAYING:
            said.setdefault(tag_key(action.tag), []).append(place)
            self._redoable[action.who] = ()
            return
        about = self.action(action.of)
        if about is None or about.kind not in SAYING or self.is_undone(about) == (action.kind == "undo"):
            return
        turned.add(tag_key(about.tag))
        if action.kind == "undo":
            self._undone.add(about.action_id)
            self._redoable[action.who] = (*self._redoable.get(action.who, ()), about.action_id)
        else:
            self._undone.discard(about.action_id)
            self._redoable = {
                who: tuple(i for i in kept if i != about.action_id) for who, kept in self._redoable.items()
            }

    def _replayed(self, key: str, before: Tag | None, since: list[int]) -> Tag:
        """From nothing, or the state before and the actions since."""
        places = since if before is not None else self._of_tag[key]
        carried_n = before.carried.mask() if before else np.zeros(self.size, bool)
        rejected_n = before.rejected.mask() if before else np.zeros(self.size, bool)
        self._apply([place for place in places if not self._is_undone(place)], carried_n, rejected_n)
        return Tag(self._spelling(key), RowSet.of_mask(carried_n), RowSet.of_mask(rejected_n))

    def _apply(self, places: list[int], carried_n: np.ndarray, rejected_n: np.ndarray) -> None:
        for place in places:
            kind, rows = self.actions[place].kind, self._rows[place]
            if kind in GIVING:
                rows.put_into(carried_n, True)
                rows.put_into(rejected_n, False)
            elif kind in TAKING:
                rows.put_into(carried_n, False)
            else:
                rows.put_into(rejected_n, True)

    def _spelling(self, key: str) -> str:
        """Of the first action that gave it and holds; of the first of all where none does."""
        giving = (i for i in self._of_tag[key] if self.actions[i].kind in GIVING and not self._is_undone(i))
        return self.actions[next(giving, self._of_tag[key][0])].tag

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
            tag.carried.put_into(mask_n, True)
        mask_n.flags.writeable = False
        return mask_n

    @cached_property
    def carried(self) -> list[Tag]:
        """Tags that a product of the catalogue carries, by name."""
        return sorted((tag for tag in self.tags.values() if tag.carried.count), key=lambda tag: tag_key(tag.name))

    def tags_of(self, row: int) -> list[str]:
        """The tags of the product in a catalogue row, by name."""
        return [tag.name for tag in self.carried if tag.carried.has(row)]

    def last_said(self, name: str) -> np.ndarray:
        """int64 (N,): the place in `actions` of the last one that gave or took the tag and holds; -1 = none."""
        last_n = np.full(self.size, -1, np.int64)
        for place in self._of_tag.get(tag_key(name), []):
            if self.actions[place].kind != "reject" and not self._is_undone(place):
                last_n[self._rows[place].mask()] = place
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
        mine = (a for a in reversed(self.actions) if a.who == who and a.kind in SAYING and not self.is_undone(a))
        return next(mine, None)

    def redoable(self, who: str) -> Action | None:
        """What that person undid last; None once they have done anything new since."""
        kept = self._redoable.get(who)
        return self.action(kept[-1]) if kept else None

    def turned(self, action: Action) -> int:
        """How many products would change if this action were undone, or done again if it is."""
        key, place = tag_key(action.tag), self._place[action.action_id]
        active = [i for i in self._of_tag[key] if self._is_undone(i) == (i == place)]
        carried_n, rejected_n = np.zeros(self.size, bool), np.zeros(self.size, bool)
        self._apply(active, carried_n, rejected_n)
        tag = self.tags[key]
        return int(np.count_nonzero((carried_n != tag.carried.mask()) | (rejected_n != tag.rejected.mask())))


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
    return before.grown(stamp, entries)


def _rows_of(catalogue: Catalogue, ids: pa.Array) -> RowSet:
    """Products that have left, or never were here, are passed over."""
    if len(ids) <= _FEW:
        rows_m = catalogue.places(ids.to_pylist())
        return RowSet.of_rows(rows_m[rows_m >= 0], len(catalogue))
    found = pc.index_in(ids, value_set=catalogue.rows["product_id"]).drop_null()
    return RowSet.of_rows(found.to_numpy(), len(catalogue))


def _sound(action: Action) -> bool:
    """A stranger's workspace may say anything."""
    try:
        texts = all(isinstance(text, str) for text in (action.action_id, action.who, action.words, action.of))
        return texts and action.kind in KINDS and tag_name(action.tag or "") != ""
    except CatalogueError:
        return False
