"""How cells become values: what each kind takes, what stays text and why, and what is said about it."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest

from looks_like.data.errors import CatalogueError
from looks_like.data.sheets import Reading, convert, distinct, names_of, open_sheet, sniff, texts_of


def read(cells: list[Any], **how: Any) -> Reading:
    return sniff("a", [cell if cell != "" else None for cell in cells], range(1, len(cells) + 1), **how)


def values(cells: list[Any], **how: Any) -> list[object]:
    return list(read(cells, **how).values.to_pylist())


ZONE = dt.timezone(dt.timedelta(hours=2))
KINDS: dict[str, tuple[list[str], str, list[object]]] = {
    "whole numbers": (["1", "-20", ""], "number", [1, -20, None]),
    "fractions": (["1", "2.5", "1e-05", "1.5e+300"], "number", [1.0, 2.5, 1e-05, 1.5e300]),
    "thousands": (["1,299.00", "14"], "number", [1299.0, 14.0]),
    "a decimal comma": (["1.299,50", "2,5"], "number", [1299.5, 2.5]),
    "gaps between thousands": (["1\u00a0299,50", "2,5"], "number", [1299.5, 2.5]),
    "a decimal comma alone": (["12,5", "3"], "number", [12.5, 3.0]),
    "money before": (["€ 12.50", "13", "€1,299.00"], "money", [12.5, 13.0, 1299.0]),
    "money behind": (["12,50 €", "-3,00 €"], "money", [12.5, -3.0]),
    "money by code": (["EUR 12", "EUR 13.5"], "money", [12.0, 13.5]),
    "dollars of a country": (["US$5", "US$1,000"], "money", [5.0, 1000.0]),
    "minus before the sign": (["-€5", "€-5"], "money", [-5.0, -5.0]),
    "truths": (["TRUE", "no", "Y", "0"], "yes/no", [True, False, True, False]),
    "dates": (["2024-02-29", "0001-01-01", "9999-12-31"], "date", [dt.date(2024, 2, 29), dt.date.min, dt.date.max]),
    "dates with points": (["01.03.2024", "2.3.2024"], "date", [dt.date(2024, 3, 1), dt.date(2024, 3, 2)]),
    "month first, as 13 can be none": (["1/2/2024", "1/13/2024"], "date", [dt.date(2024, 1, 2), dt.date(2024, 1, 13)]),
    "day first, likewise": (["1/2/2024", "13/1/2024"], "date", [dt.date(2024, 2, 1), dt.date(2024, 1, 13)]),
    "times": (["2024-01-05 16:09", "2024-01-05T00:00:01.5"], "time", [
        dt.datetime(2024, 1, 5, 16, 9), dt.datetime(2024, 1, 5, 0, 0, 1, 500_000)]),
    "a zone": (["2024-01-05T00:30:00+02:00"], "time", [dt.datetime(2024, 1, 5, 0, 30, tzinfo=ZONE)]),
    "lists of JSON": (['["s", "m"]', "[]"], "list", [["s", "m"], []]),
    "lists of numbers": (["[38, 39]", "[40]"], "list", [[38, 39], [40]]),
    "lists with bars": (["red|blue", "blue | red", "red"], "list", [["red", "blue"], ["blue", "red"], ["red"]]),
    "words": (["Boot", "NULL", "none"], "text", ["Boot", "NULL", "none"]),
    "a time of day": (["16:09"], "text", ["16:09"]),
    "telephone numbers": (["+49301234", "+49305678"], "text", ["+49301234", "+49305678"]),
    "an article that looks like an exponent": (["12E4", "13E4"], "text", ["12E4", "13E4"]),
    "zeros and ones": (["0", "1"], "number", [0, 1]),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "kind", "expected"), KINDS.values(), ids=KINDS.keys())
def test_every_cell_of_a_kind_makes_the_column_one(cells: list[str], kind: str, expected: list[object]) -> None:
    reading = read(cells)
    assert (reading.kind, reading.values.to_pylist()) == (kind, expected)


STAYS: dict[str, tuple[list[str], str]] = {
    "a zero in front": (["7", "01234"], "stays text, not number: '01234' (row 2) begins with a zero"),
    "more digits than a number holds": (["1" * 20, "2"], "'11111111111111111111' (row 1) has more than 18 digits"),
    "more digits than a fraction holds": (["0.1234567890123456789", "2"], "has more than 17 digits"),
    "a whole number that fractions would change": (["9007199254740993", "0.5"], "too long for a number beside"),
    "a word among numbers": (["1", "2", "abc"], "'abc' (row 3) is no number"),
    "two currencies": (["€ 1", "€ 2", "$ 3"], "'$ 3' (row 3) is of another currency than €"),
    "no such day": (["2024-02-28", "2023-02-29"], "'2023-02-29' (row 2) is no day of the calendar"),
    "an order that nobody can know": (["1/2/2024", "3/4/2024"], "choose “date, day first” or “date, month first”"),
    "two orders": (["13/1/2024", "1/13/2024"], "may be day first or month first"),
    "two zones": (["2024-01-05 00:30+02:00", "2024-06-05 00:30+01:00"], "is of another time zone than the first"),
}


@pytest.mark.parametrize(("cells", "says"), STAYS.values(), ids=STAYS.keys())
def test_what_reading_would_change_stays_text_and_it_is_said_why(cells: list[str], says: str) -> None:
    reading = read(cells)
    assert (reading.kind, reading.values.to_pylist()) == ("text", cells)
    assert says in "".join(reading.notes)


def test_words_for_nothing_are_missing_among_numbers_and_it_is_said_where() -> None:
    reading = read(["4.5", "", "3", "NaN", "-", "n/a", "N/A", "none"])
    assert reading.values.to_pylist() == [4.5, None, 3.0, None, None, None, None, None]
    assert reading.missing == 6
    assert reading.notes == ("'NaN' (row 4), '-' (row 5), 'n/a' (row 6) …: read as missing",)


def test_a_number_that_was_rewritten_is_said_and_one_that_may_be_either_too() -> None:
    assert read(["1.299,50"]).notes == ("'1.299,50' (row 1) is read as 1299.5",)
    assert "if that is wrong, choose another decimal mark" in read(["1,299"]).notes[0]
    assert values(["1,299"]) == [1299]
    assert values(["1,299"], comma=True) == [1.299]
    assert values(["1.299"]) == [1.299]
    assert values(["1.299"], comma=True) == [1299]
    assert read(["1.5", "2"]).notes == ()


def test_where_a_file_has_types_a_text_is_one() -> None:
    assert read(["12", "13"], typed=True).kind == "text"
    assert read(["2024-01-05"], typed=True).kind == "date"
    assert values([1, 2.5], typed=True) == [1.0, 2.5]
    assert values([True, None], typed=True) == [True, None]
    assert values([[38, 39], [40]], typed=True) == [[38, 39], [40]]
    assert values([[38, "m"]], typed=True) == [["38", "m"]]
    assert values([{"a": 1}], typed=True) == ['{"a": 1}']
    assert read([13, "€ 12.50"], typed=True).unit == "€"
    assert values([5, "-", 7], typed=True) == [5, None, 7]
    assert values([10**20, 2], typed=True) == ["100000000000000000000", "2"]


def test_a_chosen_kind_is_kept_and_names_the_first_misfit() -> None:
    rows = range(1, 4)
    assert convert("a", ["01", "2", None], rows, "text").values.to_pylist() == ["01", "2", None]
    assert convert("a", ["1/2/2024"], [1], "date, month first").values.to_pylist() == [dt.date(2024, 1, 2)]
    assert convert("a", ["1/2/2024"], [1], "date, day first").values.to_pylist() == [dt.date(2024, 2, 1)]
    assert convert("a", ["1,299"], [1], "number, decimal comma").values.to_pylist() == [1.299]
    assert convert("a", ["a|b"], [1], "list").values.to_pylist() == [["a", "b"]]
    assert convert("a", ["2024-01-05"], [1], "time").values.to_pylist() == [dt.datetime(2024, 1, 5)]
    assert convert("a", ["2024-01-05 00:00:00"], [1], "date").values.to_pylist() == [dt.date(2024, 1, 5)]
    zones = convert("a", ["2024-01-05 00:30+02:00", "2024-06-05 00:30+01:00"], rows[:2], "time")
    assert [at.isoformat() for at in zones.values.to_pylist()] == [
        "2024-01-04T22:30:00+00:00",
        "2024-06-04T23:30:00+00:00",
    ]
    with pytest.raises(CatalogueError, match=r"'a' is a number, and 'x' \(row 3\) is no number.*--as \"a=text\""):
        convert("a", ["1", "2", "x"], rows, "number")
    with pytest.raises(CatalogueError, match="'colour' is no kind of column; there are: text; number"):
        convert("a", ["1"], [1], "colour")


def test_headers_are_told_apart() -> None:
    names, marks = names_of(["a", "a", "", "Gro\u0308ße", "x\ny", "zip:text", "a:b"])
    assert names == ["a", "a", "column 3", "Größe", "x y", "zip", "a:b"]
    assert marks == ["", "", "", "", "", "text", ""]
    assert names_of(["cluster shapes:result"]) == (["cluster shapes"], ["result"])
    assert distinct(["a", "a", "a (2)", "a"]) == ["a", "a (2)", "a (2) (2)", "a (3)"]


# -- files of text -----------------------------------------------------------------------------------------------------


def csv_of(folder: Path, content: str | bytes, name: str = "t.csv") -> Any:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return open_sheet(folder / name)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str, tmp_path: Path) -> None:
    rows = [["id", "name", "price"], ["1", "Boot", "12"], ["2", '"a, b; c"', "13"]]
    sheet = csv_of(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    assert sheet.headers == rows[0]
    assert sheet.columns[1] == ["Boot", "a, b; c"]


def test_what_excel_says_about_the_delimiter_is_obeyed(tmp_path: Path) -> None:
    assert csv_of(tmp_path, "sep=;\r\nid;a,b\r\n1;2,5\r\n").headers == ["id", "a,b"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_is_found_and_a_guess_is_said(encoding: str, tmp_path: Path) -> None:
    sheet = csv_of(tmp_path, "id,straße\n1,Größe\n".encode(encoding))
    assert (sheet.headers, sheet.columns[1]) == (["id", "straße"], ["Größe"])
    assert any("Windows-1252" in note for note in sheet.notes) == (encoding == "cp1252")


def test_a_quote_that_never_closes_takes_no_other_row_with_it(tmp_path: Path) -> None:
    text = 'id,name\n1,a\n2,"5 inch heel\n3,"b, c"\n4,"two\nlines"\n5,6" sole\n'
    for name in ("t.csv", "t.tsv"):
        sheet = csv_of(tmp_path, text.replace(",", "\t") if name == "t.tsv" else text, name)
        assert sheet.columns[0] == ["1", "2", "3", "4", "5"]
        assert sheet.columns[1][1] == '"5 inch heel'
        assert sheet.columns[1][3:] == ["two\nlines", '6" sole']
        assert sheet.notes[-1] == "a quote opens and never closes in row 2: read as it stands there"


def test_a_torn_row_is_named_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    sheet = csv_of(tmp_path, "id,name\n1,a\n2\n3,c\n4,d,\n5,e,f\n")
    assert (sheet.columns[0], sheet.rows) == (["1", "3", "4"], [1, 3, 4])
    assert [row.where for row in sheet.refused] == ["row 2", "row 5"]


def test_a_cell_of_megabytes_is_refused_by_its_row(tmp_path: Path) -> None:
    sheet = csv_of(tmp_path, f"id,name\n1,{'x' * 2_000_000}\n2,b\n")
    assert sheet.columns[0] == ["2"]
    assert "more than 1,000,000 characters" in sheet.refused[0].reason


def test_what_an_export_guards_an_import_unguards(tmp_path: Path) -> None:
    sheet = csv_of(tmp_path, "id,name\n'=A1,'-x\n'' =1,'plain\n")
    assert sheet.columns == [["=A1", "' =1"], ["-x", "'plain"]]


# -- other files -------------------------------------------------------------------------------------------------------


def test_json_lines_keep_their_digits_and_name_their_torn_rows(tmp_path: Path) -> None:
    lines = ['{"id": 1723000000000000001, "x": 123456789012345678901}', "{torn", '{"id": 2, "y": NaN}', "[1]", ""]
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    sheet = open_sheet(tmp_path / "t.jsonl")
    assert texts_of(sheet.cells("id")) == ["1723000000000000001", "2"]
    assert sheet.cells("x") == ["123456789012345678901", None]
    assert sheet.cells("y") == [None, None]
    assert [row.where for row in sheet.refused] == ["row 2", "row 4"]


def test_json_that_is_deep_or_huge_is_a_refused_row(tmp_path: Path) -> None:
    lines = ["[" * 100_000, '{"a": ' + "9" * 5000 + "}", '{"a": "\\ud800"}', '{"a": 1}']
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    sheet = open_sheet(tmp_path / "t.jsonl")
    assert [row.where for row in sheet.refused] == ["row 1", "row 3"]
    assert texts_of(sheet.cells("a")) == ["9" * 5000, "1"]


def test_parquet_ids_that_are_fractions_lose_the_point_and_nan_is_missing(tmp_path: Path) -> None:
    table = pa.table({"id": [1001.0, 1002.0], "x": [float("nan"), 0.5], "t": pa.array([["s"], None])})
    pa.parquet.write_table(table, tmp_path / "t.parquet")
    sheet = open_sheet(tmp_path / "t.parquet")
    assert texts_of(sheet.cells("id")) == ["1001", "1002"]
    assert sniff("x", sheet.cells("x"), sheet.rows).values.to_pylist() == [None, 0.5]
    assert sniff("t", sheet.cells("t"), sheet.rows).values.to_pylist() == [["s"], None]


@pytest.mark.parametrize("unit", ["'; drop", "", "km", "€" * 9])
def test_a_currency_that_a_file_tells_and_nobody_writes_is_none(unit: str, tmp_path: Path) -> None:
    fields = [
        pa.field("price", pa.float64(), metadata={"unit": unit}),
        pa.field("cost", pa.float64(), metadata={"unit": "US$"}),
    ]
    pa.parquet.write_table(pa.table([[1.5], [2.5]], schema=pa.schema(fields)), tmp_path / "t.parquet")
    assert open_sheet(tmp_path / "t.parquet").units == {"cost": "US$"}


def workbook(path: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_has_types_of_its_own(tmp_path: Path) -> None:
    day, at = dt.date(2024, 1, 5), dt.datetime(2024, 1, 5, 16, 9)
    head = ["id", "zip", "price", "day", "at", "yes", "word"]
    path = workbook(tmp_path / "t.xlsx", ("s", [head, [1001, "01234", 12.5, day, at, True, "5"], [1002, "7", 13]]))
    sheet = open_sheet(path)
    read = {name: sniff(name, sheet.cells(name), sheet.rows, typed=True) for name in head}
    assert texts_of(sheet.cells("id")) == ["1001", "1002"]
    assert {name: reading.kind for name, reading in read.items()} == {
        "id": "number", "zip": "text", "price": "number", "day": "date", "at": "time", "yes": "yes/no", "word": "text",
    }  # fmt: skip
    assert read["zip"].values.to_pylist() == ["01234", "7"]
    assert read["at"].values.to_pylist() == [at, None]


def test_a_title_above_the_headers_merged_cells_and_other_sheets_are_said(tmp_path: Path) -> None:
    rows = [
        ["Spring 2026"],
        [],
        ["id", "brand", "file"],
        [1, "Alder", "a.png"],
        [2, None, "b.png"],
        [],
        [3, "Birch", "c"],
    ]
    path = workbook(tmp_path / "t.xlsx", ("empty", []), ("list", rows), ("notes", [["x"]]))
    book = openpyxl.load_workbook(path)
    book["list"].merge_cells("B4:B5")
    book.save(path)
    sheet = open_sheet(path)
    assert sheet.headers == ["id", "brand", "file"]
    assert sheet.cells("brand") == ["Alder", "Alder", "Birch"]
    assert sheet.notes == [
        "row 3 of the sheet holds the headers; what stands above is left out",
        "1 cells of merged ranges hold what the first of each does",
        "sheet 'list' was read, not 'empty', 'notes'",
    ]
    assert open_sheet(path, "notes").headers == ["x"]
    with pytest.raises(CatalogueError, match=r"there is no sheet 'other'\. Its sheets are: empty, list, notes"):
        open_sheet(path, "other")


@pytest.mark.parametrize("name", ["t.xlsx", "t.xls", "t.ods", "t.parquet"])
def test_bytes_that_are_no_workbook_are_a_sentence(name: str, tmp_path: Path) -> None:
    for content in (b"", b"PK", b"PK\x03\x04" + bytes(200), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CatalogueError, match="can't be read as a table"):
            open_sheet(tmp_path / name)


def test_an_empty_workbook_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no rows in this table"):
        open_sheet(workbook(tmp_path / "t.xlsx", ("s", [])))


def test_moments_of_which_one_is_midnight_are_moments(tmp_path: Path) -> None:
    moments = [dt.datetime(2024, 1, 5), dt.datetime(2024, 1, 6, 9, 30)]
    sheet = open_sheet(workbook(tmp_path / "t.xlsx", ("s", [["at"], *([at] for at in moments)])))
    assert sniff("at", sheet.cells("at"), sheet.rows, typed=True).values.to_pylist() == moments


def test_a_stray_cell_far_away_is_a_sentence_and_not_the_end_of_the_server(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "id"
    book.active["XFD1048576"] = "stray"
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(CatalogueError, match="a cell at column 16,384, row 1,048,576 makes its sheet too large"):
        open_sheet(tmp_path / "t.xlsx")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "content",
    [
        "id,price\n1,1" + " " * 100_000 + "abcde\n",
        "id,a,b\n" + 'x",y,"z\n' * 20_000,
        "id,a\n" + '"x,y\n' * 20_000,
    ],
    ids=["a gap in money", "quotes in the middle", "quotes that never close"],
)
def test_no_text_takes_long_to_read(content: str, tmp_path: Path) -> None:
    sheet = csv_of(tmp_path, content)
    for header, cells in zip(sheet.headers, sheet.columns, strict=True):
        sniff(header, cells, sheet.rows)


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
def test_more_columns_than_anybody_looks_at_are_a_sentence(name: str, tmp_path: Path) -> None:
    headers = [f"c{i}" for i in range(1001)]
    if name == "t.parquet":
        pa.parquet.write_table(pa.table({header: [1] for header in headers}), tmp_path / name)
    else:
        line = json.dumps(dict.fromkeys(headers, 1)) if name == "t.jsonl" else ",".join(headers)
        (tmp_path / name).write_text(f"{line}\n")
    with pytest.raises(CatalogueError, match="more than 1,000 columns"):
        open_sheet(tmp_path / name)


def test_values_of_strangers_in_parquet_are_values_or_missing(tmp_path: Path) -> None:
    late = pa.array([2**60, 0], pa.timestamp("us"))
    columns = {
        "bytes": (pa.array([b"p0", b"\xc3\xbc"], pa.binary()), ["p0", "ü"]),
        "raw": (pa.array([b"\xff\x00", None], pa.binary()), ["ff00", None]),
        "late": (late, [None, dt.datetime(1970, 1, 1)]),
        "late day": (pa.array([10**8, 0], pa.int32()).cast(pa.date32()), [None, dt.date(1970, 1, 1)]),
        "nans": (pa.array([[float("nan"), 1.5], []]), [[None, 1.5], []]),
        "zone": (pa.array([0, 1], pa.timestamp("us", "Mars/Base")), None),
    }
    for name, (column, expected) in columns.items():
        pa.parquet.write_table(pa.table({"a": column}), tmp_path / "t.parquet")
        sheet = open_sheet(tmp_path / "t.parquet")
        found = sniff("a", sheet.cells("a"), sheet.rows).values
        assert len(found.to_pylist()) == 2, name
        if expected is not None:
            assert found.to_pylist() == expected, name
