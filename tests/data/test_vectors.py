"""Vectors of strangers: read whole or refused in a sentence that names the first few."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from looks_like.data.errors import CatalogueError
from looks_like.data.vectors import NUMBERS_MAX, few, read_vectors

IDS = ["a", "b", "c"]
V = np.array([[1, 2], [3, 4], [5, 6]], np.float32)


def saved(folder: Path, values: np.ndarray, name: str = "v.npy") -> Path:
    np.save(folder / name, values)
    return folder / name


def table(folder: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), folder / "v.parquet")
    return folder / "v.parquet"


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "int8", "uint16"])
def test_a_matrix_has_the_order_of_the_catalogue(tmp_path: Path, kind: str) -> None:
    found = read_vectors(saved(tmp_path, np.asfortranarray(V.astype(kind))), "", IDS)
    assert found.product_ids == IDS
    assert found.v_nv.dtype == np.float32
    assert np.array_equal(found.v_nv, V)


@pytest.mark.parametrize(
    "text", ["c\nb\na\n", "product\nc\nb\na", 'name,sku\nx,"c"\ny,b\nz,a\n', "\ufeffc\r\n\r\nb\r\na"]
)
def test_or_that_of_a_list_of_ids(tmp_path: Path, text: str) -> None:
    (tmp_path / "ids.csv").write_text(text, "utf-8")
    assert read_vectors(saved(tmp_path, V), str(tmp_path / "ids.csv"), IDS).product_ids == ["c", "b", "a"]


@pytest.mark.parametrize("kind", [pa.list_(pa.float32()), pa.list_(pa.float64(), 2), pa.large_list(pa.float16())])
def test_a_table_has_a_column_of_lists(tmp_path: Path, kind: pa.DataType) -> None:
    lists = [row.astype(np.float16) if "half" in str(kind) else row.tolist() for row in V]
    file = table(tmp_path, product_id=pa.array(["c", "a", "b"]), clip=pa.array([lists[0], None, lists[2]], kind))
    found = read_vectors(file, "", IDS)
    assert (found.product_ids, found.empty) == (["c", "b"], 1)
    assert np.array_equal(found.v_nv, V[[0, 2]])


def test_or_a_column_for_each_number(tmp_path: Path) -> None:
    file = table(tmp_path, x=V[:, 0], whose=[1, 2, 3], y=pa.array([2.0, 4.0, 6.0]))
    found = read_vectors(file, "whose", IDS)
    assert found.product_ids == ["1", "2", "3"]
    assert np.array_equal(found.v_nv, V)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (V[:2], "2 rows, and the catalogue has 3 products. Say whose they are: --ids FILE"),
        (V[0], "a matrix of numbers is needed, a row for each product; this is float32 (2,)"),
        (V.astype(complex), "a matrix of numbers is needed"),
        (np.array([["x"]] * 3), "a matrix of numbers is needed"),
        (np.array([[1, np.nan], [1, 2], [np.inf, 1]]), r"2 vectors hold numbers that are not finite .*: 'a', 'c'"),
        (np.array([[1, 1e300], [1, 2], [3, 1]]), r"1 vector holds numbers that are not finite .*: 'a'"),
        (np.zeros((3, NUMBERS_MAX + 1), np.int8), "vectors of 4,097 numbers; 1 to 4,096 can be read"),
        (np.zeros((3, 0)), "vectors of 0 numbers"),
    ],
)
def test_what_is_no_such_matrix_is_refused(tmp_path: Path, values: np.ndarray, said: str) -> None:
    with pytest.raises(CatalogueError, match=said.replace("(2,)", r"\(2,\)")):
        read_vectors(saved(tmp_path, values), "", IDS)


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.array([[print, 1]] * 3, object), allow_pickle=True)
    with pytest.raises(CatalogueError, match=r"can't be read as \.npy"):
        read_vectors(tmp_path / "v.npy", "", IDS)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00", b"PK\x03\x04", b"hello" * 50])
@pytest.mark.parametrize("name", ["v.npy", "v.parquet"])
def test_garbage_is_refused_by_name(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CatalogueError, match=name):
        read_vectors(tmp_path / name, "", IDS)


def test_a_header_that_promises_more_than_there_is(tmp_path: Path) -> None:
    content = saved(tmp_path, V).read_bytes()
    (tmp_path / "v.npy").write_bytes(
        content.replace(b"(3, 2)", b"(300000000000, 2)"[:6]).replace(b"(3, 2), ", b"(9, 9), ")
    )
    with pytest.raises(CatalogueError, match="can't be read"):
        read_vectors(tmp_path / "v.npy", "", IDS)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"product_id": IDS, "v": [[1.0], [1.0, 2.0], [3.0]]}, r"vectors of different lengths \(1, 2\)"),
        ({"product_id": IDS, "v": [["x"]] * 3}, "hold no numbers"),
        ({"product_id": IDS, "v": [[1.0]] * 3, "w": [[1.0]] * 3}, "several columns hold lists"),
        ({"product_id": IDS, "x": [1.0] * 3, "brand": IDS}, "the columns 'brand' hold neither numbers nor lists"),
        ({"product_id": ["a", "a", "b"], "x": [1.0] * 3}, "1 ids come more than once: 'a'"),
        ({"product_id": ["a", "", "b"], "x": [1.0] * 3}, "1 ids are empty or no text, the first in row 2"),
        ({"product_id": IDS, "v": [[1.0, None]] * 3}, "3 vectors hold numbers that are not finite"),
        ({"product_id": IDS}, "vectors of 0 numbers"),
    ],
)
def test_a_table_that_can_not_be_vectors_is_refused(tmp_path: Path, columns: dict[str, list], said: str) -> None:
    with pytest.raises(CatalogueError, match=said):
        read_vectors(table(tmp_path, **columns), "", IDS)


def test_a_column_of_ids_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="has no column 'sku'"):
        read_vectors(table(tmp_path, product_id=IDS, x=[1.0] * 3), "sku", IDS)


def test_the_first_few_are_named() -> None:
    assert few(["a"]) == "'a'"
    assert few([f"p{i}" for i in range(5)]) == "'p0', 'p1', 'p2' and 2 more"
