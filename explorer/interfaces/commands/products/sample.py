"""looks-like sample: some of many products, by how they look."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from looks_like.explorer.interfaces.commands.options import (
    HERE,
    JsonOption,
    ModelOption,
    WhereOption,
    WhoOption,
    WorkspaceOption,
    lab_of,
    rows_of,
    who_acts,
)
from looks_like.explorer.interfaces.commands.terminal import print_result, say


def sample(
    kind: Annotated[str, typer.Argument(help="typical, unusual or diverse.")] = "diverse",
    count: Annotated[int, typer.Option("-n", help="How many.")] = 24,
    where: WhereOption = None,
    tag: Annotated[str, typer.Option(help="Tag them.")] = "",
    model: ModelOption = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Some of the products, by how they look: those with most like them, with least, or as different as can be."""
    from looks_like.explorer import tags
    from looks_like.explorer.core import product_json
    from looks_like.explorer.search import pick

    lab = lab_of(workspace)
    name, rows_m = lab.model_name(model), rows_of(lab, where)
    picked_m = pick(lab, name, kind, count, lab.catalogue().there if rows_m is None else rows_m)
    table, found = Table("", "Product", "Name", box=None), lab.products_at(picked_m)
    for place, product in enumerate(found, 1):
        table.add_row(str(place), escape(product.product_id), escape(product.name))
    print_result(as_json, [product_json(product) for product in found], table)
    if tag:
        done = tags.add(lab, tag, picked_m, who_acts(who), f"{len(found):,} {kind} products, by {name}")
        say.print(escape(f"{done.words()}."))
