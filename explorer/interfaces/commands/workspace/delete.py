"""looks-like delete …: products, maps, clusterings, views, filters and models; the log of it, and the way back."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.models import models
from looks_like.explorer.interfaces.commands.options import (
    HERE,
    JsonOption,
    ModelOption,
    WhoOption,
    WorkspaceOption,
    lab_of,
    rows_of,
    who_acts,
)
from looks_like.explorer.interfaces.commands.terminal import print_result, typed_lines

if TYPE_CHECKING:
    import numpy as np

    from looks_like.data.deletion_log import Deletion
    from looks_like.explorer.core import Lab

app = typer.Typer(
    no_args_is_help=True,
    help="Products, maps, clusterings, views, filters, models: delete and undo. looks-like compact makes it final.",
)
NameArgument = Annotated[str, typer.Argument(help="Its name.")]


@app.command()
def products(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Products.")] = None,
    where: Annotated[str | None, typer.Option(metavar="SQL", help='All that meet this: "price < 100".')] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="A file with a product id in each line; - = stdin.")
    ] = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Delete products, with all that hangs on them: tags, codes, places. Imported again, they are there again."""
    from looks_like.explorer.selecting import delete_products

    lab = lab_of(workspace)
    rows_m, already, words = _asked(lab, ids or [], where, file)
    were = f"{already:,} {'was' if already == 1 else 'were'} deleted already"
    if already and not len(rows_m):
        print_result(as_json, {"products": 0, "already": already}, f"Nothing to delete: {were}.")
        return
    done = delete_products(lab, rows_m, who_acts(who), words)
    _tell(as_json, done, {"already": already} if already else {}, f" {were[0].upper()}{were[1:]}." if already else "")


@app.command("map")
def map_(
    name: NameArgument,
    model: ModelOption = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Delete a map."""
    from looks_like.explorer.selecting import delete_map

    lab = lab_of(workspace)
    _tell(as_json, delete_map(lab, lab.model_name(model), name, who_acts(who)))


@app.command()
def clustering(
    name: NameArgument,
    model: ModelOption = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Delete the clusters of a name, with what people changed of them."""
    from looks_like.explorer.selecting import delete_clustering

    lab = lab_of(workspace)
    _tell(as_json, delete_clustering(lab, lab.model_name(model), name, who_acts(who)))


@app.command()
def view(
    name: NameArgument, who: WhoOption = None, workspace: WorkspaceOption = HERE, as_json: JsonOption = False
) -> None:
    """Delete a saved view, for everyone."""
    from looks_like.explorer.selecting import delete_view

    _tell(as_json, delete_view(lab_of(workspace), name, who_acts(who)))


@app.command("filter")
def filter_(
    name: NameArgument, who: WhoOption = None, workspace: WorkspaceOption = HERE, as_json: JsonOption = False
) -> None:
    """Delete a saved filter, for everyone."""
    from looks_like.explorer.selecting import delete_filter

    _tell(as_json, delete_filter(lab_of(workspace), name, who_acts(who)))


app.command("model")(models.delete)


@app.command()
def undo(
    number: Annotated[int, typer.Argument(help="This one of the log; your newest unless said.")] = 0,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Bring back what was deleted, just as it was."""
    from looks_like.explorer.selecting import undo_deletion

    back = undo_deletion(lab_of(workspace), who_acts(who), number)
    print_result(as_json, asdict(back), f"Back again: {escape(back.said())}.")


@app.command()
def log(
    limit: Annotated[int, typer.Option("-n", min=1, help="How many, the newest first.")] = 20,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """What was deleted and brought back, by whom and when."""
    from looks_like.explorer.selecting import deletion_log, deletion_words

    found = deletion_log(lab_of(workspace))
    table = Table("No.", "When (UTC)", "Who", "What", "State", box=None)
    entries = found.entries[::-1][:limit]
    for entry in entries:
        state = deletion_words(found, entry)
        cells = (str(entry.number), entry.at[:16].replace("T", " "), entry.who, entry.said(), state)
        table.add_row(*map(escape, cells), style=None if state == "deleted" else "dim")
    said = [asdict(entry) | {"state": deletion_words(found, entry)} for entry in entries]
    print_result(as_json, said, table if entries else "Nothing was deleted yet.")


def _asked(lab: "Lab", ids: list[str], where: str | None, file: Path | None) -> "tuple[np.ndarray, int, str]":
    """-> (catalogue rows, how many of them are deleted already, words for the log)"""
    from looks_like.explorer.selecting import rows_to_delete

    if where is not None:
        if ids or file:
            raise RequestError("--where says which products, or their ids do: not both")
        rows_m = rows_of(lab, where)
        assert rows_m is not None
        return rows_m, 0, where
    listed = [*ids, *(typed_lines(file) if file else [])]
    if not listed:
        raise RequestError("which products? Write their ids, --where with a condition, or --file with one in each line")
    return *rows_to_delete(lab, listed), " and ".join([*([file.name] if file else []), *(["typed"] if ids else [])])


def _tell(as_json: bool, done: "Deletion", also: dict[str, int] | None = None, more: str = "") -> None:
    back = "Undo: looks-like delete undo"
    print_result(as_json, asdict(done) | (also or {}), f"Deleted: {escape(done.said())}.{more} {back}")
