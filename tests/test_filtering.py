"""Filters over the shop, whose values follow from each product's number; and what a link may not say."""

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.filter_options import _stops, choices
from looks_like.explorer.search.filters import Condition, Filter, mask

NUMBERS = range(80)
BRANDS = ("Alder", "Birch", "Cedar")


def found(lab: Lab, *conditions: list[object]) -> list[int]:
    """Numbers of the products that meet them; the shop's rows are in their order."""
    return [int(row) for row in np.flatnonzero(mask(lab, Filter.from_text(json.dumps(conditions))))]


def price(number: int) -> float | None:
    return None if number % 7 == 0 else 9.5 + number


def test_without_conditions_all_are_shown(lab: Lab) -> None:
    assert found(lab) == list(NUMBERS)
    assert Filter().text() == ""
    assert Filter.from_text("") == Filter()


def test_one_of_some_values(lab: Lab) -> None:
    assert found(lab, ["brand", "is", ["Alder", "Cedar"]]) == [n for n in NUMBERS if n % 3 != 1]
    assert found(lab, ["brand", "is", ["alder"]]) == [], "a value is matched as it is written"
    assert found(lab, ["year", "is", [2016, "2018"]]) == [n for n in NUMBERS if n % 9 in (1, 3)]


def test_what_is_not_given_is_a_value_too(lab: Lab) -> None:
    assert found(lab, ["price", "is", [None]]) == [n for n in NUMBERS if n % 7 == 0]
    assert found(lab, ["price", "is", [None, 10.5]]) == [n for n in NUMBERS if n % 7 == 0 or n == 1]
    assert 0 not in found(lab, ["price", "is", [10.5]])


def test_between_two_numbers_both_ends_included(lab: Lab) -> None:
    assert found(lab, ["price", "between", [12.5, 20.5]]) == [3, 4, 5, 6, 8, 9, 10, 11]
    assert found(lab, ["price", "between", [None, 11]]) == [1]
    assert found(lab, ["price", "between", [85, None]]) == [76, 78, 79]
    assert found(lab, ["price", "between", [None, None]]) == [n for n in NUMBERS if price(n) is not None]


def test_words_in_any_text_whatever_their_case(lab: Lab) -> None:
    assert found(lab, ["", "holds", "ROOF birch"]) == []  # every roof is a Cedar
    assert found(lab, ["", "holds", "roof CEDAR"]) == [n for n in NUMBERS if n % 3 == 2]
    assert found(lab, ["", "holds", "0042"]) == [42]
    assert found(lab, ["brand", "holds", "ed"]) == [n for n in NUMBERS if n % 3 == 2]
    assert found(lab, ["", "holds", "  "]) == list(NUMBERS)
    assert found(lab, ["", "holds", "%"]) == [], "nothing in a text is a pattern"


def test_every_condition_must_be_met(lab: Lab) -> None:
    three = (["brand", "is", ["Alder"]], ["price", "between", [20, 60]], ["", "holds", "disc"])
    assert found(lab, *three) == [n for n in NUMBERS if n % 3 == 0 and (price(n) or 0) >= 20 and (price(n) or 99) <= 60]


def test_dates_are_filtered_between_dates() -> None:
    from looks_like.explorer.search.filters import _is_between

    moments = pa.chunked_array([pa.array(["2026-01-01", "2026-02-01", None]).cast(pa.timestamp("ms"))])
    condition = Condition("since", "between", ("2026-01-15", None))
    assert _is_between(moments, condition).to_pylist() == [False, True, None]
    with pytest.raises(RequestError, match="is a date"):
        _is_between(moments, Condition("since", "between", (3, None)))


def test_an_answer_can_not_be_changed_by_who_got_it(lab: Lab) -> None:
    with pytest.raises(ValueError, match="read-only"):
        mask(lab, Filter.from_text('[["brand","is",["Alder"]]]'))[0] = False


def test_a_filter_says_itself_in_words() -> None:
    said = [["brand", "is", ["Alder", None]], ["price", "between", [10, 50]], ["year", "between", [2016, None]]]
    said += [["", "holds", "boot"], ["", "tagged", ["hero", "sale"]], ["", "untagged", [""]]]
    chosen = Filter.from_text(json.dumps(said))
    assert chosen.words() == (
        "brand is Alder or not given, price 10 to 50, year 2016 or more, holds “boot”, tagged hero or sale, not tagged"
    )
    assert chosen.without(0).words().startswith("price 10")


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(max_size=9), st.just("is"), st.lists(st.none() | st.text(max_size=9), min_size=1, max_size=4))
        | st.tuples(st.text(max_size=9), st.just("holds"), st.text(max_size=9)),
        max_size=5,
    )
)
def test_a_filter_survives_its_link(said: list[tuple[str, str, object]]) -> None:
    chosen = Filter.from_text(json.dumps(said))
    assert Filter.from_text(chosen.text()) == chosen
    assert hash(chosen) == hash(Filter.from_text(chosen.text()))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("{}", "a filter is a list"),
        ("[3]", "a condition of a filter is"),
        ('[["a","is"]]', "a condition of a filter is"),
        ('[["a","eval",["x"]]]', "a filter has no 'eval'"),
        ('[["a","is",[]]]', "a list of 1 to 200 values"),
        ('[["a","is",[{}]]]', "a list of 1 to 200 values"),
        ('[["a","between",[1]]]', "two numbers or dates"),
        ('[["a","between",[1,"x"]]]', "two numbers or dates"),
        ('[["a","between",[1,Infinity]]]', "two numbers or dates"),
        ('[["a","holds",3]]', "a text of at most"),
        ('[["","tagged","hero"]]', "a list of 1 to 200 tags"),
        (json.dumps([["a", "is", ["x"]]] * 21), "at most 20 conditions"),
        (json.dumps([["a", "holds", "x" * 201]]), "at most 200 characters"),
    ],
)
def test_what_a_link_may_not_say(text: str, says: str) -> None:
    with pytest.raises(RequestError, match=says):
        Filter.from_text(text)


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        (["colour", "is", ["x"]], "no attribute 'colour' to filter by; there are: brand, price, year"),
        (["_picture", "is", ["x"]], "no attribute '_picture'"),
        (["brand", "between", [1, 2]], "'brand' is text"),
        (["price", "between", ["2026-01-01", None]], "'price' is a number"),
    ],
)
def test_a_condition_that_this_catalogue_can_not_meet_is_a_sentence(
    lab: Lab, condition: list[object], says: str
) -> None:
    with pytest.raises(RequestError, match=says):
        found(lab, condition)


def test_one_odd_price_does_not_squeeze_the_others_together() -> None:
    stops = _stops(np.array([*range(1, 1001), 40_000], float))
    assert (stops[0], stops[-1]) == (1, 40_000)
    assert stops[len(stops) // 2] == pytest.approx(500, rel=0.1)
    assert _stops(np.array([3.0, 3.0])) == (3.0,)


def test_attributes_offer_their_values_or_their_range(lab: Lab) -> None:
    offered = {choice.attribute: choice for choice in choices(lab)}
    assert offered["brand"].values == BRANDS
    assert offered["brand"].kind == "values"
    stops = offered["price"].values
    assert (offered["price"].kind, stops[0], stops[-1]) == ("numbers", 10.5, 88.5)
    assert list(stops) == sorted(set(stops))
    assert 30 <= len(stops) <= 41
    assert set(offered["year"].values) == set(range(2015, 2024))
