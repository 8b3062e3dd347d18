"""looks-like clusters: make, list, rename, merge, split, hide and undo."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from looks_like.explorer.interfaces.commands.options import (
    HERE,
    JsonOption,
    ModelArgument,
    ModelOption,
    WhoOption,
    WorkspaceOption,
    lab_of,
    who_acts,
)
from looks_like.explorer.interfaces.commands.terminal import print_result, progress

if TYPE_CHECKING:
    from looks_like.explorer.clusters import Cluster, State
    from looks_like.explorer.core import Lab

app = typer.Typer(no_args_is_help=True, help="Products that lie together: find, name, merge, split and hide clusters.")
NameOption = Annotated[str | None, typer.Option(help="Which clusters; those made last unless said.")]
NumberArgument = Annotated[int, typer.Argument(help="The cluster's number.")]


@app.command("make")
def make(
    model: ModelArgument = None,
    method: Annotated[str, typer.Option(help="hdbscan (what stands apart) or k-means (all products).")] = "hdbscan",
    k: Annotated[int | None, typer.Option("-k", help="How many, for k-means; unless said, as many as are stable.")] = (
        None
    ),
    least: Annotated[
        int | None, typer.Option(help="Products of the smallest, for hdbscan; unless said, what is most stable.")
    ] = (None),
    map_name: Annotated[str | None, typer.Option("--map", help="Dense places of this map, for hdbscan.")] = None,
    name: Annotated[str | None, typer.Option(help="The method's name unless said.")] = None,
    seed: Annotated[int, typer.Option(help="The same codes and seed give the same clusters.")] = 0,
    replace: Annotated[bool, typer.Option("--replace", help="Even if people have changed those of that name.")] = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Find clusters and keep them."""
    from looks_like.explorer.clusters import ClusterRequest, make_clusters

    lab = lab_of(workspace)
    with progress() as bar:
        task = bar.add_task("Finding clusters", total=100)
        made = make_clusters(
            lab,
            lab.model_name(model),
            ClusterRequest(method, name, k, seed, map_name, least, replace),
            lambda share: bar.update(task, completed=100 * share),
        )
        bar.update(task, completed=100)
    _tell(lab, made, as_json)


@app.command("list")
def list_(
    model: ModelArgument = None,
    name: NameOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """The clusters as they are now."""
    from looks_like.explorer.clusters import clustering_name, state

    lab = lab_of(workspace)
    chosen = lab.model_name(model)
    _tell(lab, state(lab, chosen, clustering_name(lab, chosen, name)), as_json)


@app.command("rename")
def rename_(
    number: NumberArgument,
    to: Annotated[str, typer.Argument(help="Its new name, 60 characters at most.")],
    model: ModelOption = None,
    name: NameOption = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Give a cluster a name."""
    from looks_like.explorer.clusters import rename

    lab = lab_of(workspace)
    _tell(lab, rename(lab, lab.model_name(model), name, number, to, who_acts(who)), as_json)


@app.command("merge")
def merge_(
    which: Annotated[list[int], typer.Argument(metavar="NUMBER…", help="Two or more.")],
    model: ModelOption = None,
    name: NameOption = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Make one of several; it keeps number and name of the largest."""
    from looks_like.explorer.clusters import merge

    lab = lab_of(workspace)
    _tell(lab, merge(lab, lab.model_name(model), name, which, who_acts(who)), as_json)


@app.command("split")
def split_(
    number: NumberArgument,
    parts: Annotated[
        int | None, typer.Option("--parts", "-k", help="How many; unless said, as many as are stable.")
    ] = (None),
    seed: Annotated[int, typer.Option(help="Another seed may cut elsewhere.")] = 0,
    model: ModelOption = None,
    name: NameOption = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Cut one in parts; the largest keeps number and name."""
    from looks_like.explorer.clusters import split

    lab = lab_of(workspace)
    _tell(lab, split(lab, lab.model_name(model), name, number, parts, seed, who_acts(who)), as_json)


@app.command("hide")
def hide_(
    which: Annotated[list[int], typer.Argument(metavar="NUMBER…")],
    again: Annotated[bool, typer.Option("--show", help="Show them again instead.")] = False,
    model: ModelOption = None,
    name: NameOption = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Leave clusters out of what is drawn."""
    from looks_like.explorer.clusters import hide

    lab = lab_of(workspace)
    _tell(lab, hide(lab, lab.model_name(model), name, which, who_acts(who), shown=again), as_json)


@app.command("undo")
def undo_(
    model: ModelOption = None,
    name: NameOption = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Take back the newest change; again for the one before it."""
    from looks_like.explorer.clusters import undo_edit

    lab = lab_of(workspace)
    undone = undo_edit(lab, lab.model_name(model), name, who_acts(who))
    which = ", ".join(map(str, undone.numbers))
    print_result(as_json, {"undone": undone.action, "numbers": undone.numbers}, f"Undone: {undone.action} of {which}.")


def _tell(lab: "Lab", now: "State", as_json: bool) -> None:
    from looks_like.explorer.clusters import clusterings, clusters, numbers, outdated_reason

    card = now.card
    found = clusters(lab, card.model, card.name)
    inside = sum(cluster.size for cluster in found)
    nowhere = len(numbers(lab, card.model, card.name)) - inside
    table = Table("", "Name", "Products", "Share", "Most are", "Apart", "Like", "", box=None)
    for column in (table.columns[0], table.columns[2], table.columns[3], table.columns[5]):
        column.justify = "right"
    for cluster in found:
        shown = "hidden" if cluster.hidden else ""
        share = f"{100 * cluster.share:.1f} %"
        like = escape(cluster.cover.product_id)
        most = "" if cluster.purity is None else escape(f"{100 * cluster.purity:.0f} % {cluster.most}")
        apart = "" if cluster.silhouette is None else f"{cluster.silhouette:.2f}"
        table.add_row(str(cluster.number), escape(cluster.name), f"{cluster.size:,}", share, most, apart, like, shown)
    table.caption = f"{card.name} of model {card.model}: {len(found)} clusters; {nowhere:,} products are in none"
    table.caption_justify = "left"
    late = outdated_reason(lab, card.model, card.name)
    table.caption += f"; {late}" if late else ""
    said = {
        "model": card.model,
        "name": card.name,
        "method": card.method,
        "seed": card.seed,
        "map": card.map,
        "made": card.made,
        "seconds": card.seconds,
        "in_none": nowhere,
        "behind": late,
        "all": [each.name for each in clusterings(lab, card.model)],
        "clusters": [_plain(cluster) for cluster in found],
    }
    print_result(as_json, said, table)


def _plain(cluster: "Cluster") -> dict[str, Any]:
    from looks_like.explorer.core import product_json

    return {
        "number": cluster.number,
        "name": cluster.name,
        "size": cluster.size,
        "share": round(cluster.share, 6),
        "cover": product_json(cluster.cover),
        "examples": [product.product_id for product in cluster.examples],
        "hidden": cluster.hidden,
        "purity": None if cluster.purity is None else round(cluster.purity, 4),
        "pure_in": cluster.pure_in,
        "most": cluster.most,
        "silhouette": None if cluster.silhouette is None else round(cluster.silhouette, 4),
        "runs_into": cluster.runs_into,
    }
