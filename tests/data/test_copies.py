"""Which pictures are the same: saved again they are, and nothing else is, be it ever so like."""

import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from looks_like.data import copies, dsprites
from looks_like.data.catalogue import open_catalogue
from looks_like.data.copies import Copies, find_copies
from looks_like.data.deletions import delete_rows
from looks_like.data.importing import import_source
from looks_like.data.sneakers import render
from looks_like.data.sneakers.factors import FACTORS, PALETTE, Sneaker
from looks_like.data.sneakers.samplers import SAMPLERS
from looks_like.data.sources import Columns
from looks_like.data.workspace import Workspace

DRAWN = [SAMPLERS["catalogue"](0, i).sneaker for i in range(0, 600, 50)]


def drawn(sneaker: Sneaker) -> Image.Image:
    return Image.fromarray(render(sneaker, 128))


def saved(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def imported(folder: Path, files: dict[str, bytes]) -> tuple[Workspace, dict[str, int]]:
    """-> the workspace, and the row of each file by its name without ending."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / "files" / name).write_bytes(content)
    workspace = Workspace(folder / "workspace")
    for _ in import_source(workspace, str(folder / "files"), Columns()):
        pass
    return workspace, {Path(key).stem: row for row, key in enumerate(open_catalogue(workspace).product_ids)}


def copies_of(workspace: Workspace) -> Copies:
    return find_copies(workspace, open_catalogue(workspace))


def test_a_picture_saved_again_is_a_copy_whatever_the_format_and_the_quality(tmp_path: Path) -> None:
    again: dict[str, Callable[[Image.Image], bytes]] = {
        "a.png": lambda image: saved(image, "PNG"),
        "b.png": lambda image: saved(image, "PNG", compress_level=1),  # equal once squared
        "c.jpg": lambda image: saved(image, quality=95),
        "d.jpg": lambda image: saved(image, quality=80),
        "e.webp": lambda image: saved(image, "WEBP", quality=90),
    }
    files = {f"{i:02d}-{name}": write(drawn(s)) for i, s in enumerate(DRAWN) for name, write in again.items()}
    workspace, rows = imported(tmp_path, files)
    found = copies_of(workspace)
    for i in range(len(DRAWN)):
        group = [row for name, row in rows.items() if name.startswith(f"{i:02d}-")]
        assert len(group) == len(again)
        assert set(found.first_n[group]) == {min(group)}
        assert found.count_n[group].tolist() == [len(again)] * len(again)
        assert found.of(group[2]).tolist() == sorted(group)


def changed(sneaker: Sneaker) -> list[Sneaker]:
    """One thing about it is another: the colour nearest to its own, the next of a kind, a fifth of a range."""
    found = []
    for factor, values in FACTORS.items():
        now = getattr(sneaker, factor)
        if values is None:
            other: Any = now + 0.2 if now <= 0.8 else now - 0.2
        elif "colour" in factor:
            away = {c: sum((a - b) ** 2 for a, b in zip(PALETTE[c], PALETTE[now], strict=True)) for c in PALETTE}
            other = sorted(away, key=away.__getitem__)[1]
        else:
            other = values[(values.index(now) + 1) % len(values)]
        found.append(replace(sneaker, **{factor: other}))
    return found


def test_products_that_differ_in_one_thing_are_no_copies_however_little_it_is(tmp_path: Path) -> None:
    files, differs = {}, {}
    for i, sneaker in enumerate(DRAWN):
        files[f"{i:02d}.png"] = saved(drawn(sneaker), "PNG")
        own = np.asarray(drawn(sneaker)).astype(int)
        for j, other in enumerate(changed(sneaker)):
            files[f"{i:02d}-{j:02d}.png"] = saved(drawn(other), "PNG")
            differs[f"{i:02d}-{j:02d}"] = np.abs(np.asarray(drawn(other)) - own).max() > 24  # some are hidden
    workspace, rows = imported(tmp_path, files)
    found = copies_of(workspace)
    merged = [
        name for name, seen in differs.items() if seen and found.first_n[rows[name]] == found.first_n[rows[name[:2]]]
    ]
    assert sum(differs.values()) > 150
    assert not merged


@pytest.mark.parametrize("factor", range(5))
def test_sprites_next_to_each_other_are_no_copies(tmp_path: Path, factor: int) -> None:
    """Drawn shapes on black: of another form, a step larger, turned, to the right, further down."""
    start = np.array([1, 2, 5, 10, 20])
    factors_n5 = np.repeat(start[None], 3, 0)
    factors_n5[:, factor] = [0, 1, 2]
    pixels_nhw = dsprites.pixels(dsprites.render(dsprites.rows_of(factors_n5)))
    images = [Image.fromarray(pixels_hw) for pixels_hw in pixels_nhw]
    workspace, _ = imported(
        tmp_path, {f"{i}.png": saved(image.convert("RGB"), "PNG") for i, image in enumerate(images)}
    )
    assert copies_of(workspace).none


def test_a_crowd_of_copies_is_one_group_and_a_chain_of_small_changes_is_none(tmp_path: Path) -> None:
    files = {f"a{i:03d}.jpg": saved(drawn(DRAWN[0]), quality=60 + i % 40) for i in range(120)}
    shades = [np.asarray(drawn(DRAWN[1])).astype(int) // 2 + 5 * i for i in range(12)]
    files |= {f"b{i:03d}.png": saved(Image.fromarray(shade.astype(np.uint8)), "PNG") for i, shade in enumerate(shades)}
    workspace, rows = imported(tmp_path, files)
    found = copies_of(workspace)
    assert found.count_n[rows["a000"]] == 120
    ends = found.first_n[[rows["b000"], rows["b011"]]]
    assert ends[0] != ends[1]


def test_they_are_kept_beside_the_pixels_and_a_broken_file_is_found_anew(tmp_path: Path) -> None:
    picture = saved(drawn(DRAWN[0]), "PNG")
    files = {"a.png": picture, "b.png": picture, "c.png": saved(drawn(DRAWN[5]), "PNG")}
    workspace, _ = imported(tmp_path, files)
    first = copies_of(workspace)
    (kept,) = workspace.pixels.glob("*-copies.npy")
    whole = kept.read_bytes()
    cyclic = io.BytesIO()
    np.save(cyclic, np.array([1, 1, 1]))
    for broken in (b"", whole[:20], whole[:-8], cyclic.getvalue(), b"\x93NUMPY garbage"):
        kept.write_bytes(broken)
        assert copies_of(workspace).first_n.tolist() == first.first_n.tolist() == [0, 0, 2]
        assert kept.read_bytes() == whole
    shutil.rmtree(workspace.pixels)
    assert copies_of(workspace).first_n.tolist() == [0, 0, 2]


def with_copies(folder: Path) -> tuple[Workspace, dict[str, bytes]]:
    """Eight products, of which the second has one copy and the third two; they were looked for."""
    files = {f"{i:02d}.png": saved(drawn(sneaker), "PNG") for i, sneaker in enumerate(DRAWN[:8])}
    files |= {"10.jpg": saved(drawn(DRAWN[1]), quality=80), "11.png": files["02.png"], "12.png": files["02.png"]}
    workspace, _ = imported(folder, files)
    copies_of(workspace)
    return workspace, files


def test_of_a_catalogue_that_grows_only_what_is_new_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, files = with_copies(tmp_path)
    asked = list[int]()
    look = copies._pairs
    monkeypatch.setattr(copies, "_pairs", lambda along, asked_m: asked.append(len(asked_m)) or look(along, asked_m))
    more = {
        "04.png": files["05.png"],  # an earlier one becomes a copy of a later one
        "20.jpg": saved(drawn(DRAWN[3]), quality=85),
        "21.png": files["02.png"],
        "22.png": saved(drawn(DRAWN[10]), "PNG"),
        "23.jpg": saved(drawn(DRAWN[10]), quality=90),
    }
    imported(tmp_path, more)
    delete_rows(workspace, np.array([open_catalogue(workspace).row("06")]), "Ada")  # one that had no copies
    grown = copies_of(workspace)
    assert 0 < asked[0] <= len(more)
    shutil.rmtree(workspace.pixels)
    assert grown.first_n.tolist() == copies_of(workspace).first_n.tolist()
    assert grouped(grown) == [2, 2, 2, 2, 4]


def grouped(found: Copies) -> list[int]:
    """How many each group of copies has."""
    return sorted(count for count in np.bincount(found.first_n).tolist() if count > 1)


def test_where_a_copy_goes_the_others_are_looked_for_anew_without_reading_a_picture_that_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, _ = with_copies(tmp_path)
    waved = list[int]()
    waves = copies._along_waves
    monkeypatch.setattr(copies, "_along_waves", lambda small, rows_m: waved.append(len(rows_m)) or waves(small, rows_m))
    imported(tmp_path, {"01.png": saved(drawn(DRAWN[9]), "PNG")})  # the first of two has another picture now
    delete_rows(workspace, np.array([open_catalogue(workspace).row("02")]), "Ada")  # the first of three is gone
    now = copies_of(workspace)
    assert waved == [1]
    shutil.rmtree(workspace.pixels)
    assert now.first_n.tolist() == copies_of(workspace).first_n.tolist()
    assert grouped(now) == [2]


def test_one_of_each_is_the_first_of_those_asked_for() -> None:
    found = Copies(np.array([0, 1, 0, 3, 1]))
    assert not found.none
    assert found.one_of_each(np.array([1, 2, 3, 4])).tolist() == [1, 2, 3]
    assert found.count_n.tolist() == [2, 2, 2, 1, 2]
