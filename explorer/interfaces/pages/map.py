"""The map of all products by how they look: browse, select, tag; hover to see one, click to choose it."""

import streamlit as st

from looks_like.explorer.clusters import clusters_etag
from looks_like.explorer.core import Product, escape_markdown, open_lab, product_json
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import anchor_picker, latent_map
from looks_like.explorer.interfaces.widgets.finding import paste
from looks_like.explorer.interfaces.widgets.panels import (
    cluster_panel,
    filter_bar,
    find_panel,
    map_tools,
    selection_panel,
    tag_panel,
)
from looks_like.explorer.interfaces.widgets.progress import job_line, waiting
from looks_like.explorer.maps import colouring, ready, set_colour, sprite_sheets_of
from looks_like.explorer.selecting import MapState, Selection, rows

LINK = ("model", "map", "colour", "clusters", "filter", "hide", "selection", "panel", "a", "b", "view")
PANELS = {"selection": "Selection", "clusters": "Clusters", "tags": "Tags", "morph": "A to B"}
# the map has answered by itself long before the page follows: Streamlit's fading meanwhile would only flicker
STYLE = """<style>
[data-stale=true] { opacity: 1 !important; transition: none !important; }
</style>"""
lab = open_lab()


@st.fragment
def page() -> None:
    """A fragment: what happens on the map draws this again and nothing around it."""
    wanted = None
    try:
        left, panel = st.columns([2, 1], gap="medium")
        with left:
            context, by = map_tools.show(lab)
            if not context.map:
                st.info(f"Model {context.model} has no map yet.", icon=":material/scatter_plot:")
                map_tools.offer_map(lab, "Make a map", context.model, "umap", "umap")
                job_line.show(lab, context.model)
                session.show_link("model")
                return
            session.drop_invalid_choices(lab, context)
            filter_bar.line(lab, can_hide=True)
            anchors = {slot: session.anchor(lab, slot, context.model) for slot in ("a", "b")}
            state = session.map_state(context, by)
            start = show_map(state, anchors)
            take_pasted(state.selection)
        with panel:
            wanted = show_panel(state.selection, anchors)
            if not ready(lab, by, context):
                waiting.until(lambda: ready(lab, by, context), "Looking how true each place is. The colours follow.")
            map_tools.say_what_is_shown(lab, lab.map_view(context.model, context.map))
            job_line.show(lab, context.model)
            map_tools.watch(lab, context)
    except MISTAKES as mistake:
        st.error(escape_markdown(str(mistake), 400), icon=":material/error:")
        return
    if start:
        session.choose("from", start)
        session.choose("z", None)
        st.switch_page("dimensions.py")
    if wanted:
        session.choose("like", wanted)
        st.switch_page("similar.py")
    session.show_link(*LINK)


def take_pasted(chosen: Selection) -> None:
    """A picture that was pasted or dropped anywhere on the page: what is nearest to it is selected."""
    pasted = paste.listen("map paste")
    if pasted is None:
        return
    if pasted.refused:
        st.toast(f"{escape_markdown(pasted.name)}: {escape_markdown(pasted.refused)}.", icon=":material/broken_image:")
    else:
        find_panel.take_photograph(lab, chosen, pasted.name, pasted.content)


def show_map(state: MapState, anchors: dict[str, Product | None]) -> str | None:
    """-> the id of a product to start the sliders from."""
    context, pin = state.selection.context, session.chosen().get("pin", "")
    content = latent_map.MapContent(
        view=lab.map_view(context.model, context.map),
        colouring=colouring(lab, state.colour if ready(lab, state.colour, context) else "", context),
        state=state,
        steps=session.chosen().get("selection", ""),
        version=lab.etag(),
        clusters_version=clusters_etag(lab, context.model, context.clusters, context.map) if context.clusters else "",
        sprites=sprite_sheets_of(lab).fingerprint(context.model, context.map),
        anchors=anchors,
        pin=lab.catalogue().row(pin) if lab.catalogue().has(pin) else -1,
    )
    events = latent_map.MapEvents(
        on_anchor=lambda slot, product_id: session.choose(slot, product_id) if slot in anchors else None,
        on_viewport=lambda text: session.choose("view", text[:80]),
        on_steps=lambda text: session.choose("selection", text),
        on_paint=lambda value, colour: paint(state.colour, value, colour),
        on_pinned=lambda: session.choose("pin", None),
    )
    return latent_map.show(content, events, key="map")


def paint(attribute: str, value: str, colour: str) -> None:
    """As somebody chose in the legend."""
    try:
        set_colour(lab, attribute, value, colour)
    except MISTAKES as mistake:
        st.toast(escape_markdown(str(mistake), 300), icon=":material/error:")


def show_panel(chosen: Selection, anchors: dict[str, Product | None]) -> str | None:
    """What stands beside the map. -> the id of a product whose like are wanted."""
    count = len(rows(lab, chosen))
    ends = sum(item is not None for item in anchors.values())
    titles = PANELS | ({"selection": f"Selection · {count:,}"} if chosen.steps else {})
    titles |= {"morph": f"A to B · {ends} of 2"} if ends else {}
    panel = session.segments("Beside the map", "panel", titles, default="selection" if chosen.steps else "clusters")
    if panel == "selection":
        return selection_panel.show(lab, chosen)
    if panel == "clusters":
        cluster_panel.show(lab, chosen)
    elif panel == "tags":
        tag_panel.show(lab, chosen)
    else:
        show_anchors(chosen.context.model, anchors)
    return None


def show_anchors(model: str, anchors: dict[str, Product | None]) -> None:
    """The two products, and the way to the animation between them."""
    slots = {slot: (f"Product {slot.upper()}", product_json(item) if item else None) for slot, item in anchors.items()}
    picked = anchor_picker.show(slots, model, key="map anchors")
    if picked:
        for slot, product_id in picked.items():
            session.choose(slot, product_id)
        st.rerun(scope="fragment")
    both = all(anchors.values())
    if st.button(
        "Morph A into B", type="primary", icon=":material/compare_arrows:", disabled=not both, width="stretch"
    ):
        st.switch_page("looks_like.py")
    if not both:
        st.caption("Click a point, then set it as A or B.")


st.html(STYLE)
page()
