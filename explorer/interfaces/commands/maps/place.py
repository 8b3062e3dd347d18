"""looks-like place: products that came later onto the maps."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.markup import escape

from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, ModelArgument, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import print_result, progress

if TYPE_CHECKING:
    from looks_like.explorer.core import Lab
    from looks_like.explorer.maps import CatchUpProgress


def place(model: ModelArgument = None, workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Put products that came later onto every map of a model; what is on it does not move."""
    lab = lab_of(workspace)
    name = lab.model_name(model)
    now = catch_up_told(lab, name)
    print_result(as_json, {"model": name, **asdict(now)}, f"Model {escape(name)}: {escape(now.words())}.")


def catch_up_told(lab: "Lab", model: str) -> "CatchUpProgress":
    """Encodes and places beside a bar."""
    from looks_like.explorer.maps import catch_up

    with progress() as bar:
        task = bar.add_task("Encoding", total=None)
        for now in catch_up(lab, model):
            bar.update(task, completed=now.done, total=now.total, description=escape(now.stage))
    return now
