"""looks-like tag …: words on products, who gave them, and the way back."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from looks_like.atomic import write_whole
from looks_like.data.errors import CatalogueError
from looks_like.data.text import one_line
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.options import (
    HERE,
    JsonOption,
    WhereOption,
    WhoOption,
    WorkspaceOption,
    lab_of,
    rows_of,
    who_acts,
)
from looks_like.explorer.interfaces.commands.terminal import print_result, say, typed_lines

if TYPE_CHECKING:
    import numpy as np

    from looks_like.explorer.core import Lab
    from looks_like.explorer.tags import TagChange

app = typer.Typer(no_args_is_help=True, help="Words on products: give, take, undo, look back, import.")
TagArgument = Annotated[str, typer.Argument(help="The word.")]
ProductsArgument = Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Products.")]
IdsOption = Annotated[Path | None, typer.Option("--file", help="A file with a product id in each line; - = stdin.")]
LikeOption = Annotated[int, typer.Option("--like", metavar="K", help="And the K products most like these.")]
ModelOption = Annotated[str | None, typer.Option(help="The model that says what is alike; the newest unless said.")]
ActionOption = Annotated[str, typer.Option("--action", help="This one of the log, not the newest.")]


@app.command()
def add(
    tag: TagArgument,
    products: ProductsArgument = None,
    ids: IdsOption = None,
    where: WhereOption = None,
    like: LikeOption = 0,
    model: ModelOption = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Give a tag to products."""
    from looks_like.explorer import tags

    lab = lab_of(workspace)
    rows_m, words = _rows(lab, products or [], ids, where, like, model)
    _tell(as_json, tags.add(lab, tag, rows_m, who_acts(who), words))


@app.command()
def remove(
    tag: TagArgument,
    products: ProductsArgument = None,
    ids: IdsOption = None,
    where: WhereOption = None,
    like: LikeOption = 0,
    model: ModelOption = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Take a tag from products."""
    from looks_like.explorer import tags

    lab = lab_of(workspace)
    rows_m, words = _rows(lab, products or [], ids, where, like, model)
    _tell(as_json, tags.remove(lab, tag, rows_m, who_acts(who), words))


@app.command()
def rename(
    old: Annotated[str, typer.Argument(help="The word as it is.")],
    new: Annotated[str, typer.Argument(help="The word as it shall be; one that is there already is joined.")],
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Call a tag another name, for all that carry it; undo takes it back."""
    from looks_like.explorer import tags

    _tell(as_json, tags.rename(lab_of(workspace), old, new, who_acts(who)))


@app.command()
def delete(
    tag: TagArgument, who: WhoOption = None, workspace: WorkspaceOption = HERE, as_json: JsonOption = False
) -> None:
    """Take a tag from all that carry it; undo gives it back."""
    from looks_like.explorer import tags

    _tell(as_json, tags.delete(lab_of(workspace), tag, who_acts(who)))


@app.command()
def undo(
    action: ActionOption = "", who: WhoOption = None, workspace: WorkspaceOption = HERE, as_json: JsonOption = False
) -> None:
    """Undo your newest action; what was done after it stays."""
    from looks_like.explorer import tags

    _tell(as_json, tags.undo(lab_of(workspace), who_acts(who), action))


@app.command()
def redo(
    action: ActionOption = "", who: WhoOption = None, workspace: WorkspaceOption = HERE, as_json: JsonOption = False
) -> None:
    """Do again what you undid last."""
    from looks_like.explorer import tags

    _tell(as_json, tags.redo(lab_of(workspace), who_acts(who), action))


@app.command()
def log(
    limit: Annotated[int, typer.Option("-n", min=1, help="How many, the newest first.")] = 20,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Who did what, and when."""
    from looks_like.explorer import tags

    table = Table("When (UTC)", "Who", "What", "Tag", "Products", "Words", "Action", box=None)
    for column in (0, -1):
        table.columns[column].no_wrap = True
    entries = tags.history(lab_of(workspace), limit)
    for action, undone in entries:
        what = f"{action.kind}, undone" if undone else action.kind
        many = f"{action.changed:,}" if action.changed else ""
        at, words = f"{action.at:%Y-%m-%d %H:%M}", tags.words_of(action)
        texts = (at, action.who, what, action.tag, many, words, action.action_id[:8])
        table.add_row(*map(escape, texts), style="dim" if undone else None)
    said = [asdict(action) | {"undone": undone} for action, undone in entries]
    print_result(as_json, said, table if entries else "Nothing was tagged yet.")


@app.command("list")
def list_(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """All tags, and how much of the catalogue they cover."""
    from looks_like.explorer import tags

    found = tags.coverage(lab_of(workspace))
    table = Table("Tag", "Products", "Share", box=None)
    for tag in found.tags:
        table.add_row(escape(tag.tag), f"{tag.products:,}", f"{100 * tag.share:.1f} %")
    table.add_row("[dim]any tag[/]", f"{found.tagged:,}", f"{100 * found.share:.1f} %")
    said = {"products": found.products, "tagged": found.tagged, "tags": [tag._asdict() for tag in found.tags]}
    print_result(as_json, said, table if found.tags else "No tags yet. Give one: looks-like tag add TAG ID")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A .csv, .tsv, .parquet or .jsonl table: a product and its tags a row.")],
    product_id: Annotated[str | None, typer.Option("--id", help="Column of the product id.")] = None,
    tag: Annotated[str | None, typer.Option("--tag", help="Column of the tag, or of tags with | between.")] = None,
    overrule: Annotated[bool, typer.Option("--overrule", help="Also where somebody took the tag here.")] = False,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Give tags that were made elsewhere; each tag is an action that can be undone."""
    from looks_like.explorer.tags import REPORT_FILE, import_tags

    done = import_tags(lab_of(workspace), file, who_acts(who), id_column=product_id, tag_column=tag, overrule=overrule)
    report = workspace / REPORT_FILE
    write_whole(report, done.report())
    print_result(as_json, asdict(done), escape(f"{done.words()}."))
    if any(done.lines()):
        say.print(f"What was not done and why: {escape(str(report))}")


def _rows(
    lab: "Lab", products: list[str], file: Path | None, where: str | None, like: int, model: str | None
) -> "tuple[np.ndarray, str]":
    """Catalogue rows of what was typed, and words for the log."""
    import numpy as np

    from looks_like.explorer.search import nearest_to

    ids = [*products, *(typed_lines(file) if file else [])]
    if not ids and where is None:
        raise RequestError("which products? Write their ids, --file with one in each line, or --where a condition")
    if not 0 <= like <= 10_000:
        raise RequestError(f"--like must be between 0 and 10,000, got {like}")
    rows_m = lab.catalogue().rows_of(ids)
    if missing := [product for product, row in zip(ids, rows_m, strict=True) if row < 0]:
        more = f", and {len(missing) - 1:,} more are not" if len(missing) > 1 else ""
        raise CatalogueError(f"{missing[0][:80]!r} is no product of this catalogue{more}: nothing was changed")
    said = [f"{' and '.join([*([file.name] if file else []), *(['typed'] if products else [])])} ({len(ids):,} ids)"]
    met_m = rows_of(lab, where)
    if where is not None and met_m is not None:
        rows_m, said = np.union1d(rows_m, met_m), [*(said if ids else []), f"where {one_line(where, 80)}"]
    words = " and ".join(said)
    if not like:
        return rows_m, words
    name, asked = lab.model_name(model), [lab.catalogue().product_ids[row] for row in rows_m]
    near = [other.row for product in asked for other in nearest_to(lab, name, product, like)]
    return np.unique([*rows_m, *near]), f"{words} and {like} like each, by {name}"


def _tell(as_json: bool, change: "TagChange") -> None:
    print_result(as_json, asdict(change), escape(f"{change.words()}."))
