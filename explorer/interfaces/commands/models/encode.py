"""looks-like encode: codes for products that have none, here or where many machines reach them."""

from typing import Annotated

import typer
from rich.markup import escape

from looks_like.explorer.interfaces.commands.options import (
    HERE,
    AtOption,
    ClusterOption,
    JsonOption,
    ModelArgument,
    WorkspaceOption,
    lab_of,
)
from looks_like.explorer.interfaces.commands.terminal import counted, print_result, progress


def encode(
    model: ModelArgument = None,
    workspace: WorkspaceOption = HERE,
    at: AtOption = "",
    cluster: ClusterOption = "",
    workers: Annotated[int, typer.Option(min=1, max=10_000, help="Of the cluster.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Give a code to every product that has none yet."""
    from looks_like.explorer import core
    from looks_like.explorer.errors import RequestError
    from looks_like.explorer.maps import encode_there

    if cluster and not at:
        raise RequestError("--cluster needs --at: an address at which all its machines reach the pictures")
    lab = lab_of(workspace)
    name = lab.model_name(model)
    if not at:
        total = counted("Encoding", core.encode(lab, name))
        print_result(as_json, {"model": name, "encoded": total}, f"{total:,} products encoded by model {name}.")
        return
    with progress() as bar:
        task = bar.add_task("Encoding", total=None)
        for now in encode_there(lab, name, at, cluster, workers):
            bar.update(task, completed=now.done, total=now.total, description=now.stage)
    words = f"{now.done:,} products at {escape(at)} encoded by model {name}."
    if now.done < now.total:
        words += f" {now.total - now.done:,} pictures can't be read."
    if now.recall is not None:
        words += f" Their index finds {now.recall:.1%} of the ten nearest."
    said = {"model": name, "at": at, "encoded": now.done, "unread": now.total - now.done, "recall": now.recall}
    print_result(as_json, said, words)
