"""looks-like fill …: values that products lack, proposed from products like them; accepted, rejected, and undone."""

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
from looks_like.explorer.interfaces.commands.terminal import print_result, say

if TYPE_CHECKING:
    from looks_like.data.filled import FilledEntry
    from looks_like.explorer.search import Accuracy, Proposals

app = typer.Typer(no_args_is_help=True, help="Values that products lack: proposed from products like them.")
ColumnArgument = Annotated[str, typer.Argument(help="The attribute, as the catalogue calls it.")]
LeastOption = Annotated[float, typer.Option("--min-confidence", metavar="0…1", help="Only those at least as sure.")]
LikenessOption = Annotated[str | None, typer.Option("--model", help="By whose likeness; a look unless said.")]
_SHOWN = 20


@app.command("list")
def list_(model: LikenessOption = None, workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Attributes that some products lack, and how often a proposal is right for held-out products."""
    from looks_like.explorer import search

    lab = lab_of(workspace)
    table = Table("Attribute", "Missing", "Open", "Filled", "Right", "Most common", "Sure", "Right of sure", box=None)
    answer = []
    for each in search.missing_attributes(lab):
        told = search.proposals(lab, each.column, model).accuracy
        counts = (f"{each.missing:,}", f"{each.open:,}", f"{each.filled:,}")
        table.add_row(escape(each.column), *counts, *_shares(told))
        answer.append({**vars(each), "accuracy": vars(told)})
    print_result(as_json, answer, table if answer else "No product lacks a value that could be proposed.")


@app.command()
def propose(
    column: ColumnArgument,
    least: LeastOption = 0.0,
    model: LikenessOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """What is proposed, the surest first; nothing is changed."""
    from looks_like.explorer import search

    lab = lab_of(workspace)
    proposed = search.proposals(lab, column, model)
    places, ids = proposed.above(_checked(least)).tolist(), lab.catalogue().product_ids
    table = Table("Product", escape(column), "Confidence", box=None)
    for i in places[:_SHOWN]:
        table.add_row(escape(ids[proposed.rows_m[i]]), escape(proposed.words[i]), f"{proposed.confidence_m[i]:.0%}")
    say.print(_told(proposed, len(places)), markup=False)
    answer = {
        "column": column,
        "model": proposed.model,
        "accuracy": vars(proposed.accuracy),
        "proposals": [
            {
                "product_id": ids[proposed.rows_m[i]],
                "value": proposed.values[i],
                "confidence": round(float(proposed.confidence_m[i]), 4),
            }
            for i in places
        ],
    }
    print_result(as_json, answer, table)


@app.command()
def accept(
    column: ColumnArgument,
    least: LeastOption = 0.9,
    model: LikenessOption = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Fill all that are proposed with at least this confidence; undo takes them back."""
    from looks_like.explorer import search

    lab = lab_of(workspace)
    proposed = search.proposals(lab, column, model)
    places = proposed.above(_checked(least))
    if not len(places):
        raise RequestError(f"nothing is proposed for {column[:80]!r} with a confidence of {least:.0%} or more")
    _tell(as_json, search.accept(lab, proposed, places, who_acts(who)))


@app.command()
def undo(
    entry: Annotated[int, typer.Option("--entry", metavar="N", help="This one of the log, not the newest.")] = 0,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Undo what was filled or rejected last, by whomever."""
    from looks_like.explorer import search

    _tell(as_json, search.undo_filling(lab_of(workspace), entry or None, who_acts(who)))


@app.command()
def log(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """What was filled, rejected and undone, the newest first."""
    from looks_like.explorer import search

    entries = search.filling_log(lab_of(workspace)).entries[::-1]
    table = Table("Entry", "When", "Who", "What", box=None)
    for each in entries:
        table.add_row(str(each.number), f"{each.at:%Y-%m-%d %H:%M}", escape(each.who), escape(each.said()))
    answer = [
        {"entry": e.number, "undoes": e.undoes or None, "what": e.said(), "who": e.who, "at": e.at.isoformat()}
        for e in entries
    ]
    print_result(as_json, answer, table if entries else "Nothing was filled yet.")


def _checked(least: float) -> float:
    if not 0 <= least <= 1:
        raise RequestError(f"--min-confidence is between 0 and 1, got {least}")
    return least


def _shares(told: "Accuracy") -> tuple[str, ...]:
    return tuple(f"{share:.0%}" for share in (told.right, told.usual_right, told.sure, told.sure_right))


def _told(proposed: "Proposals", count: int) -> str:
    right, usual, sure, sure_right = _shares(proposed.accuracy)
    return (
        f"{count:,} proposals by {proposed.model}. Of {proposed.accuracy.tested:,} held-out products {right} were "
        f"right; “{proposed.accuracy.usual}” for all would be right for {usual}. 90 % sure of {sure}, of which "
        f"{sure_right} were right."
    )


def _tell(as_json: bool, entry: "FilledEntry") -> None:
    way_back = "" if entry.undoes else f" Undo: looks-like fill undo --entry {entry.number}"
    answer = {"entry": entry.number, "what": entry.said(), "products": len(entry.product_ids)}
    print_result(as_json, answer, escape(f"Done: {entry.said()}.{way_back}"))
