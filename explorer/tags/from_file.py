"""Tags made elsewhere, given to the products here: one commit, one action per tag, and a report of what was not done.

Nobody's decision is overruled in passing: where somebody here took a tag from a product, and the table does not say
that it was given later, that is a conflict, and stays as it is unless asked.
"""

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from looks_like.data.errors import CatalogueError
from looks_like.data.sources import Listing
from looks_like.data.tables import write_lines
from looks_like.data.tags import (
    Action,
    NewAction,
    TagFileRow,
    TagState,
    append,
    checked_who,
    read_tag_file,
    tag_key,
    tag_name,
)
from looks_like.explorer.core import Lab
from looks_like.explorer.tags.actions import TagChange, product_ids

REPORT_FILE = "tag-import-report.csv"


@dataclass(frozen=True)
class Conflict:
    """Somebody took the tag from the product; `at` is ISO 8601, UTC."""

    product_id: str
    tag: str
    who: str
    at: str


@dataclass(frozen=True)
class TagImport:
    tags: list[TagChange] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # ids of no product here
    refused: list[tuple[str, str, str]] = field(default_factory=list)  # where, what, why
    conflicts: list[Conflict] = field(default_factory=list)
    overruled: bool = False  # whether the conflicts were decided for the table

    def words(self) -> str:
        """ "3 tags given: 120 changes, 4 so already; 1 unknown id, 0 refused, 2 conflicts left as they are" """
        changed, already = sum(tag.changed for tag in self.tags), sum(tag.already for tag in self.tags)
        end = (" overruled" if self.overruled else " left as they are") if self.conflicts else ""
        return (
            f"{_many(len(self.tags), 'tag')} given: {_many(changed, 'change')}, {already:,} so already; "
            f"{_many(len(self.unknown), 'unknown id')}, {len(self.refused):,} refused, "
            f"{_many(len(self.conflicts), 'conflict')}{end}"
        )

    def lines(self) -> Iterator[tuple[str, str, str, str]]:
        """(what, product_id, tag, why) of everything that was not done, or overruled."""
        yield from (("unknown id", product_id, "", "no product here has it") for product_id in self.unknown)
        yield from (("refused", where, what, why) for where, what, why in self.refused)
        kind = "overruled" if self.overruled else "conflict"
        yield from ((kind, c.product_id, c.tag, f"removed by {c.who} at {c.at}") for c in self.conflicts)

    def report(self) -> bytes:
        """The same as CSV."""
        head = ("what", "product_id or row", "tag", "why")
        out = io.StringIO(newline="")
        write_lines(out, [head, *self.lines()])
        return out.getvalue().encode("utf-8", "replace")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def import_tags(
    lab: Lab,
    file: Path,
    who: str,
    *,
    id_column: str | None = None,
    tag_column: str | None = None,
    overrule: bool = False,
) -> TagImport:
    """Gives the tags of a table; see `data/tags/files.py` for its columns. CatalogueError when it can't be read."""
    given, bad_rows = read_tag_file(file, id_column, tag_column)
    done = TagImport(refused=[("a row", "", reason) for reason in bad_rows], overruled=overrule)
    return _give(lab, given, who, f"from {file.name}", done)


def import_listed_tags(lab: Lab, listing: Listing, who: str, name: str) -> TagImport:
    """Gives the tags that a source of products lists, once these are in; `name`: of the source, for people."""
    said = zip(listing.where, listing.product_ids, listing.tags or (), strict=False)
    given = [TagFileRow(where, product_id, tags, None) for where, product_id, tags in said if tags]
    return _give(lab, given, who, f"from {name}", TagImport())


def _give(lab: Lab, given: list[TagFileRow], who: str, words: str, done: TagImport) -> TagImport:
    checked_who(who)
    overrule, wanted = done.overruled, _wanted(lab, given, done)
    state, sayings = lab.tag_state(), list[NewAction]()
    for name, newest_by_row in wanted.values():
        known = state.tag(name)
        rows_m = np.array(sorted(newest_by_row), np.int64)
        so_m = known.carried.mask()[rows_m] if known else np.zeros(len(rows_m), bool)
        against = {} if known is None else dict(_removals(state, known.name, rows_m[~so_m], newest_by_row))
        for row, action in against.items():
            at = action.at.isoformat(timespec="seconds")
            done.conflicts.append(Conflict(lab.catalogue().product_ids[row], name, action.who, at))
        left_out = [] if overrule else list(against)
        give_m = rows_m[~so_m & ~np.isin(rows_m, left_out)]
        done.tags.append(TagChange("import", known.name if known else name, len(give_m), int(so_m.sum())))
        if len(give_m):
            agreed_m = rows_m[~np.isin(rows_m, left_out)]
            sayings.append(NewAction(who, "import", name, product_ids(lab, agreed_m), words, changed=len(give_m)))
    if sayings:
        append(lab.workspace, sayings)
    return done


def import_uploaded(lab: Lab, content: bytes, name: str, who: str) -> TagImport:
    """The same of a file that came over the page; only the ending of its name is believed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"table{Path(name).suffix.lower()[:10]}")
        file.write_bytes(content)
        return import_tags(lab, file, who)


_Wanted = dict[str, tuple[str, dict[int, float]]]  # by key: the first spelling, and when each row was given it


def _wanted(lab: Lab, given: list[TagFileRow], done: TagImport) -> _Wanted:
    """By tag; what can't be is told in `done`. A row without a time was given its tag before all that has one."""
    rows, wanted, unknown = lab.catalogue().rows_of(line.product_id for line in given), _Wanted(), dict[str, None]()
    names: dict[str, str | CatalogueError] = {}
    for line, row in zip(given, rows.tolist(), strict=True):
        if not line.product_id:
            done.refused.append((line.where, "", "no product id"))
        elif row < 0:
            unknown[line.product_id] = None
        else:
            at = line.at.timestamp() if line.at else -np.inf
            for text in line.tags:
                name = names[text] if text in names else names.setdefault(text, _name(text))
                if isinstance(name, CatalogueError):
                    done.refused.append((line.where, text, str(name)))
                    continue
                newest = wanted.setdefault(tag_key(name), (name, {}))[1]
                newest[row] = max(at, newest.get(row, -np.inf))
    done.unknown.extend(unknown)
    return wanted


def _name(text: str) -> str | CatalogueError:
    try:
        return tag_name(text)
    except CatalogueError as reason:
        return reason


def _removals(
    state: TagState, name: str, rows_m: np.ndarray, given_at: dict[int, float]
) -> Iterator[tuple[int, Action]]:
    """The rows of these from which somebody took the tag later than it was given."""
    last_n = state.last_action_of(name)
    for row in rows_m.tolist():
        action = state.actions[last_n[row]] if last_n[row] >= 0 else None
        if action is not None and action.takes(name) and action.at.timestamp() > given_at[row]:
            yield row, action
