"""The clusters of a model beside the map: choose, name, merge, split and hide them, or have them found."""

from collections.abc import Callable

import streamlit as st

from explorer import clustering, session, tagging
from explorer.clustering import Cluster
from explorer.jobs import Jobs
from explorer.lab import Lab, item_json
from explorer.selection import Selection
from explorer.steps import Step
from explorer.widgets import cluster_list
from explorer.widgets.selection_panel import keep

METHODS = {"k-means": "So many, all products in one", "hdbscan": "Where the map is dense, the rest in none"}


def show(lab: Lab, chosen: Selection) -> None:
    """Draws the list; what is asked of it is done, and the page drawn again."""
    model, name = chosen.ground.model, chosen.ground.clusters
    if not name:
        st.markdown("**No clusters yet**")
        st.caption("Clusters are products that look alike, found and named by the computer; you can rename, merge and split.")
        offer(lab, model, chosen.ground.map)
        return
    found = clustering.clusters(lab, model, name, chosen.ground.map, tagging.mask(lab, ""))
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
        if clustering.edits(lab, model, name) and st.button(
            "Undo the last change", icon=":material/undo:", type="tertiary", help="Rename, merge, split or hide"
        ):
            clustering.undo_edit(lab, model, name, session.who())
            st.rerun(scope="fragment")
        with st.popover("Find anew", icon=":material/refresh:"):
            offer(lab, model, chosen.ground.map)


def offer(lab: Lab, model: str, map_name: str) -> None:
    """A form that starts the job, and the same as a command."""
    method = st.radio("How", list(METHODS), captions=list(METHODS.values()), key="cluster method")
    usual = clustering.usual_k(len(lab.catalogue()))
    k = st.number_input("How many", 2, 200, usual, key="cluster count") if method == "k-means" else None
    words = clustering.words_of_job(model, str(method), map_name, None if k is None else int(k))
    jobs = Jobs(lab.workspace.folder)
    if st.button("Find clusters", type="primary", icon=":material/bubble_chart:", disabled=bool(jobs.active())):
        jobs.start(words, "Clusters")
        st.rerun()
    st.code(f"looks-like {' '.join(words)}", language="bash")


def _plain(cluster: Cluster) -> dict[str, object]:
    items = [cluster.cover, *(item for item in cluster.examples if item.row != cluster.cover.row)]
    return {
        "number": cluster.number,
        "name": cluster.name,
        "size": cluster.size,
        "share": cluster.share,
        "tagged": cluster.tagged,
        "examples": [item_json(item) for item in items[:6]],
        "hidden": cluster.hidden,
    }


def _do(lab: Lab, chosen: Selection, asked: cluster_list.Asked) -> None:
    model, name, who, numbers = chosen.ground.model, chosen.ground.clusters, session.who(), asked.numbers
    if asked.act == "select":
        keep(chosen, Step("=", "cluster", numbers[0]))
        return
    if asked.act == "add":
        keep(chosen, *chosen.steps, Step("+", "cluster", numbers[0]))
        return
    edits: dict[str, Callable[[], object]] = {
        "rename": lambda: clustering.rename(lab, model, name, numbers[0], asked.name, who),
        "merge": lambda: clustering.merge(lab, model, name, list(numbers), who),
        "split": lambda: clustering.split(lab, model, name, numbers[0], who),
        "hide": lambda: clustering.hide(lab, model, name, numbers[0], who),
        "show": lambda: clustering.unhide(lab, model, name, numbers[0], who),
    }
    if asked.act in edits:
        edits[asked.act]()
