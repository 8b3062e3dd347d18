"""looks-like import: products into the catalogue, then codes and places for them."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.interfaces.commands.maps.place import catch_up_told
from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.products.find import read_colours_told
from looks_like.explorer.interfaces.commands.terminal import print_result, progress, say

if TYPE_CHECKING:
    from looks_like.data.sources import Listing
    from looks_like.explorer.core import Lab
    from looks_like.explorer.selecting import Preview

IdOption = Annotated[str | None, typer.Option("--id", help="Column of the product id.")]
ImageOption = Annotated[str | None, typer.Option(help="Column of the picture's file.")]
NameOption = Annotated[str | None, typer.Option(help="Column of the product's name.")]
TagsOption = Annotated[
    str | None, typer.Option(help='Column whose words are given as tags; "tags" unless said, "" for none.')
]
SheetOption = Annotated[str, typer.Option(help="Which sheet of a workbook; the first that holds anything.")]
ImagesOption = Annotated[
    Path | None,
    typer.Option(help="The folder of a table's pictures, whose paths may be absolute; beside the table unless said."),
]
KindOption = Annotated[
    list[str] | None,
    typer.Option("--as", help='COLUMN=KIND, as often as needed: zip=text, "launched=date, day first". {kinds}.'),
]


def import_(
    source: Annotated[str, typer.Argument(help="One of: {sources}.")],
    product_id: IdOption = None,
    image: ImageOption = None,
    name: NameOption = None,
    tags: TagsOption = None,
    kinds: KindOption = None,
    sheet: SheetOption = "",
    images: ImagesOption = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Say how each column would be read, and import nothing.")
    ] = False,
    place_them: Annotated[
        bool, typer.Option("--place/--no-place", help="Also onto the maps of every model that has codes.")
    ] = True,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Put products into the catalogue: adds what is new, updates what changed, leaves the rest."""
    from looks_like.data.sources import Columns
    from looks_like.explorer.selecting import preview_of

    lab = lab_of(workspace)
    listing = lab.offered(
        source, Columns(product_id, image, name, tags, typed_kinds(kinds or []), sheet, str(images or ""))
    )
    if preview:
        found = preview_of(listing)
        listing.close()
        print_result(as_json, found.plain(), _preview(found))
        return
    with progress() as bar:
        task = bar.add_task("Importing", total=None)
        for report in lab.import_listing(listing, source):
            bar.update(task, completed=report.done, total=report.total)
    says = [f"{report.words()}. The catalogue is at version {report.version}."]
    says += [f"{escape(text)}." for text in _done_to_columns(listing)]
    answer = asdict(report) | {"notes": _done_to_columns(listing), "tags": _give_tags(lab, listing, source, says)}
    answer["models"] = _catch_up(lab, says) if place_them else {}
    print_result(as_json, answer, "\n".join(says))
    if report.refused:
        say.print(f"The refused ones and why: {escape(str(workspace / 'import-report.csv'))}")
    if report.refused and not report.added + report.updated + report.unchanged:
        raise RequestError("nothing was imported: every row was refused")


def typed_kinds(said: list[str]) -> dict[str, str]:
    pairs = [text.rpartition("=") for text in said]
    if wrong := [text for text, (column, _, _) in zip(said, pairs, strict=True) if not column]:
        raise RequestError(f'--as {wrong[0]}: say COLUMN=KIND, such as zip=text or "launched=date, day first"')
    return {column.strip(): kind.strip() for column, _, kind in pairs}


def _done_to_columns(listing: "Listing") -> list[str]:
    """What was done to the source and to each of its columns, and to which cell first."""
    return [*listing.notes, *(f"{each.header}: {note}" for each in listing.readings for note in each.notes)]


def _preview(found: "Preview") -> Table:
    ours = ", ".join(f"{what}: {column}" for what, column in found.ours.items() if column)
    table = Table("Column", "Kind", "Missing", "For example", "What is done", box=None)
    table.title = escape(f"{found.rows:,} rows, {len(found.refused):,} torn. {ours}".strip())
    table.caption = escape(". ".join([*found.notes, 'Another kind: --as "COLUMN=KIND"']))
    for each in found.columns:
        kind = f"{each.kind} ({each.unit})" if each.unit else each.kind
        cells = (each.column, kind, f"{each.missing:,}", " · ".join(each.examples), "; ".join(each.notes))
        table.add_row(*map(escape, cells))
    return table


def _give_tags(lab: "Lab", listing: "Listing", source: str, says: list[str]) -> str:
    from looks_like.explorer import tags as tagging

    if not any(listing.tags or ()):
        return ""
    given = tagging.import_listed_tags(lab, listing, tagging.default_who(), Path(source).name)
    said = f"From its column {listing.ours['tags']!r}: {given.words()}"
    says.append(f'{escape(said)}. (--tags "" leaves it an attribute.)')
    return said


def _catch_up(lab: "Lab", says: list[str]) -> dict[str, Any]:
    """Codes and places for what came; by model, what was done."""
    from looks_like.explorer.maps import followed

    models = dict[str, Any]()
    for model in followed(lab):
        try:
            now = catch_up_told(lab, model)
            models[model], told = asdict(now), now.words()
        except MISTAKES as reason:  # the import is done all the same
            models[model], told = {"error": str(reason)}, f"its maps stay as they are: {reason}"
        says.append(f"Model {escape(model)}: {escape(told)}.")
    try:
        read_colours_told(lab)
    except (*MISTAKES, OSError) as reason:  # as above; who looks for a colour reads them then
        says.append(f"The colours of the pictures were not read: {escape(str(reason))}.")
    return models
