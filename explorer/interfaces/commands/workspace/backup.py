"""looks-like backup: a copy of the workspace while people go on; it is a workspace itself."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import print_result, progress


def backup(
    target: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Copy all but what can be made again; people may go on tagging meanwhile. To restore: --workspace TARGET."""
    from looks_like.explorer.selecting import back_up_workspace, megabytes

    with progress() as bar:
        task = bar.add_task("Copying", total=None)
        for step in back_up_workspace(lab_of(workspace), target):
            bar.update(task, completed=step.done, total=step.total, description=escape(step.stage))
    words = [f"{megabytes(step.bytes_copied)} copied to {escape(str(target))}."]
    if step.links:
        words.append(f"Left out, because they are links to elsewhere: {escape(', '.join(step.links))}.")
    said = {"target": str(target), "bytes": step.bytes_copied, "links": step.links}
    print_result(as_json, said, "\n".join(words))
