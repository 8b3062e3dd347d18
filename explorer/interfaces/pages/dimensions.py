"""What each dimension does: sliders over the code of a product, the picture following; and names for what they do."""

from functools import partial

import streamlit as st

from looks_like.explorer import tags
from looks_like.explorer.core import code_from_text, escape_markdown, open_lab, product_json
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import anchor_picker, latent_sliders, naming
from looks_like.explorer.interfaces.widgets.progress import learning

_FOUND = (
    "A dimension is a direction in which products differ that changes the picture in as few places as can be; 0 is the "
    "middle of all products, and two of three lie between −1 and +1. A name turns it into an attribute: every product "
    "gets a score from 0 to 100, which colours the map, filters and is exported."
)
_NOT_FOUND = (
    "{active} of the {latent} numbers of a code of model {model} are active; 0 is the middle of all products, and two "
    "of three lie between −1 and +1. Directions that change less at once can be found: `looks-like models axes {model}`"
)

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
with top:
    picked = anchor_picker.show({"from": ("Start from", product_json(origin))}, model, key="dimensions start")
if picked:
    session.choose("from", picked["from"])
    session.choose("z", None)
    st.rerun()

try:
    now = code_from_text(session.chosen()["z"], space.latent) if "z" in session.chosen() else None
except RequestError:  # a link made for another model
    session.choose("z", None)
    now = None
naming.said_before(lab)
named = tags.named_dimensions(lab, model)
naming.without_slider(lab, [name for name in tags.visual_attributes(lab) if name not in {each.name for each in named}])
events = latent_sliders.show(
    latent_sliders.Sliders(space, named, tags.told_by_dimensions(lab, model)),
    [float(value) for value in space.code(origin.row)],
    f"Reset leads back to {origin.name}.",
    now,
    key="dimension sliders",
)
if events.code is not None:
    session.choose("z", events.code)
if asked := events.naming:
    if "gone" in asked:
        naming.do(partial(tags.drop_attribute, lab, asked["gone"], session.who()))
    elif asked.get("number", "").isdecimal():
        ends = tags.Ends(asked.get("name", ""), asked.get("low", ""), asked.get("high", ""))
        naming.do(partial(tags.name_dimension, lab, model, int(asked["number"][:6]), ends, session.who()))
    st.rerun()
explained = _FOUND if space.has_axes else _NOT_FOUND.format(model=model, active=len(space.axes), latent=space.latent)
st.caption(escape_markdown(explained) if not space.has_axes else explained)
session.show_link("model", "decoder", "from", "z")
