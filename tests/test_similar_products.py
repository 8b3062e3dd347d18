"""What looks like what: exact under any filter, explained by numbers that can be worked by hand."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from looks_like.data.errors import PictureError
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.results import Product
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.likeness import photographs
from looks_like.explorer.search.likeness.photographs import photograph, square_photograph
from looks_like.explorer.search.likeness.similar import (
    DimensionOffset,
    SimilarProduct,
    place_on_map,
    similar_product_json,
    similar_to,
)
from looks_like.model.errors import ModelError


def by_hand(lab: Lab, row: int, k: int, rows: list[int]) -> list[int]:
    """The k nearest others among some rows, by sorting all distances."""
    space = lab.space("tiny")
    distance = {other: float(np.linalg.norm(space.code(other) - space.code(row))) for other in rows if other != row}
    return sorted(distance, key=lambda other: distance[other])[:k]


@given(st.integers(0, 79), st.integers(1, 90), st.none() | st.sets(st.integers(0, 79), max_size=80))
@settings(max_examples=60, deadline=None)
def test_the_nearest_are_those_of_sorting_all(lab: Lab, row: int, k: int, rows: set[int] | None) -> None:
    rows_m = None if rows is None else np.array(sorted(rows), np.int64)
    found = [similar.product.row for similar in similar_to(lab, "tiny", row, k, rows_m)]
    assert found == by_hand(lab, row, k, list(range(80)) if rows is None else sorted(rows))


def test_distances_are_those_of_the_codes(lab: Lab) -> None:
    space = lab.space("tiny")
    for similar in similar_to(lab, "tiny", 3, 5):
        distance = np.linalg.norm(space.code(similar.product.row) - space.code(3))
        assert similar.product.distance == pytest.approx(distance, rel=1e-5)
        assert similar.product.typical == pytest.approx(distance / space.typical_distance, rel=1e-5)


def test_a_point_of_the_space_has_neighbours_too_and_no_attributes(lab: Lab) -> None:
    z_d = lab.space("tiny").code(11)
    found = similar_to(lab, "tiny", z_d, 3)
    assert found[0].product.row == 11
    assert not any(similar.shared or similar.other for similar in found)


@pytest.mark.parametrize("k", [0, -1, 10_001])
def test_an_impossible_number_is_refused(lab: Lab, k: int) -> None:
    with pytest.raises(RequestError, match="k must be between 1 and 10,000"):
        similar_to(lab, "tiny", 0, k)


def test_the_steps_are_the_largest_differences_in_deviations(lab: Lab) -> None:
    space = lab.space("tiny")
    similar = similar_to(lab, "tiny", 5, 1)[0]
    here_a, there_a = space.axes.values(np.stack([space.code(similar.product.row), space.code(5)]))
    largest = np.argsort(-np.abs(here_a - there_a))[:3]
    assert [step.dimension for step in similar.steps] == (largest + 1).tolist()
    assert [step.deviations for step in similar.steps] == pytest.approx((here_a - there_a)[largest].tolist(), rel=1e-4)


ITEM = Product(3, "p", "Disc", "digest", {}, 1.3, 1.31)


def test_why_is_said_in_words() -> None:
    steps = (DimensionOffset(12, 1.84), DimensionOffset(3, -1.1), DimensionOffset(7, 0.04))
    other = (("price", 20.0, 10.0), ("colour_label", "black", "white"), ("width", 100.0, 101.0))
    similar = SimilarProduct(ITEM, steps, ("brand",), other)
    assert similar.why() == [
        "same brand; colour label black instead of white, price 20 instead of 10",
        "dimension 12 higher by 1.8 deviations, 3 lower by 1.1",
    ]
    assert similar.near() == "1.3 × typical"


@pytest.mark.parametrize(
    ("product", "words"),
    [
        (replace(ITEM, typical=0.456), "0.46 × typical"),
        (replace(ITEM, typical=None), "1.30 away"),
    ],
)
def test_how_near_is_said_in_words(product: Product, words: str) -> None:
    assert SimilarProduct(product, ()).near() == words


def test_nothing_to_say_is_no_line() -> None:
    assert SimilarProduct(ITEM, (DimensionOffset(1, 0.01),)).why() == []


def test_attributes_are_compared_where_both_have_them(lab: Lab) -> None:
    """Product 0007 has no price; 0003 and 0033 share form and brand, not the year."""
    similar = next(a for a in similar_to(lab, "tiny", 3, 79) if a.product.product_id == "0033")
    assert "brand" in similar.shared
    here, there = lab.product("0033").attributes, lab.product("0003").attributes
    assert {name: (mine, asked) for name, mine, asked in similar.other} == {
        name: (here[name], there[name]) for name in ("price", "year") if here[name] != there[name]
    }
    unpriced = next(a for a in similar_to(lab, "tiny", 3, 79) if a.product.product_id == "0007")
    assert "price" not in [*unpriced.shared, *(name for name, _, _ in unpriced.other)]


def test_as_json_it_is_an_item_with_words(lab: Lab) -> None:
    said = similar_product_json(similar_to(lab, "tiny", 3, 1)[0])
    assert said["product_id"] == lab.catalogue().product_ids[said["row"]]
    assert said["near"].endswith("× typical")
    assert said["why"]
    assert len(said["dimensions"]) == 3


def test_a_photograph_finds_what_it_shows_and_raises_no_doubts(lab: Lab, draw_product: Any, file_bytes: Any) -> None:
    picture = square_photograph(lab, file_bytes(draw_product(11), "WEBP", lossless=True))
    found = photograph(lab, "tiny", picture)
    assert similar_to(lab, "tiny", found.z_d, 1)[0].product.product_id == "0011"
    assert found.rebuilt.startswith(b"\x89PNG")
    assert found.doubts == ""
    assert 0 < found.error < 0.05


def test_a_products_own_picture_is_that_product(lab: Lab) -> None:
    """Its file as the shop has it, or as the catalogue keeps it: the same code."""
    space, catalogue = lab.space("tiny"), lab.catalogue()
    for row in space.rows_n[::7].tolist():
        [stored] = catalogue.pictures([row])
        picture = square_photograph(lab, stored)
        assert picture == stored
        found = similar_to(lab, "tiny", photograph(lab, "tiny", picture).z_d, 1)[0].product
        assert catalogue.sha256[found.row] == catalogue.sha256[row]
        assert found.distance == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_was_saved_anew_finds_its_product_first(kind: str, lab: Lab, file_bytes: Any) -> None:
    """Whatever framing the model would rebuild best: of all products, not of one that happens to be easy."""
    space, catalogue = lab.space("tiny"), lab.catalogue()
    missed = []
    for row in space.rows_n.tolist():
        image = Image.open(io.BytesIO(catalogue.pictures([row])[0])).convert("RGB")
        picture = square_photograph(lab, file_bytes(image, kind, quality=90))
        found = similar_to(lab, "tiny", photograph(lab, "tiny", picture).z_d, 1)[0].product
        if catalogue.sha256[found.row] != catalogue.sha256[row]:
            missed.append(row)
    assert not missed


def test_a_photograph_of_nothing_like_it_raises_doubts(lab: Lab, file_bytes: Any) -> None:
    noise_hwc = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    found = photograph(lab, "tiny", square_photograph(lab, file_bytes(Image.fromarray(noise_hwc))))
    assert "times" not in found.doubts
    assert found.doubts.endswith("judge what follows by eye.")
    assert found.doubts[0].isupper()


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"%!PS"])
def test_a_hostile_file_is_no_photograph(lab: Lab, content: bytes) -> None:
    with pytest.raises(PictureError):
        square_photograph(lab, content)


def test_the_place_on_a_map_has_the_product_in_its_middle(lab: Lab) -> None:
    name, view = place_on_map(lab, "tiny", "0007") or ("", "")
    x, y = lab.map_view("tiny", "pca").xy_n2[7]
    assert (name, view) == ("pca", f"{x:.4f},{y:.4f},12")


def test_a_product_without_a_code_says_what_to_do(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    space = lab.space("tiny")
    monkeypatch.setitem(space.__dict__, "_place_n", np.where(np.arange(80) == 3, -1, space._place_n))
    with pytest.raises(ModelError, match="looks-like encode tiny"):
        similar_to(lab, "tiny", 3, 2)


def test_a_photograph_taken_closer_is_framed_as_the_shop_does(
    lab: Lab, draw_product: Any, file_bytes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut by a tenth: its code is nearer to the product's than that of the cut picture as it is."""
    space = lab.space("tiny")

    def distances() -> np.ndarray:
        found = []
        for number in range(10):
            picture = draw_product(number)
            cut = picture.crop((5, 5, picture.width - 5, picture.height - 5))
            z_d = photograph(lab, "tiny", square_photograph(lab, file_bytes(cut))).z_d
            found.append(np.linalg.norm(z_d - space.code(number)))
        return np.array(found)

    framed = distances()
    monkeypatch.setattr(photographs, "_FRAMINGS", (1.0,))
    assert framed.mean() < 0.9 * distances().mean()
