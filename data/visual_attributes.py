"""Visual attributes: words that people gave to directions in which products look different, with a name for each end.

They are kept in an append-only table, one commit a change; the newest line of a name is what it means. Scores are not
kept: see scores.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from looks_like.data.errors import CatalogueError
from looks_like.data.schema import OURS
from looks_like.data.text import is_visible, one_line
from looks_like.data.workspace import Workspace

TABLE = "visual-attributes"
CODES, FINE = "codes", "fine"  # what a score is read from
_BEGINNING = datetime.fromtimestamp(0, UTC)
_NAME_MAX, _WHO_MAX, _WORDS_MAX, _MANY_MAX = 60, 80, 300, 200
_COLUMNS = pa.schema(
    [
        pa.field("entry", pa.int64()),  # lines of one entry were written together
        pa.field("undoes", pa.int64()),  # an entry; 0 = none
        pa.field("name", pa.string()),
        pa.field("gone", pa.bool_()),  # taken away; all that follows but who and at is empty then
        pa.field("low", pa.string()),
        pa.field("high", pa.string()),
        pa.field("words", pa.string()),  # how it was found, for people
        pa.field("model", pa.string()),
        pa.field("weights", pa.string()),  # fingerprint of the model's
        pa.field("source", pa.string()),
        pa.field("reads", pa.list_(pa.float32())),
        pa.field("zero", pa.float64()),
        pa.field("moves", pa.list_(pa.float32())),
        pa.field("who", pa.string()),
        pa.field("at", pa.timestamp("us", tz="UTC")),
    ]
)


@dataclass(frozen=True)
class VisualAttribute:
    """A name, its ends, and how a product's score is read: what is read of it times `reads`, less `zero`."""

    name: str
    low: str  # what the end at 0 is called
    high: str
    words: str = ""  # how it was found
    model: str = ""  # of whose codes or fine numbers it is read
    weights: str = ""
    source: str = CODES
    reads: tuple[float, ...] = field(default=(), repr=False)
    zero: float = 0.0
    moves: tuple[float, ...] = field(default=(), repr=False)  # of a dimension: what one point adds to that model's code
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class NamingEntry:
    """A line of the log: what was done at once."""

    number: int
    undoes: int
    given: Mapping[str, VisualAttribute]
    taken: tuple[str, ...]
    who: str
    at: datetime

    def said(self) -> str:
        """ "name “sole height”, take “heel” away" """
        named = [f"name “{name}”" for name in self.given]
        return ", ".join([*named, *(f"take “{name}” away" for name in self.taken)])


@dataclass(frozen=True)
class NamingLog:
    """All that was done, oldest first."""

    entries: tuple[NamingEntry, ...] = ()

    @property
    def standing(self) -> dict[str, VisualAttribute]:
        """What holds now, by name."""
        return self._after(len(self.entries))

    def _after(self, count: int) -> dict[str, VisualAttribute]:
        found = dict[str, VisualAttribute]()
        for entry in self.entries[:count]:
            for name in entry.taken:
                found.pop(name, None)
            found |= entry.given
        return dict(sorted(found.items(), key=lambda pair: pair[0].lower()))

    def before(self, number: int) -> dict[str, VisualAttribute]:
        """What held before an entry. CatalogueError for none of that number."""
        at = next((i for i, entry in enumerate(self.entries) if entry.number == number), None)
        if at is None:
            raise CatalogueError(f"there is no entry {number} in the log of visual attributes")
        return self._after(at)

    def touched_since(self, number: int) -> set[str]:
        """Names that people changed later."""
        later = [entry for entry in self.entries if entry.number > number and entry.undoes != entry.number]
        return {name for entry in later for name in (*entry.given, *entry.taken)}

    def of_now(self, attribute: VisualAttribute) -> VisualAttribute:
        """With the name that its model bears by now."""
        known = {each.weights: each.model for entry in self.entries for each in entry.given.values()}
        return replace(attribute, model=known[attribute.weights])


def read_naming(workspace: Workspace) -> NamingLog:
    """An empty log where nobody has named anything. CatalogueError for a table that holds something else."""
    table = workspace.table(TABLE)
    if table is None:
        return NamingLog()
    try:
        found = table.to_arrow()
        known = [field for field in _COLUMNS if field.name in found.column_names]  # another program's may have others
        lines = found.select([field.name for field in known]).cast(pa.schema(known)).to_pylist()
        lines = [dict.fromkeys(_COLUMNS.names) | line for line in lines if line["entry"] is not None]
    except (pa.ArrowException, KeyError, ValueError) as reason:
        raise CatalogueError(
            f"{workspace.folder} has a table {TABLE} that holds no visual attributes ({one_line(str(reason), 200)}): "
            "put that of a backup there, or move it away"
        ) from None
    entries: list[NamingEntry] = []
    for number in sorted({line["entry"] for line in lines}):
        own = [line for line in lines if line["entry"] == number]
        given = {line["name"]: _attribute(line) for line in own if not line["gone"]}
        taken = tuple(line["name"] for line in own if line["gone"])
        who, at = own[0]["who"] or "", own[0]["at"] or _BEGINNING
        entries.append(NamingEntry(number, own[0]["undoes"] or 0, given, taken, who, at))
    return NamingLog(tuple(entries))


def name_attribute(workspace: Workspace, attribute: VisualAttribute, headers: Sequence[str], who: str) -> NamingEntry:
    """Gives a direction its name; one that has that name already is replaced.

    CatalogueError for a name or an end that can't be one, and for a name that is a column's of `headers`.
    """
    attribute = _checked(attribute, headers)
    with workspace.edit_lock(TABLE):
        log = read_naming(workspace)
        _require_unlike(log, attribute.name, attribute.name)
        if len(log.standing) >= _MANY_MAX and attribute.name not in log.standing:
            raise CatalogueError(f"there are {_MANY_MAX} visual attributes already: take one away first")
        return _append(workspace, log, [attribute], [], who)


def rename_attribute(
    workspace: Workspace, old: str, new: tuple[str, str, str], headers: Sequence[str], who: str
) -> NamingEntry:
    """Another name, low end and high end; "" leaves what it is. CatalogueError as above, and where a name is taken."""
    with workspace.edit_lock(TABLE):
        log = read_naming(workspace)
        before = _standing(log, old)
        name, low, high = (said or was for said, was in zip(new, (before.name, before.low, before.high), strict=True))
        after = _checked(replace(before, name=name, low=low, high=high), headers)
        _require_unlike(log, after.name, old)
        return _append(workspace, log, [after], [old] if after.name != old else [], who)


def drop_attribute(workspace: Workspace, name: str, who: str) -> NamingEntry:
    """Takes a visual attribute away for everyone. CatalogueError when there is none of that name."""
    with workspace.edit_lock(TABLE):
        log = read_naming(workspace)
        _standing(log, name)
        return _append(workspace, log, [], [name], who)


def undo_naming(workspace: Workspace, number: int | None, who: str) -> NamingEntry:
    """Puts back what held before an entry, of the names that it speaks of; of the newest that was not undone, unless
    said. CatalogueError where there is none, or where what it did was changed since.
    """
    with workspace.edit_lock(TABLE):
        log = read_naming(workspace)
        undone = {entry.undoes for entry in log.entries}
        open_ones = [entry for entry in log.entries if not entry.undoes and entry.number not in undone]
        wanted = open_ones[-1:] if number is None else [each for each in log.entries if each.number == number]
        if not wanted:
            raise CatalogueError("there is nothing to undo: no visual attribute was named, or all of it was undone")
        entry = wanted[0]
        if entry.number in undone:
            raise CatalogueError(f"entry {entry.number} ({entry.said()}) was undone already")
        later = log.touched_since(entry.number) & {*entry.given, *entry.taken}
        if later:
            raise CatalogueError(f"“{min(later)}” was changed since: undo that first")
        before = log.before(entry.number)
        given = [log.of_now(before[name]) for name in (*entry.given, *entry.taken) if name in before]
        taken = [name for name in entry.given if name not in before]
        return _append(workspace, log, given, taken, who, undoes=entry.number)


def follow_renamed_model(workspace: Workspace, old: str, new: str, who: str) -> None:
    """What is read of a model, under its new name. No entry that somebody could undo by mistake."""
    with workspace.edit_lock(TABLE):
        log = read_naming(workspace)
        moved = [replace(each, model=new) for each in log.standing.values() if each.model == old]
        if moved:
            number = log.entries[-1].number + 1
            _append(workspace, log, moved, [], who, undoes=number)  # itself: so nobody is offered to undo it


def _checked(attribute: VisualAttribute, headers: Sequence[str]) -> VisualAttribute:
    said = {
        "name": " ".join(attribute.name.split()),
        "low": " ".join(attribute.low.split()) or "low",
        "high": " ".join(attribute.high.split()) or "high",
    }
    for part, text in said.items():
        what = "a visual attribute's name" if part == "name" else f"the {part} end"
        if not 1 <= len(text) <= _NAME_MAX or not is_visible(text) or text != one_line(text):
            raise CatalogueError(f"{what} has 1 to {_NAME_MAX} characters that can be seen, got {text[:80]!r}")
    taken = {header.casefold() for header in (*headers, *OURS)}
    if said["name"].casefold() in taken or said["name"].startswith("_"):
        raise CatalogueError(f"“{said['name']}” is a column of the catalogue already: choose another name")
    if said["low"].casefold() == said["high"].casefold():
        raise CatalogueError("its two ends need two names, like “low” and “high”")
    words = one_line(attribute.words, _WORDS_MAX)
    return replace(attribute, name=said["name"], low=said["low"], high=said["high"], words=words)


def _require_unlike(log: NamingLog, name: str, mine: str) -> None:
    """CatalogueError where another one than `mine` is called so, in small or capital letters."""
    there = next((each for each in log.standing if each.casefold() == name.casefold() and each != mine), None)
    if there is not None:
        raise CatalogueError(f"there is a visual attribute “{there}” already: choose another name")


def _standing(log: NamingLog, name: str) -> VisualAttribute:
    if name not in log.standing:
        there = ", ".join(log.standing)[:400]
        raise CatalogueError(f"there is no visual attribute {name[:80]!r}; there are: {there or 'none'}")
    return log.standing[name]


def _append(
    workspace: Workspace,
    log: NamingLog,
    given: Sequence[VisualAttribute],
    taken: Sequence[str],
    who: str,
    undoes: int = 0,
) -> NamingEntry:
    number = log.entries[-1].number + 1 if log.entries else 1
    who, at = one_line(who, _WHO_MAX) or "somebody", datetime.now(UTC)
    stamped = [replace(each, who=who, at=at) for each in given]
    lines = [{**vars(each), "gone": False} for each in stamped]
    lines += [{"name": name, "gone": True, "who": who, "at": at} for name in taken]
    batch = pa.Table.from_pylist([{**line, "entry": number, "undoes": undoes} for line in lines], schema=_COLUMNS)
    table = workspace.table(TABLE)
    if table is None:
        workspace.tables.create_table(TABLE, batch)
    else:
        table.add(batch)
    return NamingEntry(number, undoes, {each.name: each for each in stamped}, tuple(taken), who, at)


def _attribute(line: Mapping[str, Any]) -> VisualAttribute:
    """Whatever lies in a stranger's table: texts are texts, and numbers that are none read nothing."""
    return VisualAttribute(
        name=str(line["name"] or ""),
        low=str(line["low"] or ""),
        high=str(line["high"] or ""),
        words=str(line["words"] or ""),
        model=str(line["model"] or ""),
        weights=str(line["weights"] or ""),
        source=str(line["source"] or ""),
        reads=_read_numbers(line["reads"]),
        zero=float(line["zero"] or 0.0),
        moves=_read_numbers(line["moves"]),
        who=str(line["who"] or ""),
        at=line["at"],
    )


def _read_numbers(values: list[float | None] | None) -> tuple[float, ...]:
    return tuple(0.0 if value is None else value for value in values or ())
