"""looks-like similar: what looks like one product, like a photograph, or like each product of the catalogue."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.options import (
    HERE,
    AtOption,
    JsonOption,
    ModelOption,
    WhereOption,
    WorkspaceOption,
    lab_of,
    rows_of,
)
from looks_like.explorer.interfaces.commands.terminal import counted, print_result

if TYPE_CHECKING:
    import numpy as np

    from looks_like.explorer.core import Lab
    from looks_like.explorer.search import SimilarProduct


def similar(
    product: Annotated[str | None, typer.Argument(metavar="ID|PHOTO", help="A product, or a picture's file.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="For every product of the catalogue; into --out.")] = False,
    file: Annotated[Path | None, typer.Option("--out", help="Of --all: x.csv, .parquet or .jsonl")] = None,
    k: Annotated[int, typer.Option("-k", help="How many.")] = 12,
    copies: Annotated[bool, typer.Option("--copies", help="The other products with the very same picture.")] = False,
    counts: Annotated[str, typer.Option(help="What counts in a look: {counts}.")] = "all",
    at: AtOption = "",
    where: WhereOption = None,
    model: ModelOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """The products that look most like one, like a photograph, or, with --all, like each one of the catalogue.

    Of products with the same picture one is said, and how many copies it has.
    """
    from looks_like.explorer.search import (
        K_MAX,
        require_writable_table,
        similar_product_json,
        similar_there,
        similar_to_typed,
        write_similar,
    )

    if not everyone and not 1 <= k <= K_MAX:
        raise RequestError(f"-k must be between 1 and {K_MAX:,}, got {k}")
    if copies and (everyone or not product):
        raise RequestError("--copies belongs to one product: looks-like similar ID --copies")
    if everyone == bool(product):
        raise RequestError("name a product or a photograph, or --all for every product")
    if everyone != bool(file):
        raise RequestError("--all and --out belong together: looks-like similar --all --out similar.csv")
    lab = lab_of(workspace)
    if at:
        if everyone or copies or where:
            raise RequestError("--at takes a product or a photograph alone: --all, --copies and --where are for here")
        there = similar_there(lab, lab.model_name(model), at, str(product), k)
        _tell_there(there, as_json)
        return
    rows_m = rows_of(lab, where)
    if copies:
        _tell_copies(lab, str(product), rows_m, as_json)
        return
    name = lab.model_name(model)
    if file is not None:
        require_writable_table(file)
        total = counted("Looking", write_similar(lab, name, k, file, rows_m))
        said = {"file": str(file), "model": name, "products": total, "k": k}
        print_result(as_json, said, f"{escape(str(file))}: the {k} nearest of each of {total:,} products.")
        return
    found = similar_to_typed(lab, name, str(product), k, rows_m, counts)
    print_result(as_json, [similar_product_json(alike) for alike in found], _table(found))


def _tell_copies(lab: "Lab", product_id: str, rows_m: "np.ndarray | None", as_json: bool) -> None:
    import numpy as np

    from looks_like.explorer.core import product_json
    from looks_like.explorer.search import copies_page, copies_words

    row = lab.catalogue().row(product_id)
    shown_n = None if rows_m is None else np.isin(np.arange(len(lab.catalogue())), rows_m)
    found = copies_page(lab, row, 0, len(lab.catalogue()), shown_n)
    table = Table("Product", "Name", box=None)
    for product in found.products:
        table.add_row(escape(product.product_id), escape(product.name))
    said = table if found.count else f"{escape(product_id)} has {copies_words(0)}."
    print_result(as_json, [product_json(product) for product in found.products], said)


def _tell_there(found: list[tuple[str, float]], as_json: bool) -> None:
    table = Table("", "Product", "Distance", box=None)
    for place, (product_id, distance) in enumerate(found, 1):
        table.add_row(str(place), escape(product_id), f"{distance:.3f}")
    print_result(as_json, [{"id": product_id, "distance": distance} for product_id, distance in found], table)


def _table(found: "list[SimilarProduct]") -> Table:
    table = Table("", "Product", "Name", "Distance", "× typical", "Copies", box=None)
    for place, alike in enumerate(found, 1):
        product = alike.product
        near = "" if product.typical is None else f"{product.typical:.2f}"
        copies = f"{product.copies:,}" if product.copies else ""
        cells = (escape(product.product_id), escape(product.name), f"{product.distance:.3f}", near, copies)
        table.add_row(str(place), *cells)
    return table
