"""What goes in, what is refused with a reason, and what stays as it was: again, changed, killed, in two at once."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from PIL import Image

from looks_like.data.catalogue import Catalogue, catalogue_version, open_catalogue
from looks_like.data.csv_formulas import escape_formula_cell
from looks_like.data.errors import CatalogueError
from looks_like.data.importing import REPORT_FILE, ImportReport, import_source
from looks_like.data.schema import attribute_name, held_out
from looks_like.data.sources import Columns
from looks_like.data.workspace import Workspace, checked_name

ROOT = Path(__file__).resolve().parents[2]
WriteTable = Callable[..., Path]
Draw = Callable[..., Image.Image]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def pictures(tmp_path: Path, draw_product: Draw) -> Path:
    """A folder with a.png, b.png … f.png."""
    folder = tmp_path / "source"
    folder.mkdir()
    for number, letter in enumerate("abcdef"):
        draw_product(number).save(folder / f"{letter}.png")
    return folder


def take_in(workspace: Workspace, source: Path | str, columns: Columns | None = None) -> ImportReport:
    """Imports to the end; -> the last report."""
    return list(import_source(workspace, str(source), columns))[-1]


def refusals(workspace: Workspace) -> list[dict[str, str]]:
    with open(workspace.folder / REPORT_FILE, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def contents(catalogue: Catalogue) -> list[dict[str, Any]]:
    return list(catalogue.rows.to_pylist())


# -- sources -----------------------------------------------------------------------------------------------------


def test_a_folder_goes_in_with_its_shelves(workspace: Workspace, pictures: Path) -> None:
    (pictures / "shoes" / "high").mkdir(parents=True)
    (pictures / "a.png").rename(pictures / "shoes" / "high" / "a.b.png")
    (pictures / "notes.txt").write_text("not a picture, not listed")
    (pictures / ".hidden.png").write_bytes(b"")
    (pictures / ".thumbnails" / "large").mkdir(parents=True)
    for folder in (pictures / ".thumbnails", pictures / ".thumbnails" / "large"):
        shutil.copy(next(pictures.glob("*.png")), folder / "again.png")
    report = take_in(workspace, pictures)
    catalogue = open_catalogue(workspace)
    assert (report.added, report.refused, report.done, report.total) == (6, 0, 6, 6)
    assert report.version == catalogue.version == catalogue_version(workspace)
    assert catalogue.product_ids == ["b", "c", "d", "e", "f", "shoes/high/a.b"]
    assert catalogue.names[-1] == "a.b"
    assert catalogue.values(0) == {}
    assert catalogue.values(5) == {"folder": "shoes/high"}


ROWS: list[list[object]] = [["0042", "a.png", "Boot", 10.5, 2020], ["0043", "b.png", "Clog", "", 2021]]
HEADERS = ["sku", "picture", "title", "price", "year"]


def as_csv(path: Path, write_table: WriteTable) -> Path:
    return write_table(path / "t.csv", HEADERS, ROWS)


def as_tsv(path: Path, write_table: WriteTable) -> Path:
    return write_table(path / "t.tsv", HEADERS, ROWS)


def records() -> list[dict[str, object]]:
    return [{key: None if value == "" else value for key, value in zip(HEADERS, row, strict=True)} for row in ROWS]


def as_parquet(path: Path, write_table: WriteTable) -> Path:
    pa.parquet.write_table(pa.Table.from_pylist(records()), path / "t.parquet")
    return path / "t.parquet"


def as_jsonl(path: Path, write_table: WriteTable) -> Path:
    (path / "t.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records()))
    return path / "t.jsonl"


@pytest.mark.parametrize("write", [as_csv, as_tsv, as_parquet, as_jsonl])
def test_every_kind_of_table_says_the_same(
    write: Callable[[Path, WriteTable], Path], workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    report = take_in(workspace, write(pictures, write_table))
    catalogue = open_catalogue(workspace)
    assert report.added == 2
    assert catalogue.product_ids == ["0042", "0043"]
    assert catalogue.names == ["Boot", "Clog"]
    assert catalogue.values(0) == {"price": 10.5, "year": 2020}
    assert catalogue.values(1) == {"year": 2021}


def test_a_table_without_attributes_is_enough(workspace: Workspace, pictures: Path, write_table: WriteTable) -> None:
    take_in(workspace, write_table(pictures / "t.csv", ["id", "image"], [["1", "a.png"]]))
    catalogue = open_catalogue(workspace)
    assert (catalogue.attributes, catalogue.values(0), catalogue.names) == ([], {}, ["1"])


def test_a_table_saved_by_a_spreadsheet_begins_with_a_mark_and_is_read(workspace: Workspace, pictures: Path) -> None:
    (pictures / "t.csv").write_bytes("\ufeffid,image,brand\r\n1,a.png,Crème\r\n".encode())
    take_in(workspace, pictures / "t.csv")
    assert open_catalogue(workspace).values(0) == {"brand": "Crème"}


def test_columns_can_be_said(workspace: Workspace, pictures: Path, write_table: WriteTable) -> None:
    table = write_table(pictures / "t.csv", ["number", "shot", "id", "called"], [["7", "a.png", "x", "Boot"]])
    take_in(workspace, table, Columns("number", "shot", "called"))
    catalogue = open_catalogue(workspace)
    assert (catalogue.product_ids, catalogue.names, catalogue.values(0)) == (["7"], ["Boot"], {"id": "x"})


def test_pictures_may_lie_in_a_folder_images_beside_the_table(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    (pictures / "images").mkdir()
    (pictures / "a.png").rename(pictures / "images" / "a.png")
    table = write_table(pictures / "t.csv", ["id", "image"], [["1", "a.png"], ["2", "images/a.png"], ["3", "b.png"]])
    assert take_in(workspace, table).added == 3


SOURCE_MISTAKES: dict[str, tuple[str, bytes | None, str]] = {
    "nowhere": ("missing.csv", None, "there is no such file or folder"),
    "an address": ("http://shop.example/a.csv", None, "there is no such file or folder"),
    "another kind of file": ("t.docx", b"PK", "can't be imported; these can: "),
    "no bytes": ("t.csv", b"", "can't be read as a table"),
    "no rows": ("t.csv", b"id,image\n", "no rows in this table"),
    "no column for the id": ("t.csv", b"number,image\n1,a.png\n", "which column is the product_id? Say it with --id"),
    "no column for the picture": ("t.csv", b"id,shot\n1,front\n", "which column is the image? Say it with --image"),
    "a Parquet that is text": ("t.parquet", b"id,image\n1,a.png\n", "can't be read as a table"),
    "a JSONL that is CSV": ("t.jsonl", b"id,image\n1,a.png\n", "can't be read as a table"),
    "an Excel that is none": ("t.xlsx", b"PK", "can't be read as a table"),
    "bytes that are no text": ("t.csv", b"id,image\n\xff\xfe\0,a.png\n", "Save it as UTF-8"),
}


@pytest.mark.parametrize(("name", "content", "says"), SOURCE_MISTAKES.values(), ids=SOURCE_MISTAKES.keys())
def test_a_source_that_cannot_be_read_is_a_sentence(
    name: str, content: bytes | None, says: str, workspace: Workspace, pictures: Path
) -> None:
    if content is not None:
        (pictures / name).write_bytes(content)
    source = name if "://" in name else str(pictures / name)
    with pytest.raises(CatalogueError) as mistake:
        take_in(workspace, source)
    assert says in str(mistake.value)
    assert "\n" not in str(mistake.value)
    assert catalogue_version(workspace) == 0


def test_an_empty_folder_is_a_sentence(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CatalogueError, match="no pictures in this folder"):
        take_in(workspace, tmp_path / "empty")


def test_a_column_that_is_not_there_is_named_with_those_that_are(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    table = write_table(pictures / "t.csv", ["id", "image"], [["1", "a.png"]])
    with pytest.raises(CatalogueError, match=r"no column 'sku'. Its columns are: id, image"):
        take_in(workspace, table, Columns(product_id="sku"))


def test_ragged_rows_are_left_out_and_reported(workspace: Workspace, pictures: Path) -> None:
    (pictures / "t.csv").write_text("id,image,brand\n1,a.png,A\n2,b.png\n3,c.png,C,D\n4,d.png,D\n")
    report = take_in(workspace, pictures / "t.csv")
    assert (report.added, report.refused) == (2, 2)
    assert [line["reason"] for line in refusals(workspace)] == [
        "2 cells where the header has 3: 2,b.png",
        "4 cells where the header has 3: 3,c.png,C,D",
    ]


def test_an_empty_workspace_says_what_to_do(workspace: Workspace) -> None:
    with pytest.raises(CatalogueError, match=r"holds no products yet. Put some in: looks-like import SOURCE"):
        open_catalogue(workspace)
    assert catalogue_version(workspace) == 0
    assert not workspace.folder.exists()


# -- again, changed, more ----------------------------------------------------------------------------------------


def test_importing_again_changes_nothing(workspace: Workspace, pictures: Path) -> None:
    first = take_in(workspace, pictures)
    before = contents(open_catalogue(workspace))
    again = take_in(workspace, pictures)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 6)
    assert again.version == first.version
    assert contents(open_catalogue(workspace)) == before


def test_a_changed_picture_updates_its_row_alone(workspace: Workspace, pictures: Path, draw_product: Draw) -> None:
    take_in(workspace, pictures)
    before = open_catalogue(workspace)
    stored = before.pictures(range(6))
    draw_product(11).save(pictures / "c.png")
    report = take_in(workspace, pictures)
    after = open_catalogue(workspace)
    assert (report.added, report.updated, report.unchanged) == (0, 1, 5)
    assert after.product_ids == before.product_ids
    changed = [i for i in range(6) if after.sha256[i] != before.sha256[i]]
    assert changed == [2]
    assert [i for i in range(6) if after.pictures([i])[0] != stored[i]] == [2]
    assert before.pictures(range(6)) == stored  # an open catalogue stays at its version


def test_a_changed_attribute_updates_its_row_alone(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    rows = [[letter, f"{letter}.png", 10] for letter in "abcdef"]
    take_in(workspace, write_table(pictures / "t.csv", ["id", "image", "price"], rows))
    before = contents(open_catalogue(workspace))
    rows[3][2] = 99
    report = take_in(workspace, write_table(pictures / "t.csv", ["id", "image", "price"], rows))
    after = contents(open_catalogue(workspace))
    assert (report.updated, report.unchanged) == (1, 5)
    assert [i for i in range(6) if before[i] != after[i]] == [3]
    assert after[3]["price"] == 99


def test_new_products_come_after_the_old_ones(workspace: Workspace, pictures: Path, draw_product: Draw) -> None:
    take_in(workspace, pictures)
    for name in ("0-first-by-name", "z"):
        draw_product(12 + len(name)).save(pictures / f"{name}.png")
    report = take_in(workspace, pictures)
    catalogue = open_catalogue(workspace)
    assert report.added == 2
    assert catalogue.product_ids == [*"abcdef", "0-first-by-name", "z"]
    assert catalogue.rows["_number"].to_pylist() == list(range(8))


def test_what_is_no_longer_in_the_source_stays(workspace: Workspace, pictures: Path) -> None:
    take_in(workspace, pictures)
    (pictures / "a.png").unlink()
    take_in(workspace, pictures)
    assert open_catalogue(workspace).product_ids == list("abcdef")


def test_an_attribute_that_a_source_does_not_speak_of_is_kept(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    take_in(
        workspace, write_table(pictures / "1.csv", ["id", "image", "price"], [["a", "a.png", 5], ["b", "b.png", 6]])
    )
    take_in(
        workspace, write_table(pictures / "2.csv", ["id", "image", "brand"], [["a", "c.png", "A"], ["c", "d.png", "C"]])
    )
    catalogue = open_catalogue(workspace)
    assert [catalogue.values(i) for i in range(3)] == [{"price": 5, "brand": "A"}, {"price": 6}, {"brand": "C"}]


# -- types -------------------------------------------------------------------------------------------------------


def import_column(
    workspace: Workspace, pictures: Path, write_table: WriteTable, header: str, values: list[Any]
) -> None:
    rows = [[letter, f"{letter}.png", value] for letter, value in zip("abcdef", values, strict=False)]
    take_in(workspace, write_table(pictures / "t.csv", ["id", "image", header], rows))


def test_whole_numbers_widen(workspace: Workspace, pictures: Path, write_table: WriteTable) -> None:
    import_column(workspace, pictures, write_table, "price", [1, 2, 3])
    assert open_catalogue(workspace).rows["price"].type == pa.int64()
    import_column(workspace, pictures, write_table, "price", [1.5, 2])
    catalogue = open_catalogue(workspace)
    assert catalogue.rows["price"].to_pylist() == [1.5, 2.0, 3.0]


def test_a_kill_while_numbers_widen_loses_nothing(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    import_column(workspace, pictures, write_table, "price", [1, 2, 3])
    table = workspace.table("products")
    table.add_columns({"_wider": "cast(`price` as double)"})
    assert open_catalogue(workspace).attributes == ["price"]
    import_column(workspace, pictures, write_table, "price", [1.5])
    assert open_catalogue(workspace).rows["price"].to_pylist() == [1.5, 2.0, 3.0]
    assert not {"_wider", "_narrower"} & set(open_catalogue(workspace).rows.column_names)


@pytest.mark.parametrize(
    ("first", "then"),
    [([1, 2], ["cheap", "dear"]), (["2020-01-01"], ["soon"]), (["2020-01-01"], ["true"]), (["true"], ["2020-01-01"])],
    ids=["number then word", "date then word", "date then truth", "truth then date"],
)
def test_an_attribute_that_changes_its_type_is_refused_and_nothing_changes(
    first: list[Any], then: list[Any], workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    import_column(workspace, pictures, write_table, "price", first)
    before, version = contents(open_catalogue(workspace)), catalogue_version(workspace)
    with pytest.raises(CatalogueError, match=r"attribute 'price' is .* in this catalogue"):
        import_column(workspace, pictures, write_table, "price", then)
    assert contents(open_catalogue(workspace)) == before
    assert catalogue_version(workspace) == version


def test_a_conflict_in_one_attribute_widens_no_other(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    headers = ["id", "image", "first", "price"]
    take_in(workspace, write_table(pictures / "t.csv", headers, [["a", "a.png", 1, 2]]))
    version = catalogue_version(workspace)
    with pytest.raises(CatalogueError, match="attribute 'price'"):
        take_in(workspace, write_table(pictures / "t.csv", headers, [["a", "a.png", 1.5, "dear"]]))
    assert catalogue_version(workspace) == version


PARQUET_COLUMNS: dict[str, tuple[pa.Array, list[object]]] = {
    "uint8": (pa.array([1, None], pa.uint8()), [1, None]),
    "decimal": (pa.array(["1.50", None]).cast(pa.decimal128(6, 2)), [1.5, None]),
    "dictionary": (pa.array(["red", None]).dictionary_encode(), ["red", None]),
    "list": (pa.array([["s", "m"], None]), [["s", "m"], None]),
    "list of numbers": (pa.array([[38, 39], None]), [[38, 39], None]),
    "list of structs": (pa.array([[{"a": 1}], None]), [['{"a": 1}'], None]),
    "struct": (pa.array([{"a": 1}, None]), ['{"a": 1}', None]),
    "nothing": (pa.nulls(2), [None, None]),
    "large text": (pa.array(["x", "y"], pa.large_string()), ["x", "y"]),
    "truth": (pa.array([True, None]), [True, None]),
}


@pytest.mark.parametrize("kind", PARQUET_COLUMNS)
def test_any_column_of_a_parquet_finds_a_type(kind: str, workspace: Workspace, pictures: Path) -> None:
    column, expected = PARQUET_COLUMNS[kind]
    table = pa.table({"id": ["a", "b"], "image": ["a.png", "b.png"], "odd": column})
    pa.parquet.write_table(table, pictures / "t.parquet")
    take_in(workspace, pictures / "t.parquet")
    assert open_catalogue(workspace).rows["odd"].to_pylist() == expected


# -- names of columns --------------------------------------------------------------------------------------------


def test_headers_that_clash_with_ours_or_each_other_are_told_apart(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    headers = [
        "id",
        "image",
        "title",
        "_picture",
        "a.b",
        "a b",
        "A_B",
        "",
        "name",
        "Product_ID",
        "1st",
        "größe",
        "日本",
    ]
    row = ["a", "a.png", "Boot", *"123456789", "!"]
    take_in(workspace, write_table(pictures / "t.csv", headers, [row]), Columns("id", "image", "title"))
    catalogue = open_catalogue(workspace)
    assert catalogue.product_ids == ["a"]
    assert catalogue.names == ["Boot"]
    assert len(catalogue.attributes) == 10
    columns = [name.lower() for name in catalogue.rows.column_names]
    assert sorted(columns) == sorted(set(columns))
    assert [str(value) for value in catalogue.values(0).values()] == [*"123456789", "!"]


def test_the_same_header_twice_gives_two_attributes(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    take_in(workspace, write_table(pictures / "t.csv", ["id", "image", "size", "size"], [["a", "a.png", "S", "M"]]))
    assert open_catalogue(workspace).values(0) == {"size": "S", "size (2)": "M"}


@pytest.mark.parametrize("twice", ["id", "image", "name"])
def test_one_of_our_columns_twice_is_a_sentence(
    twice: str, workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    table = write_table(pictures / "t.csv", ["id", "image", "name", twice], [["a", "a.png", "Boot", "other"]])
    with pytest.raises(CatalogueError, match=f"two columns {twice!r}"):
        take_in(workspace, table)


def test_a_header_in_another_case_is_the_same_attribute_the_next_time(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    import_column(workspace, pictures, write_table, "Brand", ["A", "B"])
    import_column(workspace, pictures, write_table, "brand", ["C"])
    catalogue = open_catalogue(workspace)
    assert catalogue.attributes == ["Brand"]
    assert catalogue.rows["Brand"].to_pylist() == ["C", "B"]


@pytest.mark.parametrize("header", ["", "  ", "...", "_rowid", "a" * 300, "select", "x; drop table", "Name", "NAME"])
def test_any_header_becomes_a_name_that_is_not_ours(header: str) -> None:
    name = attribute_name(header, set())
    assert name.isascii()
    assert name.isidentifier()
    assert name.lower() not in {"name", "product_id"}
    assert not name.startswith("_")
    assert attribute_name(header, {name}).lower() != name.lower()


# -- refused, one by one -----------------------------------------------------------------------------------------


def test_every_picture_that_is_missing_or_bad_is_listed_and_the_rest_goes_in(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    (pictures / "text.jpg").write_text("hello")
    (pictures / "empty.png").write_bytes(b"")
    files = ["a.png", "gone.png", "text.jpg", "", "empty.png", "x" * 300 + ".png", "b.png", "nul\0.png"]
    rows = [[f"p{i}", file] for i, file in enumerate(files)]
    report = take_in(workspace, write_table(pictures / "t.csv", ["id", "image"], rows))
    assert open_catalogue(workspace).product_ids == ["p0", "p6"]
    assert (report.added, report.refused) == (2, 6)
    found = {line["product_id"]: line["reason"] for line in refusals(workspace)}
    assert found.keys() == {"p1", "p2", "p3", "p4", "p5", "p7"}
    assert found["p1"] == "there is no such file"
    assert "not a picture" in found["p2"]
    assert found["p3"] == "no picture is named"
    assert found["p4"] == "the file is empty"
    assert [line["where"] for line in refusals(workspace)] == ["row 2", "row 3", "row 4", "row 5", "row 6", "row 8"]


def test_the_same_id_twice_is_refused_the_second_time(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    table = write_table(pictures / "t.csv", ["id", "image"], [["1", "a.png"], ["1", "b.png"], [" 1 ", "c.png"]])
    report = take_in(workspace, table)
    assert (report.added, report.refused) == (1, 2)
    assert all("a second time; the first was taken" in line["reason"] for line in refusals(workspace))
    assert open_catalogue(workspace).product_ids == ["1"]


@pytest.mark.parametrize(
    ("product_id", "says"), [("", "no id"), ("x" * 501, "more than 500 characters"), ("a\x07b", "control characters")]
)
def test_an_id_that_cannot_be_one_is_refused(
    product_id: str, says: str, workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    table = write_table(pictures / "t.csv", ["id", "image"], [[product_id, "a.png"], ["ok", "b.png"]])
    assert take_in(workspace, table).refused == 1
    assert says in refusals(workspace)[0]["reason"]


def test_pictures_outside_the_source_are_refused(
    workspace: Workspace, pictures: Path, tmp_path: Path, draw_product: Draw, write_table: WriteTable
) -> None:
    draw_product(9).save(tmp_path / "outside.png")
    (pictures / "link.png").symlink_to(tmp_path / "outside.png")
    (pictures / "images").symlink_to(tmp_path, target_is_directory=True)
    (pictures / "inner-link.png").symlink_to(pictures / "a.png")
    files = ["../outside.png", str(tmp_path / "outside.png"), "link.png", "images/outside.png", "outside.png"]
    files += ["http://shop.example/a.png", "file:///etc/passwd", "/etc/passwd", "b.png", "inner-link.png"]
    rows = [[str(i), file] for i, file in enumerate(files)]
    take_in(workspace, write_table(pictures / "t.csv", ["id", "image"], rows))
    assert open_catalogue(workspace).product_ids == ["8", "9"]
    reasons = {line["product_id"]: line["reason"] for line in refusals(workspace)}
    assert {reasons[key] for key in "0123" + "7"} == {"the path leaves the source's folder"}
    assert {reasons[key] for key in "56"} == {"an address, not a file: fetch it first"}
    assert "4" in reasons


def test_a_link_in_a_folder_does_not_lead_out_of_it(
    workspace: Workspace, pictures: Path, tmp_path: Path, draw_product: Draw
) -> None:
    (tmp_path / "private").mkdir()
    draw_product(9).save(tmp_path / "private" / "outside.png")
    (pictures / "link.png").symlink_to(tmp_path / "private" / "outside.png")
    (pictures / "shelf").symlink_to(tmp_path / "private", target_is_directory=True)
    take_in(workspace, pictures)
    assert open_catalogue(workspace).product_ids == list("abcdef")
    assert [line["file"] for line in refusals(workspace)] == ["link.png"]


def test_a_file_whose_name_is_not_text_is_found_and_called_as_windows_would(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    (pictures / "a.png").rename(os.fsdecode(os.fsencode(pictures) + b"/caf\xe9.png"))
    report = take_in(workspace, pictures)
    assert (report.added, report.refused) == (6, 0)
    assert "café" in open_catalogue(workspace).product_ids
    assert take_in(workspace, write_table(pictures / "t.csv", ["id", "image"], [["1", "café.png"]])).added == 1


def test_cells_that_a_spreadsheet_would_run_are_quoted(
    workspace: Workspace, pictures: Path, write_table: WriteTable
) -> None:
    formulas = ["=cmd|' /C calc'!A0", "+1+1", "-x", "@SUM(A1)", "＝1+1", "'=x", "＠x"]
    rows = [[formula, "gone.png"] for formula in formulas] + [["fine", "=gone.png"], ["-1", "gone.png"]]
    rows += [["ok", "a.png"]]
    take_in(workspace, write_table(pictures / "t.csv", ["id", "image"], rows))
    lines = refusals(workspace)
    assert [line["product_id"] for line in lines] == [
        *(f"'{formula}" for formula in formulas[:-2]),
        "'=x",  # the table's own guard, taken off and put on again
        "'＠x",
        "fine",
        "-1",
    ]
    assert lines[-2]["file"] == "'=gone.png"
    assert escape_formula_cell("\tx") == "'\tx"
    assert escape_formula_cell("a=b") == "a=b"


def test_a_file_whose_name_begins_with_an_end_of_line_is_no_formula(workspace: Workspace, pictures: Path) -> None:
    (pictures / "a.png").rename(pictures / "\n=1+1.png")
    take_in(workspace, pictures)
    assert refusals(workspace)[0]["file"] == "'\n=1+1.png"


def test_the_report_is_of_the_last_import_alone(workspace: Workspace, pictures: Path) -> None:
    (pictures / "bad.png").write_text("hello")
    assert take_in(workspace, pictures).refused == 1
    (pictures / "bad.png").unlink()
    assert take_in(workspace, pictures).refused == 0
    assert refusals(workspace) == []


ODD_IDS = [
    "a/b/c",
    "it's",
    'say "hi"',
    "two words",
    "👟-π-日本",
    "x" * 300,
    "%_'; drop table products; --",
    "..",
    "0",
    "<b>",
]


def test_odd_ids_work(workspace: Workspace, pictures: Path, write_table: WriteTable, draw_product: Draw) -> None:
    for i in range(len(ODD_IDS)):
        draw_product(i).save(pictures / f"{i}.png")
    rows = [[product_id, f"{i}.png"] for i, product_id in enumerate(ODD_IDS)]
    table = write_table(pictures / "t.csv", ["id", "image"], rows)
    assert take_in(workspace, table).added == len(ODD_IDS)
    assert take_in(workspace, table).unchanged == len(ODD_IDS)
    catalogue = open_catalogue(workspace)
    assert catalogue.product_ids == ODD_IDS
    assert [catalogue.row(product_id) for product_id in ODD_IDS] == list(range(len(ODD_IDS)))
    draw_product(20).save(pictures / "1.png")
    assert take_in(workspace, table).updated == 1
    assert open_catalogue(workspace).product_ids == ODD_IDS


# -- held out ----------------------------------------------------------------------------------------------------


def test_about_one_in_twenty_is_held_out_whatever_the_order() -> None:
    product_ids = [f"{number:06d}" for number in range(20_000)]
    chosen_n = held_out(product_ids)
    assert 0.045 < chosen_n.mean() < 0.055
    assert (held_out(product_ids[::-1])[::-1] == chosen_n).all()
    assert (held_out(product_ids[:100]) == chosen_n[:100]).all()


def test_who_is_held_out_never_changes() -> None:
    """Models already trained did not see these: another answer would make their measures false."""
    chosen_n = held_out([f"{number:04d}" for number in range(60)])
    assert [i for i in range(60) if chosen_n[i]] == HELD_OUT_OF_60


HELD_OUT_OF_60 = [9, 11, 18, 33]

# -- two at once, and a kill -------------------------------------------------------------------------------------

HOLD = """
import sys, time
from looks_like.data.workspace import Workspace
with Workspace(sys.argv[1]).write_lock("a long import"):
    print("held", flush=True)
    time.sleep(600)
"""

IMPORT_SLOWLY = """
import sys, time
import looks_like.data.importing as importing
from looks_like.data.workspace import Workspace
importing._CHUNK, importing._COMMIT_BYTES = 8, 1
for report in importing.import_source(Workspace(sys.argv[1]), sys.argv[2]):
    print(report.done, flush=True)
    if report.done >= 24:
        time.sleep(600)
"""


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """started(source, *arguments) -> a Python process that has printed its first line. Ended with the test."""
    running: list[subprocess.Popen[str]] = []

    def start(source: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", source, *map(str, arguments)]
        running.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def wait_for(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdout is not None
    for said in process.stdout:
        if said.strip() == line:
            return
    raise AssertionError(f"the process ended without saying {line!r}")


def test_a_second_writer_is_told_at_once_who_writes_and_a_kill_frees_the_place(
    workspace: Workspace, pictures: Path, started: Callable[..., "subprocess.Popen[str]"]
) -> None:
    holder = started(HOLD, workspace.folder)
    wait_for(holder, "held")
    with pytest.raises(CatalogueError, match=rf"is being written by process {holder.pid} \(a long import\)"):
        take_in(workspace, pictures)
    assert catalogue_version(workspace) == 0
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert take_in(workspace, pictures).added == 6


def test_an_import_that_is_killed_leaves_a_catalogue_that_the_next_one_completes(
    workspace: Workspace, tmp_path: Path, open_shop: Callable[..., Any], started: Callable[..., "subprocess.Popen[str]"]
) -> None:
    shop = open_shop(tmp_path / "shop", 40)
    importing = started(IMPORT_SLOWLY, workspace.folder, shop.table)
    wait_for(importing, "24")
    importing.send_signal(signal.SIGKILL)
    importing.wait()
    half = open_catalogue(workspace)
    assert half.product_ids == shop.product_ids[:24]
    stored = half.pictures(range(24))
    report = take_in(workspace, shop.table)
    assert (report.added, report.updated, report.unchanged) == (16, 0, 24)
    full = open_catalogue(workspace)
    assert full.product_ids == shop.product_ids
    assert full.pictures(range(24)) == stored


def test_an_import_that_is_stopped_lets_the_next_one_in(workspace: Workspace, pictures: Path) -> None:
    reports = import_source(workspace, str(pictures))
    next(reports)
    with pytest.raises(CatalogueError, match=f"process {os.getpid()} "):
        take_in(workspace, pictures)
    reports.close()
    assert take_in(workspace, pictures).added == 6


# -- workspaces --------------------------------------------------------------------------------------------------


def test_a_file_is_not_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CatalogueError, match="is a file; a workspace is a folder"):
        Workspace(tmp_path / "file")


@pytest.mark.parametrize("name", ["", "A", "a--b", "-a", "a-", "../a", "a/b", "a.b", "a" * 41, "ä", "a\n"])
def test_a_name_that_is_not_safe_as_a_folder_is_refused(name: str) -> None:
    with pytest.raises(CatalogueError, match="can't name a model: use 1 to 40 small letters"):
        checked_name(name, "model")


@pytest.mark.parametrize("name", ["a", "1", "shoes-2024", "a" * 40])
def test_a_plain_name_is_kept(name: str) -> None:
    assert checked_name(name, "model") == name
