"""looks-like place: products that came later onto the maps."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.markup import escape

from explorer.commands.options import HERE, JsonOption, ModelArgument, WorkspaceOption, lab_of
from explorer.terminal import answer, progress

if TYPE_CHECKING:
    from explorer.lab import Lab
    from explorer.placing import CatchUp


def place(model: ModelArgument = None, workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Put products that came later onto every map of a model; what is on it does not move."""
    lab = lab_of(workspace)
    name = lab.model_name(model)
    now = catch_up_told(lab, name)
    answer(as_json, {"model": name, **asdict(now)}, f"Model {escape(name)}: {escape(now.words())}.")


def catch_up_told(lab: "Lab", model: str) -> "CatchUp":
    """Encodes and places beside a bar."""
    from explorer.placing import catch_up

    with progress() as bar:
        task = bar.add_task("Encoding", total=None)
        for now in catch_up(lab, model):
            bar.update(task, completed=now.done, total=now.total, description=escape(now.stage))
    return now
