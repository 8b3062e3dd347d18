"""What looks like this: the products nearest to one, or to a photograph, and why."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from looks_like.explorer import search, tags
from looks_like.explorer.core import escape_markdown, open_lab, product_json
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import anchor_picker, gallery
from looks_like.explorer.interfaces.widgets.finding import paste
from looks_like.explorer.interfaces.widgets.finding import photograph as photograph_card
from looks_like.explorer.interfaces.widgets.panels import filter_bar, find_box, map_tools
from looks_like.explorer.interfaces.widgets.progress import job_line
from looks_like.explorer.search import (
    SimilarProduct,
    copies_words,
    photograph,
    place_on_map,
    similar_product_json,
    similar_to,
    square_photograph,
)

NUMBERS = ("12", "24", "60")
BEGIN_WITH = 12
ACTIONS = (
    gallery.Action("like", "Looks like this"),
    gallery.Action("a", "Set as A of a morph", "As A"),
    gallery.Action("b", "Set as B of a morph", "As B"),
    gallery.Action("map", "Show on the map", "On map"),
)
CALM = "<style>[data-stale=true] { opacity: 1 !important; transition: none !important; }</style>"
lab = open_lab()


@st.fragment
def page() -> None:
    """A fragment: a click on a card draws this again and nothing around it."""
    panel, main = st.columns([1, 3], gap="medium")
    try:
        with panel:
            models = lab.models_to_show()
            model = session.select("Model", "model", models) if len(models) > 1 else models[0]
            picture = session.photograph()
            asked = ask_photograph(model, picture) if picture else ask_product(model)
            take_pasted()
            session.drop_photograph(
                "Or a photograph", partial(square_photograph, lab), "It stays in this session and is not in the link."
            )
            counts = what_counts(model)
            by_words()
            number = int(session.select("Show the nearest", "k", NUMBERS))
            filter_bar.menu(lab, [each.tag for each in tags.tags(lab)])
        with main:
            filter_bar.line(lab)
            through = session.chosen_filter()
            rows_m = np.flatnonzero(search.mask(lab, through)) if through.conditions else None
            of = session.chosen().get("copies", "")
            if lab.catalogue().has(of):
                picked = show_copies(of, through.text())
            else:
                nearest = partial(similar_to, lab, model, k=number, rows_m=rows_m, counts=counts)
                picked = answer(model, asked, nearest, rows_m, through.words(lab.catalogue().units))
        if picked:
            act(model, picked)
    except MISTAKES as mistake:
        st.error(escape_markdown(str(mistake), 400), icon=":material/error:")
    session.show_link("model", "like", "counts", "k", "filter", "copies")


def ask_photograph(model: str, picture: bytes) -> np.ndarray | None:
    """-> its code; what the model makes of it is shown, with what speaks against it. None where no picture has one."""
    session.choose("like", None)
    if not lab.encodes(model):
        st.info(
            f"{model} has vectors that were brought, and a photograph has none. Choose another model for it, or a "
            "product below.",
            icon=":material/hub:",
        )
        choose_product(model, None)
        return None
    found = photograph(lab, model, picture)
    photograph_card.show(picture, found.rebuilt)
    if found.doubts:
        st.warning(found.doubts, icon=":material/help:")
    choose_product(model, None)
    return found.z_d


def ask_product(model: str) -> int | None:
    """-> the catalogue row of the product asked about, or None; what is wrong with it is said."""
    product_id = session.chosen().get("like")
    known = product_id is not None and lab.catalogue().has(product_id)
    choose_product(model, product_id if known else None, empty="No product chosen")
    if product_id is None:
        return None
    if not known:
        st.warning("The product of this link is not in the catalogue: choose another.", icon=":material/search_off:")
        return None
    if not lab.has_code(model, product_id):
        st.info(f"Model {model} has not seen this product yet.", icon=":material/hourglass_empty:")
        map_tools.offer_place(lab, model)
        job_line.show(lab, model)
        return None
    return lab.catalogue().row(product_id)


def take_pasted() -> None:
    """A picture that was pasted or dropped anywhere on the page."""
    pasted = paste.listen("similar paste")
    if pasted is None:
        return
    if pasted.refused:
        st.toast(f"{escape_markdown(pasted.name)}: {escape_markdown(pasted.refused)}.", icon=":material/broken_image:")
        return
    session.keep_photograph(pasted.name, partial(square_photograph, lab, pasted.content))
    st.rerun(scope="fragment")


def by_words() -> None:
    """A popover: one of what is found takes the place of the product asked about."""
    with st.popover("Find by words", icon=":material/search:", width="stretch"):
        found = find_box.ask(lab, "similar find")
        if found is None:
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"**{find_box.count_words(found)}**", width="stretch")
            find_box.offer_filter(found)
        picked = find_box.show(lab, found, ACTIONS[:1], "similar find")
        if picked:
            turn_to(picked.product_id)


def choose_product(model: str, product_id: str | None, empty: str = "") -> None:
    product = product_json(lab.product(product_id)) if product_id is not None else None
    picked = anchor_picker.show({"like": ("Looks like", product)}, model, key="similar to", empty=empty, px=160)
    if picked:
        turn_to(picked["like"])


def turn_to(product_id: str) -> None:
    session.forget_photograph()
    session.choose("copies", None)
    session.choose("like", product_id)
    st.rerun(scope="fragment")


def what_counts(model: str) -> str:
    """Form, colour or all, where the model's codes say which is which."""
    if not lab.space(model).net.parts:
        return search.ALL
    return session.scale(
        "What counts: form … colour",
        "counts",
        list(search.COUNTS),
        search.ALL,
        help="How alike two products are: by form alone, by colour alone, or by some of both.",
    )


def answer(
    model: str,
    asked: int | np.ndarray | None,
    nearest: Callable[[int | np.ndarray], list[SimilarProduct]],
    rows_m: np.ndarray | None,
    words: str,
) -> gallery.Picked | None:
    """The cards, and what of what they are."""
    shown_m = lab.space(model).rows_n if rows_m is None else rows_m
    if asked is None:
        st.caption("Choose a product, drop a photograph, or begin with one of these.")
        evenly = np.linspace(0, max(0, len(shown_m) - 1), min(BEGIN_WITH, len(shown_m))).astype(int)
        products = [product_json(product) for product in lab.products_at(shown_m[evenly])]
    else:
        products = [similar_product_json(similar) for similar in nearest(asked)]
        by = f"what model {model} sees" if lab.decodes(model) else f"how they look ({model})"
        by = by if lab.encodes(model) else f"the vectors {model}"
        among = f"{len(shown_m):,} products" + (f" where {words}" if words else "")
        if isinstance(asked, int):
            say_own_copies(asked, shown_m)
        st.caption(f"The {len(products)} nearest of {among}, by {by}.")
    nothing = "No product passes the filter. Widen it, or clear it."
    return gallery.show(products, actions=ACTIONS, key="similar gallery", empty=nothing)


def say_own_copies(row: int, shown_m: np.ndarray) -> None:
    """How many others of those shown have the very picture that was asked about; a button lists them."""
    own_m = np.intersect1d(lab.copies().of(row), shown_m)
    count = int((own_m != row).sum())
    if not count:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"**{copies_words(count)} of this product**, left out of what follows.", width="stretch")
        words = "Show it" if count == 1 else "Show them"
        product_id = lab.catalogue().product_ids[row]
        st.button(words, type="tertiary", on_click=session.choose, args=("copies", product_id))


def show_copies(product_id: str, filter_text: str) -> gallery.Picked | None:
    """All other products with the picture of one, and the way back."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = escape_markdown(lab.product(product_id).name)
        st.caption(f"The other products with the picture of **{name}**.", width="stretch")
        st.button("Back", icon=":material/arrow_back:", type="tertiary", on_click=session.choose, args=("copies", None))
    address = "/api/copies?" + urlencode({"id": product_id, "filter": filter_text, "v": lab.etag()})
    nothing = "No other product that passes the filter has this picture."
    return gallery.show(address, actions=ACTIONS, key="copies gallery", empty=nothing)


def act(model: str, picked: gallery.Picked) -> None:
    """What was asked of a card."""
    if picked.action == "like":
        turn_to(picked.product_id)
    elif picked.action == "copies":
        session.choose("copies", picked.product_id)
        st.rerun(scope="fragment")
    elif picked.action in ("a", "b"):
        session.choose(picked.action, picked.product_id)
        st.toast(f"Set as {picked.action.upper()}. The page Looks Like shows the way from A to B.")
    elif place := place_on_map(lab, model, picked.product_id, session.chosen().get("map", "")):
        session.choose("map", place[0])
        session.choose("view", place[1])
        session.choose("pin", picked.product_id)
        st.switch_page("map.py")
    else:
        st.toast("This product is on no map yet. The page Map brings its map up to date.")


st.html(CALM)
page()
