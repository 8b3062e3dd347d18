"""Catalogue, pixel array, codes and maps: what is written is what is read, and versions tell what is behind."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from looks_like.data.catalogue import Catalogue, open_catalogue
from looks_like.data.embeddings import drop_codes, embedding_version, read_embedding, write_codes
from looks_like.data.errors import CatalogueError
from looks_like.data.importing import import_source
from looks_like.data.maps import _CARD, MapCard, Places, add_places, list_maps, read_map, rewrite_card, write_map
from looks_like.data.pictures import pixels_of
from looks_like.data.pixels import pixel_array, pixel_reader
from looks_like.data.workspace import Workspace


@pytest.fixture(scope="module")
def catalogue(shop: Any, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return fill(Workspace(tmp_path_factory.mktemp("catalogue")), shop.table)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def fill(workspace: Workspace, table: Path) -> Catalogue:
    for _ in import_source(workspace, str(table)):
        pass
    return open_catalogue(workspace)


# -- catalogue ---------------------------------------------------------------------------------------------------


def test_attributes_have_their_types_and_blanks_are_absent(catalogue: Catalogue) -> None:
    assert catalogue.attributes == ["brand", "price", "year"]
    assert catalogue.values(1) == {"brand": "Birch", "price": 10.5, "year": 2016}
    assert catalogue.values(7) == {"brand": "Birch", "year": 2022}


def test_pictures_come_in_the_order_asked_and_as_often(catalogue: Catalogue) -> None:
    asked = [5, 3, 5, 79, 0]
    alone = [catalogue.pictures([row])[0] for row in asked]
    assert catalogue.pictures(asked) == alone
    assert catalogue.pictures(np.array(asked)) == alone
    assert len(set(alone)) == 4
    assert catalogue.pictures([]) == []


def test_a_product_is_found_by_id_and_by_picture(catalogue: Catalogue) -> None:
    assert catalogue.row("0042") == 42
    assert catalogue.has("0042")
    assert not catalogue.has("42")
    assert catalogue.rows_of(["0003", "nobody", "0001"]).tolist() == [3, -1, 1]
    assert catalogue.rows_of(["\ud800", "0001"]).tolist() == [-1, 1], "what is no text names no product"
    assert catalogue.row_of_picture(catalogue.sha256[17]) == 17
    assert catalogue.row_of_picture("0" * 64) is None


def test_an_unknown_product_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="there is no product '42' in this catalogue of 80"):
        catalogue.row("42")


# -- pixels ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [32, 64])
def test_row_i_of_the_pixels_is_product_i(size: int, workspace: Workspace, catalogue: Catalogue) -> None:
    shares: list[float] = []
    array_nhwc = pixel_array(workspace, catalogue, size, shares.append)
    expected = [pixels_of(content, size) for content in catalogue.pictures(range(len(catalogue)))]
    np.testing.assert_array_equal(array_nhwc, np.stack(expected))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    with pytest.raises(ValueError, match="read-only"):
        array_nhwc[0] = 0


def test_pixels_are_made_once_and_what_a_kill_left_does_not_matter(workspace: Workspace, catalogue: Catalogue) -> None:
    workspace.pixels.mkdir(parents=True)
    for killed in (workspace.pixels / f"v{catalogue.version:06d}-32.99.part", workspace.pixels / "v000001-32.1.part"):
        killed.write_bytes(b"half a file")
    first = pixel_array(workspace, catalogue, 32)
    asked: list[float] = []
    again = pixel_array(workspace, catalogue, 32, asked.append)
    np.testing.assert_array_equal(first, again)
    assert asked == []


def test_pixels_of_old_versions_go_and_those_of_other_sizes_stay(workspace: Workspace, catalogue: Catalogue) -> None:
    pixel_array(workspace, catalogue, 64)
    for later in range(4):
        pixel_array(workspace, replace(catalogue, version=catalogue.version + later), 32)
    assert [path.name for path in sorted(workspace.pixels.glob("*-32.npy"))] == [
        f"v{catalogue.version + later:06d}-32.npy" for later in (2, 3)
    ]
    assert len(list(workspace.pixels.glob("*-64.npy"))) == 1


@pytest.fixture
def grown(workspace: Workspace, open_shop: Callable[..., Any], draw_product: Callable[..., Any]) -> Catalogue:
    """A catalogue of 40 with its array of 32 px, then five more and another picture of the fourth."""
    shop = open_shop(workspace.folder.parent / "shop", 40)
    pixel_array(workspace, fill(workspace, shop.table), 32)
    more = open_shop(workspace.folder.parent / "more", 45)
    draw_product(11).rotate(180).save(more.folder / "images" / "0003.png")
    return fill(workspace, more.table)


def decoded_anew(catalogue: Catalogue, rows: list[int], size: int) -> np.ndarray:
    return np.stack([pixels_of(content, size) for content in catalogue.pictures(rows)])


def test_pixels_grow_by_what_is_new_and_what_changed(
    workspace: Workspace, grown: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    pictures = Catalogue.pictures

    def watched(self: Catalogue, rows: Any) -> list[bytes]:
        asked.extend(int(row) for row in rows) if self is grown else None
        return pictures(self, rows)

    monkeypatch.setattr(Catalogue, "pictures", watched)
    shares: list[float] = []
    array_nhwc = pixel_array(workspace, grown, 32, shares.append)
    assert asked == [3, 40, 41, 42, 43, 44]
    assert shares[-1] == 1
    np.testing.assert_array_equal(array_nhwc, decoded_anew(grown, list(range(45)), 32))


def test_pixels_grow_without_the_help_of_the_kernel(
    workspace: Workspace, grown: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*what: Any) -> int:
        raise OSError("this file system cannot")

    monkeypatch.setattr("os.copy_file_range", refuse)
    monkeypatch.setattr("os.link", refuse)
    np.testing.assert_array_equal(pixel_array(workspace, grown, 32), decoded_anew(grown, list(range(45)), 32))


def test_pixels_of_another_catalogue_are_not_grown(workspace: Workspace, grown: Catalogue) -> None:
    """As left behind when somebody deletes the tables and imports anew."""
    left = next(workspace.pixels.glob("*-32.npy"))
    np.save(left, np.full(np.load(left).shape, 7, np.uint8))
    np.testing.assert_array_equal(pixel_array(workspace, grown, 32), decoded_anew(grown, list(range(45)), 32))


def test_a_version_with_the_same_pictures_shares_their_file(workspace: Workspace, shop: Any) -> None:
    first = fill(workspace, shop.table)
    pixel_array(workspace, first, 32)
    table = workspace.table("products")
    assert table is not None
    table.add_columns({"mood": "'calm'"})
    second = open_catalogue(workspace)
    assert second.version > first.version
    pixel_array(workspace, second, 32)
    inodes = {path.stat().st_ino for path in workspace.pixels.glob("*-32.npy")}
    assert len(inodes) == 1


def test_a_few_pixels_are_decoded_without_an_array(workspace: Workspace, grown: Catalogue) -> None:
    read = pixel_reader(workspace, grown, 64, 2)
    np.testing.assert_array_equal(read(np.array([44, 3])), decoded_anew(grown, [44, 3], 64))
    assert list(workspace.pixels.glob("*-64.npy")) == []
    read = pixel_reader(workspace, grown, 64, 40)
    np.testing.assert_array_equal(read(np.array([44, 3])), decoded_anew(grown, [44, 3], 64))
    assert len(list(workspace.pixels.glob("*-64.npy"))) == 1


# -- codes -------------------------------------------------------------------------------------------------------


def codes(count: int, latent: int = 5) -> np.ndarray:
    return np.random.default_rng(count).standard_normal((count, latent)).astype(np.float32)


def test_codes_come_back_as_they_were(workspace: Workspace) -> None:
    z_nd = codes(40)
    ids, digests = [f"p{i}" for i in range(40)], [f"d{i}" for i in range(40)]
    assert read_embedding(workspace, "vae") is None
    assert embedding_version(workspace, "vae") == 0
    write_codes(workspace, "vae", "w1", ids, digests, z_nd)
    found = read_embedding(workspace, "vae")
    assert found is not None
    assert (found.product_ids, found.sha256, found.weights) == (ids, digests, "w1")
    assert found.version == embedding_version(workspace, "vae") > 0
    assert found.z_nd.dtype == np.float32
    np.testing.assert_array_equal(found.z_nd, z_nd)


def test_new_codes_are_added_and_known_ones_replaced(workspace: Workspace) -> None:
    write_codes(workspace, "vae", "w1", ["a", "b"], ["1", "2"], codes(2))
    before = embedding_version(workspace, "vae")
    z_nd = codes(3)
    write_codes(workspace, "vae", "w1", ["b", "c", "it's"], ["3", "4", "5"], z_nd)
    found = read_embedding(workspace, "vae")
    assert found is not None
    by_id = dict(zip(found.product_ids, zip(found.sha256, found.z_nd.tolist(), strict=True), strict=True))
    assert by_id.keys() == {"a", "b", "c", "it's"}
    assert by_id["b"] == ("3", z_nd[0].tolist())
    assert by_id["a"] == ("1", codes(2)[0].tolist())
    assert found.version > before


def test_codes_of_other_weights_are_refused_until_dropped(workspace: Workspace) -> None:
    write_codes(workspace, "vae", "w1", ["a"], ["1"], codes(1))
    with pytest.raises(CatalogueError, match="'vae' were made by other weights; encode it again from the start"):
        write_codes(workspace, "vae", "w2", ["a"], ["1"], codes(1))
    drop_codes(workspace, "vae")
    assert read_embedding(workspace, "vae") is None
    drop_codes(workspace, "vae")
    write_codes(workspace, "vae", "w2", ["a"], ["1"], codes(1, 7))
    found = read_embedding(workspace, "vae")
    assert found is not None
    assert found.z_nd.shape == (1, 7)


# -- maps --------------------------------------------------------------------------------------------------------

CARD = MapCard("vae", "first", "umap", 3, 7, "w1", "2030-01-02T03:04:05Z", 1.5)


def test_a_map_comes_back_as_it_was(workspace: Workspace) -> None:
    xy_n2 = codes(30, 2)
    write_map(workspace, CARD, [f"p{i}" for i in range(30)], xy_n2)
    found = read_map(workspace, "vae", "first")
    assert found.card == CARD
    assert found.product_ids == [f"p{i}" for i in range(30)]
    np.testing.assert_array_equal(found.xy_n2, xy_n2)


def test_a_map_of_the_same_name_is_replaced_and_its_version_tells(workspace: Workspace) -> None:
    write_map(workspace, CARD, ["a", "b"], codes(2, 2))
    before = read_map(workspace, "vae", "first").version
    write_map(workspace, replace(CARD, seed=4), ["c"], codes(1, 2))
    found = read_map(workspace, "vae", "first")
    assert (found.product_ids, found.card.seed) == (["c"], 4)
    assert found.version != before


def test_maps_are_listed_oldest_first_and_by_their_own_model(workspace: Workspace) -> None:
    for name, made in (("b", "2031"), ("a", "2032"), ("c", "2030")):
        write_map(workspace, replace(CARD, name=name, made=made), ["a"], codes(1, 2))
    write_map(workspace, replace(CARD, model="vae-2"), ["a"], codes(1, 2))
    assert [card.name for card in list_maps(workspace, "vae")] == ["c", "b", "a"]
    assert [card.model for card in list_maps(workspace, "vae-2")] == ["vae-2"]
    assert list_maps(workspace, "va") == []


def test_a_map_that_is_not_there_is_named_with_those_that_are(workspace: Workspace) -> None:
    with pytest.raises(CatalogueError, match="model 'vae' has no map 'x'; it has: none"):
        read_map(workspace, "vae", "x")
    write_map(workspace, CARD, ["a"], codes(1, 2))
    with pytest.raises(CatalogueError, match="it has: first"):
        read_map(workspace, "vae", "x")


def test_a_map_without_its_card_is_a_sentence(workspace: Workspace, open_table: Callable[..., None]) -> None:
    open_table(workspace, "map--vae--odd")
    with pytest.raises(CatalogueError, match=r"has no card .*: make it again"):
        read_map(workspace, "vae", "odd")


def new_places(product_ids: list[str], version: int) -> Places:
    count = len(product_ids)
    far_m = np.arange(count) == 0
    return Places(product_ids, ["new"] * count, codes(count, 2), np.full(count, version, np.int32), far_m)


def test_placed_products_are_added_and_no_old_place_changes_by_a_bit(workspace: Workspace) -> None:
    xy_n2 = codes(30, 2)
    write_map(workspace, CARD, [f"p{i}" for i in range(30)], xy_n2, [f"d{i}" for i in range(30)])
    before = read_map(workspace, "vae", "first")
    add_places(workspace, before, new_places(["q0", "q1"], 9))
    after = read_map(workspace, "vae", "first")
    assert after.xy_n2[:30].tobytes() == xy_n2.tobytes()
    assert after.product_ids[30:] == ["q0", "q1"]
    assert after.placed_n.tolist() == [0] * 30 + [9, 9]
    assert after.far_n.tolist() == [False] * 30 + [True, False]
    assert after.sha256[29:31] == ["d29", "new"]
    assert after.version != before.version
    assert (after.card.products, after.card.placed, after.card.up_to) == (32, 2, 9)
    assert list_maps(workspace, "vae") == [after.card]
    assert list_maps(workspace, "vae")[0].placed == 2


def test_a_product_that_is_placed_again_is_the_only_one_that_moves(workspace: Workspace) -> None:
    xy_n2 = codes(5, 2)
    write_map(workspace, CARD, list("abcde"), xy_n2, ["1"] * 5)
    add_places(workspace, read_map(workspace, "vae", "first"), new_places(["c", "new"], 8))
    after = read_map(workspace, "vae", "first")
    place = dict(zip(after.product_ids, after.xy_n2, strict=True))
    assert place.keys() == set("abcde") | {"new"}
    for i, product_id in enumerate("abcde"):
        same = place[product_id].tobytes() == xy_n2[i].tobytes()
        assert same == (product_id != "c")


@pytest.fixture
def old_map(workspace: Workspace) -> np.ndarray:
    """A map as it was written before products could be placed: no pictures, and a card that says less."""
    said = {key: value for key, value in asdict(CARD).items() if key in list(asdict(CARD))[:8]}
    kinds = [("product_id", pa.string()), ("x", pa.float32()), ("y", pa.float32())]
    schema = pa.schema(kinds, metadata={_CARD: json.dumps(said).encode()})
    xy_n2 = codes(3, 2)
    workspace.tables.create_table(
        "map--vae--first", pa.table([["a", "b", "c"], *xy_n2.T.astype(np.float32)], schema=schema)
    )
    return xy_n2


def test_a_map_of_an_older_program_is_read_and_grows(workspace: Workspace, old_map: np.ndarray) -> None:
    before = read_map(workspace, "vae", "first")
    assert before.card == CARD
    assert not before.knows_pictures
    assert (before.sha256, before.placed_n.tolist()) == ([None] * 3, [0] * 3)
    assert list_maps(workspace, "vae") == [CARD]
    add_places(workspace, before, new_places(["b", "d"], 9))
    after = read_map(workspace, "vae", "first")
    assert (after.product_ids, after.placed_n.tolist()) == (["a", "c", "b", "d"], [0, 0, 9, 9])
    assert after.xy_n2[:2].tobytes() == old_map[[0, 2]].tobytes()
    assert after.card == CARD


def test_a_card_can_say_more_later(workspace: Workspace) -> None:
    write_map(workspace, CARD, ["a", "b"], codes(2, 2), ["1", "2"])
    add_places(workspace, read_map(workspace, "vae", "first"), new_places(["c"], 9))
    before = read_map(workspace, "vae", "first")
    rewrite_card(workspace, before, replace(before.card, trustworthiness=0.97))
    after = read_map(workspace, "vae", "first")
    assert (after.card.trustworthiness, after.card.placed) == (0.97, 1)
    assert after.xy_n2.tobytes() == before.xy_n2.tobytes()


def test_places_for_a_map_that_is_gone_are_a_sentence(workspace: Workspace) -> None:
    write_map(workspace, CARD, ["a"], codes(1, 2))
    before = read_map(workspace, "vae", "first")
    workspace.tables.drop_table("map--vae--first")
    with pytest.raises(CatalogueError, match="model 'vae' has no map 'first' any more"):
        add_places(workspace, before, new_places(["b"], 9))


@pytest.fixture
def open_table() -> Callable[..., None]:
    """A table of that name that we did not write."""

    def make(workspace: Workspace, name: str) -> None:
        workspace.tables.create_table(name, [{"product_id": "a", "x": 1.0, "y": 2.0}])

    return make


@pytest.mark.parametrize("left", [(), ("data",), ("data", "_versions")])
def test_what_a_kill_left_of_a_table_that_was_being_made_is_no_table(tmp_path: Path, left: tuple[str, ...]) -> None:
    for part in ("", *left):
        (tmp_path / "tables" / "products.lance" / part).mkdir(parents=True, exist_ok=True)
    workspace = Workspace(tmp_path)
    assert workspace.table_names() == []
    assert workspace.table("products") is None
    workspace.tables.create_table("products", [{"a": 1}])
    assert Workspace(tmp_path).table_names() == ["products"]
    assert workspace.table("products").count_rows() == 1  # type: ignore[union-attr]
