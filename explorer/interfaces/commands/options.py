"""What is typed alike in several commands."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.terminal import say

if TYPE_CHECKING:
    import numpy as np

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
WhereOption = Annotated[
    str | None,
    typer.Option(metavar="CONDITION", help="Only these: \"price < 100 and sizes = 38 and tag = 'summer'\"."),
]
ModelOption = Annotated[str | None, typer.Option(help="The newest unless said.")]
AtOption = Annotated[
    str, typer.Option(help="Where many machines reach the pictures: s3://…, gs://…, az://… or a folder.")
]
ClusterOption = Annotated[
    str, typer.Option(help="Ray's address (auto, ray://host:10001), or here: workers on this machine. With --at.")
]
ModelArgument = Annotated[str | None, typer.Argument(help="The newest unless said.")]


def lab_of(workspace: Path) -> "Lab":
    """The Lab of a workspace."""
    from looks_like.explorer.core import Lab

    return Lab(workspace)


def who_acts(said: str | None) -> str:
    """The person named, or the user of this machine."""
    from looks_like.explorer.tags import default_who

    return default_who() if said is None else said


def rows_of(lab: "Lab", where: str | None) -> "np.ndarray | None":
    """Catalogue rows that meet a condition, None without one. RequestError where no product does."""
    if where is None:
        return None
    from looks_like.data.text import one_line
    from looks_like.explorer.search import rows_where, tag_note

    rows_m = rows_where(lab, where)
    if note := tag_note(lab, where):
        say.print(f"{note}.", markup=False)
    if not len(rows_m):
        raise RequestError(f"no product meets {one_line(where, 200)}")
    return rows_m
