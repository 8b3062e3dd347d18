"""How good models are: what `looks-like check` found, one model or several side by side. Nothing is measured here."""

from functools import partial

import streamlit as st

from looks_like.explorer.check import (
    Check,
    CheckSettings,
    Section,
    Sheet,
    chart_svg,
    headlines,
    kept_check,
    kept_settings,
    kept_stamp,
    report,
    rows_csv,
    rows_html,
    rows_latex,
    sheet_columns,
    sheet_html,
    start_check,
    strip_html,
)
from looks_like.explorer.core import Lab, escape_markdown, open_lab
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets.progress import job_line, learning
from looks_like.explorer.jobs import Jobs

GLANCE = "glance"
STYLE = """<style>
.check { font-variant-numeric: tabular-nums; }
.check .wide { overflow-x: auto; }
.check table { border-collapse: collapse; width: auto; min-width: min(100%, 46rem); font-size: .92rem; }
.check th, .check td { text-align: right; vertical-align: top; padding: .5rem .7rem; border: 0;
  border-bottom: 1px solid rgba(128, 128, 128, .22); font-weight: 400; }
.check th:first-child { text-align: left; padding-left: 0; min-width: 17rem; max-width: 30rem; font-weight: 600; }
.check thead th { font-weight: 600; min-width: 3.6rem; overflow-wrap: anywhere; vertical-align: bottom; }
.check thead th.beside { font-weight: 400; }
.check small { display: block; font-weight: 400; opacity: .78; font-size: .8rem; line-height: 1.35; }
.check td small { white-space: nowrap; }
.check td small.level { white-space: normal; font-style: italic; min-width: 8rem; }
.check td data { font-weight: 600; } .check td.beside data { font-weight: 400; }
.check td.best { background: rgba(11, 110, 153, .10); }
.check .mark { display: inline-block; margin-left: .35rem; font-size: .74rem; font-weight: 600; }
.check .unit { font-weight: 400; opacity: .78; }
.check details { margin: .5rem 0; font-size: .85rem; } .check summary { cursor: pointer; }
.check dt { font-weight: 600; margin-top: .5rem; } .check dd { margin: 0; opacity: .85; }
.check .strip { display: grid; grid-template-columns: 9rem minmax(0, 1fr); align-items: center; gap: .6rem;
  margin-bottom: .25rem; }
.check .strip .name { font-size: .84rem; overflow-wrap: anywhere; }
.check .strip img { display: block; height: auto; }
.check .labels { display: grid; grid-template-columns: repeat(var(--columns), 1fr); font-size: .74rem; opacity: .78; }
.check .labels span { text-align: center; }
@media (max-width: 640px) {
  .check .strip { grid-template-columns: minmax(0, 1fr); gap: .1rem; }
  .check .labels { font-size: .58rem; }
  .check thead { display: none; }
  .check table, .check tbody, .check tr, .check td, .check th:first-child { display: block; width: auto; }
  .check tbody tr { border-bottom: 1px solid rgba(128, 128, 128, .3); padding: .4rem 0; }
  .check th, .check td { border: 0; padding: .12rem 0; text-align: left; }
  .check td:empty { display: none; }
  .check td::before { content: attr(data-label) " "; opacity: .78; font-size: .8rem; }
  .check td small { display: inline; margin-left: .4rem; white-space: normal; }
}
</style>"""
ABOUT = (
    "How far a model can be trusted: how well it rebuilds products that it never saw, whether small moves change "
    "pictures little, whether each dimension stands for one thing, what its maps keep. A number stands beside what it "
    "is held against, with the range in which it would lie for other products of the same kind."
)
EMPTY = (
    "No model was checked yet. A check measures a model on products that were kept out of its training and takes a "
    "minute, or some minutes in full; it runs beside the pages, and each part is here as soon as it is found."
)


def page(lab: Lab) -> None:
    """The choice of models, what runs, and what was found."""
    models = learning.models_that_draw(lab, "Manifold")
    st.html(STYLE)
    ways = kept_settings(lab)
    head, side = st.columns([4, 1], gap="medium", vertical_alignment="bottom")
    with head:
        st.title("Manifold", help=ABOUT)
    with side:
        ask_for_check(lab, models)
    job_line.show(lab, "")
    follow(lab)
    if not ways:
        st.info(EMPTY, icon=":material/query_stats:")
        return
    chosen = choice(ways)
    if chosen is None:
        st.caption("Choose a model.")
        return
    way, names = chosen
    found = kept_check(lab, names, way)
    if found is None:
        st.info(EMPTY, icon=":material/query_stats:")
        return
    say_where_from(found.check, found.behind)
    parts = {GLANCE: "At a glance"} | {section.key: section.title for section in found.check.sections}
    part = session.segments("Part", "part", parts, GLANCE)
    if part == GLANCE:
        glance(found.check, names)
    else:
        show_section(next(each for each in found.check.sections if each.key == part), names)
    download(found.check, names)
    session.show_link("models", "checked", "part")


def follow(lab: Lab) -> None:
    """While a check runs: draws the page again when another section of it is there."""
    before = kept_stamp(lab)

    def look() -> None:
        if kept_stamp(lab) != before:
            st.rerun()

    checking = any(job.words[0] == "check" for job in Jobs(lab.workspace.folder).active())
    st.fragment(look, run_every=job_line.EVERY_S if checking else None)()


def ask_for_check(lab: Lab, models: list[str]) -> None:
    """Which models, how thoroughly, and by which columns."""
    with st.popover("Check a model", icon=":material/query_stats:", width="stretch"):
        asked = st.multiselect("Models", models, default=models[:1], key="models to check")
        full = st.toggle("In full", key="check in full", help="Some minutes for each model, instead of about one.")
        columns = lab.catalogue().imported_attributes
        factors = st.multiselect(
            "Your factors",
            columns,
            key="factors to check",
            help="Columns that make products what they are, such as a colour or an angle: does each have a dimension "
            "of its own? Periods, such as angle:360, can be said on the command line.",
        )
        split_by = st.selectbox(
            "Judge by other groups only",
            columns,
            index=None,
            key="split to check",
            placeholder="No groups",
            help="By products whose value of this column the model has never seen: another brand, another shoot.",
        )
        if st.button("Check", type="primary", disabled=not asked, key="start the check"):
            start_check(lab, asked, quick=not full, factors=",".join(factors), split_by=split_by or "")
            st.rerun()


def choice(ways: list[CheckSettings]) -> tuple[CheckSettings, list[str]] | None:
    """How the models were checked, and which of them to show."""
    left, right = st.columns([1, 2], gap="medium")
    words = {way.key: way.words for way in ways}
    with left:
        key = session.select("Checked as", "checked", words, help="Models that were checked alike stand side by side.")
    way = next(each for each in ways if each.key == key)
    now = [name for name in session.chosen().get("models", "").split(",") if name in way.models] or way.models[:1]
    with right:
        session.put("models shown", now)
        names = st.multiselect(
            "Models",
            way.models,
            key="models shown",
            on_change=lambda: session.choose("models", ",".join(session.control("models shown"))),
        )
    session.choose("models", ",".join(names))
    return (way, names) if names else None


def say_where_from(check: Check, behind: list[str]) -> None:
    """What the numbers are of, and whether they are of now."""
    day = check.date.replace("T", " ").removesuffix("Z")
    st.caption(escape_markdown(f"Judged on {check.judged_on} · made {day} UTC, seed {check.seed}", 600))
    for model in behind:
        said = f"{model} was checked before the catalogue or the model became what it is now: check it again."
        st.warning(escape_markdown(said, 300), icon=":material/history:")


def glance(check: Check, names: list[str]) -> None:
    """The few that tell most."""
    st.caption(ABOUT)
    st.html(rows_html(headlines(check), names))


def show_section(section: Section, names: list[str]) -> None:
    """Numbers, charts, pictures, and what could not be measured."""
    st.caption(escape_markdown(section.says, 1000))
    if section.rows:
        st.html(rows_html(section.rows, names))
    for chart in section.charts:
        drawn = chart_svg(chart)
        st.markdown(f"**{escape_markdown(chart.title, 120)}**", help=escape_markdown(chart.says, 400))
        st.image(drawn, width="content", alt=f"{chart.title}. {chart.says}")
        st.download_button(
            "SVG", drawn, f"{section.key}.svg", "image/svg+xml", key=f"svg {chart.title}", icon=":material/download:"
        )
    for sheet in section.sheets:
        show_sheet(sheet)
    if section.missing:
        with st.expander(f"Not measured: {len(section.missing)}"):
            for sentence in section.missing:
                st.markdown(f"- {escape_markdown(sentence, 600)}")


def show_sheet(sheet: Sheet) -> None:
    """Pictures in rows; one that is a way between two products opens in Looks Like."""
    st.markdown(f"**{escape_markdown(sheet.title, 120)}**")
    st.caption(escape_markdown(sheet.says, 400))
    if all(strip.leads is None for strip in sheet.strips):
        st.html(sheet_html(sheet))
        return
    for place, strip in enumerate(sheet.strips):
        st.html(f'<div class="check">{strip_html(strip, sheet_columns(sheet))}</div>')
        leads = strip.leads
        if leads is None:
            continue
        label, key = f"Open {leads.a} to {leads.b} in Looks Like", f"{sheet.title} {place}"
        if st.button(escape_markdown(label, 120), key=key, type="tertiary", icon=":material/compare_arrows:"):
            for name in ("a", "b", "curve"):
                session.choose(name, getattr(leads, name))
            session.choose(learning.key_of_choice(lab, lab.models_to_show(decodes=True)), leads.model)
            session.choose("steps", str(leads.steps))
            st.switch_page("looks_like.py")


def download(check: Check, names: list[str]) -> None:
    """The same as files."""
    name = "-".join(names)[:80]
    kinds = (
        ("Table, CSV", "csv", "text/csv", partial(rows_csv, check.sections, names)),
        ("Table, LaTeX", "tex", "application/x-tex", partial(rows_latex, check.sections, names)),
        ("Whole report", "html", "text/html", partial(report, check)),
    )
    with st.container(horizontal=True, gap="small"):
        for label, ending, mime, make in kinds:
            st.download_button(
                label, make, f"check-{name}.{ending}", mime, key=f"as {ending}", icon=":material/download:"
            )


lab = open_lab()
page(lab)
