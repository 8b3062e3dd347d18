"""looks-like compact: deletions made final, and their disk space given back."""

from typing import Annotated

import typer
from rich.markup import escape

from looks_like.explorer.interfaces.commands.options import (
    HERE,
    JsonOption,
    WhoOption,
    WorkspaceOption,
    lab_of,
    who_acts,
)
from looks_like.explorer.interfaces.commands.terminal import print_result, progress


def compact(
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Remove for good what was deleted, and older versions of all tables; says how much disk space that gives back."""
    from looks_like.explorer.selecting import compact_workspace, deletion_log, disk_usage, megabytes

    lab = lab_of(workspace)
    final = [entry.said() for entry in deletion_log(lab).standing]
    if final and not sure:
        typer.confirm(f"Gone for good, with no way back: {'; '.join(final)}. Go on?", abort=True)
    before = sum(disk_usage(lab).values())
    with progress() as bar:
        task = bar.add_task("Compacting", total=None)
        for step in compact_workspace(lab, who_acts(who)):
            bar.update(task, completed=step.done, total=step.total, description=escape(step.stage))
    after = sum(disk_usage(lab).values())
    freed = max(0, before - after)
    said = {"freed_bytes": freed, "before_bytes": before, "after_bytes": after, "final": final}
    gone = f" Gone for good: {escape('; '.join(final))}." if final else ""
    print_result(
        as_json, said, f"{megabytes(freed)} given back: {megabytes(before)} before, {megabytes(after)} now.{gone}"
    )
