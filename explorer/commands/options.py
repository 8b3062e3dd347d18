"""What is typed alike in every command."""

from pathlib import Path
from typing import Annotated

import typer

from explorer.tagging import default_who

WorkspaceOption = Annotated[
    Path,
    typer.Option(
        "--workspace", "-w", envvar="LOOKS_LIKE_WORKSPACE", help="The folder of the catalogue and its models."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as one line of JSON.")]
WhoOption = Annotated[str | None, typer.Option("--who", help="Who does it; the user of this machine unless said.")]
HERE = Path("workspace")


def who_acts(said: str | None) -> str:
    """The person named, or the user of this machine."""
    return default_who() if said is None else said
