"""looks-like find: products by what somebody types; looks-like colours: what that needs to know of pictures."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import counted, print_result, say

if TYPE_CHECKING:
    from looks_like.explorer.core import Lab
    from looks_like.explorer.search import Found

_K_MAX = 10_000


def find(
    text: Annotated[list[str], typer.Argument(help='What is looked for: "red boots under 80 tag:summer".')],
    k: Annotated[int, typer.Option("-k", help="How many are listed.")] = 12,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Products by what is typed: names, ids, values, tags, numbers, years, colours; any other word by its look."""
    from looks_like.explorer.search import find as find_products
    from looks_like.explorer.search import read_colours

    if not 1 <= k <= _K_MAX:
        raise RequestError(f"-k must be between 1 and {_K_MAX:,}, got {k}")
    lab, typed = lab_of(workspace), " ".join(text)
    found = find_products(lab, typed)
    if found.lacks_colours:
        try:
            counted("Reading the colours of the pictures", read_colours(lab))
            found = find_products(lab, typed)
        except OSError as reason:
            said = reason.strerror or str(reason)
            say.print(f"Colours of pictures can't be kept here ({said}), so only words were asked.", markup=False)
    for sentence in found.said:
        say.print(sentence, markup=False)
    print_result(as_json, _json(lab, found, k), _table(lab, found, k))


def colours(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Read which colours the pictures show, so that `find` knows them; imports do it by themselves."""
    read = read_colours_told(lab_of(workspace))
    print_result(as_json, {"read": read}, f"The colours of {read:,} pictures were read.")


def read_colours_told(lab: "Lab") -> int:
    """Beside a bar; -> of how many pictures."""
    from looks_like.explorer.search import read_colours

    return counted("Reading the colours of the pictures", read_colours(lab))


def _json(lab: "Lab", found: "Found", k: int) -> dict[str, object]:
    from looks_like.explorer.core import product_json

    return {
        "understood": [{"text": term.text, "as": term.reading.words} for term in found.terms],
        "filter": found.asked.text(),
        "count": len(found.rows_m),
        "products": [product_json(product) for product in lab.products_at(found.rows_m[:k])],
        "look_like_it": [product_json(product) for product in lab.products_at(found.alike_m[:k])],
        "notes": list(found.said),
    }


def _table(lab: "Lab", found: "Found", k: int) -> Table:
    table = Table("", "Product", "Name", box=None)
    understood = "; ".join(term.reading.words for term in found.terms)
    table.title = escape(f"{len(found.rows_m):,} products: {understood}"[:300])
    for place, product in enumerate(lab.products_at(found.all_m[:k])):
        mark = "" if place < len(found.rows_m) else "looks like it"
        table.add_row(mark, escape(product.product_id), escape(product.name))
    return table
