"""The tags of the catalogue: how far they reach, what might deserve one, who gave them when, and the way back."""

import io
from collections.abc import Callable
from functools import partial

import streamlit as st

from looks_like.explorer import tags as suggesting
from looks_like.explorer import tags as tagging
from looks_like.explorer.core import Lab, escape_markdown, product_json
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import review_queue
from looks_like.explorer.interfaces.widgets.panels.selection_panel import downloads, keep
from looks_like.explorer.interfaces.widgets.progress import waiting
from looks_like.explorer.selecting import Selection, SelectionStep, write_tags
from looks_like.explorer.tags import import_uploaded

SUGGESTED = 40
HISTORY = 30


def show(lab: Lab, chosen: Selection) -> None:
    """Draws it all; what is asked is done, and the page drawn again."""
    tags = tagging.tags(lab)
    _hands(lab)
    if not tags:
        st.markdown("**No tags yet**")
        st.caption("Select products on the map, type a word, and every one of them has it.")
    else:
        covered = tagging.coverage(lab)
        many = f"**{len(tags)} tag{'' if len(tags) == 1 else 's'}**"
        st.caption(f"{many} on {100 * covered.share:.0f} % of the products. Tick one to select them.")
        _table(lab, chosen)
        _one(lab, chosen)
    _exchange(lab)
    _history(lab)


def _hands(lab: Lab) -> None:
    """Undo and redo of one's own changes, and who one is."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="tag hands"):
        who, state = session.who(), lab.tag_state()
        for act, about in (("undo", state.undoable(who)), ("redo", state.redoable(who))):
            label, icon = act.capitalize(), f":material/{act}:"
            st.button(
                label,
                icon=icon,
                disabled=about is None,
                help=escape_markdown(tagging.said(about), 200) if about else None,
                on_click=_do,
                args=(partial(getattr(tagging, act), lab, who),),
            )
        known = session.who() != tagging.NOBODY
        with st.popover(f"I am {escape_markdown(who, 20)}" if known else "Who are you?", icon=":material/person:"):
            session.ask_who("Your name in the history of tags")
    if said := session.tag_message():
        st.caption(escape_markdown(said, 200))


def _table(lab: Lab, chosen: Selection) -> None:
    tags = tagging.tags(lab)
    table = {
        "Tag": [each.tag for each in tags],
        "Products": [each.products for each in tags],
        "Share": [each.share for each in tags],
    }
    columns = {
        "Products": st.column_config.NumberColumn("Products", format="localized"),
        "Share": st.column_config.ProgressColumn("Share", format="percent", min_value=0, max_value=1),
    }
    event = st.dataframe(
        table,
        hide_index=True,
        column_config=columns,
        on_select="rerun",
        selection_mode="single-row",
        height=min(35 * (len(tags) + 1) + 3, 260),
        key=f"tag table {session.turn('tag table')}",
    )
    picked = event.selection.rows
    if picked:
        session.begin_anew("tag table")  # with nothing chosen
        keep(SelectionStep("=", "tag", tags[picked[0]].tag))
        session.take_tag(tags[picked[0]].tag)
        st.rerun(scope="fragment")


def _one(lab: Lab, chosen: Selection) -> None:
    """One tag: its name, its end, and what may deserve it too."""
    tags = [each.tag for each in tagging.tags(lab)]
    session.drop_missing_tag(tags)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="one tag"):
        tag = st.selectbox("One tag", tags, key=session.TAG_IN_HAND)
        many = next(each.products for each in tagging.tags(lab) if each.tag == tag)
        with st.popover("Rename", icon=":material/edit:"):
            _rename(lab, tag)
        st.button(
            "Delete",
            icon=":material/delete:",
            help=f"Takes it from all {many:,} that have it. Undo gives it back.",
            on_click=_do,
            args=(partial(tagging.delete, lab, tag, session.who()),),
        )
    with st.expander(f"What else may be {escape_markdown(tag, 40)}", expanded=True):
        _review(lab, chosen, tag)


def _rename(lab: Lab, tag: str) -> None:
    name = st.text_input("New name", tag, key=f"new name of {tag}", max_chars=60)
    st.button(
        "Rename",
        type="primary",
        key="rename tag",
        width="stretch",
        on_click=_do,
        args=(lambda: tagging.rename(lab, tag, session.control(f"new name of {tag}"), session.who()),),
    )
    if other := tagging.other_of(lab, tag, name):
        st.caption(
            f"{other.products:,} products are tagged {escape_markdown(other.tag)} already: the two become one. "
            "Undo parts them."
        )
    else:
        st.caption("For everyone. Saved views that ask for the old name go on working.")


def _do(change: Callable[[], tagging.TagChange]) -> None:
    """Before the page is drawn: what was done is said, and the tag stays in hand."""
    try:
        done = change()
    except MISTAKES as mistake:
        session.set_tag_message(str(mistake))
        return
    session.set_tag_message(done.words())
    session.take_tag(done.tag)


def _review(lab: Lab, chosen: Selection, tag: str) -> None:
    model = chosen.context.model
    if not suggesting.ready(lab, model, tag):
        waiting.until(
            lambda: suggesting.ready(lab, model, tag), "Looking which products are most alike. It takes seconds."
        )
        return
    rows_m, scores_m = suggesting.suggestions(lab, model, tag, SUGGESTED)
    products = [
        product_json(lab.product_at(int(row))) | {"why": f"{100 * score:.0f} % of its nearest are tagged"}
        for row, score in zip(rows_m, scores_m, strict=True)
    ]
    verdicts = review_queue.show(tag, products, key="review queue")
    if verdicts:
        places = lab.catalogue().rows_of
        if verdicts.accepted:
            tagging.accept(lab, tag, places(verdicts.accepted), session.who())
        if verdicts.rejected:
            tagging.reject(lab, tag, places(verdicts.rejected), session.who())
        st.rerun(scope="fragment")


def _exchange(lab: Lab) -> None:
    with st.expander("Export and import"):
        downloads("tags", lambda kind: _tags_file(lab, kind))
        file = st.file_uploader(
            "Tags made elsewhere: product_id and tag, CSV, Parquet or JSONL", key="tags made elsewhere"
        )
        if file is not None and st.button("Import these tags", type="primary"):
            report = import_uploaded(lab, file.getvalue(), file.name, session.who())
            session.set_tag_message(report.words())
            said = [" · ".join(filter(None, line)) for line in report.lines()]
            session.note("tags not imported", (report.report(), said))
            st.rerun(scope="fragment")
        content, lines = session.noted("tags not imported") or (b"", [])
        if lines:
            st.download_button(
                f"{len(lines):,} that were not done (CSV)", content, "not-imported.csv", on_click="ignore"
            )
            for line in lines[:20]:
                st.caption(escape_markdown(line, 200))


def _tags_file(lab: Lab, kind: str) -> bytes:
    out = io.BytesIO()
    write_tags(lab, None, kind, out)
    return out.getvalue()


def _history(lab: Lab) -> None:
    with st.expander("History"):
        lines = tagging.history(lab, HISTORY)
        if not lines:
            st.caption("Nothing was tagged yet.")
        for action, undone in lines:
            said = (
                f"~~{escape_markdown(tagging.said(action), 160)}~~ undone"
                if undone
                else escape_markdown(tagging.said(action), 160)
            )
            st.caption(f"{action.at.astimezone():%d %b %H:%M} · {escape_markdown(action.who, 30)} · {said}")
