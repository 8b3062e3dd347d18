"""looks-like complete: a picture with a part erased, filled by a model."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from looks_like.atomic import write_whole
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, ModelOption, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import print_result


def complete(
    picture: Annotated[str, typer.Argument(metavar="PHOTO|ID", help="A picture's file, or a product.")],
    file: Annotated[Path, typer.Option("--out", help="x.png; of several samples x-1.png, x-2.png …")],
    box: Annotated[str, typer.Option(metavar="X,Y,W,H", help="The part that is erased, px of the picture.")] = "",
    mask: Annotated[Path | None, typer.Option(help="A PNG as large as the picture, white where it is erased.")] = None,
    samples: Annotated[int, typer.Option(help="How many ways to fill it, the likeliest first; 12 at most.")] = 1,
    model: ModelOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Fill an erased part of a picture with what products like it have there. All other pixels stay."""
    from looks_like.explorer import search

    if bool(box) == bool(mask):
        raise RequestError("say what is erased: --box x,y,w,h or --mask FILE.png")
    if file.suffix.lower() != ".png":
        raise RequestError(f"{str(file)!r}: a completed picture is written as .png")
    lab = lab_of(workspace)
    name, catalogue = lab.model_name(model, decodes=True), lab.catalogue()
    known = catalogue.has(picture)
    content = catalogue.pictures([catalogue.row(picture)])[0] if known else search.read_photograph(picture)
    squared = search.square_photograph(lab, content)
    erased_hw = search.box_mask(content, box) if mask is None else search.read_mask(mask, content)
    found = search.complete(lab, name, squared, erased_hw, samples)
    files = [file] if samples == 1 else [file.with_stem(f"{file.stem}-{i + 1}") for i in range(samples)]
    for each, made in zip(files, found.pictures, strict=True):
        write_whole(each, made)
    nearest = [product.product_id for product in found.nearest]
    said = {"files": [str(each) for each in files], "model": name, "nearest": nearest, "doubts": found.doubts}
    words = [f"{', '.join(said['files'])}. Nearest products: {', '.join(nearest[:3])}.", found.doubts]
    print_result(as_json, said, escape(" ".join(filter(None, words))))
