"""looks-like app: the pages and the routes, in one server."""

import logging
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from looks_like.explorer.interfaces.commands.options import HERE, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import say
from looks_like.explorer.jobs import Jobs


def app(
    host: Annotated[
        str, typer.Option(help="0.0.0.0 lets others on the network in, by this machine's address.")
    ] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A name by which others find this machine. Other names are refused; can be said repeatedly."),
    ] = None,
    port: Annotated[int, typer.Option(help="Where the pages are.")] = 8501,
    with_demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Begin the demo where nothing is.")] = False,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Open the pages. Ctrl-C ends them, but not the jobs."""
    import uvicorn

    from looks_like.explorer.training import start_demo_if_empty

    if with_demo and (job := start_demo_if_empty(lab_of(workspace))):
        say.print(f"{job.what}: the page shows how far it is.")

    os.environ["LOOKS_LIKE_HOSTS"] = ",".join([host, *(allow_host or [])])
    os.environ["LOOKS_LIKE_WORKSPACE"] = str(workspace.absolute())
    os.chdir(Path(__file__).parents[2])  # Streamlit reads .streamlit/config.toml from where it is started
    for name in ("uvicorn.access", "uvicorn.error"):  # Streamlit sets their levels anew when it is imported
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)
    say.print(f"Looks Like is at [bold]http://{host}:{port}[/]   (workspace {escape(str(workspace))}; Ctrl-C ends it)")
    uvicorn.run("looks_like.explorer.interfaces.app:app", host=host, port=port, log_level="warning", access_log=False)
    if going_on := ", ".join(job.what for job in Jobs(os.environ["LOOKS_LIKE_WORKSPACE"]).active()):
        say.print(f"Still going on: {going_on}. See or end it: looks-like jobs")
