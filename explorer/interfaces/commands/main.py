"""The commands by name, and what becomes of a mistake: one line and exit code 2."""

import os
import signal
from collections.abc import Callable

import typer
from rich.markup import escape

from looks_like.data.errors import PictureError
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces.commands import attribute, tag
from looks_like.explorer.interfaces.commands.helps import Command
from looks_like.explorer.interfaces.commands.maps import clusters
from looks_like.explorer.interfaces.commands.maps.map import map_
from looks_like.explorer.interfaces.commands.maps.place import place
from looks_like.explorer.interfaces.commands.models import look, models
from looks_like.explorer.interfaces.commands.models.check import check
from looks_like.explorer.interfaces.commands.models.encode import encode
from looks_like.explorer.interfaces.commands.models.train import train
from looks_like.explorer.interfaces.commands.morph import morph
from looks_like.explorer.interfaces.commands.products import export, fill
from looks_like.explorer.interfaces.commands.products.complete import complete
from looks_like.explorer.interfaces.commands.products.duplicates import duplicates
from looks_like.explorer.interfaces.commands.products.find import colours, find
from looks_like.explorer.interfaces.commands.products.import_ import import_
from looks_like.explorer.interfaces.commands.products.list import list_
from looks_like.explorer.interfaces.commands.products.sample import sample
from looks_like.explorer.interfaces.commands.products.similar import similar
from looks_like.explorer.interfaces.commands.products.update import update
from looks_like.explorer.interfaces.commands.terminal import say
from looks_like.explorer.interfaces.commands.workspace import delete
from looks_like.explorer.interfaces.commands.workspace.app import app as open_pages
from looks_like.explorer.interfaces.commands.workspace.backup import backup
from looks_like.explorer.interfaces.commands.workspace.compact import compact
from looks_like.explorer.interfaces.commands.workspace.demo import demo
from looks_like.explorer.interfaces.commands.workspace.jobs import jobs
from looks_like.explorer.interfaces.commands.workspace.token import token

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Looks Like: see, walk and name the space in which your products look different.",
)
_COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo,
    "jobs": jobs,
    "import": import_,
    "update": update,
    "train": train,
    "encode": encode,
    "place": place,
    "map": map_,
    "check": check,
    "morph": morph,
    "similar": similar,
    "complete": complete,
    "find": find,
    "colours": colours,
    "sample": sample,
    "duplicates": duplicates,
    "list": list_,
    "compact": compact,
    "backup": backup,
    "app": open_pages,
    "token": token,
}
_GROUPS = {
    "look": look,
    "models": models,
    "tag": tag,
    "attribute": attribute,
    "fill": fill,
    "export": export,
    "clusters": clusters,
    "delete": delete,
}
for name, command in _COMMANDS.items():
    app.command(name, cls=Command)(command)
for name, group in _GROUPS.items():
    app.add_typer(group.app, name=name)


def main() -> None:
    """The entry point: mistakes end with their sentence and code 2, Ctrl-C with 130."""
    # threads that spin while they wait for each other are a fifth as fast beside anything that is busy
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # a shell starts what it puts behind with SIGINT ignored: whoever sends one means it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    code, sentence = run(None)
    if code == 130:
        say.print("Stopped.")
    elif sentence:
        say.print(f"[bold red]looks-like:[/] {escape(sentence)}")
    if code:
        raise SystemExit(code)


def run(words: list[str] | None) -> tuple[int, str]:
    """-> the exit code of a command, and the sentence that says what was wrong; None = what was typed."""
    try:
        code = app(args=words, standalone_mode=False)  # Typer gives the code back where it would exit; 130 for Ctrl-C
    except (*MISTAKES, PictureError) as mistake:
        return 2, str(mistake)
    except typer.Exit as end:
        return end.exit_code, ""
    except (KeyboardInterrupt, typer.Abort):
        return 130, ""
    except OSError as reason:
        return 2, f"{reason.strerror or reason}: {reason.filename}" if reason.filename else str(reason)
    except Exception as reason:
        if hasattr(reason, "format_message"):
            return 2, reason.format_message()  # a wrong option, by Typer
        if str(reason).startswith("lance error"):
            return 2, f"the workspace can't be read: {str(reason).splitlines()[0][:300]}"
        raise
    return code or 0, ""


if __name__ == "__main__":
    main()
