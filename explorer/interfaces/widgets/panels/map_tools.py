"""What stands above the map: which model, map, colours and clusters, the filter, what to find, and saved views."""

from contextlib import suppress
from functools import partial
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from looks_like.explorer import tags
from looks_like.explorer.clusters import clusterings
from looks_like.explorer.core import KNN_GRAPH_MAX, Lab, MapContext, MapView, attribute_titles, escape_markdown
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets.panels import deleting, filter_bar, find_panel
from looks_like.explorer.jobs import Jobs
from looks_like.explorer.maps import (
    CLUSTER,
    RECALL,
    WORDS,
    default_colour_attribute,
    map_quality,
    map_title,
    map_words,
    staleness,
    tells_little,
)
from looks_like.explorer.selecting import delete_view, list_views, pinned, save_view, steps_text
from looks_like.explorer.training import start_map, start_place

EVERY_S = 2.0  # between two looks whether somebody else has changed something
NONE = "-"  # coloured by nothing, no clusters
# on a phone two rows: the menus, two to four, with their labels inside; then the buttons
STYLE = """<style>
.st-key-map-tools { align-items: flex-end; }
.st-key-map-tools input { text-overflow: ellipsis; }
.stApp:has(.st-key-filter-line) { --above-map: 13.5rem; }
@media (max-width: 640px) {
  .st-key-map-tools { gap: 6px; --menu: 45%; }
  .st-key-map-tools:has(.st-key-clusters-menu) { --menu: 30%; }
  .st-key-map-tools:has(.st-key-model-menu) { --menu: 30%; }
  .st-key-map-tools:has(.st-key-clusters-menu):has(.st-key-model-menu) { --menu: 22%; }
  .st-key-map-tools > div { flex: 1 1 30% !important; min-width: 0 !important; }
  .st-key-map-tools > .stElementContainer { flex-basis: var(--menu) !important; }
  .st-key-map-tools .stSelectbox { position: relative; }
  .st-key-map-tools label { position: absolute; z-index: 1; top: 4px; left: 9px; right: 4px; min-height: 0; }
  .st-key-map-tools label { pointer-events: none; }
  .st-key-map-tools label p { font-size: 11px; line-height: 1.2; opacity: .76; white-space: nowrap; }
  .st-key-map-tools .react-aria-ComboBox > div { height: 46px; }
  .st-key-map-tools input { padding: 16px 0 2px 8px; font-size: 14px; }
  .st-key-map-tools .stPopover, .st-key-map-tools .stPopover > div, .st-key-map-tools .stPopover button { width: 100%; }
  .st-key-filter-line { gap: 0 12px; }
  .st-key-filter-line button { min-height: 30px; }
}
</style>"""


def show(lab: Lab) -> tuple[MapContext, str]:
    """-> the ground that is shown (its map "" where the model has none) and the attribute to colour by ("" = none)."""
    st.html(STYLE)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="map tools"):
        model = _model(lab)
        newest_last = sorted(lab.maps(model), key=lambda card: not tells_little(card.method))
        words = {card.name: map_title(card.name, card.method) for card in reversed(newest_last)}
        if not words:
            return MapContext(model), ""
        before = session.chosen().get("map", "")
        name = session.select("Map", "map", words, forgets=("view",))
        if before and before != name:
            _keep_selection(before)
        by = _colour(lab, MapContext(model, name), clusterings(lab, model) != [])
        clusters = _clusters(lab, model)
        context = MapContext(model, name, clusters)
        filter_bar.menu(lab, [each.tag for each in tags.tags(lab)])
        find_panel.menu(lab, session.chosen_selection(context))
        _views(lab)
    return context, "" if by == NONE else by


def _model(lab: Lab) -> str:
    """A menu where there is a choice: those that have a map first."""
    models = sorted(lab.models_to_show(), key=lambda model: not lab.maps(model))
    if len(models) == 1:
        session.choose("model", models[0])
        return models[0]
    return session.select("Model", "model", models, forgets=("z", "view", "selection", "clusters"))


def _colour(lab: Lab, context: MapContext, clustered: bool) -> str:
    attributes = lab.catalogue().attributes
    readable = WORDS | attribute_titles(attributes)
    more = [CLUSTER] * (clustered and session.chosen().get("clusters") != NONE)
    more += [RECALL] * (lab.catalogue().count <= KNN_GRAPH_MAX)
    named = {option: readable[option] for option in (*attributes, *more)} | {NONE: "Nothing"}
    told = default_colour_attribute(lab, context.model, context.map)
    return session.select("Colour by", "colour", named, default=told or NONE)


def _keep_selection(before: str) -> None:
    """Lassos drawn on the map before go on meaning the products in them."""
    steps = session.chosen_selection(MapContext("")).steps
    session.choose("selection", steps_text(pinned(steps, before)))


def _clusters(lab: Lab, model: str) -> str:
    names = [card.name for card in clusterings(lab, model)]
    if not names:
        return ""
    name = session.select("Clusters", "clusters", {name: name for name in reversed(names)} | {NONE: "None"})
    return "" if name == NONE else name


# -- saved views ------------------------------------------------------------------------------------------------------


def _views(lab: Lab) -> None:
    saved = list_views(lab)
    with st.popover("Views", icon=":material/bookmark:"):
        st.caption(
            "A view is what you see: map, place, colours, filter and selection. Everyone who opens this has them."
        )
        with st.form("save view", border=False, clear_on_submit=True):
            name = st.text_input("Name", max_chars=60, placeholder="A name for what you see now")
            if st.form_submit_button("Save this view", width="stretch") and name.strip():
                kept = save_view(lab, name, "map", urlencode(session.link()), session.who())
                st.toast(f"Saved: {escape_markdown(kept)}")
                saved = list_views(lab)
        for view in saved:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                if st.button(
                    escape_markdown(view.name),
                    key=f"open {view.name}",
                    help=f"By {escape_markdown(view.who)}",
                    width="stretch",
                ):
                    session.restore(dict(parse_qsl(view.link)))
                    st.rerun(scope="fragment")
                if st.button("", icon=":material/delete:", key=f"drop {view.name}", help="Take it away for everyone"):
                    deleting.do(partial(delete_view, lab, view.name, session.who()))
                    st.rerun(scope="fragment")
        deleting.said_before(lab, "views")


# -- what is shown, and how to bring it up to date --------------------------------------------------------------------


def say_what_is_shown(lab: Lab, view: MapView) -> None:
    """What of what, what the map keeps and how well, and what to do where it is behind."""
    card, total = view.card, view.products
    title, sentence = map_words(card.method)
    of = f"{total - view.missing:,} of {total:,} products" if view.missing else f"{total:,} products, all"
    st.caption(f"**{title}.** {sentence} {of} on this map.")
    with st.popover("How true is this map?", icon=":material/verified:", type="tertiary"):
        if card.neighbours_kept is not None or session.noted("measured map") == view.etag:
            st.markdown(map_quality(lab, card.model, card.name) or "There are too few products to say.")
        else:  # one made before maps were measured: seconds of work
            st.button("Measure it", on_click=session.note, args=("measured map", view.etag))
        if not card.placed and not view.missing:
            st.markdown(laid_out_words(card.sample, total))
        else:
            behind = staleness(lab, card.model, card.name)
            st.markdown(behind.words())
            if behind.refit_offered:
                offer_map(lab, "Lay it out anew", card.model, card.method, card.name, refit=True)
    if view.missing:
        st.caption(f"{view.missing:,} products are not on this map yet.")
        offer_place(lab, card.model)


def laid_out_words(sample: int, total: int) -> str:
    """Of a map on which all products have been since it was made."""
    if sample:
        return f"{sample:,} pictures were laid out together, and all others were placed among them."
    return f"All {total:,} products were laid out together."


def watch(lab: Lab, context: MapContext) -> None:
    """Draws the page anew when somebody else has added or deleted products, places or tags."""

    def state() -> tuple[object, ...]:
        return lab.etag(), lab.map_view(context.model, context.map).etag, tags.stamp(lab)

    seen = state()

    def look() -> None:
        with suppress(*MISTAKES):  # what is shown may be deleted
            if state() == seen:
                return
        st.rerun()

    st.fragment(look, run_every=EVERY_S)()


def offer_place(lab: Lab, model: str) -> None:
    """A button that starts the job which puts them on every map of the model."""
    jobs, help = Jobs(lab.workspace.folder), f"In a terminal: looks-like place {model}"
    if st.button("Place them", icon=":material/add_location_alt:", disabled=bool(jobs.active()), help=help):
        start_place(jobs, model)
        st.rerun()


def offer_map(lab: Lab, label: str, model: str, method: str, name: str, *, refit: bool = False) -> None:
    """A button that starts the job."""
    jobs, named = Jobs(lab.workspace.folder), "" if name == method else f" --name {name}"
    help = f"In a terminal: looks-like map {model} --method {method}{named} --encode{' --refit' * refit}"
    if st.button(label, icon=":material/refresh:", disabled=bool(jobs.active()), help=help):
        start_map(jobs, model, method, map_words(method)[0], name, refit=refit)
        st.rerun()
