"""From one product to another: the animation, each step beside its nearest real product."""

import streamlit as st

from looks_like.explorer.core import (
    PATH_STEPS_MAX,
    THROUGH_MAX,
    PathRequest,
    Product,
    escape_markdown,
    open_lab,
    product_json,
)
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import anchor_picker, path_player
from looks_like.explorer.interfaces.widgets.progress import learning
from looks_like.explorer.paths import example_anchors
from looks_like.model.geometry import CURVES

_STEPS = f"Pictures from the one to the other: 2 to {PATH_STEPS_MAX}. More are smoother, and take longer to make."
_THROUGH = (
    "How far the way bends from the straight line towards real products. Straight is shorter, and shows ghosts where "
    "no product is."
)

_SEED = "example"  # a note of the session: which example is shown


def seed() -> int:
    return int(session.noted(_SEED) or 0)


def with_example(chosen: dict[str, Product | None], model: str) -> dict[str, Product | None]:
    """Both products, as an example where one or both were not chosen; None where there are no two."""
    a, b = chosen["a"], chosen["b"]
    if a and b:
        return chosen
    given = a or b
    pair = example_anchors(lab, model, seed(), given.row if given else None)
    if pair is None:
        return chosen
    first, other = (lab.product_at(row) for row in pair)
    return {"a": other, "b": b} if b else {"a": first, "b": other}


lab = open_lab()
models = learning.models_that_draw(lab, "Looks Like")
main, panel = st.columns([3, 1], gap="medium")

with panel:
    model = (
        session.select("Model", learning.key_of_choice(lab, models), models, forgets=("z",))
        if len(models) > 1
        else models[0]
    )
    chosen = {slot: session.anchor(lab, slot, model) for slot in ("a", "b")}
    anchors = with_example(chosen, model)
    slots = {slot: (f"Product {slot.upper()}", product_json(item) if item else None) for slot, item in anchors.items()}
    picked = anchor_picker.show(slots, model, key="path anchors")
    if picked:  # the other one of an example stays
        shown = {slot: item.product_id for slot, item in anchors.items() if item}
        for slot, product_id in (shown | picked).items():
            session.choose(slot, product_id)
        st.rerun()
    if None in chosen.values() and None not in anchors.values():
        st.caption("An example, through much that is real. Choose your own here, on the map or in Similar.")
        st.button("Another", icon=":material/casino:", on_click=session.note, args=(_SEED, seed() + 1))
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
            "A way leads from one product to another that looks different, and there are no two such here that this "
            f"model knows: import more, or bring others up to date with `looks-like encode {escape_markdown(model)}`.",
            icon=":material/compare_arrows:",
        )

session.show_link("model", "decoder", "a", "b", "curve", "through", "steps")
