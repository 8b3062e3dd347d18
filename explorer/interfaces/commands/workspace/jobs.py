"""looks-like jobs: what runs outside the pages, how far it is, and how to end it."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, WorkspaceOption
from looks_like.explorer.interfaces.commands.terminal import print_result
from looks_like.explorer.jobs import Jobs


def jobs(
    cancel: Annotated[str | None, typer.Option(metavar="ID", help="End this one; what it has finished stays.")] = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Long work that runs outside the pages: what there is, and how far it is."""
    kept = Jobs(workspace)
    if cancel:
        kept.cancel(cancel)
    table = Table("Job", "What", "State", "Done", "Says", box=None)
    found = kept.all()
    for job in found:
        says = job.error or (job.stage if job.active or job.words[0] == "train" else "")
        table.add_row(job.job_id, escape(job.what), job.state, f"{100 * job.share:.0f} %", escape(says))
    print_result(as_json, [asdict(job) for job in found], table if found else "No jobs.")
