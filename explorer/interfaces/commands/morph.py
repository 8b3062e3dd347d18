"""looks-like morph: the way from product to product as a file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from looks_like.atomic import replacing
from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, ModelOption, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import print_result


def morph(
    products: Annotated[list[str], typer.Argument(help="Two product ids or more.")],
    file: Annotated[Path, typer.Option("--out", help="x.gif, .webp, .mp4, .png (sheet), .csv or .json")],
    model: ModelOption = None,
    curve: Annotated[str, typer.Option(help="{curves}.")] = "dense",
    through: Annotated[
        int, typer.Option(help="How far a dense way goes through products, percent; 0 is straight.")
    ] = 100,
    steps: Annotated[int, typer.Option(help="Pictures from the first product to the last.")] = 60,
    size: Annotated[int, typer.Option(help="Edge of each of the two panels, px.")] = 256,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Animate the way from one product to another, each step beside its nearest real product."""
    from looks_like.explorer.core import PathRequest
    from looks_like.explorer.paths import film_kind, write_film

    kind, lab = film_kind(file.name), lab_of(workspace)
    path = lab.path(PathRequest(lab.model_name(model, decodes=True), tuple(products), curve, steps, through))
    with replacing(file) as aside, open(aside, "wb") as out:
        write_film(lab, path, kind, size, out)
    seen = list(dict.fromkeys(product.product_id for product in path.nearest))
    said = {"file": str(file), "steps": steps, "products_on_the_way": seen}
    print_result(as_json, said, f"{escape(str(file))}: {steps} steps past {len(seen)} products.")
