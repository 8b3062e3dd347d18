"""From one product to another: the animation, each step beside its nearest real product."""

import streamlit as st

from looks_like.explorer.core import PATH_STEPS_MAX, THROUGH_MAX, PathRequest, open_lab, product_json
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import anchor_picker, path_player
from looks_like.explorer.interfaces.widgets.progress import learning
from looks_like.model.geometry import CURVES

_STEPS = f"Pictures from the one to the other: 2 to {PATH_STEPS_MAX}. More are smoother, and take longer to make."
_THROUGH = (
    "How far the way bends from the straight line towards real products. Straight is shorter, and shows ghosts where "
    "no product is."
)

lab = open_lab()
models = learning.models_that_draw(lab, "Looks Like")
main, panel = st.columns([3, 1], gap="medium")

with panel:
    model = (
        session.select("Model", learning.key_of_choice(lab, models), models, forgets=("z",))
        if len(models) > 1
        else models[0]
    )
    anchors = {slot: session.anchor(lab, slot, model) for slot in ("a", "b")}
    slots = {slot: (f"Product {slot.upper()}", product_json(item) if item else None) for slot, item in anchors.items()}
    picked = anchor_picker.show(slots, model, key="path anchors")
    if picked:
        for slot, product_id in picked.items():
            session.choose(slot, product_id)
        st.rerun()
    titles = {name: curve.title for name, curve in CURVES.items()}
    bends = "\n- ".join(["How the way between the two codes bends.\n", *(c.sentence for c in CURVES.values())])
    curve = session.select("Curve", "curve", titles, help=bends)
    through = THROUGH_MAX
    if CURVES[curve].follows_roads:
        through = session.slider("Direct … through products", "through", (0, THROUGH_MAX, 10), help=_THROUGH)
    usual = PathRequest.steps
    steps = session.typed_number("Steps", "steps", (2, PATH_STEPS_MAX), usual, help=_STEPS)

with main:
    a, b = anchors["a"], anchors["b"]
    if a and b:
        path_player.show(PathRequest(model, (a.product_id, b.product_id), curve, steps, through), key="path player")
    else:
        st.title("Looks Like")
        st.info(
            "Choose two products: on the map, by typing a name, or **Two at random**. "
            "The way from one to the other plays here, each step beside the real product nearest to it.",
            icon=":material/compare_arrows:",
        )

session.show_link("model", "decoder", "a", "b", "curve", "through", "steps")
