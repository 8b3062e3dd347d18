"""What is missing is completed: an erased part of a picture by a model, values that products lack by their like; what
was filled stands wherever an attribute does, until it is undone or an import knows better.
"""

import base64
import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from looks_like.data import filled
from looks_like.data.errors import CatalogueError, PictureError
from looks_like.data.sources import Columns
from looks_like.explorer import search
from looks_like.explorer.core import Lab, encode
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.interfaces.widgets.finding import erase
from looks_like.explorer.maps.color_by import by_attribute
from looks_like.explorer.search import Condition, Filter, mask
from looks_like.explorer.search.completion import proposals as proposing
from looks_like.explorer.selecting import export_products
from looks_like.model.errors import ModelError
from looks_like.model.geometry import codes_of_known as explain
from looks_like.model.geometry import (
    fit_mixture,
    learn_trust,
    membrane,
    nearness,
    seamless,
    weighed_quantile,
    weighed_vote,
)

WHO = "Ann"


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    shutil.copytree(lab.workspace.folder, tmp_path / "own")
    return Lab(tmp_path / "own")


@pytest.fixture
def gappy(own: Lab, tmp_path: Path, shop: Any) -> Lab:
    """The shop with the form of each product, which every fourth lacks; and prices, which every seventh lacks."""
    with open(shop.table, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        row["form"] = "" if number % 4 == 1 else ("disc", "box", "roof")[number % 3]

    shutil.copytree(shop.folder / "images", tmp_path / "images")

    table = tmp_path / "gappy.csv"
    with open(table, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    for _ in own.import_products(str(table), Columns(name="title")):
        pass
    return own


def hole(edge: int = 32) -> np.ndarray:
    mask_hw = np.zeros((edge, edge), bool)
    mask_hw[edge // 4 : edge // 2, edge // 3 : edge // 2] = True
    return mask_hw


def picture_of(lab: Lab, row: int) -> bytes:
    return lab.catalogue().pictures([row])[0]


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


# -- numbers ---------------------------------------------------------------------------------------------------------


def test_a_membrane_is_a_plane_where_its_border_is_one() -> None:
    y, x = np.mgrid[0:12, 0:9]
    plane_hwc = np.stack([2.0 * x + y, 5.0 - x], 2)
    hole_hw = np.zeros((12, 9), bool)
    hole_hw[3:9, 2:7] = True
    broken = np.where(hole_hw[..., None], -99.0, plane_hwc)
    assert membrane(broken, hole_hw) == pytest.approx(plane_hwc)


def test_a_membrane_at_the_edge_of_a_picture_is_free_there() -> None:
    values_hwc, hole_hw = np.full((6, 6, 1), 3.0), np.zeros((6, 6), bool)
    hole_hw[:, :3] = True
    values_hwc[hole_hw] = 50
    assert membrane(values_hwc, hole_hw) == pytest.approx(np.full((6, 6, 1), 3.0))
    with pytest.raises(ValueError, match="something that is known"):
        membrane(values_hwc, np.ones((6, 6), bool))
    assert np.array_equal(membrane(values_hwc, np.zeros((6, 6), bool)), values_hwc)


def test_what_is_made_meets_what_is_known_without_a_seam() -> None:
    known_hwc = np.random.default_rng(0).uniform(size=(16, 16, 3))
    made_nhwc = np.stack([known_hwc + 0.3, known_hwc - 0.1])  # of other light: exactly what a seam is
    found_nhwc = seamless(made_nhwc, known_hwc, hole(16))
    assert found_nhwc == pytest.approx(np.stack([known_hwc, known_hwc]))


def test_a_code_is_found_from_a_part_of_what_it_decodes_to() -> None:
    generator = torch.Generator().manual_seed(1)
    basis = torch.randn((4, 3 * 8 * 8), generator=generator) / 4

    def decode(z_kd: torch.Tensor) -> torch.Tensor:
        return (z_kd @ basis).reshape(-1, 3, 8, 8)

    mixture = fit_mixture(np.random.default_rng(0).standard_normal((400, 4)).astype(np.float32))
    true_1d = torch.tensor([[1.0, -0.5, 0.8, 0.2]])
    known_hw = np.ones((8, 8), bool)
    known_hw[2:6, 2:6] = False
    found_kd = explain(decode, decode(true_1d)[0], known_hw, np.zeros((4, 4), np.float32), mixture, 80)
    assert found_kd[0] == pytest.approx(true_1d[0].numpy(), abs=0.12)
    assert len(np.unique(found_kd.round(3), axis=0)) == 4, "each is another sample"


def test_near_votes_weigh_more_and_trust_never_falls() -> None:
    weight_mk = nearness(np.array([[0.1, 3.0, 3.0]]), 1.0)
    label_m, share_m = weighed_vote(np.array([[7, 2, 2]]), weight_mk)
    assert (label_m[0], share_m[0]) == (7, pytest.approx(weight_mk[0, 0] / weight_mk.sum()))
    assert weighed_quantile(np.array([[5.0, 1.0, 9.0]]), np.ones((1, 3)), 0.5)[0] == 5.0
    rng = np.random.default_rng(0)
    share_n = rng.uniform(size=4000)
    trust = learn_trust(share_n, rng.uniform(size=4000) < share_n**2)
    assert (np.diff(trust.rate_b) >= 0).all()
    assert trust.of(np.array([0.5, 0.9])) == pytest.approx([0.25, 0.81], abs=0.08)
    assert learn_trust(np.array([1.0]), np.array([True])).of(np.array([1.0]))[0] < 0.7, "one vote makes no certainty"


# -- pictures --------------------------------------------------------------------------------------------------------


def test_known_pixels_stay_and_the_hole_is_filled(lab: Lab) -> None:
    content, erased_hw = picture_of(lab, 7), hole(96)
    found = search.complete(lab, "tiny", content, erased_hw)
    assert len(found.pictures) == 4
    true_hwc = pixels(content)
    for made in found.pictures:
        made_hwc = pixels(made)
        assert made_hwc.shape == true_hwc.shape
        assert np.array_equal(made_hwc[~erased_hw], true_hwc[~erased_hw])
    grey_hwc = np.where(erased_hw[..., None], 0, true_hwc)
    again = search.complete(lab, "tiny", _png(grey_hwc), erased_hw)
    assert not (pixels(again.pictures[0])[erased_hw] == 0).all(), "what was under the hole is not looked at"
    assert 7 not in [product.row for product in found.nearest]
    assert found.nearest


def test_what_is_under_the_hole_changes_nothing(lab: Lab) -> None:
    true_hwc, erased_hw = pixels(picture_of(lab, 7)), hole(96)
    hidden = [_png(np.where(erased_hw[..., None], value, true_hwc).astype(np.uint8)) for value in (0, 200)]
    one, other = (search.complete(lab, "tiny", each, erased_hw).pictures for each in hidden)
    assert one == other


def _png(pixels_hwc: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels_hwc).save(out, "PNG")
    return out.getvalue()


def test_what_can_not_be_completed_is_said(lab: Lab) -> None:
    content = picture_of(lab, 7)
    for erased_hw, said in ((np.zeros((96, 96), bool), "nothing"), (np.ones((96, 96), bool), "too much")):
        with pytest.raises(RequestError, match=said):
            search.complete(lab, "tiny", content, erased_hw)
    with pytest.raises(RequestError, match="as square as"):
        search.complete(lab, "tiny", content, np.ones((4, 5), bool))
    with pytest.raises(RequestError, match="samples"):
        search.complete(lab, "tiny", content, hole(), 0)


def test_a_model_that_draws_nothing_is_said(own: Lab) -> None:
    for _ in search.make_look(own):
        pass
    with pytest.raises(ModelError, match="draws nothing"):
        search.complete(own, search.LOOK_NAME, picture_of(own, 7), hole())


def test_pictures_of_odd_sizes(lab: Lab, file_bytes: Any, draw_product: Any) -> None:
    with pytest.raises(PictureError):
        search.square_photograph(lab, file_bytes(Image.new("RGB", (1, 1), "red")))
    wide = file_bytes(draw_product(3).resize((300, 100)))
    erased_hw = search.box_mask(wide, "100,20,60,60")
    squared = search.square_photograph(lab, wide)
    assert erased_hw.shape == pixels(squared).shape[:2] == (256, 256)
    y, x = np.nonzero(erased_hw)
    scale = 256 / 300
    assert (x.min(), x.max() + 1) == (int(100 * scale), -int(-160 * scale // 1))
    assert (y.min(), y.max() + 1) == (int(120 * scale), -int(-180 * scale // 1)), "100 px were added above"
    assert len(search.complete(lab, "tiny", squared, erased_hw, 1).pictures) == 1
    for box in ("", "1,2,3", "a,b,c,d", "0,0,0,5", "-1,0,5,5", "290,0,20,5"):
        with pytest.raises(RequestError, match="box"):
            search.box_mask(wide, box)


def test_a_turned_photograph_has_its_box_where_people_see_it(file_bytes: Any) -> None:
    image, exif = Image.new("RGB", (40, 20), "white"), Image.Exif()
    exif[0x0112] = 6  # lies on its side
    turned = file_bytes(image, "JPEG", exif=exif)
    assert search.box_mask(turned, "0,30,20,10").any(), "it is 20 wide and 40 high"
    with pytest.raises(RequestError, match="20 x 40"):
        search.box_mask(turned, "30,0,10,20")


def test_the_command_writes_png_and_says_what_is_wrong(
    lab: Lab, tmp_path: Path, file_bytes: Any, draw_product: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    photo, mask_file = tmp_path / "shoe.jpg", tmp_path / "mask.png"
    photo.write_bytes(file_bytes(draw_product(5), "JPEG"))
    mask_file.write_bytes(_png((hole(96) * 255).astype(np.uint8)))
    place = ["--workspace", str(lab.workspace.folder)]
    words = [
        "complete",
        str(photo),
        "--mask",
        str(mask_file),
        "--samples",
        "2",
        "--out",
        str(tmp_path / "o.png"),
    ]
    assert run([*words, "--json", *place])[0] == 0
    said = json.loads(capfd.readouterr().out)
    assert [Path(file).name for file in said["files"]] == ["o-1.png", "o-2.png"]
    assert pixels(Path(said["files"][0]).read_bytes()).shape == (96, 96, 3)
    assert run(["complete", "0007", "--box", "10,10,30,30", "--out", str(tmp_path / "p.png"), *place])[0] == 0
    mask_file.write_bytes(_png(np.zeros((5, 5), np.uint8)))
    (tmp_path / "no.png").write_bytes(b"\x89PNG and nothing")
    for wrong, sentence in (
        ((str(photo), "--mask", str(mask_file)), "as large as its picture"),
        ((str(photo), "--mask", str(tmp_path / "no.png")), "not a picture"),
        ((str(photo), "--mask", str(tmp_path / "none.png")), "no file"),
        ((str(photo), "--mask", str(photo)), "not a PNG"),
        ((str(photo),), "--box"),
        (("0007", "--box", "0,0,96,96"), "too much"),
        (("nobody", "--box", "0,0,9,9"), "neither a product"),
    ):
        code, told = run(["complete", *wrong, "--out", str(tmp_path / "q.png"), *place])
        assert (code, sentence in told) == (2, True), told
    assert not (tmp_path / "q.png").exists()


def test_a_browser_may_say_anything() -> None:
    mask_hw = hole(128)
    text = base64.b64encode(np.packbits(mask_hw).tobytes()).decode()
    assert np.array_equal(erase.read({"edge": 128, "mask": text}), mask_hw)
    masks = ({"edge": 10**9, "mask": text}, {"edge": 64, "mask": text}, {"edge": 128, "mask": "§"})
    for wrong in ({}, {"edge": 128}, *masks):
        assert erase.read(wrong) is None


# -- values ----------------------------------------------------------------------------------------------------------


def test_forms_are_proposed_by_what_products_look_like(gappy: Lab) -> None:
    missing = {each.column: each for each in search.missing_attributes(gappy)}
    assert (missing["form"].missing, missing["form"].open, missing["form"].filled) == (20, 20, 0)
    proposed = search.proposals(gappy, "form")
    true = [("disc", "box", "roof")[row % 3] for row in proposed.rows_m.tolist()]
    assert np.mean([value == real for value, real in zip(proposed.values, true, strict=True)]) > 0.5
    assert (np.diff(proposed.confidence_m) <= 0).all()
    assert ((proposed.confidence_m > 0) & (proposed.confidence_m < 1)).all()
    assert proposed.accuracy.right > proposed.accuracy.usual_right
    assert gappy.catalogue().rows["form"].null_count == 20, "nothing is filled until somebody accepts"


def test_numbers_are_proposed_with_a_range(gappy: Lab) -> None:
    proposed = search.proposals(gappy, "price")
    assert len(proposed.values) == gappy.catalogue().rows["price"].null_count > 0
    assert all(isinstance(value, float) for value in proposed.values)
    assert any(" to " in words for words in proposed.words)


def test_what_can_not_be_proposed_is_said(gappy: Lab) -> None:
    for column in ("nothing", "", "product_id"):
        with pytest.raises(RequestError, match="no attribute"):
            search.proposals(gappy, column)
    catalogue = gappy.imported_catalogue()
    assert not proposing.can_be_proposed(catalogue.with_columns({"id": catalogue.rows["product_id"]}, {}, ()), "id")

    assert "brand" not in [each.column for each in search.missing_attributes(gappy)]


def test_what_is_accepted_is_an_attribute_like_any_other_until_it_is_undone(gappy: Lab) -> None:
    before, etag = gappy.catalogue().as_of, gappy.etag()
    proposed = search.proposals(gappy, "form")
    entry = search.accept(gappy, proposed, np.arange(5), WHO)
    assert (entry.who, len(entry.product_ids), entry.at is not None) == (WHO, 5, True)
    rows_m = proposed.rows_m[:5]
    values = gappy.catalogue().rows["form"].take(rows_m).to_pylist()
    assert values == proposed.values[:5]
    assert np.array_equal(gappy.catalogue().filled["form"], np.sort(rows_m))
    assert gappy.etag() != etag
    asked = Filter((Condition("form", "is", (values[0],)),))
    assert mask(gappy, asked)[rows_m[0]]
    colouring, known = by_attribute(gappy, "form"), gappy.imported_catalogue().rows["form"].to_pylist()
    assert colouring.index_n[rows_m[0]] == colouring.index_n[known.index(values[0])], "one colour, filled or not"
    table = list(csv.DictReader(io.StringIO(export_products(gappy, rows_m[:1], "csv").decode("utf-8-sig"))))
    assert (table[0]["form"], table[0]["filled:result"]) == (values[0], "form")
    assert next(each.open for each in search.missing_attributes(gappy) if each.column == "form") == 15
    assert not set(search.proposals(gappy, "form").rows_m) & set(rows_m)
    search.undo_filling(gappy, entry.number, WHO)
    assert gappy.catalogue().rows["form"].null_count == 20
    assert gappy.catalogue().as_of[0] == before[0]
    with pytest.raises(CatalogueError, match="no longer"):
        search.undo_filling(gappy, entry.number, WHO)
    with pytest.raises(CatalogueError, match="nothing to undo"):
        search.undo_filling(gappy, None, WHO)
    with pytest.raises(CatalogueError, match="no entry 99"):
        search.undo_filling(gappy, 99, WHO)


def test_what_is_rejected_is_not_proposed_again_until_that_is_undone(gappy: Lab) -> None:
    proposed = search.proposals(gappy, "form")
    row = int(proposed.rows_m[0])
    entry = search.reject(gappy, proposed, [0], WHO)
    assert row not in search.proposals(gappy, "form").rows_m
    assert gappy.catalogue().rows["form"][row].as_py() is None
    search.undo_filling(gappy, entry.number, WHO)
    assert row in search.proposals(gappy, "form").rows_m
    for change in (search.accept, search.reject):
        with pytest.raises(RequestError, match="no proposal was chosen"):
            change(gappy, proposed, [], WHO)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_table_that_comes_back_makes_no_filled_value_a_given_one(gappy: Lab, tmp_path: Path, kind: str) -> None:
    proposed = search.proposals(gappy, "form")
    entry = search.accept(gappy, proposed, [0, 1], WHO)
    (tmp_path / f"back.{kind}").write_bytes(export_products(gappy, gappy.catalogue().there, kind))
    before = gappy.catalogue().rows["form"].to_pylist()
    for _ in gappy.import_products(str(tmp_path / f"back.{kind}"), Columns(known_products=True)):
        pass
    assert gappy.catalogue().rows["form"].to_pylist() == before
    assert gappy.catalogue().filled["form"].tolist() == sorted(proposed.rows_m[:2].tolist())
    search.undo_filling(gappy, entry.number, WHO)
    assert gappy.catalogue().rows["form"].null_count == 20


def test_a_value_of_a_later_import_goes_before_what_was_filled(gappy: Lab, tmp_path: Path) -> None:
    proposed = search.proposals(gappy, "form")
    search.accept(gappy, proposed, [0], WHO)
    row, product_id = int(proposed.rows_m[0]), gappy.catalogue().product_ids[int(proposed.rows_m[0])]
    table = (tmp_path / "gappy.csv").read_text("utf-8").splitlines()
    changed = [f"{line}ring" if line.startswith(f"{product_id},") and line.endswith(",") else line for line in table]
    assert changed != table
    (tmp_path / "gappy.csv").write_text("\n".join(changed) + "\n", "utf-8")
    for _ in gappy.import_products(str(tmp_path / "gappy.csv"), Columns(name="title")):
        pass
    assert gappy.catalogue().rows["form"][row].as_py() == "ring"
    assert "form" not in gappy.catalogue().filled


def test_values_of_every_kind_are_laid_over_and_strange_ones_left_out(gappy: Lab) -> None:
    ids = gappy.catalogue().product_ids
    filled.fill(gappy.workspace, "price", {ids[0]: (12.5, 0.9), ids[7]: ("dear", 0.9), "nobody": (1.0, 0.5)}, "", WHO)
    filled.fill(gappy.workspace, "gone", {ids[0]: (1, 0.9)}, "", WHO)
    prices = gappy.catalogue().rows["price"].to_pylist()
    assert (prices[0], prices[7]) == (12.5, None)
    assert gappy.catalogue().filled["price"].tolist() == [0]
    filled.fill(gappy.workspace, "price", {ids[1]: (1.0, 0.9)}, "", WHO)
    assert gappy.catalogue().rows["price"][1].as_py() == 10.5, "what the catalogue knows is not overwritten"
    with pytest.raises(CatalogueError, match="nothing to accept"):
        filled.fill(gappy.workspace, "price", {}, "", WHO)


def test_a_kill_before_a_commit_loses_nothing_of_the_log(gappy: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    proposed = search.proposals(gappy, "form")
    search.accept(gappy, proposed, [0], WHO)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    table = gappy.workspace.table(filled.TABLE)
    with monkeypatch.context() as patch:
        patch.setattr(type(table), "add", killed)
        with pytest.raises(KeyboardInterrupt):
            search.accept(gappy, proposed, [1, 2], WHO)
    again = Lab(gappy.workspace.folder)
    assert [entry.number for entry in search.filling_log(again).entries] == [1]
    assert again.catalogue().rows["form"].null_count == 19
    assert search.accept(again, proposed, [1], WHO).number == 2, "the lock was given back"


def test_a_table_that_holds_something_else_is_said(gappy: Lab) -> None:
    gappy.workspace.tables.create_table(filled.TABLE, [{"x": 1}])
    with pytest.raises(CatalogueError, match="holds no filled values"):
        gappy.catalogue()


def test_the_commands_list_propose_accept_and_undo(gappy: Lab, capfd: pytest.CaptureFixture[str]) -> None:
    place = ["--workspace", str(gappy.workspace.folder), "--json"]

    def answer(*words: str) -> Any:
        code, told = run(["fill", *words, *place])
        assert code == 0, told
        return json.loads(capfd.readouterr().out)

    assert {each["column"] for each in answer("list")} >= {"form", "price"}
    assert len(answer("propose", "form")["proposals"]) == 20
    done = answer("accept", "form", "--min-confidence", "0", "--who", WHO)
    assert done["products"] == 20
    assert Lab(gappy.workspace.folder).catalogue().rows["form"].null_count == 0
    answer("undo")
    assert [each["undoes"] for each in answer("log")] == [1, None]
    for words, sentence in (
        (("accept", "form", "--min-confidence", "1"), "nothing is proposed"),
        (("accept", "form", "--min-confidence", "7"), "between 0 and 1"),
        (("propose", "colour of the sky"), "no attribute"),
        (("undo",), "nothing to undo"),
    ):
        code, told = run(["fill", *words, *place])
        assert (code, sentence in told) == (2, True), told


def test_products_without_codes_are_said_to_be_left_out(
    own: Lab, tmp_path: Path, write_table: Any, draw_product: Any
) -> None:
    for number in range(3):
        draw_product(number, 5).save(tmp_path / f"{number}.png")
    rows = [[f"new{number}", f"{number}.png", ""] for number in range(3)]
    for _ in own.import_products(str(write_table(tmp_path / "more.csv", ["id", "image", "price"], rows)), Columns()):
        pass
    assert search.proposals(own, "price").left_out == 3
    for _ in encode(own, "tiny"):
        pass
    assert search.proposals(own, "price").left_out == 0
