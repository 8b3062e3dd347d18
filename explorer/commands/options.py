"""What is typed alike in every command."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

WorkspaceOption = Annotated[
    Path,
    typer.Option(
        "--workspace", "-w", envvar="LOOKS_LIKE_WORKSPACE", help="The folder of the catalogue and its models."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as one line of JSON.")]
WhoOption = Annotated[str | None, typer.Option("--who", help="Who does it; the user of this machine unless said.")]
HERE = Path("workspace")
SOMEBODY = "somebody"


def who_acts(said: str | None) -> str:
    """The person named, or the user of this machine."""
    if said is not None:
        return said
    try:
        return getpass.getuser() or SOMEBODY
    except (KeyError, OSError):  # a number without a name, as in containers
        return SOMEBODY
