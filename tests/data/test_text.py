"""Hostile text becomes one plain line, and what is refused is refused by one rule."""

import csv
import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from looks_like.data.tables import KINDS, table_writer, write_lines
from looks_like.data.text import has_controls, is_visible, one_line


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\x7fb", "\ud800", "a\u2028b", "\u202eevil", "\u200fa", "a\u200bb", "\ufeffa"]
)
def test_what_can_not_be_seen_or_turns_the_text_is_blank(text: str) -> None:
    assert not is_visible(text)
    assert is_visible(one_line(text))


@pytest.mark.parametrize("text", ["", "a b", "日本語", "👩\u200d👧", "می\u200cخواهم", "é", "5\xa0€"])
def test_letters_of_all_scripts_and_what_joins_them_stay(text: str) -> None:
    assert is_visible(text)
    assert one_line(text) == text.replace("\xa0", " ")


@given(st.text(max_size=200), st.integers(1, 80))
def test_any_text_is_one_visible_line_of_so_many_characters(text: str, most: int) -> None:
    line = one_line(text, most)
    assert len(line) <= most
    assert is_visible(line)
    assert line == " ".join(line.split())


def test_ids_keep_all_but_controls_and_halves() -> None:
    assert has_controls("a\nb")
    assert has_controls("\udc80")
    assert not has_controls("a\u202eb =1")


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_written_in_parts_and_says_the_same_in_every_kind(kind: str) -> None:
    table = pa.table(
        {"=a": ["=1+1", "-5", None], "x": np.array([0.1, np.nan, 2], np.float32), "t": [["a", "b"], [], None]}
    )
    out = io.BytesIO()
    with table_writer(out, kind, table.schema) as write:
        write(table.slice(0, 2))
        write(table.slice(2))
    if kind == "parquet":
        assert pq.read_table(io.BytesIO(out.getvalue())).drop_columns("x").equals(table.drop_columns("x"))
    elif kind == "jsonl":
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        assert lines[0] == {"=a": "=1+1", "x": 0.1, "t": ["a", "b"]}
        assert [line["x"] for line in lines] == [0.1, None, 2]
    else:
        rows = list(csv.reader(io.StringIO(out.getvalue().decode())))
        assert rows == [["'=a", "x", "t"], ["'=1+1", "0.1", '["a", "b"]'], ["-5", "", "[]"], ["", "2", ""]]


def test_lines_of_a_report_hold_no_formula() -> None:
    out = io.StringIO(newline="")
    write_lines(out, [["a", 1], ["＝1+1", -1], ["'=x", None]])
    assert list(csv.reader(io.StringIO(out.getvalue()))) == [["a", "1"], ["'＝1+1", "-1"], ["''=x", ""]]
