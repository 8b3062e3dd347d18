"""looks-like import: products into the catalogue, then codes and places for them."""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.markup import escape

from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces.commands.maps.place import catch_up_told
from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import print_result, progress, say


def import_(
    source: Annotated[str, typer.Argument(help="One of: {sources}.")],
    product_id: Annotated[str | None, typer.Option("--id", help="Column of the product id.")] = None,
    image: Annotated[str | None, typer.Option(help="Column of the picture's file.")] = None,
    name: Annotated[str | None, typer.Option(help="Column of the product's name.")] = None,
    place_them: Annotated[
        bool, typer.Option("--place/--no-place", help="Also onto the maps of every model that has codes.")
    ] = True,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Put products into the catalogue: adds what is new, updates what changed, leaves the rest."""
    from looks_like.data.sources import Columns
    from looks_like.explorer.maps import followed

    lab = lab_of(workspace)
    with progress() as bar:
        task = bar.add_task("Importing", total=None)
        for report in lab.import_products(source, Columns(product_id, image, name)):
            bar.update(task, completed=report.done, total=report.total)
    says, models = [f"{report.words()}. The catalogue is at version {report.version}."], dict[str, Any]()
    for model in followed(lab) if place_them else []:
        try:
            now = catch_up_told(lab, model)
            models[model], told = asdict(now), now.words()
        except MISTAKES as reason:  # the import is done all the same
            models[model], told = {"error": str(reason)}, f"its maps stay as they are: {reason}"
        says.append(f"Model {escape(model)}: {escape(told)}.")
    print_result(as_json, asdict(report) | {"models": models}, "\n".join(says))
    if report.refused:
        say.print(f"The refused ones and why: {escape(str(workspace / 'import-report.csv'))}")
