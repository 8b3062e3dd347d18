"""Conditions that strangers type: what they may ask, and what they may not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from looks_like.data.catalogue import Catalogue, open_catalogue
from looks_like.data.conditions import CHARACTERS_MAX, safe_condition
from looks_like.data.errors import CatalogueError
from looks_like.data.importing import import_source
from looks_like.data.sources import Columns
from looks_like.data.workspace import Workspace

COLUMNS = {"product_id": pa.string(), "name": pa.string(), "brand": pa.string(), "price": pa.float64()}


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
    with pytest.raises(CatalogueError, match=r"price \(number\)|functions: abs, ceil"):
        catalogue.rows_where(sql)


def test_deep_and_long_conditions_are_answered_up_to_their_length(catalogue: Catalogue) -> None:
    long = "+".join(["price"] * 300) + " >= 0"
    assert len(long) <= CHARACTERS_MAX
    assert len(catalogue.rows_where(long)) == 11


WORDS = ["price", "brand", "'x'", "(", ")", "and", "not", "<", "1", "lower", ",", "in", "select", ";", "--", '"', "_a"]


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_what_passes_holds_known_words_alone(sql: str) -> None:
    try:
        safe = safe_condition(sql, COLUMNS)
    except CatalogueError:
        return
    assert ";" not in outside_texts(safe)
    assert "--" not in outside_texts(safe)
    assert "/*" not in outside_texts(safe)
    quoted = outside_texts(safe).split("`")[1::2]
    assert set(quoted) <= COLUMNS.keys()


def outside_texts(sql: str) -> str:
    """Without 'texts'."""
    return "".join(sql.split("'")[::2])
