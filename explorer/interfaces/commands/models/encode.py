"""looks-like encode: codes for products that have none."""

from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, ModelArgument, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import counted, print_result


def encode(model: ModelArgument = None, workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Give a code to every product that has none yet."""
    from looks_like.explorer import core

    lab = lab_of(workspace)
    name = lab.model_name(model)
    total = counted("Encoding", core.encode(lab, name))
    print_result(as_json, {"model": name, "encoded": total}, f"{total:,} products encoded by model {name}.")
