"""What is selected: how many, who they are, what sets them apart, and what to do with all of them at once."""

from collections.abc import Callable
from functools import partial
from typing import Literal
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from looks_like.explorer import tags
from looks_like.explorer.core import Lab, escape_markdown
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import gallery, naming
from looks_like.explorer.interfaces.widgets.gallery import Action
from looks_like.explorer.interfaces.widgets.panels import deleting
from looks_like.explorer.paths import SLOTS, selection_anchor
from looks_like.explorer.search import (
    PICKS_MAX,
    DimensionEnrichment,
    NumberEnrichment,
    ValueEnrichment,
    find_enrichment,
)
from looks_like.explorer.selecting import Selection, SelectionStep, export_products, orders, rows, steps_text, words

_OTHER_END, _KEPT_MAX = "the other end", 4000  # a note of the session: ids, evenly drawn of many
KINDS = {"csv": "CSV", "parquet": "Parquet", "jsonl": "JSON lines"}
MORE = 24  # products that "more like these" adds
GALLERY_PX, _NAMING_PX = 330, 330
_PICKS = {
    "typical": ("Typical ones", "Those with most like them, one for each crowd."),
    "unusual": ("Unusual ones", "Those with least like them: odd pictures, misfits, what somebody should look at."),
    "diverse": ("A diverse sample", "As different from each other as can be, without the oddest."),
}
ACTIONS = (
    Action("similar", "Similar", "Similar"),
    Action("a", "Set as A"),
    Action("b", "Set as B"),
    Action("drop", "Take it out of the selection", "Take out"),
)


def show(lab: Lab, chosen: Selection) -> str | None:
    """-> the id of a product whose like are wanted. Everything else is done here."""
    rows_m = rows(lab, chosen)
    deleting.said_before(lab, "selection")
    if not chosen.steps:
        _nothing_yet(lab, chosen)
        return None
    _headline(lab, chosen, len(rows_m))
    if not len(rows_m):
        st.info("Nothing is selected: all of it was taken away or filtered out.", icon=":material/filter_list_off:")
        return None
    _tag_line(lab, chosen, rows_m)
    _acts(lab, chosen, rows_m)
    _apart(lab, chosen, rows_m)
    return _pictures(lab, chosen)


def keep(*steps: SelectionStep) -> None:
    """These steps instead; without any nothing is selected."""
    session.choose("selection", steps_text(steps))


def _nothing_yet(lab: Lab, chosen: Selection) -> None:
    total = lab.catalogue().count
    st.markdown("**Nothing selected**")
    st.caption(
        "Draw a lasso (key l) or a box (key b) on the map, shift-click points, or choose a cluster, a tag or an entry "
        "of the legend. Then tag, compare and export what you chose."
    )
    label = "Select all that is shown" if chosen.filter.conditions else f"Select all {total:,}"
    shown = SelectionStep("=", "shown", None)
    with st.container(horizontal=True, gap="small"):
        st.button(label, on_click=keep, args=(shown,), icon=":material/select_all:")
        _pick((shown,))


def _headline(lab: Lab, chosen: Selection, count: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="selection headline"):
        st.markdown(f"**{count:,} selected** of {lab.catalogue().count:,}", width="stretch")
        if len(chosen.steps) > 1:
            st.button(
                "Back",
                help="Take back the last step",
                type="tertiary",
                on_click=keep,
                args=(*chosen.steps[:-1],),
            )
        st.button("Clear", help="Select nothing (Escape on the map)", type="tertiary", on_click=keep)
    st.caption(escape_markdown(words(lab, chosen), 220))


# -- tags -------------------------------------------------------------------------------------------------------------


def _tag_line(lab: Lab, chosen: Selection, rows_m: np.ndarray) -> None:
    known = [each.tag for each in tags.tags(lab)]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="tag line"):
        tag = st.selectbox(
            "Tag",
            known,
            index=None,
            accept_new_options=True,
            placeholder="Choose or type a tag",
            key="tag to give",
            label_visibility="collapsed",
        )
        give = st.button("Tag", type="primary", icon=":material/sell:", disabled=not tag)
        take = st.button("Untag", disabled=not tag or tag not in known)
    if give or take:
        act = tags.add if give else tags.remove
        _do(lambda: act(lab, str(tag), rows_m, session.who(), words(lab, chosen)[:300]))
        st.rerun(scope="fragment")
    tagged_before(lab)


def tagged_before(lab: Lab, scope: Literal["app", "fragment"] = "fragment") -> None:
    """What the last change did, with a button that undoes it; `scope`: what is drawn anew then."""
    said = session.tag_message()
    if not said:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="tags said line"):
        st.caption(escape_markdown(said, 160), width="stretch")
        mine = lab.tag_state().undoable(session.who())
        if mine and st.button("Undo", type="tertiary", icon=":material/undo:", key="undo here"):
            _do(lambda: tags.undo(lab, session.who()))
            st.rerun(scope=scope)


def _do(change: Callable[[], tags.TagChange]) -> None:
    """What was done is said, or why it was not: until the next change, however often the page is drawn meanwhile."""
    try:
        session.set_tag_message(change().words())
    except MISTAKES as mistake:
        session.set_tag_message(str(mistake))


# -- what to do with them ---------------------------------------------------------------------------------------------


def _acts(lab: Lab, chosen: Selection, rows_m: np.ndarray) -> None:
    with st.container(horizontal=True, gap="small", key="selection acts"):
        more = SelectionStep("+", "like", MORE)
        st.button(
            f"{MORE} more like these",
            help="Adds the products nearest to any of these. Back takes them away again.",
            icon=":material/add_circle:",
            on_click=keep,
            args=(*chosen.steps, more),
        )
        _pick(chosen.steps)
        with st.popover("Export", icon=":material/download:"):
            st.caption(f"{len(rows_m):,} products with their attributes and tags.")
            downloads("selection", lambda kind: export_products(lab, rows_m, kind))
        deleting.offer(lab, chosen, rows_m)
        _name(lab, rows_m)
        _path(lab, chosen, rows_m)
    naming.said_before(lab)


def _path(lab: Lab, chosen: Selection, rows_m: np.ndarray) -> None:
    """To Looks Like: through a few products themselves, or on from the middle of many."""
    model = chosen.context.model
    if not lab.decodes(model):
        return
    few = 2 <= len(rows_m) <= len(SLOTS)
    words = "Path through these" if few else "Path from their middle"
    help = "In the order of the catalogue; it can be changed there." if few else "As the next stop of the path."
    if st.button(words, icon=":material/compare_arrows:", help=help):
        ids = [lab.catalogue().product_ids[row] for row in rows_m[: len(SLOTS)]]
        session.choose_anchors(ids if few else [*session.anchors(), selection_anchor(chosen)])
        st.switch_page("looks_like.py")


def _pick(steps: tuple[SelectionStep, ...]) -> None:
    """Some of what these steps select instead of all of it."""
    with st.popover("Pick some", icon=":material/filter_center_focus:"):
        count = int(st.number_input("How many", 1, PICKS_MAX, MORE, key="how many to pick"))
        for kind, (label, help) in _PICKS.items():
            st.button(
                label,
                help=help,
                key=f"pick {kind}",
                width="stretch",
                on_click=keep,
                args=(*steps, SelectionStep("=", kind, count)),
            )


def downloads(name: str, write: Callable[[str], bytes]) -> None:
    """A button for each kind of file; it is written when it is asked for."""
    for kind, title in KINDS.items():
        st.download_button(
            title,
            partial(write, kind),
            file_name=f"{name}.{kind}",
            key=f"export {name} {kind}",
            on_click="ignore",
            width="stretch",
        )


def _apart(lab: Lab, chosen: Selection, rows_m: np.ndarray) -> None:
    with st.expander("What sets these apart"):
        found = find_enrichment(lab, rows_m, chosen.context.model, tags.masks(lab))
        told: list[ValueEnrichment | NumberEnrichment | DimensionEnrichment] = [*found.values[:6], *found.numbers[:3]]
        lines = [each.words for each in (*told, *found.dimensions[:3])]
        st.markdown("\n".join(f"- {escape_markdown(line, 200)}" for line in lines) or escape_markdown(found.words, 200))


def _name(lab: Lab, rows_m: np.ndarray) -> None:
    """What leads from other products to these becomes an attribute: from all others, or from those that were kept."""
    kept: tuple[str, ...] = session.noted(_OTHER_END) or ()
    some = rows_m[:: -(-len(rows_m) // _KEPT_MAX)].tolist()
    with st.popover("Name what sets these apart", icon=":material/straighten:"), st.container(width=_NAMING_PX):
        st.caption(
            "Select products that have much of it, name it, and every product gets a score from 0 to 100. It is told "
            "best by some 200 products against 200 that have little of it: select those first and keep them."
        )
        with st.form("name between", border=False):
            name = st.text_input("Name", max_chars=60, placeholder="sole height", key="between name")
            high = st.text_input("These are", max_chars=60, placeholder="high", key="between high")
            low = st.text_input(
                f"The {len(kept):,} that were kept are" if kept else "All others are",
                max_chars=60,
                placeholder="low",
                key="between low",
            )
            asked = st.form_submit_button("Name", type="primary")
        st.button(
            f"Keep these {len(rows_m):,} as the other end",
            help="Then select those that have much of it.",
            on_click=session.note,
            args=(_OTHER_END, tuple(lab.catalogue().product_ids[row] for row in some)),
        )
        if kept:
            st.button("Forget those that were kept", type="tertiary", on_click=session.note, args=(_OTHER_END, ()))
    if asked:
        catalogue = lab.catalogue()
        others = np.setdiff1d(catalogue.there, rows_m)
        if kept:
            others = catalogue.rows_of(kept)
            others = others[others >= 0]
        ends = tags.Ends(name, low, high)
        if naming.do(partial(tags.name_between, lab, others, rows_m, ends, session.who())):
            session.note(_OTHER_END, ())
        st.rerun()


def _pictures(lab: Lab, chosen: Selection) -> str | None:
    order = session.select("Order", "order", orders(lab), bare=True)
    address = "/api/selection/items?" + urlencode({**chosen.to_query(), "order": order, "v": lab.etag()})
    picked = gallery.show(
        address,
        actions=ACTIONS,
        key="selection pictures",
        empty="Nothing is selected.",
        compact=True,
        height_px=GALLERY_PX,
    )
    if not picked:
        return None
    if picked.action == "similar":
        return picked.product_id
    if picked.action == "drop":
        keep(*chosen.steps, SelectionStep("-", "product", picked.product_id))
    else:
        session.choose(picked.action, picked.product_id)
    st.rerun(scope="fragment")
    return None
