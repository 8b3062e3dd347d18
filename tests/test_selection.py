"""Selections replayed: who is in a lasso, what steps add up to, and what a link may not say."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.requests import MapContext
from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.search.filters.filter import Filter
from looks_like.explorer.selecting.selection import Selection, page, rows, selected, words
from looks_like.explorer.selecting.steps import SelectionStep, pinned, steps_from_text, steps_text
from looks_like.model.geometry.outlines import inside

SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
GROUND = MapContext("tiny", "pca")
ALDER = ["=", "value", ["brand", "Alder"]]


def chosen(*steps: list[object], through: str = "") -> Selection:
    return Selection(GROUND, steps_from_text(json.dumps(steps)), Filter.from_text(through))


def found(lab: Lab, *steps: list[object], through: str = "") -> set[int]:
    return {int(row) for row in rows(lab, chosen(*steps, through=through))}


def within(polygon: tuple[tuple[float, float], ...], xy_n2: np.ndarray) -> np.ndarray:
    return inside(xy_n2, np.array(polygon, float))


# -- a lasso ---------------------------------------------------------------------------------------------------------


def test_points_in_a_square_are_in_and_others_are_not() -> None:
    xy_n2 = np.array([[0.5, 0.5], [1.5, 0.5], [0.5, -0.1], [np.nan, 0.5], [0.999, 0.001]], np.float32)
    assert within(SQUARE, xy_n2).tolist() == [True, False, False, False, True]


def test_a_bay_is_outside_and_what_is_crossed_twice_too() -> None:
    horseshoe = ((0, 0), (4, 0), (4, 4), (3, 4), (3, 1), (1, 1), (1, 4), (0, 4))
    assert within(horseshoe, np.array([[2, 2], [0.5, 2], [3.5, 2], [2, 0.5]], np.float32)).tolist() == [0, 1, 1, 1]
    bow = ((0, 0), (2, 2), (2, 0), (0, 2))
    assert within(bow, np.array([[0.5, 1], [1.5, 1], [1, 0.2], [1, 1.8]], np.float32)).tolist() == [1, 1, 0, 0]


@settings(max_examples=60, deadline=None)
@given(
    polygon=st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=3, max_size=12),
    seed=st.integers(0, 1000),
)
@example(polygon=[(0.0, 1.0), (0.0, 2.2e-313), (1.0, 0.0)], seed=0)  # a side too short to divide by
def test_turning_the_polygon_around_changes_nothing(polygon: list[tuple[float, float]], seed: int) -> None:
    xy_n2 = np.random.default_rng(seed).uniform(-1, 1, (50, 2)).astype(np.float32)
    start = len(polygon) // 2
    turned = (*polygon[start:], *polygon[:start])
    assert np.array_equal(within(tuple(polygon), xy_n2), within(turned, xy_n2))


def test_every_point_is_in_one_half_of_a_cut_square_and_not_in_both() -> None:
    xy_n2 = np.random.default_rng(0).uniform(0, 1, (500, 2)).astype(np.float32)
    left, right = ((0, 0), (0.4, 0), (0.6, 1), (0, 1)), ((0.4, 0), (1, 0), (1, 1), (0.6, 1))
    assert np.array_equal(within(left, xy_n2) ^ within(right, xy_n2), within(SQUARE, xy_n2))


def test_a_lasso_takes_the_products_that_the_map_has_in_it(lab: Lab) -> None:
    xy_n2 = lab.map_view("tiny", "pca").xy_n2
    half = [[-2, -2], [0, -2], [0, 2], [-2, 2]]
    assert found(lab, ["=", "lasso", half]) == {int(row) for row in np.flatnonzero(xy_n2[:, 0] < 0)}


# -- steps -----------------------------------------------------------------------------------------------------------


def test_steps_add_take_away_and_begin_anew(lab: Lab) -> None:
    alder, late = {n for n in range(80) if n % 3 == 0}, {n for n in range(80) if n % 9 == 8}
    assert found(lab) == set()
    assert found(lab, ALDER) == alder
    assert found(lab, ALDER, ["+", "value", ["year", 2023]]) == alder | late
    assert found(lab, ALDER, ["-", "value", ["year", 2023]]) == alder - late
    assert found(lab, ALDER, ["=", "product", "0004"]) == {4}
    assert found(lab, ALDER, ["+", "product", "0004"], ["-", "product", "0000"]) == (alder | {4}) - {0}


def test_the_filter_hides_and_what_it_hides_comes_back(lab: Lab) -> None:
    through = '[["year","is",[2015]]]'
    assert found(lab, ALDER, through=through) == {n for n in range(80) if n % 9 == 0}
    assert found(lab, ["=", "shown", None], through=through) == {n for n in range(80) if n % 9 == 0}
    assert len(found(lab, ALDER)) == 27


def test_more_like_these_are_the_nearest_to_any_of_them(lab: Lab) -> None:
    space = lab.space("tiny")
    alone = found(lab, ["=", "product", "0010"], ["+", "like", 3])
    z_d = space.code(lab.catalogue().row("0010"))
    assert alone == {int(row) for row in space.nearest(z_d[None], 4)[0][0]}
    two = found(lab, ["=", "product", "0010"], ["+", "product", "0020"], ["+", "like", 5])
    pair_2d = np.stack([space.code(10), space.code(20)])
    others = [row for row in range(80) if row not in (10, 20)]
    ordered = sorted(others, key=lambda row: np.linalg.norm(pair_2d - space.code(row), axis=1).min())
    assert two == {10, 20, *ordered[:5]}
    assert found(lab, ["=", "like", 5]) == set(), "nothing is like nothing"


def test_the_nearest_to_a_code_are_a_step_too(lab: Lab) -> None:
    z_d = lab.space("tiny").code(7)
    assert 7 in found(lab, ["=", "near", [[round(float(v), 3) for v in z_d], 4]])
    assert len(found(lab, ["=", "near", [[0.0] * 6, 400]])) == 80
    with pytest.raises(RequestError, match="has 6 numbers, got 2"):
        found(lab, ["=", "near", [[0, 0], 4]])


def test_a_selection_says_itself_in_words(lab: Lab) -> None:
    steps = [["=", "lasso", [[0, 0], [1, 0], [1, 1]]], ["+", "value", ["brand", "Alder"]], ["-", "product", "0003"]]
    said = words(lab, chosen(*steps, through='[["price","between",[10,50]]]'))
    assert said == "lasso on map pca, plus brand is Alder, without product 0003; shown: price 10 to 50"


def test_pages_hold_every_product_once_typical_ones_first(lab: Lab) -> None:
    ask = chosen(ALDER)
    pages = [page(lab, ask, "typical", number, 10) for number in range(4)]
    assert [each.count for each in pages] == [27] * 4
    order = [product.row for each in pages for product in each.products]
    assert sorted(order) == sorted(found(lab, ALDER))
    z_nd = np.stack([lab.space("tiny").code(row) for row in order])
    distances = np.linalg.norm(z_nd - z_nd.mean(0), axis=1)
    assert (np.diff(distances) >= -1e-5).all()
    odd = [product.row for product in page(lab, ask, "odd", 0, 60).products]
    assert odd == order[::-1]
    assert [product.row for product in page(lab, ask, "new", 0, 3).products] == [78, 75, 72]
    with pytest.raises(RequestError, match="unknown order 'best'"):
        page(lab, ask, "best", 0, 60)


def test_an_answer_can_not_be_changed_by_who_got_it(lab: Lab) -> None:
    with pytest.raises(ValueError, match="read-only"):
        selected(lab, chosen(ALDER))[0] = False


def test_a_lasso_goes_on_meaning_its_own_map(lab: Lab) -> None:
    steps = steps_from_text('[["=","lasso",[[-2,-2],[0,-2],[0,2],[-2,2]]],["+","product","0003"]]')
    bound = pinned(steps, "pca")
    assert pinned(bound, "umap") == bound
    assert steps_from_text(steps_text(bound)) == bound
    elsewhere = Selection(MapContext("tiny", "none-such"), bound)
    assert set(rows(lab, Selection(GROUND, steps)).tolist()) == set(rows(lab, elsewhere).tolist())
    assert words(lab, elsewhere).startswith("lasso on map pca, plus")


# -- links -----------------------------------------------------------------------------------------------------------


def test_steps_survive_their_link() -> None:
    said = [
        ["=", "lasso", [[0.5, 0.25], [1, 0], [1, 1]]],
        ["+", "like", 12],
        ["-", "shown", None],
        ["+", "tag", "hero"],
    ]
    steps = steps_from_text(json.dumps(said))
    assert steps[1] == SelectionStep("+", "like", 12)
    assert steps_from_text(steps_text(steps)) == steps
    assert hash(steps) == hash(steps_from_text(steps_text(steps)))
    assert steps_text(()) == ""


@settings(max_examples=80, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists, max_leaves=12))
def test_whatever_a_link_holds_the_answer_is_steps_or_a_sentence(lab: Lab, said: object) -> None:
    for value in (said, [said], *([["=", kind, said]] for kind in ("lasso", "near", "value", "product", "like"))):
        with contextlib.suppress(*MISTAKES):
            assert selected(lab, Selection(GROUND, steps_from_text(json.dumps(value)))).shape == (80,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "is not JSON"),
        ("[" * 11_000, "is not JSON"),
        ("[" * 13_000, "longer than 12,000 characters"),
        ("{}", "at most 60 steps"),
        ('[["=","lasso"]]', "a step of a selection is"),
        ('[["*","product","a"]]', "op is one of = \\+ -"),
        ('[["=","ids",["a"]]]', "kind is one of lasso, product"),
        ('[["=","lasso",[[0,0],[1,1]]]]', "a lasso is 3 to 400 points"),
        ('[["=","lasso",[[0,0],[1,1],[1,NaN]]]]', "a lasso is 3 to 400 points"),
        ('[["=","like",0]]', "a whole number from 1 to 10,000"),
        ('[["=","like",true]]', "a whole number from 1 to 10,000"),
        ('[["=","cluster","1"]]', "a cluster is a whole number"),
        ('[["=","shown",3]]', "has no value"),
    ],
)
def test_what_a_link_may_not_say(text: str, says: str) -> None:
    with pytest.raises(RequestError, match=says):
        steps_from_text(text)


def test_a_selection_survives_its_link() -> None:
    ask = chosen(ALDER, ["+", "like", 4], through='[["year","is",[2015]]]')
    assert Selection.from_query(ask.to_query()) == ask


def test_an_unknown_product_or_map_is_a_sentence(lab: Lab) -> None:
    with pytest.raises(MISTAKES, match="no product 'nobody'"):
        found(lab, ["=", "product", "nobody"])
    lasso = steps_from_text('[["=","lasso",[[0,0],[1,0],[1,1]]]]')
    with pytest.raises(MISTAKES, match="has no map 'mars'"):
        selected(lab, Selection(MapContext("tiny", "mars"), lasso))
    with pytest.raises(RequestError, match="choose one"):
        selected(lab, Selection(MapContext("tiny"), lasso))
