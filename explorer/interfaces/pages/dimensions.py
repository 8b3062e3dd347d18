"""What each dimension does: sliders over one code, the picture following."""

import streamlit as st

from looks_like.explorer.core import code_from_text, open_lab, product_json
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import anchor_picker, latent_sliders
from looks_like.explorer.interfaces.widgets.progress import learning

_FOUND = (
    "Each dimension is a direction that changes the picture in as few places as can be, found after the training; σ is "
    "one standard deviation of the products."
)
_NOT_FOUND = (
    "{active} of the {latent} numbers of a code of model {model} are active; σ is one standard deviation of the "
    "products. Directions that change less at once can be found: `looks-like models axes {model}`"
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
origin = session.anchor(lab, "from", model)
with top:
    slots = {"from": ("Start from", product_json(origin) if origin else None)}
    picked = anchor_picker.show(slots, model, key="dimensions start", empty="The mean of all products")
if picked:
    session.choose("from", picked["from"])
    session.choose("z", None)
    st.rerun()

try:
    now = code_from_text(session.chosen()["z"], space.latent) if "z" in session.chosen() else None
except RequestError:  # a link made for another model
    session.choose("z", None)
    now = None
start = space.code(origin.row) if origin else space.mean_code
code = latent_sliders.show(
    space,
    [float(value) for value in start],
    f"Reset leads back to {origin.name}." if origin else "Reset leads back to the mean of all products.",
    now,
    key="dimension sliders",
)
if code is not None:
    session.choose("z", code)
st.caption(_FOUND if space.has_axes else _NOT_FOUND.format(model=model, active=len(space.axes), latent=space.latent))
session.show_link("model", "decoder", "from", "z")
