"""The clusters of a model beside the map: choose, name, merge, split and hide them, or have them found."""

from collections.abc import Callable

import streamlit as st

from looks_like.explorer import clusters as cluster_edits
from looks_like.explorer import tags
from looks_like.explorer.clusters import Cluster, clusterings, clusters, state, usual_k
from looks_like.explorer.core import Lab, product_json
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import cluster_list
from looks_like.explorer.interfaces.widgets.panels.selection_panel import keep
from looks_like.explorer.jobs import Jobs
from looks_like.explorer.selecting import Selection, SelectionStep

METHODS = {
    "k-means": ("As many as you say", "Every product is in one (k-means)"),
    "hdbscan": ("As many as stand apart on the map", "What lies between them is in none (HDBSCAN)"),
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
        offer(lab, model, chosen.context.map)
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
            offer(lab, model, chosen.context.map)


def offer(lab: Lab, model: str, map_name: str) -> None:
    """A form that starts the job; how far it is stands below the panel."""
    titles, captions = ({method: said[i] for method, said in METHODS.items()} for i in (0, 1))
    method = st.radio(
        "Find", list(titles), format_func=titles.__getitem__, captions=[*captions.values()], key="cluster method"
    )
    words = ["clusters", "make", model, "--method", method]
    if method == "k-means":
        words += ["-k", str(int(st.number_input("How many", 2, 200, usual_k(lab, model), key="cluster count")))]
    else:
        words += ["--map", map_name]
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
    }


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
        "split": lambda: cluster_edits.split(lab, model, name, numbers[0], who=who),
        "hide": lambda: cluster_edits.hide(lab, model, name, numbers, who),
        "show": lambda: cluster_edits.hide(lab, model, name, numbers, who, shown=True),
    }
    if asked.act in edits:
        edits[asked.act]()
