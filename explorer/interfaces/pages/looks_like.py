"""From one product to another: the animation, each step beside its nearest real product; and grids between several."""

import streamlit as st

from looks_like.explorer import tags
from looks_like.explorer.core import attribute_titles, escape_markdown, open_lab
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import path_player
from looks_like.explorer.interfaces.widgets.panels import filter_bar
from looks_like.explorer.interfaces.widgets.path_player import anchor_slots, grid
from looks_like.explorer.interfaces.widgets.progress import learning
from looks_like.explorer.paths import (
    EASINGS,
    EDGE_MAX,
    EDGE_MIN,
    LOOPS,
    SLOTS,
    STEPS_MAX,
    THROUGH_MAX,
    GridRequest,
    PathRequest,
    example_anchors,
    require_path,
    shared_attributes,
)
from looks_like.model.geometry import CURVES

_STEPS = f"Pictures from the first to the last: 2 to {STEPS_MAX}. More are smoother, and take longer to make."
_THROUGH = (
    "How far the way bends from the straight line towards real products. Straight is shorter, and shows ghosts where "
    "no product is."
)
_UNIQUE = "Beside each step another product: of all such choices the one that is nearest as a whole."
_WITHIN = (
    "The way leads only past products that have the value which all chosen ones have: views of one thing, a brand, a "
    "type."
)
_KINDS = {"path": "Path", "grid": "Grid"}
_SEED = "example"  # a note of the session: which example is shown

lab = open_lab()


def seed() -> int:
    return int(session.noted(_SEED) or 0)


def with_example(chosen: list[str], model: str) -> list[str]:
    """As an example where fewer than two were chosen; fewer where there are no two."""
    if len(chosen) > 1:
        return chosen
    row = lab.catalogue().row(chosen[0]) if chosen and lab.catalogue().has(chosen[0]) else None
    if chosen and row is None:
        return chosen
    pair = example_anchors(lab, model, seed(), row)
    ids = lab.catalogue().product_ids
    return [ids[each] for each in pair] if pair else chosen


def ask_curve() -> tuple[str, int]:
    titles = {name: curve.title for name, curve in CURVES.items()}
    bends = "\n- ".join(["How the way between the two codes bends.\n", *(c.sentence for c in CURVES.values())])
    curve = session.select("Curve", "curve", titles, help=bends)
    if not CURVES[curve].bends:
        return curve, THROUGH_MAX
    return curve, session.slider("Direct … through products", "through", (0, THROUGH_MAX, 10), help=_THROUGH)


def path_request(model: str, anchors: list[str]) -> PathRequest:
    """With what is asked in the panel."""
    curve, through = ask_curve()
    steps = session.typed_number("Steps", "steps", (2, STEPS_MAX), PathRequest.steps, help=_STEPS)
    with st.expander("Time, and which products"):
        easing = session.select("Time between two products", "easing", EASINGS)
        loop = session.select("At the end", "loop", LOOPS)
        unique = session.check("No product twice", "unique", help=_UNIQUE)
        within = ask_within(anchors)
        filter_bar.menu(lab, [each.tag for each in tags.tags(lab)])
    steps = max(steps, len(anchors) + (loop == "around"))
    return PathRequest(
        model, tuple(anchors), curve, steps, through, easing, loop, session.chosen_filter().text(), unique, within
    )


def ask_within(anchors: list[str]) -> str:
    """An attribute of which all products that the path comes to have the same value."""
    shared = shared_attributes(lab, anchors)
    if not shared:
        return ""
    titles = {"": "Anywhere"} | attribute_titles(shared)
    return session.select("Stay among products of the same", "within", titles, help=_WITHIN)


def grid_request(model: str, anchors: list[str]) -> GridRequest:
    straight = {name: curve.title for name, curve in CURVES.items() if not curve.follows}
    curve = session.select("Curve", "across", straight, default="linear", help="How the ways of the grid bend.")
    edge = session.typed_number("Pictures a side", "edge", (EDGE_MIN, EDGE_MAX), GridRequest.edge)
    filter_bar.menu(lab, [each.tag for each in tags.tags(lab)])
    return GridRequest(model, tuple(anchors[:4]), edge, curve, session.chosen_filter().text())


def on_map(model: str) -> str:
    """The name of the map that the way is drawn on; "" without one."""
    names = [card.name for card in lab.maps(model)]
    chosen = session.chosen().get("map", "")
    return chosen if chosen in names else (names[-1] if names else "")


def show_grid(model: str, anchors: list[str]) -> None:
    if len(anchors) < 3:
        st.info(
            "A grid leads two ways at once. Choose a third product: the first is to the second as the third is to "
            "what the grid shows. With four, each stands in a corner.",
            icon=":material/grid_view:",
        )
        return
    with panel:
        asked = grid_request(model, anchors)
    grid.show(asked, key="path grid")


def no_two(model: str) -> None:
    st.title("Looks Like")
    st.info(
        "A way leads from one product to another that looks different, and there are no two such here that this "
        f"model knows: import more, or bring others up to date with `looks-like encode {escape_markdown(model)}`.",
        icon=":material/compare_arrows:",
    )


models = learning.models_that_draw(lab, "Looks Like")
session.drop_invalid_choices(lab)
main, panel = st.columns([3, 1], gap="medium")
with panel:
    model = (
        session.select("Model", learning.key_of_choice(lab, models), models, forgets=("z",))
        if len(models) > 1
        else models[0]
    )
    chosen = anchor_slots.chosen(lab, model)
    anchors = with_example(chosen, model)
    anchor_slots.show(lab, model, anchors)
    if len(chosen) < 2 <= len(anchors):
        st.caption("An example, through much that is real. Choose your own here, on the map or in Similar.")
        st.button("Another", icon=":material/casino:", on_click=session.note, args=(_SEED, seed() + 1))
with main:
    kind = session.segments("What to show", "kind", _KINDS, default="path")
    filter_bar.line(lab)
    try:
        if len(anchors) < 2:
            no_two(model)
        elif kind == "grid":
            show_grid(model, anchors)
        else:
            with panel:
                request = path_request(model, anchors)
            require_path(lab, request)
            said = path_player.show(
                request,
                on_map(model),
                lab.map_view(model, on_map(model)).etag if on_map(model) else "",
                key="path player",
            )
            if said:
                session.choose("curve", said)
                st.rerun()
    except MISTAKES as mistake:
        st.error(escape_markdown(str(mistake), 400), icon=":material/error:")

session.show_link(
    "model",
    "decoder",
    *SLOTS,
    "curve",
    "through",
    "steps",
    "easing",
    "loop",
    "unique",
    "within",
    "filter",
    "kind",
    "edge",
    "across",
)
