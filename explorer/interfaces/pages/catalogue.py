"""What there is and where products come in; models, maps, clusters, views to delete; what was deleted, and space."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import streamlit as st

from looks_like.explorer.clusters import clusterings
from looks_like.explorer.core import escape_markdown, open_lab, status_of
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets.gallery import Action
from looks_like.explorer.interfaces.widgets.panels import (
    deleting,
    duplicates_panel,
    find_box,
    import_panel,
    vectors_panel,
)
from looks_like.explorer.interfaces.widgets.progress import job_line
from looks_like.explorer.jobs import Jobs
from looks_like.explorer.maps import UpdateReport, map_title, updates
from looks_like.explorer.selecting import (
    Deletion,
    delete_clustering,
    delete_filter,
    delete_map,
    delete_view,
    deletion_log,
    deletion_words,
    disk_usage,
    list_views,
    megabytes,
    saved_filters,
    start_compacting,
)
from looks_like.explorer.training import delete_model

LOG_SHOWN, UPDATES_SHOWN = 30, 5
STYLE = """<style>
h3 { font-size: 1.1rem !important; padding: .6rem 0 .2rem !important; }
[class*="st-key-thing-"] { border-bottom: 1px solid rgba(128, 128, 128, .18); padding-bottom: .2rem; }
[class*="st-key-thing-"] p { overflow-wrap: anywhere; }
</style>"""
lab = open_lab()


def page() -> None:
    """How much there is, the door, and in two columns what hangs on it and what it takes."""
    st.title("Catalogue")
    facts()
    find_products()
    job_line.show(lab, next(iter(lab.models()), ""))
    if lab.version() and lab.catalogue().count and duplicates_panel.reviewing():
        duplicates_panel.show(lab)
        return
    deleting.said_before(lab, "workspace")
    st.subheader("Add products")
    import_panel.show(lab)
    if import_panel.in_hand():
        return  # nothing else is in the way of what comes in
    left, right = st.columns([3, 2], gap="large")
    with left:
        if lab.version() and lab.catalogue().count > 1:
            duplicates_panel.offer(lab)
        models()
        if lab.version() and lab.catalogue().count:
            vectors_panel.show(lab)
        views()
    with right:
        updating()
        space()
        history()


def facts() -> None:
    """In a line."""
    if not lab.version():
        return
    catalogue = lab.catalogue()
    counts = ((catalogue.count, "product"), (len(catalogue.attributes), "attribute"), (len(lab.models()), "model"))
    st.caption(" · ".join(_many(count, what) for count, what in (*counts, (len(lab.tag_state().carried), "tag"))))


@st.fragment
def find_products() -> None:
    """By what is typed; a picture leads to what looks like it."""
    if not lab.version():
        return
    try:
        found = find_box.ask(lab, "catalogue find")
        if found is None:
            return
        st.caption(f"**{find_box.count_words(found)}**")
        picked = find_box.show(lab, found, (Action("like", "What looks like it"),), "catalogue find")
    except MISTAKES as mistake:
        st.error(escape_markdown(str(mistake), 400), icon=":material/error:")
        return
    if picked:
        session.choose("like", picked.product_id)
        st.switch_page("similar.py")


def models() -> None:
    """Each with its maps and clusters."""
    st.subheader("Models")
    who = session.who()
    for model in status_of(lab).models:
        name, maps, problem = model["name"], model["maps"], model["problem"]
        found = [] if problem else clusterings(lab, name)
        about = problem or model["about"]
        about += "" if model["finished"] or problem else "; its training was stopped"
        hangs = f"With its codes, {_many(len(maps), 'map')} and {_many(len(found), 'clustering')}"
        _thing(f"model {name}", name, about, partial(delete_model, lab, name, who), hangs)
        for card in maps:
            title = f"Map {map_title(card['name'], card['method'])}"
            delete = partial(delete_map, lab, name, card["name"], who)
            _thing(f"map {name} {card['name']}", title, f"of {name}, {card['products']:,} products", delete)
        for clustering in found:
            delete = partial(delete_clustering, lab, name, clustering.name, who)
            key, title = f"clusters {name} {clustering.name}", f"Clusters {clustering.name}"
            _thing(key, title, f"of {name}, by {clustering.method}", delete, "With what people changed of them")


def views() -> None:
    """Those that are saved, and filters."""
    kinds = (("view", list_views(lab), delete_view), ("filter", saved_filters(lab).values(), delete_filter))
    for what, saved, delete in kinds:
        if saved:
            st.subheader(f"Saved {what}s")
        for one in saved:
            _thing(f"{what} {one.name}", one.name, f"by {one.who}", partial(delete, lab, one.name, session.who()))


def updating() -> None:
    """What updates did, and the newest one's sources again."""
    reports = updates(lab, UPDATES_SHOWN)
    if not lab.version() or not reports:
        return
    st.subheader("Updates")
    newest, jobs = reports[0], Jobs(lab.workspace.folder)
    with st.container(gap="xsmall", key="newest update"):
        st.markdown(f"**{_in_short(newest)}**")
        st.caption("\n".join(f"- {escape_markdown(sentence, 300)}" for sentence in newest.said))
        for sentence in newest.failed:
            st.caption(f":red[{escape_markdown(sentence, 300)}]")
    for model in newest.stale:
        st.warning(
            f"Model **{escape_markdown(model, 60)}** has not seen the like of what came: train it again.",
            icon=":material/model_training:",
        )
    sources = [source for source in newest.sources if not source.startswith("-")]
    if sources:
        named = ", ".join(source.rstrip("/").rpartition("/")[2] or source for source in sources)
        help = f"Takes in what is new or changed in {escape_markdown(', '.join(sources), 300)}"
        label = f"Update again from {escape_markdown(named, 60)}"
        if st.button(label, icon=":material/update:", help=help, disabled=bool(jobs.active())):
            jobs.start(["update", *sources, "--who", session.who()], "Updating")
            st.rerun()
    if reports[1:]:
        with st.expander("Earlier"):
            for report in reports[1:]:
                st.caption(f"**{_in_short(report)}**  \n{escape_markdown('. '.join(report.said), 400)}")


def _in_short(report: UpdateReport) -> str:
    """ "24 Nov 08:00 · Ada: 100 added, 2 changed" """
    counts = ((report.added, "added"), (report.updated, "changed"), (report.deleted, "deleted"))
    done = ", ".join(f"{count:,} {what}" for count, what in counts if count)
    try:
        at = f"{datetime.fromisoformat(report.at).astimezone():%d %b %H:%M}"
    except ValueError:
        at = report.at[:20]
    return f"{escape_markdown(at, 20)} · {escape_markdown(report.who, 30)}: {done}"


def space() -> None:
    """What it takes on disk, and how some of it is given back."""
    used, standing = disk_usage(lab), deletion_log(lab).standing
    st.subheader(f"Disk space: {megabytes(sum(used.values()))}")
    shown = {part.capitalize(): megabytes(count) for part, count in used.items() if count >= 50_000}
    st.table({"Part": list(shown), "On disk": list(shown.values())}, border="horizontal", hide_index=True)
    jobs = Jobs(lab.workspace.folder)
    with st.popover("Give space back", icon=":material/compress:"):
        if standing:
            st.markdown("**Gone for good, with no way back:**")
            st.markdown("\n".join(f"- {escape_markdown(entry.said(), 200)}" for entry in standing))
        st.caption("Older versions of all tables are removed too. Nothing that can be seen changes.")
        label = "Remove for good" if standing else "Compact"
        if st.button(label, type="primary", disabled=bool(jobs.active()), width="stretch"):
            start_compacting(jobs, session.who())
            st.rerun()
        st.code("looks-like compact", language=None)


def history() -> None:
    """What was deleted; what can come back has a button."""
    log = deletion_log(lab)
    if not log.entries:
        st.caption(
            "Nothing was deleted yet. Products are deleted on the page Map: select some, then Delete. Everything that "
            "is deleted can come back until its space is given back."
        )
        return
    st.subheader("Deleted")
    standing = {entry.number for entry in log.standing}
    for entry in log.entries[::-1][:LOG_SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"thing-log-{entry.number}"):
            state = deletion_words(log, entry)
            at, who = f"{datetime.fromisoformat(entry.at).astimezone():%d %b %H:%M}", escape_markdown(entry.who, 30)
            st.caption(f"{at} · {who} · {escape_markdown(entry.said(), 160)}: {state}", width="stretch")
            if entry.number in standing and st.button("Bring back", key=f"back {entry.number}", type="tertiary"):
                deleting.bring_back(lab, entry.number)
                st.rerun()


def _thing(key: str, name: str, about: str, delete: Callable[[], Deletion], help: str = "Delete it") -> None:
    """A line of the list, with a button that deletes it; what was done, and its way back, stand at the top."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"thing-{key}"):
        st.markdown(f"{escape_markdown(name, 80)} :gray[{escape_markdown(about, 120)}]", width="stretch")
        if st.button("Delete", icon=":material/delete:", key=f"delete {key}", help=help, type="tertiary"):
            deleting.do(delete)
            st.rerun()


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


st.html(STYLE)
try:
    page()
except MISTAKES as mistake:
    st.error(escape_markdown(str(mistake), 400), icon=":material/error:")
session.show_link("upload", "review")
