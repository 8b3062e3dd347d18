"""What a path leads through, in slots: products found or drawn, and what stands for several or for none."""

import json
from functools import partial

import numpy as np
import streamlit as st

from looks_like.explorer import clusters, tags
from looks_like.explorer.core import Lab, MapContext, escape_markdown, product_json
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import anchor_picker
from looks_like.explorer.paths import SLOTS, Anchor, find_anchor, selection_anchor
from looks_like.explorer.search import photograph, square_photograph
from looks_like.explorer.selecting import rows

_WHAT = {
    "cluster": "The middle of a cluster",
    "tag": "The middle of a tag",
    "selection": "The middle of the map's selection",
    "more": "A product, but more of something",
    "photograph": "A photograph",
}
_POINTS = 30  # of a visual attribute, unless said
_DECIMALS = 3


def chosen(lab: Lab, model: str) -> list[str]:
    """What was chosen, in order. What is not there any more is forgotten, and said."""
    found = []
    for said in session.anchors():
        try:
            find_anchor(lab, model, said)
            found.append(said)
        except MISTAKES as mistake:
            st.toast(f"Forgotten: {escape_markdown(str(mistake), 300)}", icon=":material/link_off:")
    session.choose_anchors(found)
    return found


def show(lab: Lab, model: str, anchors: list[str]) -> None:
    """A card each, and a place for one more; reruns the page when something was changed."""
    slots: dict[str, tuple[str, dict[str, object] | None]] = {
        slot: (f"Product {slot.upper()}", _item(lab, model, find_anchor(lab, model, said)))
        for slot, said in zip(SLOTS, anchors, strict=False)
    }
    if len(anchors) < len(SLOTS):
        slots[SLOTS[len(anchors)]] = (f"Product {SLOTS[len(anchors)].upper()}", None)
    picked = anchor_picker.show(slots, model, key="path anchors", empty="")
    if picked:
        now = dict(zip(SLOTS, anchors, strict=False)) | picked
        session.choose_anchors([now[slot] for slot in SLOTS if now.get(slot)])
        st.rerun()
    if len(anchors) < len(SLOTS):
        _other_kinds(lab, model, anchors)


def _item(lab: Lab, model: str, anchor: Anchor) -> dict[str, object]:
    """A card: of what is no product, the picture of the one nearest to it."""
    if anchor.row is not None:
        return product_json(lab.product_at(anchor.row))
    space = lab.space(model)
    nearest = lab.product_at(int(space.nearest(anchor.z_d[None])[0][0, 0]))
    card = product_json(nearest) | {"product_id": anchor.said, "name": anchor.title, "attributes": {}, "copies": 0}
    return card | {"near": f"The picture is of the nearest product, {nearest.name}"}


def _other_kinds(lab: Lab, model: str, anchors: list[str]) -> None:
    """A popover that adds what is found neither by a name nor by lot."""
    with st.popover("Add something else", icon=":material/add:", width="stretch"):
        what = st.selectbox("What", list(_WHAT), format_func=lambda each: _WHAT[each], key="kind of anchor")
        ask = {"cluster": _ask_cluster, "tag": _ask_tag, "selection": _ask_selection, "more": _ask_more}
        said = _ask_photograph(lab, model) if what == "photograph" else ask[str(what)](lab, model)
        if said and st.button("Add it", type="primary", width="stretch"):
            session.choose_anchors([*anchors, said])
            st.rerun()


def _ask_cluster(lab: Lab, model: str) -> str:
    if not clusters.clusterings(lab, model):
        st.caption("There are no clusters of this model yet. The page Map makes them.")
        return ""
    name = clusters.clustering_name(lab, model, session.chosen().get("clusters") or None)
    names = clusters.state(lab, model, name).names
    number = st.selectbox("Cluster", list(names), format_func=lambda each: names[each], key="cluster as anchor")
    return f"cluster:{number}@{name}"


def _ask_tag(lab: Lab, model: str) -> str:
    known = [each.tag for each in tags.tags(lab)]
    if not known:
        st.caption("No product has a tag yet.")
        return ""
    return f"tag:{st.selectbox('Tag', known, key='tag as anchor')}"


def _ask_selection(lab: Lab, model: str) -> str:
    now = session.chosen()
    context = MapContext(model, now.get("map", ""), now.get("clusters", ""))
    selection = session.chosen_selection(context)
    count = len(rows(lab, selection)) if selection.steps else 0
    if not count:
        st.caption("Nothing is selected on the map. Draw a lasso there, and come back.")
        return ""
    st.caption(f"{count:,} products are selected.")
    return selection_anchor(selection)


def _ask_more(lab: Lab, model: str) -> str:
    sliders = {each.name: each for each in tags.named_dimensions(lab, model)}
    if not sliders:
        st.caption("Name what products differ in first: on the map, or on the page Dimensions.")
        return ""
    begun = [said for said in session.anchors() if lab.catalogue().has(said)]
    if not begun:
        st.caption("Choose a product first: it is the one that there is more of.")
        return ""
    name = str(st.selectbox("Of what", list(sliders), key="attribute as anchor"))
    end = st.radio("Towards", [sliders[name].high, sliders[name].low], horizontal=True, key="end as anchor")
    points = _POINTS if end == sliders[name].high else -_POINTS
    st.caption(f"From the last product chosen, {_POINTS} of 100 points further.")
    return f"more:{json.dumps([name, points, begun[-1]], ensure_ascii=False, separators=(',', ':'))}"


def _ask_photograph(lab: Lab, model: str) -> str:
    session.drop_photograph("A photograph", partial(square_photograph, lab), "Only what the model sees in it is kept.")
    picture = session.photograph()
    if picture is None:
        return ""
    st.image(picture, width=120)
    found = photograph(lab, model, picture)
    if found.doubts:
        st.warning(found.doubts, icon=":material/help:")
    return f"code:{','.join(str(value) for value in np.round(found.z_d.astype(float), _DECIMALS).tolist())}"
