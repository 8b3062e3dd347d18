"""A table that was written is read as the same values again, whatever they are, in every format."""

import datetime as dt
import os
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unicodedata import normalize

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from looks_like.data.catalogue import Catalogue
from looks_like.data.sheets import kind_of, unit_of
from looks_like.data.sources import Columns
from looks_like.data.sources.table import read
from looks_like.data.text import one_line
from looks_like.explorer.selecting.export import write_products

EXAMPLES = int(os.environ.get("ROUND_TRIPS", "170"))  # for each of three formats
TIMES = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30))
ZONE = "+02:00"
ODD_TEXTS = '=1+1; =1+1;\'=x;-5;01234;1,299;2024-01-05;NULL;-;€ 5;["a"];a|b;yes;"5 inch;\';12E4;+49;\t=x;1e-05;16:09'
ODD_TEXTS += ";2024-01-05 10:00;99999999999999999999;0.5;\r;\n; "
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(
    ODD_TEXTS.split(";")
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
KINDS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "text": (pa.string(), TEXTS),
    "number": (pa.float64(), FLOATS),
    "whole": (pa.int64(), st.integers(-(10**18) + 1, 10**18 - 1)),
    "yes/no": (pa.bool_(), st.booleans()),
    "date": (pa.date32(), st.dates()),
    "time": (pa.timestamp("us"), TIMES),
    "zone": (pa.timestamp("us", ZONE), TIMES),
    "texts": (pa.list_(pa.string()), st.lists(TEXTS, max_size=3)),
    "numbers": (pa.list_(pa.int64()), st.lists(st.integers(-99, 99), max_size=3)),
    "money": (pa.float64(), st.decimals(-(10**9), 10**9, places=2).map(float)),
}
ODD_HEADERS = "über;価格;цвет;a b;x.y;1st;tags;name;image;file;a:text;price €;Colour;colour;=A1;_picture;product_id;'=x"
# as a catalogue has them: see `names_of`
HEADERS = (
    st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=8).map(partial(normalize, "NFC"))
    | st.sampled_from(ODD_HEADERS.split(";"))
).filter(lambda header: one_line(header, 200) == header)
SHOWN_AS = {"name": "name (attribute)", "product_id": "product_id (attribute)"}


@st.composite
def tables(draw: st.DrawFn) -> tuple[pa.Table, dict[str, str]]:
    """Attributes with their currencies."""
    count = draw(st.integers(1, 5))
    headers = draw(st.lists(HEADERS, min_size=1, max_size=4, unique=True))
    columns, units = {}, {}
    for header in headers:
        kind = draw(st.sampled_from(list(KINDS)))
        type_, values = KINDS[kind]
        cells = draw(st.lists(st.none() | values, min_size=count, max_size=count))
        columns[header] = pa.array(cells, type_)
        if kind == "money":
            units[header] = draw(st.sampled_from(["€", "US$", "EUR", "kr", "zł"]))
    return pa.table(columns), units


def lab_of(attributes: pa.Table, units: dict[str, str]) -> Any:
    count = attributes.num_rows
    ids = [f"p{i}" for i in range(count)]
    ours: dict[str, Any] = {"product_id": pa.array(ids), "name": pa.nulls(count, pa.string())}
    shown = attributes.rename_columns([_free(name) for name in attributes.column_names])
    rows = pa.table({**ours, **{name: shown[name] for name in shown.column_names}})
    catalogue = Catalogue(1, rows, None, np.arange(count), {_free(h): u for h, u in units.items()})  # type: ignore[arg-type]
    return SimpleNamespace(catalogue=lambda: catalogue, tag_state=lambda: SimpleNamespace(carried=[]), models=list)


def _free(header: str) -> str:
    """As `names_by_header` shows a name that is one of the store's."""
    return SHOWN_AS.get(header, f"{header} (attribute)" if header.startswith("_") else header)


def same(one: object, other: object) -> bool:
    if isinstance(one, dt.datetime) and isinstance(other, dt.datetime):
        return one == other
    return one == other and isinstance(one, bool) == isinstance(other, bool)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_what_is_exported_is_imported_as_it_was(kind: str, tmp_path: Path) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(tables())
    def holds(drawn: tuple[pa.Table, dict[str, str]]) -> None:
        lab = lab_of(*drawn)
        path = tmp_path / f"t.{kind}"
        with path.open("wb") as out:
            write_products(lab, None, kind, out)
        listing = read(str(path), Columns(known_products=True))
        was = lab.catalogue().rows.select(lab.catalogue().attributes)
        assert not listing.refused
        assert listing.product_ids == lab.catalogue().product_ids
        assert set(listing.attributes.column_names) == set(was.column_names)
        for name in was.column_names:
            field, now = was.schema.field(name), listing.attributes.schema.field(name)
            unit = lab.catalogue().units.get(name, "")
            before, after = was[name].to_pylist(), listing.attributes[name].to_pylist()
            before = [None if value == "" else value for value in before]
            assert all(map(same, before, after)), (name, before, after)
            if any(value is not None for value in before):
                assert (kind_of(now.type, unit_of(now)), unit_of(now)) == (kind_of(field.type, unit), unit)

    holds()
