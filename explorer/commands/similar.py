"""looks-like similar: what looks like one product, like a photograph, or like each product of the catalogue."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from explorer.errors import AskError
from explorer.lab import Lab
from explorer.likeness import K_MAX, Alike, alike_json, similar_to_typed
from explorer.recommending import need_recommendable, write_recommended
from explorer.terminal import answer, progress


def similar(
    product: Annotated[str | None, typer.Argument(metavar="ID|PHOTO", help="A product, or a picture's file.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="For every product of the catalogue; into --out.")] = False,
    file: Annotated[Path | None, typer.Option("--out", help="Of --all: x.csv, .parquet or .jsonl")] = None,
    k: Annotated[int, typer.Option("-k", help="How many.")] = 12,
    where: Annotated[str | None, typer.Option(metavar="SQL", help='Only among these: "price < 100".')] = None,
    model: Annotated[str | None, typer.Option(help="The newest unless said.")] = None,
    workspace: Annotated[
        Path,
        typer.Option(
            "--workspace", "-w", envvar="LOOKS_LIKE_WORKSPACE", help="The folder of the catalogue and its models."
        ),
    ] = Path("workspace"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as one line of JSON.")] = False,
) -> None:
    """The products that look most like one, like a photograph, or, with --all, like each one of the catalogue."""
    if not everyone and not 1 <= k <= K_MAX:
        raise AskError(f"-k must be between 1 and {K_MAX:,}, got {k}")
    if everyone == bool(product):
        raise AskError("name a product or a photograph, or --all for every product")
    if everyone != bool(file):
        raise AskError("--all and --out belong together: looks-like similar --all --out similar.csv")
    lab = Lab(workspace)
    rows_m = lab.catalogue().rows_where(where) if where is not None else None
    if rows_m is not None and not len(rows_m):
        raise AskError(f"no product meets {where}")
    name = lab.model_name(model)
    if file is not None:
        need_recommendable(file)
        total = _shown(write_recommended(lab, name, k, file, rows_m))
        said = {"file": str(file), "model": name, "products": total, "k": k}
        answer(as_json, said, f"{escape(str(file))}: the {k} nearest of each of {total:,} products.")
        return
    found = similar_to_typed(lab, name, str(product), k, rows_m)
    answer(as_json, [alike_json(alike) for alike in found], _table(found))


def _shown(steps: Iterator[tuple[int, int]]) -> int:
    with progress() as bar:
        task = bar.add_task("Looking", total=None)
        for done, total in steps:
            bar.update(task, completed=done, total=total)
    return total


def _table(found: list[Alike]) -> Table:
    table = Table("", "Product", "Name", "Distance", "× typical", box=None)
    for place, alike in enumerate(found, 1):
        item = alike.item
        near = "" if item.typical is None else f"{item.typical:.2f}"
        words = [near, "the same picture"] if alike.twin else [near]
        cells = (escape(item.product_id), escape(item.name), f"{item.distance:.3f}", ", ".join(words))
        table.add_row(str(place), *cells)
    return table
