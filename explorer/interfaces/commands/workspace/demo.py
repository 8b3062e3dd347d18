"""looks-like demo: sneakers, their model and their maps."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import print_result, progress
from looks_like.explorer.jobs import Jobs

if TYPE_CHECKING:
    from looks_like.explorer.training import DemoProgress


def demo(
    products: Annotated[int, typer.Option(help="How many sneakers.")] = 30_000,
    maps: Annotated[str, typer.Option(help="Which maps, in this order.")] = "pca,umap,tsne",
    later: Annotated[
        bool, typer.Option("--later", help="Make the first map of some of them; leave all else to jobs of their own.")
    ] = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Draw the demo's catalogue, load its model, encode it, map it. Stopped, it goes on where it was."""
    from looks_like.explorer.core import status_of
    from looks_like.explorer.maps import map_words
    from looks_like.explorer.training import (
        FIRST_PRODUCTS,
        MODEL,
        make_demo,
        missing_maps,
        start_map,
        start_rest_of_demo,
    )

    lab, tasks = lab_of(workspace), dict[str, Any]()
    methods = [word.strip() for word in maps.split(",") if word.strip()]
    with progress() as bar:

        def tell(report: "DemoProgress") -> None:
            if report.stage not in tasks:
                tasks[report.stage] = bar.add_task(report.stage)
            bar.update(tasks[report.stage], completed=report.done, total=report.total, share=report.share)

        if later:
            made = make_demo(lab, min(products, FIRST_PRODUCTS), methods[:1], tell)
        else:
            made = make_demo(lab, products, methods, tell)
    waiting, have = missing_maps(lab, methods) if later else [], status_of(lab).products
    if later and have < products:
        start_rest_of_demo(Jobs(workspace), products, methods[0])
    for method in waiting:
        start_map(Jobs(workspace), MODEL, method, map_words(method)[0])
    said = {"products": have, "model": MODEL, "made": made, "to_come": waiting}
    more = f"; {products - have:,} more are on their way: looks-like jobs" if have < products else ""
    print_result(as_json, said, f"{have:,} sneakers are ready{more}. See them: looks-like app")
