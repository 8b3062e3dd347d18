"""Near duplicates: how many there are, the job that looks for them, and the list to look them through."""

from functools import partial

import streamlit as st

from looks_like.explorer import search
from looks_like.explorer.core import Lab, escape_markdown, product_json
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import gallery
from looks_like.explorer.interfaces.widgets.panels.selection_panel import downloads, tagged_before
from looks_like.explorer.interfaces.widgets.progress.job_line import time_words
from looks_like.explorer.jobs import Jobs
from looks_like.explorer.search import DUPLICATE, DuplicateGroup, Duplicates
from looks_like.explorer.training import start_duplicates

_KEEP = (gallery.Action("keep", "Keep this one, tag the others", "Keep"),)
_PAGE = 10  # groups at once
_REVIEW = ("review", "duplicates")  # in the link
_STYLE = (
    "<style>[class*=st-key-duplicates-] { border-top: 1px solid rgba(128,128,128,.18); padding-top: .5rem; }</style>"
)


def reviewing() -> bool:
    """Whether the list is what the page shows."""
    return session.chosen().get(_REVIEW[0]) == _REVIEW[1]


def offer(lab: Lab) -> None:
    """In a few lines: what was found, and the way to the list."""
    st.subheader("Duplicates")
    found = search.duplicates(lab)
    if found is None:
        st.caption("Products with one photograph between them: under two ids, saved again, framed anew or mirrored.")
        _look(lab, "Look for duplicates")
        return
    said = _many(len(found.groups), "group") + f", {found.products:,} products" if found.groups else "None were found"
    st.caption(f"{said}.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if found.groups:
            st.button("Review duplicates", icon=":material/content_copy:", on_click=session.choose, args=_REVIEW)
        if found.behind:
            _look(lab, f"Look again, {found.behind:,} came since")


def _look(lab: Lab, label: str) -> None:
    jobs = Jobs(lab.workspace.folder)
    about = time_words(search.seconds_to_find(lab))
    if st.button(
        f"{label} · about {about}",
        icon=":material/search:",
        disabled=bool(jobs.active()),
        help="In a terminal: looks-like duplicates",
    ):
        start_duplicates(lab)
        st.rerun()


def show(lab: Lab) -> None:
    """The list: each group with what can be done about it; all of that can be undone."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Back", icon=":material/arrow_back:", type="tertiary", on_click=session.choose, args=("review", None))
        st.subheader("Near duplicates")
    left, middle, right = st.columns([2, 2, 3], vertical_alignment="bottom")
    tag = left.text_input(
        "Tag", value=DUPLICATE, max_chars=60, help="What is given to those that are not kept."
    ).strip()
    found = search.duplicates(lab, tag or DUPLICATE)
    if found is None or not tag:
        st.info("Nobody has looked for duplicates yet." if tag else "Which tag? Type a word.", icon=":material/info:")
        return
    settled = sum(group.settled for group in found.groups)
    shown = settled > 0 and middle.toggle(f"Show {_many(settled, 'group')} done")
    groups = [group for group in found.groups if shown or not group.settled]
    with right.container(horizontal=True, vertical_alignment="bottom", gap="small", horizontal_alignment="right"):
        _all(lab, groups, tag)
        _export(lab, groups)
    tagged_before(lab, "app")
    _say_different(lab)
    _summary(lab, found, groups)
    st.html(_STYLE)
    number = _page(-(-len(groups) // _PAGE))
    places = st.columns(2, gap="large")
    for at, group in enumerate(groups[number * _PAGE : (number + 1) * _PAGE]):
        with places[at % 2]:
            _group(lab, group, tag)


def _summary(lab: Lab, found: Duplicates, groups: list[DuplicateGroup]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = f"{_many(len(groups), 'group')} to look through" if groups else "All are done"
        st.caption(f"{words}. Of a group, click the product to keep: the others get the tag.", width="content")
        if found.refused:
            st.button(
                f"Bring back {_many(found.refused, 'group')} of different products",
                type="tertiary",
                on_click=_bring_back,
                args=(lab,),
            )


def _bring_back(lab: Lab) -> None:
    try:
        search.forget_refused(lab)
    except MISTAKES as mistake:
        st.toast(escape_markdown(str(mistake), 300), icon=":material/error:")


def _page(pages: int) -> int:
    """Which of them, from 0."""
    if pages < 2:
        return 0
    return int(st.number_input(f"Page, of {pages:,}", 1, pages, 1, width=160)) - 1


def _group(lab: Lab, group: DuplicateGroup, tag: str) -> None:
    rows, products = group.rows_m.tolist(), lab.products_at(group.rows_m)
    key = products[0].product_id
    cards = []
    for product, how, tagged in zip(products, group.how, group.tagged_m.tolist(), strict=True):
        near = " · ".join([product.product_id, *([how] if how else []), *([f"tagged {tag}"] if tagged else [])])
        cards.append(product_json(product) | {"near": near, "copies": 0})
    with st.container(key=f"duplicates-{key}"):
        picked = gallery.show(cards, actions=_KEEP, key=f"cards of {key}", empty="")
        with st.container(horizontal=True, gap="small"):
            words = f"Tag both {tag}" if len(rows) == 2 else f"Tag all {len(rows)} {tag}"
            if st.button(escape_markdown(words, 80), key=f"tag {key}", type="tertiary", icon=":material/sell:"):
                _tag(lab, [group], tag, None)
            if st.button("Different products", key=f"none {key}", type="tertiary", icon=":material/call_split:"):
                ids = [product.product_id for product in products]
                search.are_none(lab, ids)
                session.note("different", ids)
                st.rerun()
    if picked:
        _tag(lab, [group], tag, rows.index(lab.catalogue().row(picked.product_id)))


def _all(lab: Lab, groups: list[DuplicateGroup], tag: str) -> None:
    with st.popover("All at once", icon=":material/done_all:", disabled=not groups):
        many = sum(len(group.rows_m) for group in groups)
        st.caption(f"Of {_many(len(groups), 'group')} with {many:,} products, in one action that Undo takes back.")
        if st.button(f"Keep the first of each, tag {many - len(groups):,} others", width="stretch"):
            _tag(lab, groups, tag, 0)
        if st.button(f"Tag all {many:,}", width="stretch"):
            _tag(lab, groups, tag, None)


def _export(lab: Lab, groups: list[DuplicateGroup]) -> None:
    with st.popover("Export", icon=":material/download:", disabled=not groups):
        downloads("duplicates", partial(search.export_duplicates, lab, groups))


def _tag(lab: Lab, groups: list[DuplicateGroup], tag: str, keeps: int | None) -> None:
    try:
        session.set_tag_message(search.tag_duplicates(lab, groups, tag, session.who(), keeps=keeps).words())
    except MISTAKES as mistake:
        st.error(escape_markdown(str(mistake), 300), icon=":material/error:")
        return
    st.rerun()


def _say_different(lab: Lab) -> None:
    ids: list[str] | None = session.noted("different")
    if not ids:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        named = escape_markdown(", ".join(ids[:3]), 120)
        st.caption(f"{named} are different products: they are not shown as duplicates again.", width="stretch")
        if st.button("Undo", type="tertiary", icon=":material/undo:", key="undo different"):
            search.are_none(lab, ids, again=True)
            session.note("different", None)
            st.rerun()


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
