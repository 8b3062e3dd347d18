"""What each dimension does: sliders over the code of a product, the picture following; and names for what they do."""

import json
from functools import partial

import streamlit as st

from looks_like.explorer import tags
from looks_like.explorer.core import Lab, Space, code_from_text, code_to_text, escape_markdown, open_lab, product_json
from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import anchor_picker, latent_sliders, naming
from looks_like.explorer.interfaces.widgets.finding import photograph as photograph_card
from looks_like.explorer.interfaces.widgets.progress import learning
from looks_like.explorer.search import Photograph, photograph, square_photograph

_FOUND = (
    "A dimension is a direction in which products differ that changes the picture in as few places as can be; 0 is the "
    "middle of all products, and two of three lie between −1 and +1. A name turns it into an attribute: every product "
    "gets a score from 0 to 100, which colours the map, filters and is exported."
)
_NOT_FOUND = (
    "{active} of the {latent} numbers of a code of model {shown} are active; 0 is the middle of all products, and two "
    "of three lie between −1 and +1. Directions that change less at once can be found: `looks-like models axes {model}`"
)
_FROM_PHOTOGRAPH = "sliders start from the photograph"
_ON_MAP = 24  # products that are selected there


def keep_start(lab: Lab, content: bytes) -> bytes:
    """A photograph that was dropped here is where the sliders start."""
    picture = square_photograph(lab, content)
    session.note(_FROM_PHOTOGRAPH, True)
    session.choose("z", None)
    return picture


def start_from(product_id: str | None) -> None:
    session.note(_FROM_PHOTOGRAPH, None)
    session.choose("from", product_id)
    session.choose("z", None)
    st.rerun()


def seen_photograph(lab: Lab, space: Space) -> Photograph | None:
    """What the model makes of the photograph that was dropped here, or None; the link has it as a code."""
    picture = session.photograph() if session.noted(_FROM_PHOTOGRAPH) else None
    if picture is None:
        return None
    try:
        found = photograph(lab, space.card.name, picture)
    except MISTAKES as mistake:
        session.note(_FROM_PHOTOGRAPH, None)
        st.error(escape_markdown(str(mistake), 300), icon=":material/broken_image:")
        return None
    if "z" not in session.chosen():
        session.choose("z", code_to_text(found.z_d.tolist()))
    return found


def ask_photograph(lab: Lab, seen: Photograph | None) -> None:
    """A popover: a photograph takes the place of the product, and is shown beside what the model makes of it."""
    with st.popover("Start from a photograph" if seen is None else "Your photograph", icon=":material/photo_camera:"):
        picture = session.photograph()
        if seen is not None and picture is not None:
            photograph_card.show(picture, seen.rebuilt)
            if seen.doubts:
                st.warning(seen.doubts, icon=":material/help:")
            if st.button("Start from a product again", type="tertiary", icon=":material/close:"):
                start_from(session.chosen().get("from"))
        help = "It stays in this session; the link has the picture that the model makes of it."
        session.drop_photograph("A photograph", partial(keep_start, lab), help)


def go(wish: dict[str, str], lab: Lab, space: Space) -> None:
    """Where a product or a picture is to lead."""
    product_id = wish.get("start") or wish.get("similar") or ""
    if product_id and not lab.catalogue().has(product_id):
        st.toast("This product is not in the catalogue any more.", icon=":material/search_off:")
    elif "start" in wish:
        start_from(product_id)
    elif "similar" in wish:
        session.choose("like", product_id)
        session.forget_photograph()
        st.switch_page("similar.py")
    elif "map" in wish:
        z_d = code_from_text(wish["map"], space.latent)
        session.choose("model", space.card.name)
        session.choose("map", None)
        session.choose("clusters", None)
        session.choose("selection", json.dumps([["=", "near", [z_d, _ON_MAP]]], separators=(",", ":")))
        session.choose("panel", "selection")
        st.switch_page("map.py")


def named(asked: dict[str, str], lab: Lab, model: str) -> None:
    """What was asked of names."""
    ends = tags.Ends(asked.get("name", ""), asked.get("low", ""), asked.get("high", ""))
    known = set(tags.visual_attributes(lab))
    if "gone" in asked:
        naming.do(partial(tags.drop_attribute, lab, asked["gone"], session.who()))
    elif "direction" in asked:
        naming.do(partial(tags.name_direction, lab, model, asked["direction"], ends, session.who()), known)
    elif asked.get("number", "").isdecimal():
        naming.do(partial(tags.name_dimension, lab, model, int(asked["number"][:6]), ends, session.who()), known)
    st.rerun()


lab = open_lab()
models = learning.models_that_draw(lab, "Dimensions")
top, side = st.columns([4, 1], gap="medium") if len(models) > 1 else (st.container(), st.container())
with side:
    model = (
        session.select("Model", learning.key_of_choice(lab, models), models, forgets=("z",))
        if len(models) > 1
        else models[0]
    )
space = lab.space(model)
origin = session.anchor(lab, "from", model) or lab.product_at(space.example_row)
seen = seen_photograph(lab, space)
with top, st.container(horizontal=True, vertical_alignment="center", gap="medium", key="start line"):
    start = product_json(origin) if seen is None else None
    empty = "No product chosen" if seen is None else "Starts from your photograph"
    picked = anchor_picker.show({"from": ("Start from", start)}, model, key="dimensions start", empty=empty)
    ask_photograph(lab, seen)
if picked:
    start_from(picked["from"])

try:
    now = code_from_text(session.chosen()["z"], space.latent) if "z" in session.chosen() else None
except RequestError:  # a link made for another model
    session.choose("z", None)
    now = None
naming.said_before(lab)
with_slider = tags.named_dimensions(lab, model)
naming.without_slider(
    lab, [name for name in tags.visual_attributes(lab) if name not in {each.name for each in with_slider}]
)
events = latent_sliders.show(
    latent_sliders.Sliders(space, with_slider, tags.told_by_dimensions(lab, model), bool(lab.maps(model))),
    [float(value) for value in (seen.z_d if seen is not None else space.code(origin.row))],
    "Reset leads back to your photograph." if seen is not None else f"Reset leads back to {origin.name}.",
    now,
    key="dimension sliders",
)
if events.code is not None:
    session.choose("z", events.code)
if events.naming:
    named(events.naming, lab, model)
if events.go:
    go(events.go, lab, space)
numbers = {"active": len(space.axes), "latent": space.latent}
st.caption(_FOUND if space.has_axes else _NOT_FOUND.format(model=model, shown=escape_markdown(model), **numbers))
session.show_link("model", "decoder", "from", "z")
