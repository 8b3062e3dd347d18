"""What is typed alike in several commands."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from looks_like.explorer.core import Lab

HERE = Path("workspace")
WorkspaceOption = Annotated[
    Path,
    typer.Option(
        "--workspace", "-w", envvar="LOOKS_LIKE_WORKSPACE", help="The folder of the catalogue and its models."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as one line of JSON.")]
WhoOption = Annotated[str | None, typer.Option("--who", help="Who does it; the user of this machine unless said.")]
ModelOption = Annotated[str | None, typer.Option(help="The newest unless said.")]
ModelArgument = Annotated[str | None, typer.Argument(help="The newest unless said.")]


def lab_of(workspace: Path) -> "Lab":
    """The Lab of a workspace."""
    from looks_like.explorer.core import Lab

    return Lab(workspace)


def who_acts(said: str | None) -> str:
    """The person named, or the user of this machine."""
    from looks_like.explorer.tags import default_who

    return default_who() if said is None else said
