"""The page Manifold without a browser, and the files that it offers."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from looks_like.explorer.check import trial
from looks_like.explorer.check.findings import Chart, Line, Section, Sheet, Strip
from looks_like.explorer.check.keeping import settings_folder
from looks_like.explorer.check.kept import kept_check, kept_settings, start_check
from looks_like.explorer.check.measuring import check
from looks_like.explorer.check.report.fragments import rows_csv, rows_html, rows_latex, sheet_html
from looks_like.explorer.check.report.svg import chart_svg
from looks_like.explorer.check.sections import code, learning, reconstruction
from looks_like.explorer.check.trial import CheckRequest
from looks_like.explorer.core.formatting import escape_markdown
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.jobs.queue import Job, Jobs, repeatable
from looks_like.model.metrics.metric import Score

HOSTILE = "<script>alert(1)</script>&\\^_"


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    """The shop again, of which nothing was checked yet."""
    shutil.copytree(lab.workspace.folder, tmp_path / "w", ignore=shutil.ignore_patterns("checks"))
    return Lab(tmp_path / "w")


@pytest.fixture
def checked(own: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setattr(trial, "QUICK_COUNT", 12)
    for seed in (0, 1):
        for _ in check(own, CheckRequest(("tiny",), quick=True, seed=seed), (reconstruction, code, learning)):
            pass
    return own


def test_before_any_check_the_page_says_what_it_is_for(open_page: Callable[..., AppTest], own: Lab) -> None:
    app = open_page("manifold", own.workspace.folder)
    assert not app.exception
    assert [info.value for info in app.info] == [next(iter(app.info)).value]
    assert "No model was checked yet" in app.info[0].value


def test_what_was_kept_is_a_check_again_and_settings_stay_apart(checked: Lab) -> None:
    ways = kept_settings(checked)
    assert [way.words for way in ways] == ["Quick check, seed 1", "Quick check"]
    assert all(way.models == ["tiny"] for way in ways)
    found = kept_check(checked, ["tiny"], ways[0])
    assert found is not None
    assert found.behind == []
    assert [section.key for section in found.check.sections] == ["reconstruction", "code", "learning"]
    request = CheckRequest(("tiny",), quick=True, seed=1)
    again = list(check(checked, request, (reconstruction, code, learning)))[-1].found
    assert again is not None
    plain, same = found.check.plain(), again.plain()
    assert plain["sections"] == same["sections"]
    assert (plain["judged"], plain["models"]) == (same["judged"], same["models"])
    assert kept_check(checked, [], ways[0]) is None


def test_the_page_shows_each_part_and_says_where_numbers_are_from(
    open_page: Callable[..., AppTest], checked: Lab
) -> None:
    for part, says in (("reconstruction", "Rebuilt worst by tiny"), ("code", "KL per dimension")):
        app = open_page("manifold", checked.workspace.folder, part=part)
        assert not app.exception
        assert not app.error
        assert any(says in each.value for each in app.markdown)
        found = kept_check(checked, ["tiny"], kept_settings(checked)[0])
        assert found is not None
        said = escape_markdown(f"Judged on {found.check.judged_on}", 600)
        assert any(said in each.value for each in app.caption), [said, *(each.value for each in app.caption)]
        assert any("<table" in each.proto.body for each in app.get("html"))


def test_a_check_is_a_job_that_writes_no_report_and_may_be_tried_again(
    own: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Jobs, "_spawn", lambda self, job: None)
    job = start_check(own, ["tiny"], quick=True, factors="brand,year", split_by="brand")
    assert job.words == ("check", "tiny", "--json", "--quick", "--factors=brand,year", "--split-by=brand")
    assert repeatable(job)
    assert not repeatable(Job("0", (*job.words, "--out", "/etc/x.html"), ""))
    assert not repeatable(Job("0", (*job.words, "--out=/etc/x.html"), ""))


@pytest.mark.parametrize(
    "strange",
    [
        {"about": []},
        {"about": {"judged": ["x"]}},
        {"about": {"judged": {"products": 1e999}}},
        {"about": {"seconds": "long"}},
        {"about": {"date": 7}},
        {"about": {"machine": "mine"}},
        {"made_from": {"model": ["tiny"]}},
        {"made_from": {"settings": {"factors": "x"}}},
        {"made_from": {"settings": {"seed": "x"}}},
        {"made_from": {"settings": {"split_by": 3}}},
        {"section": {"rows": [{"key": "nothing"}]}},
    ],
)
def test_what_a_stranger_has_changed_is_not_there(
    open_page: Callable[..., AppTest], checked: Lab, strange: dict[str, Any]
) -> None:
    for file in checked.folder("tiny").glob("checks/*/*.json"):
        said = json.loads(file.read_text("utf-8"))
        for part, values in strange.items():
            said[part] = values if isinstance(values, list) else merged(said[part], values)
        mark = file.parent.with_name(settings_folder(checked.folder("tiny"), said["made_from"]["settings"]).name)
        mark.mkdir(exist_ok=True)
        (mark / file.name).write_text(json.dumps(said), "utf-8")
        if mark != file.parent:
            file.unlink()
    assert kept_settings(Lab(checked.workspace.folder)) == []
    app = open_page("manifold", checked.workspace.folder)
    assert not app.exception
    assert "No model was checked yet" in app.info[0].value


def merged(said: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    deeper = {key: merged(said[key], value) for key, value in values.items() if isinstance(value, dict)}
    return said | values | deeper


def hostile_section() -> Section:
    section = Section("mse", HOSTILE, HOSTILE)
    section.row("mse", HOSTILE).scores[HOSTILE] = Score("mse", 0.25, HOSTILE, {HOSTILE: 2.0})
    section.row("mse", HOSTILE).baselines["=1+1"] = Score("mse", 0.5, HOSTILE)
    return section


def test_hostile_words_stay_words_in_every_file() -> None:
    section, strip = hostile_section(), Strip(HOSTILE, np.zeros((2, 8, 8, 3), np.uint8), '"><b>', (HOSTILE, "x"))
    page = rows_html(section.rows, [HOSTILE]) + sheet_html(Sheet(HOSTILE, HOSTILE, [strip]))
    assert "<script" not in page
    assert "<b>" not in page
    lines = list(csv.DictReader(io.StringIO(rows_csv([section], [HOSTILE]).decode("utf-8-sig"))))
    assert [line["value"] for line in lines] == ["0.25", "0.5"]
    assert lines[1]["model"] == "'=1+1"
    latex = rows_latex([section], [HOSTILE])
    assert "\\textless" in latex or "<script>" in latex  # no command of LaTeX's
    assert "\\&\\textbackslash{}\\textasciicircum{}\\_" in latex
    assert latex.count("\\begin{tabular}") == latex.count("\\end{tabular}") == 1


@pytest.mark.parametrize("kind", ["bars", "lines"])
def test_a_chart_is_an_svg_with_a_mark_for_each_value(kind: str) -> None:
    lines = [Line(HOSTILE, [0.0, 1.0, 2.0], [1.0, None, 3.0], HOSTILE), Line("b", [0.0], [2.0], "b")]
    drawn = ElementTree.fromstring(chart_svg(Chart(kind=kind, title=HOSTILE, says="", lines=lines)))
    name = "{http://www.w3.org/2000/svg}"
    assert len(drawn.findall(f".//{name}{'rect' if kind == 'bars' else 'polyline'}")) == (3 if kind == "bars" else 2)
    assert drawn.find(f"{name}title") is not None
    assert HOSTILE in "".join(drawn.itertext())


def test_logarithmic_axes_have_round_values_and_few_points_a_dot_each() -> None:
    line = Line("import", [1e4, 1e5, 1e6], [4.0, 40.0, 4000.0])
    drawn = chart_svg(Chart(kind="lines", title="t", says="", lines=[line], log_x=True, log_y=True))
    shown = [each.text for each in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert [text for text in shown if text] == [
        *("10", "30", "100", "300", "1,000", "3,000"),
        *("10,000", "30,000", "100,000", "300,000", "1,000,000"),
        "● import",
    ]
    assert drawn.count("<circle") == 3


def test_a_logarithmic_axis_that_is_short_has_round_values_too() -> None:
    line = Line("held out", [0.0, 1.0], [0.0024, 0.00272])
    drawn = chart_svg(Chart(kind="lines", title="t", says="", lines=[line], log_y=True))
    shown = [each.text for each in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert [text for text in shown if text and text.startswith("0.00")] == ["0.0024", "0.0025", "0.0026", "0.0027"]


def test_a_heat_map_and_a_chart_of_nothing_are_drawn_too() -> None:
    heat = Chart(kind="heat", title="h", says="", matrix=[[0.5, None]], rows=["1"], columns=["a", HOSTILE])
    drawn = ElementTree.fromstring(chart_svg(heat))
    assert len(drawn.findall(".//{http://www.w3.org/2000/svg}rect")) == 1
    nothing = Chart(kind="lines", title="n", says="", log_y=True, lines=[Line("a", [1.0], [0.0])])
    assert "No values" in chart_svg(nothing)
