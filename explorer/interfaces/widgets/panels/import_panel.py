"""Products come in: files are dropped, every column is shown as it will be read and can be read otherwise, then a job
takes them in.
"""

import base64
from collections.abc import Mapping
from html import escape

import streamlit as st

from looks_like.data.sources import Columns
from looks_like.explorer.core import Lab, escape_markdown
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.selecting import (
    ENDINGS,
    KINDS,
    Preview,
    drop_files,
    keep_files,
    preview_files,
    start_import,
    without_folder,
)

UPLOAD_MB_MAX = 1000
_NONE = "none"
_OURS = {"id": "Product id", "image": "Picture", "name": "Name", "tags": "Tags"}
_WIDGET = "columns of the upload"
_STYLE = """<style>
.first { display: flex; flex-wrap: wrap; gap: 8px; }
.first figure { margin: 0; width: 84px; }
.first img, .first .none { width: 84px; height: 84px; object-fit: contain; background: #fff; border-radius: 6px;
  border: 1px solid rgba(128, 128, 128, .25); box-sizing: border-box; }
.first .none { display: grid; place-items: center; font-size: 11px; padding: 4px; overflow: hidden; color: #666; }
.first figcaption { font-size: 12px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; opacity: .76; }
</style>"""


def show(lab: Lab) -> None:
    """The place to drop files on, or what is in those that were dropped."""
    token = session.chosen().get("upload")
    if token is None:
        _drop(lab)
        return
    try:
        _look(lab, token)
    except MISTAKES as mistake:
        st.error(escape_markdown(without_folder(lab, str(mistake), token), 500), icon=":material/error:")
        if st.button("Choose other files"):
            _forget(lab, token)


def in_hand() -> bool:
    """Whether there are files that came over and are not imported yet."""
    return "upload" in session.chosen()


def _drop(lab: Lab) -> None:
    key = f"products {session.turn('products')}"

    def dropped() -> None:
        files = session.control(key) or []
        try:
            session.choose("upload", keep_files(lab, ((file.name, file.getvalue()) for file in files)))
            session.begin_anew("products")
        except MISTAKES as mistake:
            session.note("upload refused", str(mistake))

    st.file_uploader(
        "A table with a product in each row and its pictures, as files or in a zip; or pictures alone",
        key=key,
        accept_multiple_files=True,
        on_change=dropped,
        max_upload_size=UPLOAD_MB_MAX,
        help=f"Tables: {', '.join(ENDINGS)}. Pictures: JPEG, PNG, WebP, HEIC and others. "
        "You see how each column will be read before anything is imported.",
    )
    if refused := session.noted("upload refused"):
        st.error(escape_markdown(refused, 300), icon=":material/error:")


def _look(lab: Lab, token: str) -> None:
    columns = _columns(token)
    with st.spinner("Looking at the files", show_time=True):
        found = preview_files(lab, token, columns)
    torn = f" · {len(found.refused):,} row{'s' * (len(found.refused) != 1)} can't be read" if found.refused else ""
    products = f"{found.rows:,} product{'s' * (found.rows != 1)}"
    st.markdown(f"**{products}** in these files{torn}")
    _pictures(found)
    for note in found.notes:
        st.caption(escape_markdown(note, 300))
    if found.headers:
        _which_is_what(token, found)
    if found.columns:
        _kinds(token, found, columns.kinds)
    for where, reason in found.refused[:5]:
        st.caption(escape_markdown(f"{where}: {reason}", 200))
    with st.container(horizontal=True, gap="small"):
        if st.button(f"Import {products}", type="primary", icon=":material/download:"):
            start_import(lab, token, found, columns.kinds)
            session.choose("upload", None)
            st.rerun()
        if st.button("Discard", type="tertiary"):
            _forget(lab, token)


def _columns(token: str) -> Columns:
    """As somebody chose on this page; what nobody chose is found."""
    ours: Mapping[str, str | None] = session.noted(f"ours {token}") or {}
    kinds: Mapping[str, str] = session.noted(f"kinds {token}") or {}
    return Columns(ours.get("id"), ours.get("image"), ours.get("name"), ours.get("tags"), dict(kinds))


def _which_is_what(token: str, found: Preview) -> None:
    now = {"id": found.ours["id"], "image": found.ours["picture"], "name": found.ours["name"]}
    now["tags"] = found.ours["tags"]
    places = st.columns(len(_OURS))
    for place, (what, label) in zip(places, _OURS.items(), strict=True):
        options = [*dict.fromkeys(found.headers)] if what == "id" else [_NONE, *dict.fromkeys(found.headers)]
        key = f"column of {what} {token}"

        def chosen(what: str = what, key: str = key) -> None:
            value = session.control(key)
            said = dict(session.noted(f"ours {token}") or {})
            session.note(f"ours {token}", said | {what: "" if value == _NONE else value})
            session.note(f"kinds {token}", {})

        index = options.index(now[what]) if now[what] in options else 0
        place.selectbox(label, options, index=index, key=key, on_change=chosen)


def _kinds(token: str, found: Preview, kinds: Mapping[str, str]) -> None:
    """A table of columns, of which "Read as" can be changed."""
    key = f"{_WIDGET} {token} {session.turn(_WIDGET)}"

    def changed() -> None:
        edited = (session.control(key) or {}).get("edited_rows", {})
        said = {found.columns[int(row)].column: cells["Read as"] for row, cells in edited.items() if "Read as" in cells}
        session.note(f"kinds {token}", dict(kinds) | said)
        session.begin_anew(_WIDGET)

    st.data_editor(
        {
            "Column": [each.column for each in found.columns],
            "Read as": [kinds.get(each.column, each.kind) for each in found.columns],
            "Missing": [each.missing for each in found.columns],
            "For example": [" · ".join(each.examples) for each in found.columns],
        },
        key=key,
        hide_index=True,
        width="stretch",
        disabled=["Column", "Missing", "For example"],
        column_config={
            "Read as": st.column_config.SelectboxColumn(options=list(KINDS), required=True, width="medium"),
            "Missing": st.column_config.NumberColumn(format="localized", width="small"),
        },
        on_change=changed,
    )
    for each in found.columns:
        for said in [*([f"in {each.unit}"] if each.unit else []), *each.notes]:
            st.caption(f"**{escape_markdown(each.column)}** {escape_markdown(said, 300)}")


def _pictures(found: Preview) -> None:
    figures = []
    for each in found.pictures:
        name = escape(each.name or each.product_id)
        source = base64.b64encode(each.content).decode()
        seen = f'<img alt="{name}" src="data:image;base64,{source}">'
        none = f"<div class='none'>{escape(each.reason)}</div>"
        figures.append(f"<figure>{seen if each.content else none}<figcaption>{name}</figcaption></figure>")
    if figures:
        st.html(f"{_STYLE}<div class='first'>{''.join(figures)}</div>")
    if figures and not any(each.content for each in found.pictures):
        st.warning(
            "None of these pictures is here. Discard, and choose the table together with its pictures or their zip.",
            icon=":material/image_search:",
        )


def _forget(lab: Lab, token: str) -> None:
    drop_files(lab, token)
    session.choose("upload", None)
    st.rerun()
