"""looks-like map: a layout of the catalogue, new or made again."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape

from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, ModelArgument, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import counted, print_result, progress


def map_(
    model: ModelArgument = None,
    method: Annotated[str | None, typer.Option(help="{map methods}; umap unless said.")] = None,
    name: Annotated[str | None, typer.Option(help="What to call the map; the method's name unless said.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same codes and seed give the same map; 0 unless said.")] = None,
    sample: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Lay so many products out and place all others among them; 0: lay all out. Unless said all up to "
            "200,000, of more 100,000.",
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--refit", help="Make the map of that name again, its regions where they are.")
    ] = False,
    first_encode: Annotated[bool, typer.Option("--encode", help="First give a code to products without one.")] = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Lay the catalogue out on a map."""
    from looks_like.explorer.core import encode
    from looks_like.explorer.maps import MapRequest, make_map, map_quality, refit

    lab = lab_of(workspace)
    if first_encode:
        counted("Encoding", encode(lab, lab.model_name(model)))
    chosen, called = lab.model_name(model), name or method or "umap"
    with progress() as bar:
        task = bar.add_task(f"Mapping with {escape(method or called)}", total=100)

        def tell(share: float) -> None:
            bar.update(task, completed=100 * share)

        if again:
            card = refit(lab, chosen, called, method, seed, tell)
        else:
            card = make_map(lab, chosen, MapRequest(method or "umap", called, seed or 0, sample=sample), tell)
        bar.update(task, completed=100)
    says = [f"Map {card.name} of model {card.model} made in {card.seconds:.1f} s."]
    if card.moved is not None:
        says.append(f"Products moved by {50 * card.moved:.1f} % of its width on average.")
    print_result(as_json, asdict(card), " ".join([*says, map_quality(lab, chosen, called)]).strip())
