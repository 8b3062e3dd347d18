"""The clusters of a model beside the map: choose, name, merge, split and hide them, or have them found."""

from collections.abc import Callable

import streamlit as st

from looks_like.explorer import clusters as cluster_edits
from looks_like.explorer import tags
from looks_like.explorer.clusters import Cluster, clusterings, clusters, state
from looks_like.explorer.core import Lab, attribute_titles, product_json
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import cluster_list
from looks_like.explorer.interfaces.widgets.panels.selection_panel import keep
from looks_like.explorer.jobs import Jobs
from looks_like.explorer.selecting import Selection, SelectionStep

METHODS = {
    "hdbscan": ("Groups that stand apart", "As many as there are; the few products between them are in none (HDBSCAN)"),
    "k-means": ("A place for every product", "As many as are found again and again, or as you say (k-means)"),
}


def show(lab: Lab, chosen: Selection) -> None:
    """Draws the list; what is asked of it is done, and the page drawn again."""
    model, name = chosen.context.model, chosen.context.clusters
    if not name:
        hidden = bool(clusterings(lab, model))
        st.markdown(
            "**No clusters shown**: choose some above the map, or find others." if hidden else "**No clusters yet**"
        )
        st.caption(
            "Clusters are products that look alike, found and named by the computer; you can rename, merge and split."
        )
        offer(lab, model)
        return
    tagged_n = tags.mask(lab, "") if tags.tags(lab) else None
    found = clusters(lab, model, name, chosen.context.map, tagged_n)
    shown = [cluster for cluster in found if not cluster.hidden]
    outside = 1 - sum(cluster.share for cluster in found)
    loose = f"; {100 * outside:.0f} % of the products are in none" if outside > 0.005 else ""
    st.caption(f"**{len(shown)} clusters**{loose}. A click selects one, shift adds.")
    at = [step.value for step in chosen.steps if step.kind == "cluster" and step.op != "-"]
    asked = cluster_list.show([_plain(cluster) for cluster in found], at, key="cluster list")
    if asked:
        _do(lab, chosen, asked)
        st.rerun(scope="fragment")
    with st.container(horizontal=True, gap="small"):
        if state(lab, model, name).edits and st.button(
            "Undo the last change", icon=":material/undo:", type="tertiary", help="Rename, merge, split or hide"
        ):
            cluster_edits.undo_edit(lab, model, name, session.who())
            st.rerun(scope="fragment")
        with st.popover("Find anew", icon=":material/refresh:"):
            offer(lab, model)


def offer(lab: Lab, model: str) -> None:
    """A form that starts the job; how far it is stands below the panel."""
    titles, captions = ({method: said[i] for method, said in METHODS.items()} for i in (0, 1))
    method = st.radio(
        "Find", list(titles), format_func=titles.__getitem__, captions=[*captions.values()], key="cluster method"
    )
    words = ["clusters", "make", model, "--method", method]
    if method == "k-means":
        many = st.number_input(
            "How many",
            2,
            200,
            None,
            placeholder="As many as are stable",
            help="Left empty, several numbers are tried on drawn halves of the products, and the one taken whose "
            "clusters come out most alike.",
            key="cluster count",
        )
        words += [] if many is None else ["-k", str(int(many))]
    else:
        least = st.number_input(
            "Smallest, products",
            2,
            100_000,
            None,
            placeholder="What is most stable",
            help="A smaller number finds more and finer clusters, and leaves more products in none.",
            key="cluster least",
        )
        words += [] if least is None else ["--least", str(int(least))]
    old = [card.name for card in clusterings(lab, model) if card.name == method]
    if old and state(lab, model, method).edits:
        st.caption("People have renamed, merged, split or hidden some of these: that is lost when they are found anew.")
        words += ["--replace"] if st.checkbox("Find them anew all the same", key="replace clusters") else []
    jobs = Jobs(lab.workspace.folder)
    active = jobs.active()
    as_command = f"In a terminal: looks-like {' '.join(words)}"
    help = f"After what is going on: {active[0].what}" if active else as_command
    if st.button("Find clusters", type="primary", icon=":material/bubble_chart:", disabled=bool(active), help=help):
        jobs.start(words, "Clusters")
        st.rerun()


def _plain(cluster: Cluster) -> dict[str, object]:
    products = [cluster.cover, *(product for product in cluster.examples if product.row != cluster.cover.row)]
    return {
        "number": cluster.number,
        "name": cluster.name,
        "size": cluster.size,
        "share": cluster.share,
        "tagged": cluster.tagged,
        "examples": [product_json(product) for product in products[:6]],
        "hidden": cluster.hidden,
        "purity": cluster.purity,
        "most": cluster.most,
        "pureIn": attribute_titles([cluster.pure_in])[cluster.pure_in] if cluster.pure_in else "",
        "silhouette": cluster.silhouette,
        "runsInto": cluster.runs_into,
    }


def _parts(said: str) -> int | None:
    """How many somebody wants; None where that is left to the program."""
    return int(said) if said.isdecimal() else None


def _do(lab: Lab, chosen: Selection, asked: cluster_list.Asked) -> None:
    model, name, who, numbers = chosen.context.model, chosen.context.clusters, session.who(), asked.numbers
    if asked.act == "select":
        keep(SelectionStep("=", "cluster", numbers[0]))
        return
    if asked.act == "add":
        keep(*chosen.steps, SelectionStep("+", "cluster", numbers[0]))
        return
    edits: dict[str, Callable[[], object]] = {
        "rename": lambda: cluster_edits.rename(lab, model, name, numbers[0], asked.name, who),
        "merge": lambda: cluster_edits.merge(lab, model, name, numbers, who),
        "split": lambda: cluster_edits.split(lab, model, name, numbers[0], _parts(asked.name), who=who),
        "hide": lambda: cluster_edits.hide(lab, model, name, numbers, who),
        "show": lambda: cluster_edits.hide(lab, model, name, numbers, who, shown=True),
    }
    if asked.act in edits:
        edits[asked.act]()
