"""Filters over the shop, whose values follow from each product's number; and what a link may not say."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from looks_like.data.catalogue import Catalogue
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.filters.ends import end_text, read_end
from looks_like.explorer.search.filters.filter import Filter
from looks_like.explorer.search.filters.masks import mask, meets
from looks_like.explorer.search.filters.options import _choice, _stops, choices
from looks_like.explorer.search.filters.technical import is_technical

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


def at(column: pa.Array, *said: object) -> list[int]:
    """Rows of a column that meet one condition of a link."""
    condition = Filter.from_text(json.dumps([["it", *said]])).conditions[0]
    return [int(row) for row in np.flatnonzero(meets(pa.chunked_array([column]), condition))]


AFTERNOON, MIDNIGHT, FEBRUARY = datetime(2026, 1, 31, 15), datetime(2026, 1, 31), datetime(2026, 2, 1)
MOMENTS = [AFTERNOON, MIDNIGHT, FEBRUARY, None]
TIMES = {
    "ms": pa.array(MOMENTS, pa.timestamp("ms")),
    "us": pa.array(MOMENTS, pa.timestamp("us")),
    "zone": pa.array(
        [m and m.replace(tzinfo=ZoneInfo("Asia/Tokyo")) for m in MOMENTS], pa.timestamp("us", "Asia/Tokyo")
    ),
    "day": pa.array([m and m.date() for m in MOMENTS]),
}


@pytest.mark.parametrize("kind", TIMES)
def test_a_day_is_whole_wherever_a_range_ends(kind: str) -> None:
    column = TIMES[kind]
    assert at(column, "between", ["2026-01-01", "2026-01-31"]) == [0, 1]
    assert at(column, "between", ["2026-02-01", None]) == [2]
    assert at(column, "is", ["2026-01-31", "no date"]) == [0, 1]
    assert at(column, "is", [None]) == [3]
    assert at(column, "between", [None, "2026-01-31", True]) == [0, 1, 3]
    assert at(column, "newest", 1) == [2]
    assert at(column, "newest", 2) == [0, 1, 2]
    assert at(column, "between", ["0001-01-01", "9999-12-31"]) == [0, 1, 2]
    with pytest.raises(RequestError, match="is a date"):
        at(column, "between", [3, None])


def test_zones_are_seen_on_their_own_clocks_and_told_apart() -> None:
    assert at(TIMES["zone"], "between", ["2026-01-31T06:00:00Z", None]) == [0, 2]
    assert at(TIMES["zone"], "between", ["2026-01-31 15:00", "2026-01-31 15:00"]) == [0]
    assert at(TIMES["zone"], "between", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"]) == [0, 1, 2]
    with pytest.raises(RequestError, match="has no time zone"):
        at(TIMES["ms"], "between", ["2026-01-31T06:00:00Z", None])


def test_a_list_is_met_by_one_of_its_values() -> None:
    sizes = pa.array([[38, 39], [39, 2**53 + 1], [], None, [None, 50]], pa.list_(pa.int64()))
    assert at(sizes, "is", [38, "50"]) == [0, 4]
    assert at(sizes, "is", [None, 38]) == [0, 2, 3]
    assert at(sizes, "is", [2**53 + 1]) == [1]
    assert at(sizes, "is", [2**53]) == []
    assert at(sizes, "between", [40, 60]) == [4]
    assert at(pa.array([["wool", "silk"], ["silk"], None]), "is", ["wool"]) == [0]
    assert at(sizes.slice(1, 3), "is", [39]) == [0]


def test_whole_numbers_are_exact_and_nan_is_missing() -> None:
    big = 2**53
    whole = pa.array([big, big + 1, big + 2, None])
    assert at(whole, "is", [big + 1]) == [1]
    assert at(whole, "is", [str(big + 1)]) == [1]
    assert at(whole, "between", [big + 1, big + 1]) == [1]
    assert at(whole, "between", [-(10**250), 10**250]) == [0, 1, 2]
    assert at(pa.array([1.5, float("nan"), None]), "is", [None]) == [1, 2]
    assert at(pa.array([1.5, float("nan"), None]), "between", [None, None]) == [0]
    assert at(pa.array([1.5, float("nan"), None]), "between", [2, None, True]) == [1, 2]


def test_yes_and_no_are_asked_as_such() -> None:
    stocked = pa.array([True, False, None])
    assert at(stocked, "is", [True]) == at(stocked, "is", ["yes"]) == at(stocked, "is", ["true"]) == [0]
    assert at(stocked, "is", ["no", None]) == [1, 2]
    assert at(stocked, "is", ["perhaps"]) == []
    with pytest.raises(RequestError, match="is yes or no"):
        at(stocked, "between", [0, 1])


def test_one_and_true_are_kept_apart(lab: Lab) -> None:
    assert found(lab, ["year", "is", [2015]]) == [n for n in NUMBERS if n % 9 == 0]
    assert found(lab, ["year", "is", [True]]) == found(lab, ["year", "is", [1]]) == []


def test_every_kind_is_offered_as_it_can_be_asked() -> None:
    big = 2**53
    rows = pa.table(
        {
            "price": pa.array([9.5, 120.0, None] * 20),
            "gtin": pa.array([big + 7 * n for n in range(60)]),
            "stocked": pa.array([True, False, None] * 20),
            "sizes": pa.array([[38, 39], [37], None] * 20, pa.list_(pa.int64())),
            "launched": pa.array([datetime(2026, 1, 1 + n % 31, 12) for n in range(59)] + [None], pa.timestamp("us")),
            "far": pa.array([-(10**16), 10**16, *[None] * 58], pa.int64()).cast(pa.timestamp("ms")),
            "空": pa.nulls(60, pa.string()),
        }
    )
    catalogue = Catalogue(1, rows, None, np.empty(0, np.int64), {"price": "€"})  # type: ignore[arg-type]
    offered = {name: _choice(catalogue, name) for name in rows.column_names}
    assert (offered["price"].unit, offered["price"].words(9.5), offered["price"].missing) == ("€", "€ 9.50", 20)
    stops = offered["gtin"].values
    assert (stops[0], stops[-1]) == (big, big + 7 * 59)
    assert len(stops) > 20
    assert all(isinstance(stop, int) for stop in stops)
    assert [offered["stocked"].words(value) for value in offered["stocked"].values] == ["yes", "no", "not given"]
    assert (offered["sizes"].values, offered["sizes"].is_list) == ((37, 38, 39, None), True)
    assert (offered["launched"].kind, offered["launched"].newest) == ("dates", (7, 30))
    assert (offered["launched"].values[0], offered["launched"].values[-1]) == ("2026-01-01", "2026-01-31")
    assert (offered["far"].values, offered["far"].missing) == (("0001-01-01", "9999-12-31"), 58)
    assert (offered["空"].values, offered["空"].counts, offered["空"].technical) == ((None,), (60,), True)
    assert [offered["stocked"].counts, offered["sizes"].counts] == [(20, 20, 20), (20, 20, 20, 20)]


def test_an_answer_can_not_be_changed_by_who_got_it(lab: Lab) -> None:
    with pytest.raises(ValueError, match="read-only"):
        mask(lab, Filter.from_text('[["brand","is",["Alder"]]]'))[0] = False


def test_a_filter_says_itself_in_words() -> None:
    said = [["brand", "is", ["Alder", None]], ["price", "between", [10, 50]], ["year", "between", [2016, None]]]
    said += [["", "holds", "boot"], ["", "tagged", ["hero", "sale"]], ["", "untagged", [""]]]
    chosen = Filter.from_text(json.dumps(said))
    more = [
        ["price", "between", [10, None, True]],
        ["made", "newest", 30],
        ["sold", "is", [True]],
        ["n", "is", [2**60]],
    ]
    assert Filter.from_text(json.dumps(more)).words({"price": "€"}) == (
        "price € 10 or more, or not given, made in the newest 30 days, sold is yes, n is 1,152,921,504,606,846,976"
    )
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
        (f'[["a","between",[1,{"9" * 401}]]]', "two numbers or dates"),
        (f'[["a","is",[{"9" * 401}]]]', "a list of 1 to 200 values"),
        (f'[["a","is",[{"9" * 5000}]]]', "is not JSON"),
        ('[["a","is",["\\ud800"]]]', "is not JSON"),
        ('[["a\\ud800","is",["x"]]]', "is not JSON"),
        ('[["","tagged",["\\ud800"]]]', "is not JSON"),
        ('[["a","between",["0000-01-01",null]]]', "two numbers or dates"),
        ('[["a","between",["10000-01-01",null]]]', "two numbers or dates"),
        ('[["a","between",[1,2,false]]]', "perhaps true"),
        ('[["a","newest",0]]', "from 1 to 36,500"),
        ('[["a","newest",true]]', "from 1 to 36,500"),
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
        (["price", "newest", 30], "'price' is no date"),
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


def test_the_ends_of_a_range_are_round_and_hold_everything() -> None:
    thick_n = np.random.default_rng(0).random(1000)
    thick_n[3] = 7.070876968306994e-05
    assert _stops(thick_n)[0] == 0
    assert _stops(np.array([17.99, 18.99, 249.95] * 20))[0] == 17.99


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-1e9, 1e9) | st.floats(-1, 1), min_size=2, max_size=50))
def test_no_product_lies_beyond_the_ends_of_its_range(numbers: list[float]) -> None:
    stops = _stops(np.array(numbers))
    assert stops[0] <= min(numbers)
    assert stops[-1] >= max(numbers)
    assert list(stops) == sorted(set(stops))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        *(("numbers", text, 12.5) for text in ("12.5", "12,5", " € 12.50 ", "12,50 €")),
        *(("numbers", text, 1299) for text in ("1299", "1,299", "1 299")),
        *(("numbers", text, 1299.5) for text in ("1.299,50", "1,299.50", "EUR 1299.5")),
        *(("numbers", text, None) for text in ("", "   ")),
        *(("dates", text, "2026-01-31") for text in ("2026-01-31", "31.1.2026", "1/31/2026", "2026/1/31")),
        ("dates", "2026-01-31 14:30", "2026-01-31 14:30"),
    ],
)
def test_an_end_is_read_as_people_type_it_and_said_so_that_it_is_read_again(
    kind: str, text: str, value: float | str | None
) -> None:
    assert read_end(kind, text) == value
    assert read_end(kind, end_text(value)) == value


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("numbers", "cheap", "“cheap” is no number"),
        ("numbers", "9" * 100, "more than 18 digits"),
        ("numbers", "<b>" * 90, "is too long"),
        ("dates", "1/2/2026", "may be day first or month first: write it as 2026-01-31"),
        ("dates", "31.2.2026", "is no day of the calendar"),
        ("dates", "0000-01-01", "is no day of the calendar"),
    ],
)
def test_what_is_no_end_is_a_sentence(kind: str, text: str, says: str) -> None:
    with pytest.raises(RequestError, match=says):
        read_end(kind, text)


@pytest.mark.parametrize(
    ("name", "values", "unit", "technical"),
    [
        ("yaw", [0.5, 1.5] * 50, "", True),
        ("Source file", ["a", "b"] * 50, "", True),
        ("gtin", list(range(10**12, 10**12 + 50_000, 500)), "", True),
        ("ean", [f"40{n:011}" for n in range(100)], "", True),
        ("photo", [f"https://shop.example/{n % 9}" for n in range(100)], "", True),
        ("depth", list(np.random.default_rng(0).random(100)), "", True),
        ("brand", ["Alder"] * 100, "", True),
        ("product_type_id", list(range(100)), "", True),
        ("price", [9.5 + n for n in range(100)], "", False),
        ("paid", list(np.random.default_rng(0).random(100)), "€", False),
        ("height", [9.5 + n for n in range(100)], "", False),
        ("index_group_name", ["Men", "Women"] * 50, "", False),
        ("rank", list(range(100)), "", False),
    ],
)
def test_attributes_that_nobody_asks_for_are_known(name: str, values: list[object], unit: str, technical: bool) -> None:
    given = pa.array(values)
    assert is_technical(name, given, len(set(values)), unit) == technical


def test_attributes_offer_their_values_or_their_range(lab: Lab) -> None:
    offered = {choice.attribute: choice for choice in choices(lab)}
    assert offered["brand"].values == BRANDS
    assert offered["brand"].kind == "values"
    stops = offered["price"].values
    assert (offered["price"].kind, stops[0], stops[-1]) == ("numbers", 10.5, 88.5)
    assert list(stops) == sorted(set(stops))
    assert 30 <= len(stops) <= 41
    assert set(offered["year"].values) == set(range(2015, 2024))
