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
    later: Annotated[bool, typer.Option("--later", help="Leave all maps but the first to jobs of their own.")] = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Draw the demo's catalogue, load its model, encode it, map it. Stopped, it goes on where it was."""
    from looks_like.explorer.core import status_of
    from looks_like.explorer.maps import map_words
    from looks_like.explorer.training import MODEL, make_demo, missing_maps, start_map

    lab, tasks = lab_of(workspace), dict[str, Any]()
    methods = [word.strip() for word in maps.split(",") if word.strip()]
    with progress() as bar:

        def tell(report: "DemoProgress") -> None:
            if report.stage not in tasks:
                tasks[report.stage] = bar.add_task(report.stage)
            bar.update(tasks[report.stage], completed=report.done, total=report.total, share=report.share)

        made = make_demo(lab, products, methods[:1] if later else methods, tell)
    waiting = missing_maps(lab, methods) if later else []
    for method in waiting:
        start_map(Jobs(workspace), MODEL, method, map_words(method)[0])
    said = {"products": status_of(lab).products, "model": MODEL, "made": made, "to_come": waiting}
    print_result(as_json, said, f"{said['products']:,} sneakers are ready. See them: looks-like app")
