"""The map of all products by how they look: hover to see one, click to choose it."""

from urllib.parse import urlencode

import streamlit as st

from explorer import session
from explorer.atlases import atlases_of
from explorer.demo import start_map
from explorer.errors import MISTAKES
from explorer.jobs import Jobs
from explorer.lab import Item, MapView, item_json, open_lab
from explorer.widgets import anchor_picker, job_line, latent_map

ALIKE = "-"  # coloured by nothing
# the map has answered by itself long before the page follows: Streamlit's fading meanwhile would only flicker
CALM = "<style>[data-stale=true] { opacity: 1 !important; transition: none !important; }</style>"
lab = open_lab()


@st.fragment
def page() -> None:
    """A fragment: what happens on the map draws this again and nothing around it."""
    try:
        left, panel = st.columns([2, 1], gap="medium")
        with left:
            model, name, by = tools()
            if not name:
                st.info(f"Model {model} has no map yet.", icon=":material/scatter_plot:")
                offer_map("Make a map", model, "umap", "umap")
                job_line.show(lab, model)
                session.show_link("model")
                return
            view = lab.map_view(model, name)
            anchors = {slot: session.anchor(lab, slot, model) for slot in ("a", "b")}
            start = latent_map.show(
                view,
                lab.colouring(by),
                lab.version(),
                anchors,
                session.chosen().get("view", ""),
                on_anchor=lambda slot, product_id: session.choose(slot, product_id) if slot in anchors else None,
                on_view=lambda text: session.choose("view", text[:80]),
                key="map",
                selection_url="/api/selection?" + urlencode({"model": model, "map": name, "v": lab.version()}),
                steps=session.chosen().get("selection", ""),
                on_steps=lambda text: session.choose("selection", text),
                pictures=atlases_of(lab).fingerprint(model, name),
            )
        with panel:
            show_anchors(model, anchors)
            say_what_is_shown(view)
            job_line.show(lab, model)
    except MISTAKES as mistake:
        st.error(str(mistake), icon=":material/error:")
        return
    if start:
        session.choose("from", start)
        session.choose("z", None)
        st.switch_page("dimensions.py")
    session.show_link("model", "map", "colour", "a", "b", "view", "selection")


def tools() -> tuple[str, str, str]:
    """-> the model, the map ("" = it has none) and the attribute to colour by ("" = none)."""
    with st.container(horizontal=True, gap="small", key="map tools"):
        model = session.select("Model", "model", lab.models_to_show(), forgets=("z", "view", "selection"))
        words = {card.name: lab.map_title(card) for card in reversed(lab.maps(model))}
        if not words:
            return model, "", ""
        name = session.select("Map", "map", list(words), words, forgets=("view", "selection"))
        attributes = lab.catalogue().attributes
        readable = {attribute: attribute.replace("_", " ").capitalize() for attribute in attributes}
        telling = lab.telling_attribute() or ALIKE
        by = session.select(
            "Colour by", "colour", [*attributes, ALIKE], {**readable, ALIKE: "Nothing"}, default=telling
        )
    return model, name, "" if by == ALIKE else by


def show_anchors(model: str, anchors: dict[str, Item | None]) -> None:
    """The two products, and the way to the animation between them."""
    slots = {slot: (f"Product {slot.upper()}", item_json(item) if item else None) for slot, item in anchors.items()}
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


def say_what_is_shown(view: MapView) -> None:
    """What of what, what the map keeps, and how to bring it up to date."""
    card, total = view.card, len(view.xy_n2)
    title, sentence = lab.map_words(card.method)
    st.caption(f"**{title}.** {sentence}")
    if not view.missing:
        st.caption(f"{total:,} products, all on this map.")
        return
    st.caption(
        f"{total - view.missing:,} of {total:,} products. {view.missing:,} are not on this map: "
        f"it was made at catalogue version {card.catalogue_version}, now {lab.version()}."
    )
    offer_map("Bring it up to date", card.model, card.method, card.name)


def offer_map(label: str, model: str, method: str, name: str) -> None:
    """A button that starts the job, and the same as a command."""
    jobs = Jobs(lab.workspace.folder)
    if st.button(label, icon=":material/refresh:", disabled=bool(jobs.active())):
        start_map(jobs, model, method, lab.map_words(method)[0], name)
        st.rerun()
    named = "" if name == method else f" --name {name}"
    st.code(f"looks-like map {model} --method {method}{named} --encode", language="bash")


st.html(CALM)
page()
