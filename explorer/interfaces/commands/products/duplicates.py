"""looks-like duplicates: products that may be one, to be looked through, tagged or said to be different."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.options import (
    HERE,
    JsonOption,
    WhoOption,
    WorkspaceOption,
    lab_of,
    who_acts,
)
from looks_like.explorer.interfaces.commands.terminal import counted, print_result, say

if TYPE_CHECKING:
    from looks_like.explorer.core import Lab
    from looks_like.explorer.search import DuplicateGroup

_SHOWN = 50  # groups in a terminal
IdsOption = Annotated[list[str] | None, typer.Option("--different", metavar="ID", help="These are different; twice.")]


def duplicates(
    again: Annotated[bool, typer.Option("--again", help="Look for them anew, also where nothing has changed.")] = False,
    tag: Annotated[str, typer.Option(help="Tag all of each group but its first.")] = "",
    everyone: Annotated[bool, typer.Option("--all", help="With --tag: the first of each group too.")] = False,
    different: IdsOption = None,
    file: Annotated[Path | None, typer.Option("--out", help="Into x.csv, .parquet or .jsonl.")] = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Products that may be one: the same picture under two ids, saved again, framed anew or mirrored.

    The first time, and when products have come since, they are looked for, by the look; then what was found is told.
    """
    from looks_like.atomic import write_whole
    from looks_like.explorer import search

    lab = lab_of(workspace)
    if different:
        search.are_none(lab, different)
        print_result(as_json, {"different": different}, f"{len(different)} products are different ones: remembered.")
        return
    if everyone and not tag:
        raise RequestError("--all belongs to --tag WORD")
    found = search.duplicates(lab, tag or search.DUPLICATE)
    if again or found is None or found.behind:
        counted("Looking for duplicates", search.find_duplicates(lab))
        found = search.duplicates(lab, tag or search.DUPLICATE)
    assert found is not None
    if file is not None:
        write_whole(file, search.export_duplicates(lab, found.groups, file.suffix.lower().removeprefix(".")))
    said = f"{len(found.groups):,} groups, {found.products:,} products"
    done = search.tag_duplicates(lab, found.groups, tag, who_acts(who), keeps=None if everyone else 0) if tag else None
    answer = search.duplicates_table(lab, found.groups).to_pylist()
    print_result(as_json, answer, _table(lab, found.groups, said) if found.groups else "No duplicates were found.")
    if done is not None:
        say.print(escape(f"{done.words()}. Undo: looks-like tag undo"))
    if file is not None:
        say.print(escape(f"{file}: {said}."))


def _table(lab: "Lab", groups: "list[DuplicateGroup]", said: str) -> Table:
    catalogue = lab.catalogue()
    table = Table("Group", "Product", "Name", "How", box=None)
    for number, group in enumerate(groups[:_SHOWN], 1):
        for row, how in zip(group.rows_m.tolist(), group.how, strict=True):
            cells = ("" if how else str(number), catalogue.product_ids[row], catalogue.names[row], how)
            table.add_row(*map(escape, cells))
    more = f"; the first {_SHOWN} are shown, all of them with --out x.csv" if len(groups) > _SHOWN else ""
    table.caption = f"{said}{more}"
    return table
