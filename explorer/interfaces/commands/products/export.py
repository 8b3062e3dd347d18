"""looks-like export …: what leaves the workspace as a table."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from looks_like.atomic import replacing
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.options import (
    HERE,
    JsonOption,
    ModelArgument,
    ModelOption,
    WhereOption,
    WorkspaceOption,
    lab_of,
    rows_of,
)
from looks_like.explorer.interfaces.commands.terminal import print_result

app = typer.Typer(no_args_is_help=True, help="Write products, tags, codes or a map as .csv, .parquet or .jsonl.")
OutOption = Annotated[Path, typer.Option("--out", help="x.csv, .parquet or .jsonl")]
TagOption = Annotated[str | None, typer.Option("--tag", help="Only what carries this tag.")]


@app.command()
def products(
    file: OutOption,
    tag: TagOption = None,
    where: WhereOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Products with their attributes and tags, a row each."""
    from looks_like.explorer import tags as tagging
    from looks_like.explorer.selecting import export_kind, write_products

    lab, kind = lab_of(workspace), export_kind(file)
    rows_m, carried_n = rows_of(lab, where), None if tag is None else tagging.mask(lab, tag)
    if carried_n is not None:
        rows_m = carried_n.nonzero()[0] if rows_m is None else rows_m[carried_n[rows_m]]
    lab.catalogue()
    with replacing(file) as aside, open(aside, "wb") as out:
        count = write_products(lab, rows_m, kind, out)
    print_result(as_json, {"file": str(file), "products": count}, f"{escape(str(file))}: {count:,} products.")


@app.command()
def tags(
    file: OutOption, tag: TagOption = None, workspace: WorkspaceOption = HERE, as_json: JsonOption = False
) -> None:
    """A row for each tag of each product, with who gave it and when."""
    from looks_like.explorer import tags as tagging
    from looks_like.explorer.selecting import export_kind, write_tags

    lab, kind = lab_of(workspace), export_kind(file)
    if tag is not None:
        tagging.mask(lab, tag)
    lab.catalogue()
    with replacing(file) as aside, open(aside, "wb") as out:
        count = write_tags(lab, tag, kind, out)
    print_result(as_json, {"file": str(file), "rows": count}, f"{escape(str(file))}: {count:,} tags on products.")


@app.command()
def codes(
    file: Annotated[Path, typer.Option("--out", help="x.csv, .parquet, .jsonl, .npy (with its .ids.txt) or .lance")],
    model: ModelArgument = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """The numbers of each product in a model, or a look."""
    from looks_like.explorer.selecting import write_code_file

    lab = lab_of(workspace)
    name = lab.model_name(model)
    count = write_code_file(lab, name, file)
    answer = {"file": str(file), "model": name, "products": count}
    print_result(as_json, answer, f"{escape(str(file))}: codes of {count:,} products in {escape(name)}.")


@app.command("map")
def map_(
    file: OutOption,
    name: Annotated[str | None, typer.Argument(metavar="MAP", help="The newest of the model unless said.")] = None,
    model: ModelOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """The place of each product on a map."""
    from looks_like.explorer.selecting import export_kind, write_map

    lab, kind = lab_of(workspace), export_kind(file)
    of = lab.model_name(model)
    maps = [card.name for card in lab.maps(of)]
    if not maps and name is None:
        raise RequestError(f"model {of!r} has no map yet: looks-like map {of}")
    shown = name or maps[-1]
    with replacing(file) as aside, open(aside, "wb") as out:
        count = write_map(lab, of, shown, kind, out)
    answer = {"file": str(file), "model": of, "map": shown, "products": count}
    print_result(as_json, answer, f"{escape(str(file))}: {count:,} products on map {escape(shown)} of {escape(of)}.")


@app.command()
def model(
    folder: Annotated[Path, typer.Option("--out", help="A folder that is not there yet.")],
    name: ModelArgument = None,
    onnx: Annotated[bool, typer.Option("--onnx/--no-onnx", help="Encoder and decoder as ONNX too.")] = True,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """A model for other programs: safetensors, and ONNX that was checked against PyTorch."""
    from looks_like.explorer.selecting import write_model

    said = write_model(lab_of(workspace), name or "", folder, onnx=onnx)
    print_result(as_json, {"folder": str(folder), "files": said}, f"{escape(str(folder))}: {escape(', '.join(said))}.")
