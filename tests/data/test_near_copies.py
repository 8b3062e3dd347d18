"""One photograph saved, framed, mirrored or lit otherwise is the same; another of a like product is not."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from looks_like.data.near_copies import EDGE_PX, compare

Change = Callable[[Image.Image], Image.Image]


def photograph(seed: int, edge: int = 128) -> Image.Image:
    """A garment with folds of its own, on a ground that is not quite even."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (edge, edge), "#f4f3f1")
    draw, left = ImageDraw.Draw(image), int(rng.integers(24, 34))
    ink = tuple(int(value) for value in rng.integers(40, 160, 3))
    body = [(left, 20), (edge - left, 20), (edge - left + 6, 108), (left - 6, 108)]
    draw.polygon(body, fill=ink)
    for _ in range(24):
        x, y = rng.integers(left, edge - left), rng.integers(24, 100)
        shade = tuple(max(0, min(255, value + int(rng.integers(-50, 50)))) for value in ink)
        draw.line((x, y, x + int(rng.integers(-12, 12)), y + int(rng.integers(4, 22))), fill=shade, width=3)
    return image.filter(ImageFilter.GaussianBlur(1.2))  # as a lens does


def saved(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image.resize((EDGE_PX, EDGE_PX), Image.Resampling.BICUBIC))[None]


CHANGES: dict[str, tuple[Change, bool, bool]] = {
    "saved": (lambda image: saved(image, 50), False, False),
    "smaller": (lambda image: saved(image.resize((70, 70)), 80), False, False),
    "framed": (lambda image: saved(image.crop((6, 9, 124, 127)).resize((128, 128)), 85), False, True),
    "mirrored": (lambda image: saved(ImageOps.mirror(image), 85), True, False),
    "brighter": (lambda image: ImageEnhance.Brightness(image).enhance(1.05), False, False),
    "darker, mirrored, framed": (
        lambda image: saved(ImageOps.mirror(ImageEnhance.Brightness(image).enhance(0.95)).crop((5, 5, 125, 125)), 75),
        True,
        True,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_photograph_is_known_again(name: str) -> None:
    change, mirrored, framed = CHANGES[name]
    images = [photograph(seed) for seed in range(6)]
    found = compare(*(np.concatenate([pixels(image) for image in part]) for part in (images, map(change, images))))
    assert found.same_p.sum() >= 5
    assert (found.mirrored_p[found.same_p] == mirrored).all()
    assert (found.framed_p[found.same_p] == framed).all()


def test_photographs_of_like_products_are_others() -> None:
    images = np.concatenate([pixels(photograph(seed)) for seed in range(12)])
    one_p, other_p = np.triu_indices(12, 1)
    assert not compare(images[one_p], images[other_p]).same_p.any()


@pytest.mark.parametrize("change", ["print", "colour", "ground"])
def test_what_was_changed_on_a_product_makes_it_another(change: str) -> None:
    image, other = photograph(3), photograph(3)
    if change == "print":
        ImageDraw.Draw(other).ellipse((54, 50, 74, 70), fill="white")
    elif change == "colour":
        other = Image.merge("RGB", [other.getchannel(channel) for channel in "BGR"])
    else:
        other = Image.blend(other, Image.new("RGB", other.size, "white"), 0.4)
    assert not compare(pixels(image), pixels(other)).same_p.any()


def test_blank_pictures_and_no_pictures_are_answered() -> None:
    blank = np.full((3, EDGE_PX, EDGE_PX, 3), 255, np.uint8)
    assert not compare(blank, blank).same_p.any(), "nothing is on them that could be the same"
    assert len(compare(blank[:0], blank[:0]).same_p) == 0
