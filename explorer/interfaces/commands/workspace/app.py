"""looks-like app: the pages and the routes, in one server."""

import importlib.util
import logging
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.options import HERE, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import say
from looks_like.explorer.jobs import Jobs

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def app(
    host: Annotated[
        str, typer.Option(help="0.0.0.0 lets others on the network in, by this machine's address.")
    ] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A name by which others find this machine. Other names are refused; can be said repeatedly."),
    ] = None,
    port: Annotated[int, typer.Option(help="Where the pages are.")] = 8501,
    access: Annotated[
        Path | None, typer.Option(help="The file of who logs in and may what (docs/people.md); else no login is asked.")
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="Whoever comes looks, and changes nothing.")] = False,
    log: Annotated[str, typer.Option(help="json: each request as a line of JSON on stderr.")] = "",
    with_demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Begin the demo where nothing is.")] = False,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Open the pages. Ctrl-C ends them, but not the jobs."""
    import uvicorn

    from looks_like.explorer.training import start_demo_if_empty

    if access is not None:
        _require_login(access)
    if with_demo and (job := start_demo_if_empty(lab_of(workspace))):
        say.print(f"{job.what}: the page shows how far it is.")

    os.environ["LOOKS_LIKE_HOSTS"] = ",".join([host, *(allow_host or [])])
    os.environ["LOOKS_LIKE_ACCESS"] = str(access.absolute()) if access else ""
    if log not in ("", "json"):
        raise RequestError(f"--log {log}: json, or leave it out")
    os.environ["LOOKS_LIKE_LOG"] = log
    os.environ["LOOKS_LIKE_READ_ONLY"] = "1" if read_only else ""
    os.environ["LOOKS_LIKE_WORKSPACE"] = str(workspace.absolute())
    os.chdir(Path(__file__).parents[2])  # Streamlit reads .streamlit/config.toml from where it is started
    for name in ("uvicorn.access", "uvicorn.error"):  # Streamlit sets their levels anew when it is imported
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)
    say.print(f"Looks Like is at [bold]http://{host}:{port}[/]   (workspace {escape(str(workspace))}; Ctrl-C ends it)")
    say.print(_who_gets_in(host, access, read_only))
    uvicorn.run("looks_like.explorer.interfaces.app:app", host=host, port=port, log_level="warning", access_log=False)
    if going_on := ", ".join(job.what for job in Jobs(os.environ["LOOKS_LIKE_WORKSPACE"]).active()):
        say.print(f"Still going on: {going_on}. See or end it: looks-like jobs")


def _require_login(access: Path) -> None:
    """RequestError where its file is wrong, or nobody could log in."""
    from looks_like.explorer.interfaces.access import read_access

    read_access(access)
    if importlib.util.find_spec("authlib") is None:
        raise RequestError("--access needs what people log in with: pip install looks-like[auth]")


def _who_gets_in(host: str, access: Path | None, read_only: bool) -> str:
    """For people, before the first of them comes."""
    may = "look, and change nothing" if read_only else "change everything"
    if access is not None:
        return "People log in; what they may stands in " + escape(str(access)) + (" (read-only)" if read_only else "")
    if host in LOOPBACK:
        return f"No login: this machine alone reaches it, and may {may}."
    return f"[bold]No login[/]: whoever reaches {escape(host)} may {may}. Ask people who they are: --access FILE"
