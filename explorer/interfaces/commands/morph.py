"""looks-like morph: the way from product to product as a file, or many such files from a table of pairs."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from looks_like.atomic import replacing
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, ModelOption, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import counted, print_result

if TYPE_CHECKING:
    from looks_like.explorer.core import Lab
    from looks_like.explorer.paths import FilmStyle, PathRequest

_ROWS_MAX = 100_000


def morph(
    products: Annotated[
        list[str] | None,
        typer.Argument(help="Two to eight product ids; also cluster:3, tag:summer and the like (docs/paths.md)."),
    ] = None,
    file: Annotated[
        Path, typer.Option("--out", help="x.gif, .webp, .mp4, .png (sheet), .zip (frames), .csv or .json.")
    ] = Path("morph.gif"),
    pairs: Annotated[
        Path | None,
        typer.Option(help="A CSV of two to eight ids a line: a file for each, into the folder of --out, of its kind."),
    ] = None,
    model: ModelOption = None,
    curve: Annotated[str, typer.Option(help="{curves}.")] = "dense",
    through: Annotated[
        int, typer.Option(help="How far a dense way goes through products, percent; 0 is straight.")
    ] = 100,
    steps: Annotated[int, typer.Option(help="Pictures from the first product to the last.")] = 60,
    easing: Annotated[str, typer.Option(help="{easings}.")] = "even",
    loop: Annotated[str, typer.Option(help="back (there and back) or around (to the first again).")] = "",
    where: Annotated[
        str, typer.Option(metavar="CONDITION", help='Which products may stand beside: "price < 100".')
    ] = "",
    within: Annotated[
        str, typer.Option(metavar="ATTRIBUTE", help="Stay among products with the value that all anchors have of it.")
    ] = "",
    unique: Annotated[bool, typer.Option("--unique", help="No product beside two steps.")] = False,
    size: Annotated[
        int, typer.Option(help="Edge of each of the two panels, px; of other shapes the short side.")
    ] = 256,
    shape: Annotated[str, typer.Option(help="{shapes}.")] = "pair",
    seconds: Annotated[float, typer.Option(help="How long the film is; 0 is 50 ms a step.")] = 0.0,
    fps: Annotated[int, typer.Option(help="Frames a second, at most.")] = 20,
    real: Annotated[bool, typer.Option(help="The nearest real product stands in it too.")] = True,
    names: Annotated[bool, typer.Option(help="Captions.")] = True,
    fade: Annotated[bool, typer.Option("--fade", help="Begin and end with the real product.")] = False,
    dark: Annotated[bool, typer.Option("--dark", help="On dark paper.")] = False,
    watermark: Annotated[str, typer.Option(help="A line of text in the picture.")] = "",
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Animate the way from one product to another, each step beside its nearest real product."""
    from looks_like.explorer.paths import FilmStyle, PathRequest, film_kind

    kind, lab = film_kind(file.name), lab_of(workspace)
    style = FilmStyle(size, shape, seconds, fps, real, names, fade, dark, watermark)
    name = lab.model_name(model, decodes=True)

    def request(anchors: list[str]) -> PathRequest:
        return PathRequest(name, tuple(anchors), curve, steps, through, easing, loop, where, unique, within)

    if pairs is not None:
        if products:
            raise RequestError("give products or --pairs, not both")
        asked = [request(anchors) for anchors in _lines(pairs)]
        written: list[str] = []
        counted("Writing films", _written_all(lab, asked, file, style, written))
        print_result(
            as_json,
            {"folder": str(file.parent), "files": written},
            f"{len(written)} films in {escape(str(file.parent))}.",
        )
        return
    seen = _write(lab, request(products or []), file, kind, style)
    said = {"file": str(file), "steps": steps, "products_on_the_way": seen}
    print_result(as_json, said, f"{escape(str(file))}: {steps} steps past {len(seen)} products.")


def _write(lab: "Lab", request: "PathRequest", file: Path, kind: str, style: "FilmStyle") -> list[str]:
    """-> the ids of the products on the way."""
    from looks_like.explorer.paths import walk, write_film

    path = walk(lab, request)
    with replacing(file) as aside, open(aside, "wb") as out:
        write_film(lab, path, kind, style, out)
    return list(dict.fromkeys(product.product_id for product in path.nearest))


def _written_all(
    lab: "Lab", asked: list["PathRequest"], file: Path, style: "FilmStyle", written: list[str]
) -> Iterator[tuple[int, int]]:
    """Each beside `file`, named for what it shows, numbered where two are called alike; what is there is replaced."""
    from looks_like.explorer.paths import film_kind

    taken: set[str] = set()
    file.parent.mkdir(parents=True, exist_ok=True)
    for i, request in enumerate(asked):
        name, number = request.slug(), 1
        while name.casefold() in taken:
            number += 1
            name = f"{request.slug()}-{number}"
        taken.add(name.casefold())
        target = file.with_name(f"{name}{file.suffix.lower()}")
        _write(lab, request, target, film_kind(file.name), style)
        written.append(str(target))
        yield i + 1, len(asked)


def _lines(file: Path) -> list[list[str]]:
    """The ids of each line; a first line that says a, b … is left out. RequestError for a file that has none."""
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise RequestError(f"{file}: not a CSV file with product ids in each line") from None
    lines = [[cell.strip() for cell in line if cell.strip()] for line in csv.reader(text.splitlines())]
    lines = [line for line in lines if line]
    if lines and [cell.lower() for cell in lines[0][:2]] == ["a", "b"]:
        lines = lines[1:]
    if not 0 < len(lines) <= _ROWS_MAX:
        raise RequestError(f"{file}: needs 1 to {_ROWS_MAX:,} lines of product ids, got {len(lines):,}")
    for number, line in enumerate(lines, 1):
        if len(line) < 2:
            raise RequestError(f"{file}: line {number} has one product; a path needs two or more")
    return lines
