"""The whole catalogue's recommendations: exact, whole, and safe to open in a spreadsheet."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.space import Space
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.likeness import similar_for_all as recommending
from looks_like.explorer.search.likeness.similar import nearest_to
from looks_like.explorer.search.likeness.similar_for_all import recommend, write_similar


def by_hand(space: Space, row: int, k: int, rows: list[int]) -> list[int]:
    distance = {other: float(np.linalg.norm(space.code(other) - space.code(row))) for other in rows if other != row}
    return sorted(distance, key=lambda other: distance[other])[:k]


@pytest.mark.parametrize("rows", [None, list(range(0, 80, 3)), [4, 5], [6]])
@pytest.mark.parametrize("k", [1, 5, 200])
def test_everyone_gets_the_nearest_others(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, rows: list[int] | None, k: int
) -> None:
    monkeypatch.setattr(recommending, "_CHUNK", 32)  # three chunks, the last one short
    space, seen = lab.space("tiny"), list[int]()
    for found in recommend(space, k, None if rows is None else np.array(rows)):
        for row, similar_k, distance_k in zip(found.rows_m, found.similar_mk, found.distance_mk, strict=True):
            seen.append(int(row))
            there = similar_k[similar_k >= 0].tolist()
            assert there == by_hand(space, int(row), k, list(range(80)) if rows is None else rows)
            assert np.isfinite(distance_k[: len(there)]).all()
            assert np.isnan(distance_k[len(there) :]).all()
    assert seen == list(range(80))


def test_more_twins_than_asked_for_do_not_bring_the_product_itself() -> None:
    """A hundred products of one code: the first pass may not even find the product among its own nearest."""
    z_nd = np.zeros((100, 4), np.float32)
    space = Space.__new__(Space)
    space.z_nd, space.rows_n = z_nd, np.arange(100)
    for found in recommend(space, 3):
        assert found.similar_mk.shape == (100, 3)
        assert not (found.similar_mk == found.rows_m[:, None]).any()
        assert (found.similar_mk >= 0).all()


def written(lab: Lab, file: Path, k: int = 3) -> Path:
    steps = list(write_similar(lab, "tiny", k, file))
    assert steps[0] == (0, 80)
    assert steps[-1] == (80, 80)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    return file


def test_all_kinds_of_file_say_the_same(lab: Lab, tmp_path: Path) -> None:
    with written(lab, tmp_path / "c" / "x.csv").open(encoding="utf-8", newline="") as file:
        from_csv = [
            (row["product_id"], int(row["rank"]), row["similar_id"], float(row["distance"]), float(row["typical"]))
            for row in csv.DictReader(file)
        ]
    table = pq.read_table(written(lab, tmp_path / "p" / "x.parquet"))
    lines = written(lab, tmp_path / "j" / "x.JSONL").read_text("utf-8").splitlines()
    assert len(from_csv) == 240
    assert [row[:3] for row in from_csv] == [tuple(row.values())[:3] for row in table.to_pylist()]
    for rows in (table.to_pylist(), [json.loads(line) for line in lines]):
        assert np.allclose([tuple(row.values())[3:5] for row in rows], [row[3:] for row in from_csv], rtol=1e-4)
    nearest = nearest_to(lab, "tiny", "0003", 3)
    assert [row[2] for row in from_csv if row[0] == "0003"] == [product.product_id for product in nearest]
    assert from_csv[0][4] == pytest.approx(from_csv[0][3] / lab.space("tiny").typical_distance, rel=1e-4)


def test_ids_that_look_like_formulas_are_text_in_a_spreadsheet(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = ['=HYPERLINK("x")', "+1+1", "-x", "@x", *(f"{i:04d}" for i in range(4, 80))]
    monkeypatch.setitem(lab.catalogue().__dict__, "product_ids", hostile)
    with written(lab, tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert [row[0] for row in rows[:12:3]] == [f"'{name}" for name in hostile[:4]]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_one_that_is_stopped_leaves_the_old_file(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("old")
    steps = write_similar(lab, "tiny", 3, file)
    next(steps)
    next(steps)
    steps.close()
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


@pytest.mark.parametrize("name", ["x.xlsx", "x", "x.csv.gz"])
def test_another_ending_is_refused_before_the_work(lab: Lab, tmp_path: Path, name: str) -> None:
    with pytest.raises(RequestError, match=r"written as \.csv, \.parquet, \.jsonl"):
        next(write_similar(lab, "tiny", 3, tmp_path / name))


def test_an_impossible_number_is_refused(lab: Lab) -> None:
    with pytest.raises(RequestError, match="between 1 and 1,000"):
        next(recommend(lab.space("tiny"), 0))


def test_memory_does_not_grow_with_the_square(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """No chunk asks for more than its own products at once."""
    asked: list[int] = []
    space: Any = lab.space("tiny")
    real = type(space).nearest
    monkeypatch.setattr(recommending, "_CHUNK", 16)
    monkeypatch.setattr(type(space), "nearest", lambda s, z, k, r=None: (asked.append(len(z)), real(s, z, k, r))[1])
    list(recommend(space, 2))
    assert asked == [16] * 5
