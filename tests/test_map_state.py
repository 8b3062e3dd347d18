"""What a link of the map's page says, as one value and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looks_like.explorer.core.requests import MapContext
from looks_like.explorer.search.filters.filter import Condition, Filter
from looks_like.explorer.selecting.map_state import MapState, Viewport
from looks_like.explorer.selecting.selection import Selection
from looks_like.explorer.selecting.steps import steps_from_text

SELECTION = Selection(
    MapContext("vae", "umap", "hdbscan"),
    steps_from_text('[["=","lasso",[[0,0],[1,0],[0.5,1e-7]]],["+","value",["brand","Alder & Sons"]]]'),
    Filter((Condition("brand", "is", ("Alder",)),)),
)


@pytest.mark.parametrize(
    "state",
    [
        MapState(Selection(MapContext("vae"))),
        MapState(SELECTION, "brand", hide=True, viewport=Viewport(0.25, -0.5, 12)),
    ],
)
def test_a_state_comes_back_from_its_link(state: MapState) -> None:
    assert MapState.from_query(state.to_query()) == state
    assert all(state.to_query().values()), "what is as usual is left out"


@given(st.text(max_size=40))
def test_a_place_that_is_not_three_sane_numbers_is_the_whole_map(text: str) -> None:
    seen = Viewport.from_text(text)
    assert seen is None or (abs(seen.x) <= 2 and abs(seen.y) <= 2 and 0.1 <= seen.zoom <= 1000)


@pytest.mark.parametrize("text", ["", "1,2", "1,2,3,4", "nan,0,1", "0,0,inf", "0,0,0", "9,0,1", "a,b,c"])
def test_such_as(text: str) -> None:
    assert Viewport.from_text(text) is None


def test_three_numbers_are_a_place() -> None:
    assert Viewport.from_text("0.5,-1,20") == Viewport(0.5, -1, 20)
