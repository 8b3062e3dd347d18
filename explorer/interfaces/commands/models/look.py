"""looks-like look: how each product looks, without any training."""

from typing import Annotated

import typer

from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import print_result, progress


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
