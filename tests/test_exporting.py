"""Tables out and tags in: nothing that a spreadsheet would run, nothing lost on the way round, nobody overruled."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lancedb
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from looks_like.data.csv_formulas import escape_formula_cell, escape_formulas, unescape_formula
from looks_like.data.errors import CatalogueError
from looks_like.data.sources import Columns
from looks_like.data.vectors import read_vectors, write_matrix
from looks_like.explorer import tags as tagging
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.selecting.export import KINDS, export_kind, export_products, write_tags
from looks_like.explorer.tags.from_file import import_tags

HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "'=1", "''-x", "＝1"]


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    """The shop's Lab of 80 products, to tag."""
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    return Lab(tmp_path / "w")


def read(content: bytes, kind: str) -> list[dict[str, Any]]:
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    if kind == "parquet":
        return pa.parquet.read_table(io.BytesIO(content)).to_pylist()
    return [json.loads(line) for line in content.decode("utf-8").splitlines()]


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_codes_and_places_leave_with_ids(own: Lab, tmp_path: Path, kind: str) -> None:
    space, view = own.space("tiny"), own.map_view("tiny", "pca")
    for what, numbers_nk in (("codes", space.z_nd), ("map", view.xy_n2[space.rows_n])):
        file = tmp_path / f"{what}.{kind}"
        words = ["export", what, *(["tiny"] if what == "codes" else ["--model", "tiny"]), "--out", str(file)]
        assert run([*words, "--workspace", str(own.workspace.folder)]) == (0, "")
        lines = read(file.read_bytes(), kind)
        assert [line["product_id"] for line in lines] == [own.catalogue().product_ids[row] for row in space.rows_n]
        names = ["x", "y"] if what == "map" else [f"z{d}" for d in range(space.latent)]
        np.testing.assert_allclose([[float(line[name]) for name in names] for line in lines], numbers_nk, rtol=1e-5)


def export_codes(own: Lab, file: Path) -> tuple[int, str]:
    return run(["export", "codes", "tiny", "--out", str(file), "--workspace", str(own.workspace.folder)])


def test_a_matrix_of_codes_comes_in_again_as_a_look_with_its_ids(own: Lab, tmp_path: Path) -> None:
    file, space = tmp_path / "vectors.npy", own.space("tiny")
    assert export_codes(own, file) == (0, "")
    np.testing.assert_array_equal(np.load(file, allow_pickle=False), space.z_nd)
    words = ["look", "add", "again", "--vectors", str(file), "--ids", str(tmp_path / "vectors.ids.txt")]
    assert run([*words, "--workspace", str(own.workspace.folder)]) == (0, "")
    again = Lab(own.workspace.folder).space("again")
    np.testing.assert_array_equal(again.rows_n, space.rows_n)
    assert {*(path.name for path in tmp_path.glob("*vectors*"))} == {"vectors.npy", "vectors.ids.txt"}


def test_ids_of_any_kind_come_in_again_beside_their_numbers(tmp_path: Path) -> None:
    ids, z_nd = ["sku", "a,b", '"q"', "it's", "x\u2028y", "a b", "ü", "null", "0012", *HOSTILE[:4]], np.eye(13)
    write_matrix(tmp_path / "v.npy", ids, z_nd)
    found = read_vectors(tmp_path / "v.npy", str(tmp_path / "v.ids.txt"), [])
    assert found.product_ids == ids
    np.testing.assert_array_equal(found.v_nv, z_nd)


def test_codes_leave_as_a_lance_table_that_answers_what_is_near(own: Lab, tmp_path: Path) -> None:
    file, space = tmp_path / "codes.lance", own.space("tiny")
    assert export_codes(own, file) == (0, "")
    table = lancedb.connect(tmp_path).open_table("codes")
    first, ids = space.z_nd[3], own.catalogue().product_ids
    assert table.search(first).limit(1).to_list()[0]["product_id"] == ids[space.rows_n[3]]
    np.testing.assert_array_equal(np.stack(table.to_arrow()["vector"].to_pylist()), space.z_nd)
    assert [path.name for path in tmp_path.glob("*codes*")] == ["codes.lance"]
    code, said = export_codes(own, file)
    assert (code, "there already" in said) == (2, True)


def test_codes_in_a_form_that_nobody_knows_name_those_there_are(own: Lab, tmp_path: Path) -> None:
    code, said = export_codes(own, tmp_path / "codes.pkl")
    assert (code, ".npy or .lance" in said) == (2, True)


def test_a_map_that_is_not_there_is_a_sentence_and_leaves_no_file(own: Lab, tmp_path: Path) -> None:
    words = ["export", "map", "gone", "--out", str(tmp_path / "x.csv"), "--workspace", str(own.workspace.folder)]
    code, said = run(words)
    assert (code, "gone" in said) == (2, True)
    assert not (tmp_path / "x.csv").exists()


def written(lab: Lab, kind: str, tag: str | None = None) -> bytes:
    out = io.BytesIO()
    write_tags(lab, tag, kind, out)
    return out.getvalue()


def carriers(lab: Lab) -> dict[str, list[int]]:
    return {tag.tag: np.flatnonzero(tagging.mask(lab, tag.tag)).tolist() for tag in tagging.tags(lab)}


# -- products ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_products_leave_with_attributes_tags_and_scores(kind: str, own: Lab) -> None:
    tagging.add(own, "b b", [7, 3], "ann")
    tagging.add(own, "a", [7], "ann")
    score_n = np.linspace(0, 1, 80)
    found = read(export_products(own, np.array([7, 3, 0]), kind, {"sole height": score_n}), kind)
    assert [row["product_id"] for row in found] == ["0007", "0003", "0000"]
    tags = ["a | b b", "b b", ""] if kind == "csv" else [["a", "b b"], ["b b"], []]
    assert [row["tags"] for row in found] == tags
    assert list(found[0]) == ["product_id", "name", "tags", "brand", "price", "year", "sole height"]
    assert found[0]["price"] in (None, "")
    assert float(found[1]["price"]) == 12.5
    assert float(found[0]["sole height"]) == pytest.approx(7 / 79)
    assert len(read(export_products(own, None, kind), kind)) == 80


def test_attributes_that_have_our_names_stay_beside_ours(
    tmp_path: Path, write_table: Callable[..., Path], shop: Any
) -> None:
    headers = ["id", "image", "title", "Tags", "Tags_2", "n"]
    shutil.copytree(shop.folder / "images", tmp_path / "images")
    table = write_table(tmp_path / "t.csv", headers, [["a", "0000.jpg", "T", "old", "x", "-5"]])
    lab = Lab(tmp_path / "w")
    for _ in lab.import_products(str(table), Columns(name="title")):
        pass
    tagging.add(lab, "new", [0], "ann")
    (row,) = read(export_products(lab, None, "jsonl"), "jsonl")
    assert row == {"product_id": "a", "name": "T", "tags": ["new"], "Tags:text": "old", "Tags_2": "x", "n": -5}


def test_a_kind_that_is_not_one_is_a_sentence(own: Lab, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"a table is written as \.csv, \.parquet or \.jsonl"):
        export_kind(tmp_path / "x.xlsx")
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(RequestError, match="is a folder"):
        export_kind(tmp_path / "x.csv")
    with pytest.raises(RequestError, match="a table can be csv, parquet, jsonl, not 'xlsx'"):
        export_products(own, None, "xlsx")


def test_no_cell_of_a_csv_is_a_formula_and_numbers_stay_numbers(
    tmp_path: Path, write_table: Callable[..., Path], shop: Any
) -> None:
    shutil.copytree(shop.folder / "images", tmp_path / "images")
    texts = [*HOSTILE, "-5", "+4.5", "1e5", 'fine, "quoted"\nand long']
    rows = [[f"{text}#{i}", "0000.jpg", text, text, -i] for i, text in enumerate(texts)]
    table = write_table(tmp_path / "t.csv", ["id", "image", "title", "brand", "depth"], rows)
    lab = Lab(tmp_path / "w")
    for _ in lab.import_products(str(table), Columns(name="title")):
        pass
    tagging.add(lab, "=1+1", range(len(lab.catalogue())), "ann")
    for row in read(export_products(lab, None, "csv"), "csv"):
        for name, cell in row.items():
            assert cell[:1] not in ("=", "@", "\t", "\r", "＝") or not cell
            assert cell[:1] not in ("+", "-") or cell.replace(".", "").lstrip("+-").isdigit(), name
    found = read(export_products(lab, None, "csv"), "csv")
    assert [row["depth"] for row in found][:3] == ["0", "-1", "-2"]
    assert {"-5", "+4.5", "1e5"} <= {row["brand"] for row in found}
    assert {row["tags"] for row in found} == {"'=1+1"}
    plain = read(export_products(lab, None, "jsonl"), "jsonl")
    assert [unescape_formula(row["brand"]) for row in found] == [row["brand"] for row in plain]
    (tmp_path / "x.csv").write_bytes(export_products(lab, None, "csv"))
    done = import_tags(lab, tmp_path / "x.csv", "bob")
    assert ([change.already for change in done.tags], done.unknown) == ([len(lab.catalogue())], [])


@given(st.text(alphabet="'=+-@\t\r\n＝1ax.|", max_size=6))
def test_a_cell_comes_back_as_it_was_and_is_no_formula(text: str) -> None:
    (cell,) = escape_formulas(pa.array([text], pa.string())).to_pylist()
    assert escape_formula_cell(text) == cell
    assert unescape_formula(cell) == text
    if cell[:1] in tuple("=@\t\r\n＝"):
        raise AssertionError(cell)
    if cell[:1] in ("+", "-"):
        float(cell)


# -- tags -------------------------------------------------------------------------------------------------------------


def test_tags_leave_with_who_gave_them_last(own: Lab) -> None:
    tagging.add(own, "x", [1, 2], "ann")
    tagging.add(own, "x", [2, 3], "bob")
    tagging.add(own, "y", [1], "bob")
    found = read(written(own, "jsonl"), "jsonl")
    seen = [(row["product_id"], row["tag"], row["who"]) for row in found]
    assert seen == [("0001", "x", "ann"), ("0002", "x", "bob"), ("0003", "x", "bob"), ("0001", "y", "bob")]
    assert [row["tag"] for row in read(written(own, "csv", "Y"), "csv")] == ["y"]
    with pytest.raises(RequestError, match="nothing was ever tagged 'z'"):
        written(own, "csv", "z")


def test_a_renamed_tag_leaves_with_who_renamed_it_and_its_old_name_is_a_conflict(
    own: Lab, tmp_path: Path, write_table: Callable[..., Path]
) -> None:
    tagging.add(own, "sumer", [1, 2], "ann")
    tagging.add(own, "summer", [2, 3], "ann")
    tagging.rename(own, "sumer", "summer", "bob")
    seen = [(row["product_id"], row["tag"], row["who"]) for row in read(written(own, "jsonl", "sumer"), "jsonl")]
    assert seen == [("0001", "summer", "bob"), ("0002", "summer", "bob"), ("0003", "summer", "ann")]
    table = write_table(tmp_path / "t.csv", ["id", "tag"], [["0001", "sumer"], ["0003", "sumer"], ["0001", "summer"]])
    done = import_tags(own, table, "eve")
    assert [(c.product_id, c.tag, c.who) for c in done.conflicts] == [("0001", "sumer", "bob")]
    assert carriers(own) == {"sumer": [3], "summer": [1, 2, 3]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ["products", "tags"])
def test_what_was_exported_comes_back_the_same(kind: str, what: str, own: Lab, lab: Lab, tmp_path: Path) -> None:
    for i, tag in enumerate(
        [*(text for text in HOSTILE if "|" not in text), "Grün & <b>weiß</b>", 'with "quotes", comma']
    ):
        tagging.add(own, tag, range(i, 40 + i), "ann")
    content = export_products(own, None, kind) if what == "products" else written(own, kind)
    (tmp_path / f"x.{kind}").write_bytes(content)
    shutil.copytree(lab.workspace.folder, tmp_path / "other")
    other = Lab(tmp_path / "other")
    done = import_tags(other, tmp_path / f"x.{kind}", "bob")
    assert (done.unknown, done.refused, done.conflicts) == ([], [], [])
    assert carriers(other) == carriers(own)
    again = import_tags(own, tmp_path / f"x.{kind}", "bob")
    assert sum(change.changed for change in again.tags) == 0
    assert sum(change.already for change in again.tags) == sum(len(rows) for rows in carriers(own).values())
    assert len(tagging.history(own)) == len(carriers(own))


def test_an_import_says_what_it_could_not_do(own: Lab, tmp_path: Path, write_table: Callable[..., Path]) -> None:
    tagging.add(own, "Old", [3], "ann")
    rows = [["0001", "new"], ["gone", "new"], ["gone", "new"], ["0002", "x\u202ey"], ["", "new"], ["0003", "old"]]
    rows += [["0004", ""], ["0005", "new|OLD | a"], ["0006", "y" * 61], ["torn"]]
    table = write_table(tmp_path / "t.csv", ["sku", "label"], rows)
    done = import_tags(own, table, "bob")
    assert [(change.tag, change.changed, change.already) for change in done.tags] == [
        ("new", 2, 0),
        ("Old", 1, 1),
        ("a", 1, 0),
    ]
    assert done.unknown == ["gone"]
    assert [(where, what) for where, what, _ in done.refused] == [
        ("a row", ""),
        ("row 4", "x\u202ey"),
        ("row 5", ""),
        ("row 9", "y" * 61),
    ]
    assert "cells where the header has 2" in done.refused[0][2]
    assert "can't be a tag" in done.refused[1][2]
    assert done.words() == "3 tags given: 4 changes, 1 so already; 1 unknown id, 4 refused, 0 conflicts"
    report = read(done.report(), "csv")
    assert [row["what"] for row in report] == ["unknown id", *["refused"] * 4]
    assert carriers(own) == {"a": [5], "new": [1, 5], "Old": [3, 5]}


def test_each_imported_tag_can_be_undone(own: Lab, tmp_path: Path, write_table: Callable[..., Path]) -> None:
    table = write_table(tmp_path / "t.csv", ["id", "tag"], [["0001", "a"], ["0001", "b"], ["0002", "b"]])
    import_tags(own, table, "ann")
    assert [(e.action.kind, e.action.words) for e in tagging.history(own)] == [("import", "from t.csv")] * 2
    assert tagging.undo(own, "ann").tag == "b"
    assert carriers(own) == {"a": [1]}


def test_what_somebody_removed_here_is_a_conflict_unless_overruled(
    own: Lab, tmp_path: Path, write_table: Callable[..., Path]
) -> None:
    tagging.add(own, "x", [1, 2], "ann")
    exported = written(own, "csv")
    tagging.remove(own, "x", [2], "bob")
    table = write_table(tmp_path / "t.csv", ["id", "tag"], [["0001", "x"], ["0002", "x"], ["0003", "x"]])
    for _ in range(2):
        done = import_tags(own, table, "eve")
        assert [(c.product_id, c.tag, c.who) for c in done.conflicts] == [("0002", "x", "bob")]
        assert carriers(own) == {"x": [1, 3]}
    assert "removed by bob at 20" in done.report().decode()
    (tmp_path / "old.csv").write_bytes(exported)
    assert len(import_tags(own, tmp_path / "old.csv", "eve").conflicts) == 1
    done = import_tags(own, table, "eve", overrule=True)
    assert (len(done.conflicts), done.overruled, done.tags[0].changed) == (1, True, 1)
    assert carriers(own) == {"x": [1, 2, 3]}


def test_a_tag_given_after_it_was_removed_here_is_no_conflict(
    own: Lab, tmp_path: Path, write_table: Callable[..., Path]
) -> None:
    tagging.add(own, "x", [1, 2], "ann")
    tagging.remove(own, "x", [1, 2], "bob")
    rows = [["0001", "x", "2999-01-01T00:00:00Z"], ["0002", "x", "1999-01-01 00:00:00"]]
    done = import_tags(own, write_table(tmp_path / "t.csv", ["id", "tag", "at"], rows), "eve")
    assert [c.product_id for c in done.conflicts] == ["0002"]
    assert carriers(own) == {"x": [1]}


def test_a_removal_that_was_undone_is_no_conflict(own: Lab, tmp_path: Path, write_table: Callable[..., Path]) -> None:
    tagging.add(own, "x", [1], "ann")
    tagging.remove(own, "x", [1], "bob")
    tagging.undo(own, "bob")
    tagging.undo(own, "ann")
    assert not import_tags(own, write_table(tmp_path / "t.csv", ["id", "tag"], [["0001", "x"]]), "eve").conflicts
    assert carriers(own) == {"x": [1]}


def test_tags_that_are_lists_are_read(own: Lab, tmp_path: Path) -> None:
    rows = {"product_id": ["0001", "0002", "0003"], "tags": [["a", "b"], None, []], "at": ["never", None, ""]}
    pa.parquet.write_table(pa.table(rows), tmp_path / "t.parquet")
    import_tags(own, tmp_path / "t.parquet", "ann")
    assert carriers(own) == {"a": [1], "b": [1]}


def test_a_file_that_is_no_table_or_lacks_a_column_is_a_sentence(
    own: Lab, tmp_path: Path, write_table: Callable[..., Path]
) -> None:
    with pytest.raises(CatalogueError, match="tags are read from a table"):
        import_tags(own, tmp_path / "gone.csv", "ann")
    table = write_table(tmp_path / "t.csv", ["id", "colour"], [["0001", "red"]])
    with pytest.raises(CatalogueError, match="which column is the tag"):
        import_tags(own, table, "ann")
    with pytest.raises(CatalogueError, match="no column 'x'"):
        import_tags(own, table, "ann", id_column="x")
    import_tags(own, table, "ann", tag_column="colour")
    assert carriers(own) == {"red": [1]}
