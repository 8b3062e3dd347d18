"""Films are what they say: so many steps, so long, so large, the same bytes each time, harmless whatever the names."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from looks_like.data.pictures import resized
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.paths import DecodedPath, FilmStyle, PathRequest, walk
from looks_like.explorer.paths.files.film import MEDIA_TYPES, film, film_kind
from looks_like.explorer.paths.files.frames import Frames, pictures_of
from looks_like.explorer.paths.files.tables import steps_csv, steps_json

STEPS, SIZE = 12, 64
SMALL = FilmStyle(SIZE)
HOSTILE = [
    "=1+1",
    "<script>alert(1)</script>",
    "two\nlines\tand\x00more",
    "\u202egnp.exe",
    "👟" * 60,
    "W" * 500,
    "",
    "日本語の名前",
    '"quoted", and comma',
    "%s {0} \\",
    "\ud800 half a pair",
    "-5",
]


@pytest.fixture(scope="module")
def path(lab: Lab) -> DecodedPath:
    return walk(lab, PathRequest("tiny", ("0003", "0040"), steps=STEPS))


@pytest.fixture(scope="module")
def hostile(path: DecodedPath) -> DecodedPath:
    products = [
        replace(product, name=name, product_id=name) for product, name in zip(path.nearest, HOSTILE, strict=True)
    ]
    return replace(path, nearest=products)


def durations_ms(image: Image.Image) -> list[int]:
    found = []
    for at in range(image.n_frames):  # type: ignore[attr-defined]
        image.seek(at)
        image.load()
        found.append(int(image.info["duration"]))
    return found


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_a_film_moves_and_lasts_as_long_as_its_steps(lab: Lab, path: DecodedPath, kind: str) -> None:
    image = Image.open(io.BytesIO(film(lab, path, kind, SMALL)))
    assert image.is_animated  # type: ignore[attr-defined]
    assert image.size == (2 * SIZE, SIZE + 24)
    assert image.info["loop"] == 0
    assert sum(durations_ms(image)) == 600 + (STEPS - 2) * 50 + 600


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_steps_that_look_alike_still_take_their_time(lab: Lab, kind: str) -> None:
    """Writers merge equal frames into one that lasts longer."""
    path = walk(lab, PathRequest("tiny", ("0003", "0003"), steps=6))
    image = Image.open(io.BytesIO(film(lab, path, kind, SMALL)))
    assert sum(durations_ms(image)) == 600 + 4 * 50 + 600


def test_a_film_begins_with_the_decoded_product_beside_the_real_one(lab: Lab, path: DecodedPath) -> None:
    first = np.asarray(Image.open(io.BytesIO(film(lab, path, "gif", SMALL))).convert("RGB")).astype(int)
    decoded = np.asarray(resized(Image.fromarray(path.frames_thwc[0]), SIZE)).astype(int)
    [real] = pictures_of(lab, path.nearest[:1], SIZE)
    assert np.abs(first[:SIZE, :SIZE] - decoded).mean() < 6  # 256 colours are shared by all frames
    assert np.abs(first[:SIZE, SIZE:] - real.astype(int)).mean() < 6


def test_an_mp4_has_all_steps_and_holds_its_ends(lab: Lab, path: DecodedPath, tmp_path: Path) -> None:
    file = tmp_path / "x.mp4"
    file.write_bytes(film(lab, path, "mp4", SMALL))
    count, seconds = imageio_ffmpeg.count_frames_and_secs(file)
    assert count == STEPS + 2 * 11
    assert seconds == pytest.approx(count * 0.05, abs=0.06)
    reader = imageio_ffmpeg.read_frames(file)
    assert next(reader)["size"] == (2 * SIZE, SIZE + 24)
    reader.close()


@pytest.mark.parametrize("kind", ["gif", "webp", "png", "zip", "csv", "json", "mp4"])
def test_the_same_path_gives_the_same_bytes(lab: Lab, path: DecodedPath, kind: str) -> None:
    assert film(lab, path, kind, SMALL) == film(Lab(lab.workspace.folder), path, kind, SMALL)


def test_a_sheet_shows_every_step_above_its_product(lab: Lab, path: DecodedPath) -> None:
    image = Image.open(io.BytesIO(film(lab, path, "png", SMALL)))
    gap = 4
    assert image.size == (10 * (SIZE + gap) + gap, 2 * (2 * SIZE + 2 * gap) + gap)
    pixels = np.asarray(image)
    np.testing.assert_array_equal(
        pixels[gap : gap + SIZE, gap : gap + SIZE], np.asarray(resized(Image.fromarray(path.frames_thwc[0]), SIZE))
    )
    [real] = pictures_of(lab, path.nearest[:1], SIZE)
    np.testing.assert_array_equal(pixels[gap + SIZE : gap + 2 * SIZE, gap : gap + SIZE], real)


def test_a_table_has_a_line_for_each_step(path: DecodedPath) -> None:
    lines = list(csv.DictReader(io.StringIO(steps_csv(path).decode())))
    assert [int(line["step"]) for line in lines] == list(range(1, STEPS + 1))
    assert (lines[0]["product_id"], lines[-1]["product_id"]) == ("0003", "0040")
    assert float(lines[0]["distance"]) == 0
    z_td = np.array([[float(line[f"z{d}"]) for d in range(6)] for line in lines])
    np.testing.assert_allclose(z_td, path.z_td, atol=1e-5)


def test_json_says_the_same_as_the_table(lab: Lab, path: DecodedPath) -> None:
    said = json.loads(film(lab, path, "json"))
    assert said == steps_json(path)
    assert (said["model"], said["anchors"], said["curve"]) == ("tiny", ["0003", "0040"], "dense")
    assert [step["product_id"] for step in said["steps"]] == [product.product_id for product in path.nearest]
    assert len(said["steps"][0]["z"]) == 6


def test_formulas_in_a_table_are_harmless(hostile: DecodedPath) -> None:
    named = replace(hostile, nearest=[product for product in hostile.nearest if "\ud800" not in product.name])
    lines = list(csv.DictReader(io.StringIO(steps_csv(replace(named, z_td=named.z_td)).decode(), newline="")))
    assert (lines[0]["product_id"], lines[0]["name"]) == ("'=1+1", "'=1+1")
    assert lines[-1]["name"] == "-5", "a number is none"
    assert lines[8]["name"] == '"quoted", and comma'


@pytest.mark.parametrize("size", [64, 131, 512])
def test_any_name_can_be_drawn(lab: Lab, hostile: DecodedPath, size: int) -> None:
    made = Frames(lab, hostile, FilmStyle(size))
    assert len(made) == STEPS
    high = size + max(24, size // 8)
    assert {frame.size for frame in made} == {(2 * size, high + high % 2)}


def test_a_long_name_is_cut_where_its_room_ends(lab: Lab, path: DecodedPath) -> None:
    """The distance to its right stays as it is."""
    products = [[replace(product, name=name, distance=1.0) for product in path.nearest[:2]] for name in ("W" * 500, "")]
    long, short = (
        np.asarray(Frames(lab, replace(path, nearest=given), FilmStyle(256))[0].crop((480, 256, 512, 288)))
        for given in products
    )
    np.testing.assert_array_equal(long, short)


def test_small_decodes_are_enlarged_smoothly() -> None:
    """A ramp of grey stays one: no two columns in its middle are the same, as square pixels would have them."""
    ramp_hwc = np.repeat(np.repeat(np.arange(0, 256, 8, dtype=np.uint8)[None, :, None], 32, 0), 3, 2)
    steps = np.diff(np.asarray(resized(Image.fromarray(ramp_hwc), 64))[32, 8:-8, 0].astype(int))
    assert (steps > 0).all()
    assert steps.max() <= 5


def test_a_decode_of_the_right_size_is_shown_as_it_is() -> None:
    pixels_hwc = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    np.testing.assert_array_equal(np.asarray(resized(Image.fromarray(pixels_hwc), 64)), pixels_hwc)


@pytest.mark.parametrize(
    ("kind", "size", "says"),
    [
        ("bmp", 256, "unknown kind of film 'bmp'; there are: gif, webp, mp4, png, zip, csv, json"),
        ("gif", 63, "a film can be 64 to 1024 px across, got 63"),
        ("gif", 10**9, "a film can be 64 to 1024 px across, got 1000000000"),
        ("csv", -1, "a film can be 64 to 1024 px across"),
    ],
)
def test_a_film_that_cannot_be_is_a_sentence(lab: Lab, path: DecodedPath, kind: str, size: int, says: str) -> None:
    with pytest.raises(RequestError, match=says):
        film(lab, path, kind, FilmStyle(size))


def test_the_ending_says_the_kind() -> None:
    assert [film_kind(f"x.{kind}") for kind in MEDIA_TYPES] == list(MEDIA_TYPES)
    assert film_kind("A.B.GIF") == "gif"
    for name in ("x", "gif", "x.gif.exe", ""):
        with pytest.raises(RequestError, match=r"a film can be written as \.gif, \.webp"):
            film_kind(name)


def test_odd_edges_are_no_crash(lab: Lab, path: DecodedPath) -> None:
    short = replace(path, nearest=path.nearest[:2], frames_thwc=path.frames_thwc[:2], z_td=path.z_td[:2])
    for kind in ("gif", "webp", "mp4", "png"):
        assert film(lab, short, kind, FilmStyle(65))
