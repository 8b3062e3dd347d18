"""Near duplicates: found by look and pixels, in groups that are no chains, tagged in one action, remembered as none."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps
from streamlit.testing.v1 import AppTest

from looks_like.data.near_copies import Compared
from looks_like.data.sources import Columns
from looks_like.explorer import tags
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.interfaces.notebook.workspace import open as open_workspace
from looks_like.explorer.jobs import Jobs
from looks_like.explorer.search import (
    are_none,
    duplicates,
    find_duplicates,
    forget_refused,
    make_look,
    tag_duplicates,
)
from looks_like.explorer.search.likeness.duplicates import _groups
from looks_like.explorer.selecting import delete_products

GARMENTS = 24
# product -> how it came a second time
AGAIN: dict[int, tuple[str, Callable[[Image.Image], Image.Image]]] = {
    3: ("saved again", lambda image: ImageEnhance.Brightness(image).enhance(1.05)),
    7: ("mirrored", ImageOps.mirror),
    11: ("framed anew", lambda image: image.crop((5, 5, 123, 123)).resize((128, 128))),
    15: ("same picture", lambda image: image),
}


def garment(number: int) -> Image.Image:
    """With folds of its own; pairs of two numbers have one outline."""
    rng, edge = np.random.default_rng(number), 128
    shape = np.random.default_rng(number // 2)
    wide, ink = int(shape.integers(22, 46)), shape.integers(50, 190, 3)
    y_hw, x_hw = np.mgrid[:edge, :edge]
    inside_hw = (np.abs(x_hw - 64) < wide + (y_hw - 20) / 12) & (y_hw > 20) & (y_hw < 108)
    folds_hw = np.zeros((edge, edge))
    for _ in range(9):
        x, y, size = rng.uniform(30, 98), rng.uniform(25, 100), rng.uniform(3, 8)
        folds_hw += rng.uniform(-60, 60) * np.exp(-((x_hw - x) ** 2 + (y_hw - y) ** 2 / 6) / (2 * size**2))
    values_hwc = np.where(inside_hw[..., None], ink + folds_hw[..., None], 244)
    return Image.fromarray(values_hwc.clip(0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Garments, some of them twice, with their look."""
    folder = tmp_path_factory.mktemp("duplicates")
    pictures = folder / "pictures"
    pictures.mkdir()
    for number in range(GARMENTS):
        garment(number).save(pictures / f"g{number:02d}.jpg", quality=92)
    for number, (_, change) in AGAIN.items():
        change(Image.open(pictures / f"g{number:02d}.jpg")).save(pictures / f"z{number:02d}.jpg", quality=70)
    lab = Lab(folder / "w")
    for _ in lab.import_products(str(pictures), Columns()):
        pass
    with pytest.raises(RequestError, match="looks-like look"):
        list(find_duplicates(lab))
    for _ in make_look(lab):
        pass
    assert duplicates(lab) is None
    steps = list(find_duplicates(lab))
    assert steps[-1][0] == steps[-1][1]
    return lab


@pytest.fixture
def own(seen: Lab, tmp_path: Path) -> Lab:
    shutil.copytree(seen.workspace.folder, tmp_path / "w")
    return Lab(tmp_path / "w")


def found_ids(lab: Lab) -> set[tuple[str, ...]]:
    found = duplicates(lab)
    assert found is not None
    return {tuple(lab.catalogue().product_ids[row] for row in sorted(group.rows_m)) for group in found.groups}


def test_each_that_came_twice_is_found_and_no_other(seen: Lab) -> None:
    assert found_ids(seen) == {(f"g{number:02d}", f"z{number:02d}") for number in AGAIN}
    found = duplicates(seen)
    assert found is not None
    hows = {seen.catalogue().product_ids[max(group.rows_m)]: set(group.how) - {""} for group in found.groups}
    assert hows == {f"z{number:02d}": {how} for number, (how, _) in AGAIN.items()}
    assert (found.products, found.behind, found.refused) == (8, 0, 0)


def test_what_is_like_its_neighbours_alone_is_no_group() -> None:
    """Ten in a row, each of one photograph with the next: a chain is cut till all are like the first of their group."""
    links_p2 = np.column_stack([np.arange(9), np.arange(1, 10)])

    def compared(rows_p2: np.ndarray) -> Compared:
        same_p = np.abs(rows_p2[:, 0] - rows_p2[:, 1]) == 1
        return Compared(same_p, np.zeros(len(same_p), bool), np.zeros(len(same_p), bool))

    groups = [rows for rows, _ in _groups(links_p2, compared)]
    assert groups
    assert all(abs(row - rows[0]) <= 1 for rows in groups for row in rows)
    assert max(map(len, groups)) == 3


def test_one_is_kept_the_others_tagged_and_it_is_undone(own: Lab) -> None:
    found = duplicates(own)
    assert found is not None
    change = tag_duplicates(own, found.groups, "duplicate", "ann", keeps=0)
    assert (change.changed, len(tags.masks(own)["duplicate"].nonzero()[0])) == (4, 4)
    after = duplicates(own)
    assert after is not None
    assert all(group.settled and not group.tagged_m[0] for group in after.groups)
    tags.undo(own, "ann")
    again = duplicates(own)
    assert again is not None
    assert not any(group.settled for group in again.groups)


def test_different_products_are_remembered_through_another_search(own: Lab) -> None:
    are_none(own, ["z07", "g07"])
    left = {("g03", "z03"), ("g11", "z11"), ("g15", "z15")}
    assert found_ids(own) == left
    told = duplicates(own)
    assert told is not None
    assert told.refused == 1
    list(find_duplicates(own))
    assert found_ids(own) == left
    forget_refused(own)
    list(find_duplicates(own))
    assert ("g07", "z07") in found_ids(own)
    with pytest.raises(RequestError, match="Name two or more"):
        are_none(own, ["g07"])


def test_what_is_deleted_is_in_no_group_and_what_comes_is_said(own: Lab, tmp_path: Path) -> None:
    delete_products(own, np.array([own.catalogue().row("z03")]), "ann")
    assert ("g03", "z03") not in found_ids(own)
    (tmp_path / "more").mkdir()
    for number in (90, 91):
        garment(number).save(tmp_path / "more" / f"n{number}.jpg")
    for _ in own.import_products(str(tmp_path / "more"), Columns()):
        pass
    found = duplicates(own)
    assert found is not None
    assert found.behind == 1, "of the two that came one stands for the one that went"


@pytest.mark.parametrize(
    "content", [b"", b"[", b"[1]", b'{"groups": [{"product_ids": [1], "how": [""]}]}', b"9" * 5000]
)
def test_files_of_strangers_are_nothing_found(own: Lab, content: bytes) -> None:
    for name in ("duplicates.json", "not-duplicates.json"):
        (own.workspace.folder / name).write_bytes(content)
    assert duplicates(own) is None
    list(find_duplicates(own))
    assert len(found_ids(own)) == len(AGAIN)


def test_the_command_and_the_notebook(own: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = str(own.workspace.folder), tmp_path / "x.csv"
    assert run(["duplicates", "--workspace", folder, "--out", str(out), "--tag", "twice"]) == (0, "")
    assert "z11" in capsys.readouterr().out
    with out.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert (len(lines), lines[0]["group"]) == (8, "1")
    assert len(tags.masks(Lab(own.workspace.folder))["twice"].nonzero()[0]) == 4
    assert run(["duplicates", "--different", "g03", "--different", "z03", "--workspace", folder]) == (0, "")
    table = open_workspace(folder).duplicates()
    assert (len(table), list(table.columns)) == (6, ["group", "product_id", "name", "how"])
    assert run(["duplicates", "--all", "--workspace", folder])[0] == 2
    assert "csv" in run(["duplicates", "--out", "x.txt", "--workspace", folder])[1]


def test_the_page_offers_and_lists_them(
    own: Lab, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("catalogue", own.workspace.folder)
    next(button for button in app.button if button.label == "Review duplicates").click().run()
    assert not app.exception
    assert app.query_params["review"] == "duplicates"
    assert any("4 groups to look through" in each.value for each in app.caption)
    next(button for button in app.button if button.label == "Different products").click().run()
    assert len(found_ids(Lab(own.workspace.folder))) == 3
    next(button for button in app.button if button.label == "Undo").click().run()
    assert len(found_ids(Lab(own.workspace.folder))) == 4
    next(button for button in app.button if button.label.startswith("Keep the first of each")).click().run()
    assert any("All are done" in each.value for each in app.caption)
    next(button for button in app.button if button.label == "Undo").click().run()
    assert any("4 groups to look through" in each.value for each in app.caption)
    (own.workspace.folder / "duplicates.json").unlink()
    monkeypatch.setattr(Jobs, "_spawn", lambda jobs, job: None)
    app = open_page("catalogue", own.workspace.folder)
    next(button for button in app.button if button.label.startswith("Look for duplicates · about")).click().run()
    assert [job.words[0] for job in Jobs(own.workspace.folder).active()] == ["duplicates"]
