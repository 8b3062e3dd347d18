"""What is known of each dimension, products along it, and directions besides: on the shop, whose factors are known."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from looks_like.data.errors import CatalogueError
from looks_like.data.sources import Columns
from looks_like.explorer import tags
from looks_like.explorer.core import Lab, encode
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.interfaces.routes import routes
from looks_like.explorer.selecting import delete_products
from looks_like.explorer.tags import Ends
from looks_like.model.errors import ModelError

WHO = "Ann"


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    shutil.copytree(lab.workspace.folder, tmp_path / "own")
    return Lab(tmp_path / "own")


@pytest.fixture
def client(lab: Lab) -> TestClient:
    return TestClient(Starlette(routes=routes(lambda: lab)))


def test_a_card_says_what_a_dimension_carries_changes_and_how_products_are_spread(lab: Lab) -> None:
    cards, space = tags.dimension_cards(lab, "tiny"), lab.space("tiny")
    assert [card.number for card in cards] == [each.number for each in space.dimensions]
    assert sum(card.changes or 0 for card in cards) == pytest.approx(1)
    assert sum(card.carries or 0 for card in cards) == pytest.approx(1)
    value_na = space.axes.values(space.z_nd)
    for a, card in enumerate(cards):
        assert sum(card.bins) == len(space.z_nd)
        low, high = card.middle_half
        assert np.mean(value_na[:, a] < low) == pytest.approx(0.25, abs=0.02)
        assert np.mean(value_na[:, a] < high) == pytest.approx(0.75, abs=0.02)
        assert all(other != card.number and 0.4 <= how <= 1 for other, how in card.alike)
        assert [how for _, how in card.alike] == sorted((how for _, how in card.alike), reverse=True)
    assert tags.dimension_cards(lab, "tiny") is cards, "worked out once"


def test_products_along_a_dimension_rise_and_are_otherwise_like_the_one_at_hand(lab: Lab) -> None:
    space = lab.space("tiny")
    row = lab.catalogue().row("0005")
    along = tags.products_along(lab, "tiny", 2, space.code(row))
    assert [each.percentile for each in along] == list(tags.PERCENTILES)
    assert len({each.product.row for each in along}) == len(along)
    value_na = space.axes.values(space.z_nd)
    places = [each.place for each in along]
    assert places == sorted(places)
    assert places == pytest.approx([value_na[space.positions(np.array([e.product.row]))[0], 1] for e in along])
    ranks = [int((value_na[:, 1] < place).sum()) / (len(value_na) - 1) for place in places]
    assert ranks == pytest.approx([p / 100 for p in tags.PERCENTILES], abs=0.04)
    # of those nearest to the middle it is the one whose other dimensions are nearest, by what they change
    away_na = (value_na - space.axes.values(space.code(row)[None])) * space.axes.effect_a
    away_na[:, 1] = 0
    middle = round(0.5 * (len(value_na) - 1))
    there = np.argsort(value_na[:, 1], kind="stable")[middle - 2 : middle + 3]
    best = min((np.square(away_na[i]).sum(), int(space.rows_n[i])) for i in there)[1]
    assert along[2].product.row == best


def test_no_such_dimension_is_a_sentence(lab: Lab, client: TestClient) -> None:
    for number in (0, -1, 99):
        with pytest.raises(RequestError, match="has dimensions 1 to"):
            tags.dimension_card(lab, "tiny", number)
        answer = client.get("/api/dimension", params={"model": "tiny", "number": number})
        assert answer.status_code == 400
        assert "has dimensions 1 to" in answer.json()["error"]
    for asked in ({"number": "1", "z": "1,2"}, {"number": "one"}, {"number": "1", "model": "nobody"}):
        assert client.get("/api/dimension", params={"model": "tiny", **asked}).status_code == 400


def test_the_card_over_http_leads_from_one_end_to_the_other(lab: Lab, client: TestClient) -> None:
    space = lab.space("tiny")
    z_d = space.code(3)
    z = ",".join(f"{value:.4f}" for value in z_d)
    card = client.get("/api/dimension", params={"model": "tiny", "number": 1, "z": z}).json()
    assert card["now"] == pytest.approx(float(space.axes.values(z_d[None])[0, 0]), abs=0.01)
    ends = np.array([[float(part) for part in card[end].split(",")] for end in ("from", "to")])
    stands = space.axes.values(ends.astype(np.float32))
    assert stands[:, 0] == pytest.approx([-2.5, 2.5], abs=0.02)
    assert stands[0, 1:] == pytest.approx(stands[1, 1:], abs=0.02), "nothing else moves"
    assert all({"product_id", "percentile", "place", "sha256"} <= each.keys() for each in card["products"])
    strip = client.get("/api/strip", params={"model": "tiny", "from": card["from"], "to": card["to"]})
    assert strip.headers["content-type"] == "image/jpeg"
    from io import BytesIO

    from PIL import Image

    assert Image.open(BytesIO(strip.content)).size == (7 * space.size, space.size)
    for bad in ({"from": card["from"]}, {"from": "1,2", "to": card["to"]}, {"from": "nan" * 6, "to": "x"}):
        assert client.get("/api/strip", params={"model": "tiny", **bad}).status_code == 400


def test_what_dimensions_tell_is_told_in_peoples_words_the_best_first(lab: Lab, client: TestClient) -> None:
    rows = client.get("/api/told", params={"model": "tiny"}).json()["rows"]
    assert {row["title"] for row in rows} <= {"brand", "price", "year", "title"}
    best = [max(row["shares"]) for row in rows]
    assert best == sorted(best, reverse=True)
    shares = tags.attribute_shares(lab, "tiny")
    assert shares.share_va.shape == (len(shares.titles), len(lab.space("tiny").axes))
    assert (shares.share_va >= 0).all()
    assert (shares.share_va <= 1).all()


def test_an_attribute_that_explains_a_dimension_proposes_a_name_and_its_ends(
    lab: Lab, tmp_path: Path, write_table: Any, draw_product: Any
) -> None:
    """Products whose columns are read off the dimension itself: its ends are called by what stands there."""
    own = with_columns_of_a_dimension(lab, tmp_path, write_table, draw_product)
    told = tags.told_by_dimensions(own, "tiny")[0]
    assert dict(told.attributes)["Heel height"] > 0.9
    assert told.proposed in {"heel height by looks", "shade by looks"}
    only = [each.ends for each in tags.told_by_dimensions(own, "tiny") if each.attributes and each.proposed]
    assert told.ends in {("high", "low"), ("pale", "deep")}
    assert only[0] == told.ends


def with_columns_of_a_dimension(lab: Lab, tmp_path: Path, write_table: Any, draw_product: Any) -> Lab:
    space = lab.space("tiny")
    value_n = space.axes.values(space.z_nd)[:, 0]
    rows = []
    for number in range(80):
        draw_product(number, number // 25).save(tmp_path / f"{number}.png")
        value = value_n[space.positions(np.array([number]))[0]]
        shade = "deep" if value > 0.4 else "pale" if value < -0.4 else "mid"
        rows.append([f"{number:04d}", f"{number}.png", round(float(100 - value), 3), shade])
    table = write_table(tmp_path / "t.csv", ["id", "image", "heel_height", "shade"], rows)
    own = Lab(tmp_path / "w")
    for _ in own.import_products(str(table), Columns()):
        pass
    shutil.copytree(lab.folder("tiny"), own.folder("tiny"))
    for _ in encode(own, "tiny"):
        pass
    return own


def test_directions_are_the_widest_and_those_of_attributes_with_their_numbers(
    lab: Lab, tmp_path: Path, write_table: Any, draw_product: Any
) -> None:
    own = with_columns_of_a_dimension(lab, tmp_path, write_table, draw_product)
    found = {each.key: each for each in tags.proposed_directions(own, "tiny")}
    assert list(found)[:2] == ["spread 1", "spread 2"]
    heel = found["attribute heel_height"]
    assert (heel.title, heel.low, heel.high) == ("heel height", "low", "high")
    assert heel.dimension == 1, "the column was read off it"
    assert heel.alignment < -0.8, "the other way round"
    assert heel.times > 3
    assert 0.9 < heel.right <= 1
    space = own.space("tiny")
    points_n = (space.z_nd - space.axes.mean_d) @ np.array(heel.read_d) + heel.at_mean
    assert np.quantile(points_n, [0.05, 0.95]) == pytest.approx([0, 100], abs=1)
    moved = np.array(heel.step_d) @ np.array(heel.read_d)
    assert moved == pytest.approx(1, abs=1e-6), "a step is a point"
    shade = found["attribute shade"]
    assert {shade.low, shade.high} == {"pale", "deep"}


def test_an_attribute_that_has_nothing_to_do_with_looks_gives_what_random_groups_give(own: Lab) -> None:
    assert tags.proposed_direction(own, "tiny", "attribute year").times < 4


def test_a_direction_is_named_and_every_product_has_a_score(own: Lab) -> None:
    tags.name_direction(own, "tiny", "spread 1", Ends("shape"), WHO)
    tags.name_direction(own, "tiny", "attribute price", Ends("dear looks"), WHO)
    way, space = tags.proposed_direction(own, "tiny", "spread 1"), own.space("tiny")
    points_n = (space.z_nd - space.axes.mean_d) @ np.array(way.read_d) + way.at_mean
    scores_n = np.array(own.catalogue().rows["shape"].to_pylist(), float)[space.rows_n]
    assert scores_n == pytest.approx(points_n, abs=0.2)
    known = tags.visual_attributes(own)
    assert (known["dear looks"].low, known["dear looks"].high) == ("low", "high")
    assert {each.name for each in tags.named_dimensions(own, "tiny")} == {"shape", "dear looks"}
    with pytest.raises(RequestError, match="has no direction"):
        tags.name_direction(own, "tiny", "attribute <b>nothing</b>", Ends("x"), WHO)
    with pytest.raises(CatalogueError, match="is a column of the catalogue already"):
        tags.name_direction(own, "tiny", "spread 1", Ends("Price"), WHO)


def test_the_command_lists_directions_with_their_numbers(own: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(own.workspace.folder)
    assert run(["attribute", "propose", "--workspace", folder, "--json"]) == (0, "")
    found = json.loads(capsys.readouterr().out)
    assert [each["key"] for each in found] == [each.key for each in tags.proposed_directions(own, "tiny")]
    assert {"title", "low", "high", "dimension", "alignment", "times", "words"} <= found[0].keys()
    assert run(["attribute", "propose", "--workspace", folder]) == (0, "")
    assert "spread 1" in capsys.readouterr().out
    assert run(["attribute", "add", "shape", "--direction", "spread 1", "--workspace", folder, "--json"]) == (0, "")
    assert json.loads(capsys.readouterr().out)["given"][0]["name"] == "shape"
    code, sentence = run(["attribute", "add", "x", "--direction", "spread 99", "--workspace", folder])
    assert (code, "has no direction" in sentence) == (2, True)


def test_directions_over_http(client: TestClient, lab: Lab) -> None:
    found = client.get("/api/directions", params={"model": "tiny"}).json()
    assert [each["key"] for each in found] == [each.key for each in tags.proposed_directions(lab, "tiny")]
    assert all(np.isfinite([*each["step_d"], *each["read_d"], each["times"]]).all() for each in found)


@pytest.mark.parametrize("name", ["👟 <img src=x onerror=alert(1)>", "*sole* `height` $x$", "עברית", "a" * 60])
def test_names_of_any_script_are_kept_as_they_are(own: Lab, name: str) -> None:
    tags.name_direction(own, "tiny", "spread 1", Ends(name, "<b>", "</b>"), WHO)
    assert list(tags.visual_attributes(own)) == [name]
    again = Ends(f"  {name.upper()} ")
    if again.name.strip() == name:
        tags.name_dimension(own, "tiny", 1, again, WHO)  # the very same name: what it means is replaced
        assert tags.visual_attributes(own)[name].words.startswith("dimension 1")
    else:
        with pytest.raises(CatalogueError, match="already: choose another name"):
            tags.name_dimension(own, "tiny", 1, again, WHO)


def test_a_catalogue_without_attributes_has_cards_and_directions_all_the_same(
    lab: Lab, tmp_path: Path, draw_product: Any, open_page: Any
) -> None:
    for number in range(12):
        draw_product(number).save(tmp_path / f"{number}.png")
    own = Lab(tmp_path / "w")
    for _ in own.import_products(str(tmp_path), Columns()):
        pass
    shutil.copytree(lab.folder("tiny"), own.folder("tiny"))
    with pytest.raises(ModelError, match="no product has a code"):
        tags.dimension_cards(own, "tiny")
    with pytest.raises(ModelError, match="no product has a code"):
        tags.proposed_directions(own, "tiny")
    for _ in encode(own, "tiny"):
        pass
    assert len(tags.dimension_cards(own, "tiny")) == len(own.space("tiny").axes)
    assert len({each.product.row for each in tags.products_along(own, "tiny", 1, own.space("tiny").mean_code)}) == 5
    assert {each.kind for each in tags.proposed_directions(own, "tiny")} == {"spread"}
    client = TestClient(Starlette(routes=routes(lambda: own)))
    assert client.get("/api/told", params={"model": "tiny"}).json() == {"rows": []}
    assert not open_page("dimensions", own.workspace.folder).exception


def test_a_model_without_axes_has_cards_of_its_own_numbers(own: Lab, open_page: Any) -> None:
    (own.folder("tiny") / "axes.safetensors").unlink()
    cards = tags.dimension_cards(own, "tiny")
    assert cards
    assert all(card.changes is None and card.carries is not None for card in cards)
    assert sum(card.carries or 0 for card in cards) == pytest.approx(1)
    assert tags.proposed_directions(own, "tiny")
    page = open_page("dimensions", own.workspace.folder)
    assert not page.exception
    assert "models axes tiny" in "".join(each.value for each in page.caption)


def test_a_model_of_which_no_number_is_active_has_no_card_and_a_sentence(own: Lab, open_page: Any) -> None:
    (own.folder("tiny") / "axes.safetensors").unlink()
    table, space = own.workspace.table("codes--tiny"), own.space("tiny")
    assert table is not None
    same = table.to_arrow().to_pylist()
    vector = next(key for key, value in same[0].items() if isinstance(value, list) and len(value) == space.latent)
    rows = pa.Table.from_pylist([each | {vector: [0.0] * space.latent} for each in same], schema=table.schema)
    own.workspace.tables.create_table("codes--tiny", rows, mode="overwrite")
    own = Lab(own.workspace.folder)
    assert tags.dimension_cards(own, "tiny") == []
    assert tags.proposed_directions(own, "tiny") == []
    with pytest.raises(RequestError, match="has dimensions 1 to 0"):
        tags.dimension_card(own, "tiny", 1)
    assert not open_page("dimensions", own.workspace.folder).exception


def test_a_product_that_was_deleted_meanwhile_is_on_no_card(own: Lab) -> None:
    z_d = own.space("tiny").mean_code
    before = {each.product.row for each in tags.products_along(own, "tiny", 1, z_d)}
    delete_products(own, sorted(before), WHO)
    after = {each.product.row for each in tags.products_along(own, "tiny", 1, z_d)}
    assert len(after) == 5
    assert not after & before
    assert sum(tags.dimension_card(own, "tiny", 1).bins) == len(own.space("tiny").z_nd) == 75
