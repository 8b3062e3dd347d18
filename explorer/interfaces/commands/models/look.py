"""looks-like look: how each product looks, without any training; or by vectors that others made."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from looks_like.explorer.interfaces.commands.helps import Command
from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import print_result, progress

_MAKE = "make"


class _Makes(TyperGroup):
    """What is no command of the group is meant for the first of them: looks-like look [NAME]."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = args and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else [_MAKE, *args])


app = typer.Typer(
    cls=_Makes,
    help="What is alike, before any training: looks-like look [NAME] makes it of the pictures; add brings vectors.",
)


@app.command(_MAKE, cls=Command)
def look(
    name: Annotated[str, typer.Argument(help="What it is called, as a model is.")] = "look",
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Make the look of every product that has none yet: what is alike, with no training. It can't draw."""
    from looks_like.explorer.search import make_look

    lab, made = lab_of(workspace), 0
    with progress() as bar:
        task = bar.add_task("", total=None)
        for now in make_look(lab, name):
            bar.update(task, description=now.stage, completed=now.done, total=now.total)
            made = now.total
    said = f"{made:,} products looked at. Next: looks-like map {name}, looks-like similar ID --model {name}"
    print_result(as_json, {"model": name, "encoded": made}, said)


@app.command(cls=Command)
def add(
    name: Annotated[str, typer.Argument(help="What they are called, as a model is: clip, say.")],
    vectors: Annotated[Path, typer.Option(help="A .npy matrix with a row a product, or a .parquet table.")],
    ids: Annotated[
        str, typer.Option(help="Whose they are: a file with an id a line (.npy), or a column (.parquet).")
    ] = "",
    distance: Annotated[str, typer.Option(help="cosine, or euclidean: which vectors are near.")] = "cosine",
    some: Annotated[bool, typer.Option("--some", help="Leave out vectors of what is no product here.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Forget the vectors that have the name already.")] = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Bring vectors of your own (CLIP's, DINO's, a recommender's): maps, clusters and similar products come of them.

    Asked again, vectors of other products are added and those that changed replaced; nothing on a map moves.
    """
    from looks_like.explorer.search import VectorsRequest, add_vectors

    done = add_vectors(lab_of(workspace), name, VectorsRequest(vectors, ids, distance, some, anew))
    said = f"{done.words()}. Next: looks-like map {name}, looks-like similar ID --model {name}"
    print_result(as_json, asdict(done) | {"bytes_each": done.bytes_each}, escape(said))
