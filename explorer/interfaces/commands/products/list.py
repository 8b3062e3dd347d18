"""looks-like list: what the workspace holds, and what is behind."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import out, print_result

if TYPE_CHECKING:
    from looks_like.explorer.core import Status


def list_(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """What the workspace holds, and what is behind."""
    from looks_like.explorer.core import status_of
    from looks_like.explorer.selecting import deletion_log, disk_usage, megabytes, saved_filters
    from looks_like.explorer.tags import visual_attributes

    lab = lab_of(workspace)
    status, used, log = status_of(lab), disk_usage(lab), deletion_log(lab)
    waits = [entry.said() for entry in log.standing]
    kept = {"visual attributes": list(visual_attributes(lab)), "saved filters": list(saved_filters(lab))}
    if not as_json:
        out.print(f"{status.products:,} products, catalogue version {status.version}, in {escape(str(workspace))}")
        parts = ", ".join(f"{part} {megabytes(count)}" for part, count in used.items() if count >= 100_000)
        out.print(f"{megabytes(sum(used.values()))} on disk{f': {parts}' if parts else ''}")
        for what, names in kept.items():
            if names:
                out.print(escape(f"{what[0].upper()}{what[1:]}: {', '.join(names)}"))
        if waits:
            out.print(
                f"Deleted: {escape('; '.join(waits))}. Back: looks-like delete undo; for good: looks-like compact"
            )
    nothing = (
        "No models yet. Train one: looks-like train vae" if status.products else "Begin with: looks-like import SOURCE"
    )
    said = asdict(status) | {"bytes": used, "deleted": waits}
    said |= {what.replace(" ", "_"): names for what, names in kept.items()}
    print_result(as_json, said, _table(status) if status.models else nothing)


def _table(status: "Status") -> Table:
    table = Table("Model", "Family", "Latents", "px", "Held-out MSE", "Maps", "Behind", box=None)
    for model in status.models:
        mse = model["measures"].get("mse")
        table.add_row(
            escape(model["name"]),
            model["family"],
            *("" if model[key] is None else str(model[key]) for key in ("latent", "size")),
            "" if mse is None else f"{mse:.5f}",
            ", ".join(card["name"] for card in model["maps"]),
            escape(model["problem"]) or "; ".join(_behind(model, status.products)),
        )
    return table


def _behind(model: dict[str, Any], products: int) -> list[str]:
    """What a model lacks, each with the command that brings it."""
    if not model["finished"]:
        found = ["not finished: train --resume"]
    elif model["products_without_code"]:
        brings = "a vector: look add" if model["family"] == "vectors" else "a code: encode"
        found = [f"{model['products_without_code']:,} products without {brings}"]
    else:
        found = []
    lacks = {card["name"]: products - card["products"] for card in model["maps"]}
    return found + [f"{count:,} products not on map {name}: place" for name, count in lacks.items() if count > 0]
