"""Conditions that strangers type: what they may ask, and what they may not."""

import operator
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from looks_like.data.catalogue import Catalogue, open_catalogue
from looks_like.data.conditions import CHARACTERS_MAX, NESTING_MAX, Marks, asks_for, met_by
from looks_like.data.errors import CatalogueError
from looks_like.data.importing import import_source
from looks_like.data.sources import Columns
from looks_like.data.text import is_visible
from looks_like.data.workspace import Workspace


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory, write_table: Callable[..., Path], open_shop: Any) -> Catalogue:
    """12 products; a column has the name of a word of SQL, another one a capital."""
    shop = open_shop(tmp_path_factory.mktemp("shop"), 12)
    headers = ["id", "image", "title", "Brand", "price", "from", "made", "in stock"]
    rows: list[list[object]] = []
    for number in range(12):
        image = f"{number:04d}.{'png' if number % 2 else 'jpg'}"
        brand, price = ("Alder", "Birch", "O'Hara")[number % 3], "" if number == 7 else 10 * number
        made = f"20{10 + number}-01-31"
        rows.append([f"p{number}", image, f"Disc {number}", brand, price, number % 2, made, number < 6])
    table = write_table(shop.folder / "t.csv", headers, rows)
    workspace = Workspace(tmp_path_factory.mktemp("w"))
    for _ in import_source(workspace, str(table), Columns(product_id="id", image="image", name="title")):
        pass
    return open_catalogue(workspace)


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("price < 30", [0, 1, 2]),
        ("PRICE <= 30 AND Brand = 'Alder'", [0, 3]),
        ("brand = 'O''Hara'", [2, 5, 8, 11]),
        ("\"Brand\" in ('Birch') and not price > 50", [1, 4]),
        ("price is null", [7]),
        ("price between 19.5 and 3.5e1", [2, 3]),
        ("price between 90 and 1e3 or product_id = 'p0'", [0, 9, 10, 11]),
        ("name like '%1_' and `price` >= 110", [11]),
        ("`from` = 1 and price < 40", [1, 3]),
        ("from = 1 and price < 40", [1, 3]),
        ("lower(brand) = 'birch' and starts_with(name, 'Disc 1')", [1, 10]),
        ("made >= date '2020-01-01'", [10, 11]),
        ("date_part('year', made) = 2012", [2]),
        ("(price + 10) * 2 = -(-40)", [1]),
        ("brand = 'no such brand'", []),
        ("true", list(range(12))),
    ],
)
def test_a_condition_finds_its_rows(catalogue: Catalogue, sql: str, rows: list[int]) -> None:
    found = catalogue.rows_where(sql)
    assert found.tolist() == rows
    assert found.dtype == np.int64


HOSTILE = {
    "another statement": "price > 1; drop table products",
    "another table": "product_id in (select product_id from codes)",
    "a union": "price > 1 union select 1",
    "our own columns": "length(_picture) > 0",
    "our own columns, quoted": "\"_picture_sha256\" = 'x'",
    "our own columns, of another case": "_NUMBER = 1",
    "the row id": "_rowid = 1",
    "a function that fills the memory": "length(repeat(brand, 1000000000)) > 0",
    "a function that is never the same": "random() > 0.5",
    "a quoted function": "\"repeat\"(brand, 9) = 'x'",
    "a comment": "price > 1 /* and more */",
    "a line comment": "price > 1 -- and more",
    "no end of the text": "brand = 'x",
    "no end of the name": "`brand = 1",
    "a backslash": "brand = 'x' \\g",
    "a parameter": "price > $1",
    "another alphabet": "prіce > 1",
    "nothing": "  ",
    "no condition": "price",
    "a number for a condition": "1",
    "a comparison of unlike things": "price > 'abc'",
    "half a sum": "price >",
    "too many brackets": "(" * 900 + "price > 1" + ")" * 900,
    "too long": " or ".join(["price = 1"] * 400),
    "a lone surrogate": "brand = '\ud800'",
    "one bracket too many": "(" * (NESTING_MAX + 1) + "true" + ")" * (NESTING_MAX + 1),
    "not, not, not": "not " * 300 + "true",
    "minus, minus": "- " * 300 + "1 = 1",
    "an expression that explodes": "regexp_like(brand, '(((a{99}){99}){99}){99}')",
    "a cast that can't be": "cast(brand as int) = 1",
}


@pytest.mark.parametrize("sql", HOSTILE.values(), ids=HOSTILE)
def test_what_may_not_be_asked_is_refused_in_a_line(catalogue: Catalogue, sql: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        catalogue.rows_where(sql)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 700
    assert len(open_rows(catalogue)) == 12, "nothing was written"


def open_rows(catalogue: Catalogue) -> list[int]:
    return catalogue.rows_where("price is null or price is not null").tolist()


@pytest.mark.parametrize("sql", ["pric < 3", "price < 'abc'", "lenght(brand) = 3 or x"])
def test_a_mistake_lists_what_can_be_asked(catalogue: Catalogue, sql: str) -> None:
    with pytest.raises(CatalogueError, match=r"price \(number\)|functions: abs, cast, ceil"):
        catalogue.rows_where(sql)


def test_deep_and_long_conditions_are_answered_up_to_their_length(catalogue: Catalogue) -> None:
    long = "+".join(["price"] * 300) + " >= 0"
    assert len(long) <= CHARACTERS_MAX
    assert len(catalogue.rows_where(long)) == 11
    deep = "(" * NESTING_MAX + "price >= 0" + ")" * NESTING_MAX
    assert len(catalogue.rows_where(deep)) == 11
    busy = "(1 = 1 and 0 <> 1 * (" * 20
    with pytest.raises(CatalogueError):
        catalogue.rows_where(busy)


# -- every kind of attribute ------------------------------------------------------------------------------------------

BIG = 2**53 + 1  # the first whole number that no double is
AFTERNOON, MIDNIGHT, FEBRUARY = datetime(2026, 1, 31, 15), datetime(2026, 1, 31), datetime(2026, 2, 1)
ROWS = pa.table(
    {
        "価格": pa.array([50, 150, None, BIG]),
        "a b": pa.array([1.5, float("nan"), None, 3.0]),
        "x.y": pa.array([True, False, None, True]),
        "price €": pa.array([12.5, 20.0, 100.0, None]),
        "colour": ["red", "Blue", None, "re_d"],
        "Colour": ["1", "2", "3", "4"],
        "launched": pa.array([AFTERNOON, MIDNIGHT, FEBRUARY, None], pa.timestamp("ms")),
        "day": pa.array([date(2026, 1, 31), date(2026, 2, 1), None, date(1, 1, 1)]),
        "at": pa.array([AFTERNOON, datetime(2026, 1, 31, 23, 30), MIDNIGHT, None], pa.timestamp("us", "Europe/Berlin")),
        "sizes": pa.array([[38, 39], [39, BIG], [], None], pa.list_(pa.int64())),
        "materials": pa.array([["wool", None], ["silk"], ["wool", "silk"], None], pa.list_(pa.string())),
        "rating": pa.array([1.0, 2.0, 3.0, 4.5]),
        'say "hi" `x`': pa.array([1, 2, 3, 4]),
    }
)
TAGGED = {"summer": np.array([True, False, True, False]), "sale": np.array([False, False, True, False])}
TAGS = {"tag": Marks(list(TAGGED), lambda word: TAGGED.get(word.lower()), lambda: TAGGED["summer"] | TAGGED["sale"])}


def asked(sql: str, rows: pa.Table = ROWS) -> list[int]:
    return np.flatnonzero(met_by(sql, rows, {"price €": "€"}, TAGS)).tolist()


ANSWERS = [
    # names as people wrote them
    ("価格 < 100", [0]),
    ('"a b" > 1 and `a b` < 2', [0]),
    ("x.y and not x.y = false", [0, 3]),
    ('"price €" between 12.5 and 20', [0, 1]),
    ('"say ""hi"" `x`" = 2', [1]),
    ('`say "hi" ``x``` = 2', [1]),
    ("colour = 'red' or Colour = '2'", [0, 1]),
    ("LAUNCHED is null", [3]),
    # whole numbers as they are
    (f"価格 = {BIG}", [3]),
    (f"価格 = {BIG - 1}", []),
    (f"価格 = {BIG - 1}.0", []),
    (f"価格 in ({BIG}, 50)", [0, 3]),
    (f"価格 > {BIG - 1} and 価格 >= {BIG - 1}.0 and 価格 < {BIG + 1}.0", [3]),
    ("価格 < 1e400 and 価格 > -1" + "0" * 400, [0, 1, 3]),
    (f"sizes = {BIG}", [1]),
    ("価格 <> 50.5 and 価格 > 50.5", [1, 3]),
    # missing, and what nobody can know
    ('"a b" is null', [1, 2]),
    ('not "a b" > 2', [0]),
    ('"a b" > 2 or rating < 3', [0, 1, 3]),
    ("rating in (1, null)", [0]),
    ("rating not in (1, null)", []),
    ("rating / 0 > 0 or rating / 0 <= 0", []),
    ("rating = null or x.y = null", []),
    ("x.y is not true", [1, 2]),
    # numbers reckoned with
    ("9223372036854775807 + 価格 > 3", [0, 1, 3]),
    ("価格 % 100 = 50", [0, 1]),
    ("価格 / 100 = 0.5", [0]),
    ("-9223372036854775808 % -1 = 0 and abs(-9223372036854775808) > 0 and round(4.5) = 5", [0, 1, 2, 3]),
    ("1.5 * 2 = 3 and coalesce(価格, 0.5) < 1", [2]),
    # days are whole
    ("launched = '2026-01-31'", [0, 1]),
    ("launched <> '2026-01-31'", [2]),
    ("launched between '2026-01-01' and '2026-01-31'", [0, 1]),
    ("launched between date '2026-01-01' and date '2026-01-31'", [0, 1]),
    ("launched > '2026-01-31'", [2]),
    ("'2026-01-31' >= launched", [0, 1]),
    ("launched in ('2026-01-31', '2026-02-01 00:00')", [0, 1, 2]),
    ("launched = timestamp '2026-01-31'", [1]),
    ("launched = '2026-01-31 15:00'", [0]),
    ("day = '2026-01-31' or day < date '0001-01-02'", [0, 3]),
    ("date_trunc('month', launched) = '2026-02-01' or date_part('hour', launched) = 15", [0, 2]),
    ("cast(launched as date) = launched", [0, 1, 2]),
    # zones: on their own clocks, unless the other has one too
    ("at = '2026-01-31'", [0, 2]),
    ("at = '2026-02-01' and date_part('hour', at) = 0", [1]),
    ("at = '2026-01-31T15:00:00Z' or at = '2026-01-31T01:00:00+01:00'", [0, 2]),
    ("at = '2026-01-31 16:00'", [0]),
    ("at > '0001-01-01T00:00+14:00' and at < '9999-12-31T23:59:59.999999-14:00'", [0, 1, 2]),
    # lists, by one of their values
    ("sizes = 38", [0]),
    ("sizes <> 38", [1]),
    ("sizes in (38, 40)", [0]),
    ("sizes not in (38, 40)", [1]),
    ("sizes is null", [2, 3]),
    ("sizes > 39.5 or sizes between 37 and 38", [0, 1]),
    ("materials = 'wool' and not materials = 'silk'", [0]),
    ("materials like '%OO%'", []),
    ("materials ilike '%OO%'", [0, 2]),
    # words on products
    ("tag = 'summer'", [0, 2]),
    ("tag = 'SUMMER' and tag <> 'sale'", [0]),
    ("tag in ('sale', 'summer')", [0, 2]),
    ("tag not in ('sale')", [0, 1, 3]),
    ("tag is null", [1, 3]),
    ("tag like 's%e'", [2]),
    ("not tag like '%'", [1, 3]),
    # texts
    ("colour like 're\\_d'", [3]),
    ("colour like 're!_d' escape '!'", [3]),
    ("colour like 're_d' and colour not like 'red'", [3]),
    ("regexp_like(colour, '^[a-z]+$') and starts_with(colour, 'r')", [0]),
    ("upper(trim(' x ')) = 'X' and length(colour) = 3", [0]),
    ("cast(Colour as int) > 2", [2, 3]),
]


@pytest.mark.parametrize(("sql", "rows"), ANSWERS, ids=[sql for sql, _ in ANSWERS])
def test_every_kind_answers_as_people_mean_it(sql: str, rows: list[int]) -> None:
    assert asked(sql) == rows


SENTENCES = {
    "raiting > 3": "'raiting' is no attribute: did you mean 'rating'? (at character 1). Attributes: ",
    "rating > 'x'": "rating is a number: write rating > 3, not rating > 'x' (at character 10)",
    "\"price €\" < '12,50'": '"price €" is money in €: write "price €" < 12.50, not',
    "colour = 3": "colour is text: write colour = '3', not colour = 3",
    "x.y = 'no'": "x.y is yes or no: write x.y = false",
    "x.y > true": "x.y is yes or no: compare it by = or <>",
    "COLOUR = 'x'": "may be several attributes: write colour or Colour",
    "launched > 'yesterday'": "launched is a date: write launched > '2026-01-31'",
    "launched = '2026-02-30'": "launched is a date",
    "launched = '2026-01-31T15:00Z'": "launched has no time zone: write the time without one",
    "day = date '31.1.2026'": "is no date: write date '2026-01-31'",
    "sizes = 'x'": "sizes is a list of numbers: write sizes = 3",
    "sizes = rating": "sizes is a list of numbers: compare it with a value",
    "abs(sizes) = 1": "sizes holds many values: ask for one of them",
    "colour = rating": "colour is text and rating is a number: the two can't be compared",
    "rating": "rating is a number and no condition: write one such as rating = 3",
    "tag = 'summr'": "no product was ever given the tag 'summr': did you mean 'summer'?",
    "tag > 'a'": "tag is asked by =, <>, in, like or is null",
    "1 < rating < 3": "two comparisons in a row",
    "rating > 3)": "this ) closes nothing",
    "(rating > 3": "')' is missing for the ( at character 1: the condition ends in its place",
    "rating 3": "'3' can't stand here: an operator such as =, <, and",
    "colour = ‘red’": "‘ can't stand in a condition: text stands in straight single quotes",
    "colour = 'O'Hara'": "this text has no end",
    "in = 3": 'the attribute of that name is written "in"',
    "rating in 3": "'(' is missing after in",
    "rating between 1 or 3": "'and' is missing after between and a value",
    "rating is 3": "after is stands null, not null, true or false",
    "rating like '1%'": "rating is a number: like asks for texts; write rating = 3",
    "launched + 1 > 2": "launched is a date: only numbers can be added",
    "date_part('yeer', launched) = 1": "date_part() takes first one of 'year'",
    "lenght(colour) = 1": "'lenght' is no function: did you mean length?",
    "round(rating, 400) = 1": "round() takes how many digits, at most 15",
    "coalesce(rating, 'x') = 1": "coalesce() takes values of one kind, not number and text",
}


@pytest.mark.parametrize("sql", SENTENCES)
def test_a_mistake_says_where_it_is_and_what_would_be_right(sql: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        asked(sql)
    said = str(refused.value)
    assert SENTENCES[sql] in said
    assert "at character " in said
    assert "\n" not in said
    assert len(said) < 700


def test_an_attribute_comes_before_words_of_its_name() -> None:
    rows = ROWS.append_column("Tag", pa.array(["a", "b", "a", None]))
    assert asked("tag = 'a'", rows) == [0, 2]
    assert asks_for("rating > 3 and TAG = 'a'", "tag")
    assert not asks_for("colour = 'tag'", "tag")


def test_numbers_of_every_column_with_no_rows_and_one() -> None:
    for sql, _ in ANSWERS:
        assert asked(sql, ROWS.slice(0, 0)) == [] or "tag" in sql
    assert asked("sizes = 39", ROWS.slice(1, 2)) == [0]


# -- the same as plain Python ------------------------------------------------------------------------------------------

Truth = bool | None
Asked = tuple[str, Callable[[dict[str, Any]], Truth]]


def _both(a: Truth, b: Truth) -> Truth:
    return False if a is False or b is False else None if a is None or b is None else True


def _not(a: Truth) -> Truth:
    return None if a is None else not a


def _either(a: Truth, b: Truth) -> Truth:
    return _not(_both(_not(a), _not(b)))


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge
}  # fmt: skip


def _comparing(left: Any, op: str, right: Any) -> Truth:
    return None if left is None or right is None else OPERATORS[op](left, right)


def _number_test(name: str, op: str, value: float) -> Asked:
    return f"{name} {op} {value!r}", lambda row: _comparing(row[name], op, value)


def _between(name: str, low: int, high: int) -> Asked:
    return f"{name} between {low} and {high}", lambda row: _both(
        _comparing(row[name], ">=", low), _comparing(row[name], "<=", high)
    )


def _among(name: str, values: list[int | None]) -> Asked:
    def test(row: dict[str, Any]) -> Truth:
        found: Truth = False
        for value in values:
            found = _either(found, _comparing(row[name], "=", value))
        return found

    return f"{name} in ({', '.join('null' if value is None else str(value) for value in values)})", test


def _listed(op: str, value: int) -> Asked:
    def test(row: dict[str, Any]) -> Truth:
        if not row["list"]:
            return None
        return any(v is not None and OPERATORS[op](v, value) for v in row["list"])

    return f"list {op} {value}", test


def _day(op: str, value: date) -> Asked:
    return f"time {op} '{value}'", lambda row: _comparing(row["time"] and row["time"].date(), op, value)


def _moment(op: str, value: datetime) -> Asked:
    return f"time {op} '{value.isoformat(' ')}'", lambda row: _comparing(row["time"], op, value)


WHOLE = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3) | st.sampled_from([2**53, 2**53 + 1, -(2**53) - 1])
PART = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.5, 2.0**53, 2.0**63, -(2.0**63)])
MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)) | st.sampled_from([AFTERNOON, MIDNIGHT, FEBRUARY])
MOMENTS = MOMENTS.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
OPS = st.sampled_from(list(OPERATORS))
LITERALS = WHOLE | st.floats(0, 1e300).filter(lambda x: "inf" not in repr(x)) | st.integers(-(10**30), 10**30)
SIMPLE = (
    st.builds(_number_test, st.just("whole"), OPS, LITERALS)
    | st.builds(_number_test, st.just("part"), OPS, st.integers(-(2**53), 2**53) | st.floats(0, 1e300))
    | st.builds(_between, st.just("whole"), WHOLE, WHOLE)
    | st.builds(_among, st.just("whole"), st.lists(st.none() | WHOLE, min_size=1, max_size=4))
    | st.builds(_listed, st.sampled_from([op for op in OPERATORS if op != "<>"]), st.integers(-3, 3))
    | st.builds(_day, OPS, MOMENTS.map(datetime.date))
    | st.builds(_moment, OPS, MOMENTS)
    | st.sampled_from(["yes", "whole is null", "list is null", "null"]).map(
        lambda said: (
            said,
            lambda row: {"yes": row["yes"], "whole is null": row["whole"] is None, "list is null": not row["list"]}.get(
                said
            ),
        )
    )
)
CONDITIONS: st.SearchStrategy[Asked] = st.recursive(
    SIMPLE,
    lambda inner: (
        st.tuples(inner, inner).map(
            lambda two: (f"({two[0][0]}) and ({two[1][0]})", lambda row: _both(two[0][1](row), two[1][1](row)))
        )
        | st.tuples(inner, inner).map(
            lambda two: (f"({two[0][0]}) or ({two[1][0]})", lambda row: _either(two[0][1](row), two[1][1](row)))
        )
        | inner.map(lambda one: (f"not ({one[0]})", lambda row: _not(one[1](row))))
    ),
    max_leaves=6,
)
TABLE = st.lists(
    st.fixed_dictionaries(
        {
            "whole": st.none() | WHOLE,
            "part": st.none() | PART.map(lambda x: None if x != x else x),
            "yes": st.none() | st.booleans(),
            "time": st.none() | MOMENTS,
            "list": st.none() | st.lists(st.none() | st.integers(-3, 3), max_size=3),
        }
    ),
    max_size=6,
)
TYPES = {
    "whole": pa.int64(),
    "part": pa.float64(),
    "yes": pa.bool_(),
    "time": pa.timestamp("ms"),
    "list": pa.list_(pa.int64()),
}


@given(CONDITIONS, TABLE)
@settings(max_examples=400, deadline=None)
def test_a_condition_is_worked_out_as_plain_python_would(condition: Asked, rows: list[dict[str, Any]]) -> None:
    sql, test = condition
    assume(len(sql) <= CHARACTERS_MAX)
    table = pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in TYPES.items()})
    assert met_by(sql, table).tolist() == [test(row) is True for row in rows]


WORDS = [
    *(
        "価格",
        '"a b"',
        "x.y",
        "colour",
        "launched",
        "at",
        "sizes",
        "materials",
        "rating",
        "tag",
        "day",
        "'x'",
        "'2026-01-31'",
    ),
    *(
        "(",
        ")",
        ",",
        "and",
        "or",
        "not",
        "in",
        "is",
        "null",
        "like",
        "between",
        "escape",
        "=",
        "<>",
        "<",
        ">=",
        "+",
        "-",
    ),
    *(
        "*",
        "/",
        "%",
        "1",
        "2.5",
        "9" * 30,
        "1e999",
        "true",
        "false",
        "date '2026-01-31'",
        "timestamp '2026-01-31 10:00Z'",
    ),
    *(
        "cast(",
        "as",
        "int",
        "date",
        "boolean",
        "lower(",
        "date_part('year',",
        "date_trunc('week',",
        "coalesce(",
        "abs(",
    ),
    *(
        "round(",
        "regexp_like(",
        "'(a'",
        "select",
        ";",
        "--",
        '"',
        "_a",
        "\u200b",
        "\ud800",
        "\x00",
        "’",
        "≤",
        "🙂",
        "rating >",
        "sizes = 38",
    ),
]


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
@settings(max_examples=1_000, deadline=None)
def test_whatever_is_typed_is_answered_or_refused_in_a_sentence(sql: str) -> None:
    try:
        found_n = met_by(sql, ROWS, {}, TAGS)
    except CatalogueError as refused:
        said = str(refused)
        assert is_visible(said)
        assert len(said) < 900
        return
    assert (found_n.dtype, len(found_n)) == (bool, ROWS.num_rows)
