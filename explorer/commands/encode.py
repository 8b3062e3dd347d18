"""looks-like encode: codes for products that have none."""

from explorer.commands.options import HERE, JsonOption, ModelArgument, WorkspaceOption, lab_of
from explorer.terminal import answer, counted


def encode(model: ModelArgument = None, workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Give a code to every product that has none yet."""
    from explorer import encoding

    lab = lab_of(workspace)
    name = lab.model_name(model)
    total = counted("Encoding", encoding.encode(lab, name))
    answer(as_json, {"model": name, "encoded": total}, f"{total:,} products encoded by model {name}.")
