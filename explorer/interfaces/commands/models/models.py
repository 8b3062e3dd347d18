"""looks-like models: what there is, under another name, or gone."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from looks_like.explorer.interfaces.commands.options import (
    HERE,
    JsonOption,
    WhoOption,
    WorkspaceOption,
    lab_of,
    who_acts,
)
from looks_like.explorer.interfaces.commands.terminal import print_result

app = typer.Typer(no_args_is_help=True, help="The models: list them, rename one, delete one with all that hangs on it.")
ModelName = Annotated[str, typer.Argument(help="The model's name.")]


@app.command("list")
def list_(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Models, the newest first: what each is, and how good beside PCA; then those whose training was stopped, and
    those that can't be used, with the reason."""
    from looks_like.explorer.training import unfinished_models

    lab = lab_of(workspace)
    cards = [lab.card(name) for name in (*lab.models(), *unfinished_models(lab))]
    table = Table("Model", "Family", "Latent", "Learnt from", "Error, times PCA's", "Trained", box=None)
    said = []
    for card in cards:
        beside = card.measures.get("mse_over_pca")
        latent, error = str(card.settings["latent"]), "" if beside is None else f"{beside:.3f}"
        error = error if card.finished else "not finished: train --resume"
        table.add_row(escape(card.name), card.family, latent, f"{card.products:,} products", error, card.started[:10])
        plain = {"name": card.name, "family": card.family, "settings": card.settings, "measures": card.measures}
        said.append(plain | {"finished": card.finished})
    for name, problem in lab.problems().items():
        table.add_row(escape(name), "", "", "", escape(problem), "")
        said.append({"name": name, "problem": problem})
    print_result(as_json, said, table)


@app.command()
def rename(
    old: ModelName,
    new: Annotated[str, typer.Argument(help="What to call it.")],
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Call a model by another name, and with it its codes, maps and clusters."""
    from looks_like.explorer.training import rename_model

    rename_model(lab_of(workspace), old, new)
    print_result(as_json, {"model": new, "was": old}, f"Model {escape(old)} is called {escape(new)} now.")


@app.command()
def axes(model: ModelName, workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Find what the sliders of a model move: directions that change its pictures in few places. Some seconds."""
    from looks_like.explorer.training import find_model_axes

    name = (lab := lab_of(workspace)).model_name(model)
    found = find_model_axes(lab, name)
    said = {"model": name, "axes": len(found), "effect": [round(float(effect), 3) for effect in found.effect_a]}
    print_result(as_json, said, f"Model {escape(name)} has {len(found)} axes; the sliders move them.")


@app.command()
def blend(
    first: Annotated[str, typer.Argument(help="The model before, say before a last stage.")],
    second: Annotated[str, typer.Argument(help="What became of it; it encodes alike.")],
    name: Annotated[str, typer.Option(help="What to call the model between them.")],
    share: Annotated[float, typer.Option(help="How far from the first to the second, 0 to 1.")] = 0.7,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Make a model between two that encode alike: as like as the one, nearly as sharp as the other."""
    from looks_like.explorer.training import blend_models

    card = blend_models(lab_of(workspace), first, second, share, name)
    said = {"name": name, "start": card.start, "measures": card.measures}
    print_result(as_json, said, f"Model {escape(name)} is {escape(card.start)}.")


@app.command()
def delete(
    model: ModelName,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Take a model away, with its codes, maps and clusters; products and tags stay."""
    from looks_like.explorer.training import delete_model, unfinished_models

    lab = lab_of(workspace)
    name = model if model in (*unfinished_models(lab), *lab.problems()) else lab.model_name(model)
    if not sure:
        typer.confirm(f"Delete model {name} with its codes, maps and clusters?", abort=True)
    done = delete_model(lab, name, who_acts(who))
    back = "Undo: looks-like delete undo"
    print_result(
        as_json,
        asdict(done) | {"deleted": name},
        f"Model {escape(name)} is gone, with its codes, maps and clusters. {back}",
    )
