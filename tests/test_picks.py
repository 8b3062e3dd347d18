"""Typical, unusual and diverse ones: of crowds that are known, on the map, in links, by command and notebook."""

import shutil
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from looks_like.explorer.core import Lab, MapContext
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.interfaces.notebook.workspace import open as open_workspace
from looks_like.explorer.search import PICKS, Filter, VectorsRequest, add_vectors, pick
from looks_like.explorer.selecting import Selection, SelectionStep, rows, steps_from_text, words
from looks_like.explorer.tags import masks
from looks_like.model.errors import ModelError

CROWDS, ODD = ((0, 30), (30, 60), (60, 77)), (77, 78, 79)  # rows


@pytest.fixture(scope="module")
def crowds(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The shop with vectors in three crowds, and three products that are like none; 0079 is farthest."""
    folder = tmp_path_factory.mktemp("picks")
    shutil.copytree(lab.workspace.folder, folder / "w")
    own, rng = Lab(folder / "w"), np.random.default_rng(0)
    v_nv = rng.standard_normal((80, 4))
    for (first, last), at in zip(CROWDS, 30 * np.eye(4)[:3], strict=True):
        v_nv[first:last] = at + v_nv[first:last]
    v_nv[77:80] = [[60, 60, 0, 0], [0, 60, 60, 0], [0, 0, 0, -120]]
    np.save(folder / "v.npy", v_nv)
    add_vectors(own, "crowds", VectorsRequest(folder / "v.npy", distance="euclidean"))
    return own


def crowd_of(row: int) -> int:
    return next((number for number, (first, last) in enumerate(CROWDS) if first <= row < last), 3)


def test_typical_ones_stand_for_crowds_and_unusual_ones_for_none(crowds: Lab) -> None:
    there_m = crowds.catalogue().there
    typical = pick(crowds, "crowds", "typical", 12, there_m).tolist()
    assert {crowd_of(row) for row in typical} == {0, 1, 2}
    assert pick(crowds, "crowds", "unusual", 3, there_m).tolist()[0] == 79
    assert set(pick(crowds, "crowds", "unusual", 3, there_m).tolist()) == set(ODD)


def test_a_diverse_sample_has_one_of_each_and_no_odd_one(crowds: Lab) -> None:
    diverse = pick(crowds, "crowds", "diverse", 3, crowds.catalogue().there).tolist()
    assert {crowd_of(row) for row in diverse} == {0, 1, 2}
    assert diverse == pick(crowds, "crowds", "diverse", 3, crowds.catalogue().there).tolist()


@pytest.mark.parametrize("kind", PICKS)
@pytest.mark.parametrize("count", [1, 2, 7, 500])
def test_as_many_as_asked_for_of_those_asked_about_each_once(crowds: Lab, kind: str, count: int) -> None:
    asked_m = np.array([3, 5, 8, 40, 41, 70, 79])
    found = pick(crowds, "crowds", kind, count, asked_m).tolist()
    assert len(found) == len(set(found)) == min(count, 7)
    assert set(found) <= set(asked_m.tolist())


def test_what_can_not_be_picked_is_said(crowds: Lab) -> None:
    with pytest.raises(RequestError, match="'pretty' can't be picked; there are: typical, unusual, diverse"):
        pick(crowds, "crowds", "pretty", 3, np.arange(5))
    with pytest.raises(RequestError, match="between 1 and 10,000"):
        pick(crowds, "crowds", "typical", 0, np.arange(5))
    with pytest.raises(ModelError, match="none of these 0 products has a code"):
        pick(crowds, "crowds", "typical", 3, np.empty(0, np.int64))


def test_it_is_a_step_of_a_selection(crowds: Lab) -> None:
    context = MapContext("crowds")
    chosen = Selection(context, steps_from_text('[["=","shown",null],["=","unusual",3]]'))
    assert rows(crowds, chosen).tolist() == list(ODD)
    assert words(crowds, chosen) == "all shown, of these 3 most unusual"
    alder = Filter.from_text('[["brand","is",["Alder"]]]')
    shown = Selection(context, chosen.steps, alder)
    assert len(rows(crowds, shown)) == 3, "of what the filter shows, not of what it hides"
    assert {crowds.product_at(int(row)).attributes["brand"] for row in rows(crowds, shown)} == {"Alder"}
    assert rows(crowds, Selection(context, (SelectionStep("=", "typical", 3),))).tolist() == []
    for value in ("0", "1.5", "true", '"3"', "null"):
        with pytest.raises(RequestError):
            steps_from_text(f'[["=","diverse",{value}]]')


def test_the_command_and_the_notebook(crowds: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(crowds.workspace.folder)
    said = ["sample", "unusual", "-n", "3", "--model", "crowds", "--workspace", folder]
    assert run([*said, "--tag", "odd"]) == (0, "")
    assert "0079" in capsys.readouterr().out
    assert masks(Lab(folder))["odd"].nonzero()[0].tolist() == list(ODD)
    found = open_workspace(folder).sample("unusual", 2, where="brand = 'Birch'", model="crowds")
    assert found["brand"].tolist() == ["Birch", "Birch"]


def test_the_panel_picks_and_back_takes_it_away(crowds: Lab, open_page: Callable[..., AppTest]) -> None:
    app = open_page("map", crowds.workspace.folder, model="tiny", selection='[["=","shown",null]]')
    assert not app.exception
    next(box for box in app.number_input if box.label == "How many").set_value(5).run()
    next(button for button in app.button if button.label == "Unusual ones").click().run()
    assert not app.exception
    assert app.query_params["selection"] == '[["=","shown",null],["=","unusual",5]]'
    assert any("**5 selected** of 80" in each.value for each in app.markdown)
    next(button for button in app.button if button.label == "Back").click().run()
    assert any("**80 selected** of 80" in each.value for each in app.markdown)
