"""Copies of one picture are one: on every map, among what is similar, in clusters, suggestions and selections."""

import csv
import io
import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from looks_like.data.sources import Columns
from looks_like.explorer import tags
from looks_like.explorer.clusters import ClusterRequest, make_clusters, numbers
from looks_like.explorer.core import Lab, MapContext
from looks_like.explorer.core.encoding import encode
from looks_like.explorer.interfaces.commands.main import app
from looks_like.explorer.maps import MapRequest, catch_up, make_map
from looks_like.explorer.maps.quality import map_recall
from looks_like.explorer.search.likeness.similar import similar_to
from looks_like.explorer.search.likeness.similar_for_all import write_similar
from looks_like.explorer.selecting import Selection, rows, steps_from_text
from looks_like.explorer.tags.suggestions import suggestions

COPIES = 60  # of product 0007, more than any number of neighbours, beside 80 other products


@pytest.fixture(scope="module")
def crowded(lab: Lab, shop: Any, write_table: Any, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The shop with a crowd of copies of one product, c00 … c59; with the model `tiny`, and maps of each kind."""
    folder = tmp_path_factory.mktemp("crowded")
    shutil.copytree(lab.workspace.folder, folder / "workspace")
    own = Lab(folder / "workspace")
    bring(own, shop, write_table, folder, [(f"c{i:02d}", "0007") for i in range(COPIES)])
    for _ in encode(own, "tiny"):
        pass
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)  # umap-learn, when imported
        for method in ("pca", "umap", "tsne"):
            make_map(own, "tiny", MapRequest(method, method))
    return own


def bring(own: Lab, shop: Any, write_table: Any, folder: Path, of: list[tuple[str, str]]) -> None:
    """Products with the pictures of others, each a file of its own."""
    with open(shop.table, newline="", encoding="utf-8") as file:
        lines = {row["id"]: row for row in csv.DictReader(file)}
    out = folder / f"more-{of[0][0]}"
    (out / "images").mkdir(parents=True)
    table = []
    for product_id, other in of:
        line = lines[other]
        name = f"{product_id}{Path(line['image']).suffix}"
        shutil.copy(shop.folder / "images" / line["image"], out / "images" / name)
        table.append([product_id, name, f"Copy {product_id}", line["brand"], line["price"], line["year"]])
    write_table(out / "shop.csv", ["id", "image", "title", "brand", "price", "year"], table)
    for _ in own.import_products(str(out / "shop.csv"), Columns(name="title")):
        pass


def group(own: Lab) -> np.ndarray:
    return own.copies().of(own.catalogue().row("0007"))


@pytest.mark.parametrize("method", ["pca", "umap", "tsne"])
def test_copies_lie_at_one_place_and_leave_the_map_to_the_others(crowded: Lab, method: str) -> None:
    xy_n2 = crowded.map_view("tiny", method).xy_n2
    assert len(group(crowded)) == COPIES + 1
    assert len(np.unique(xy_n2[group(crowded)], axis=0)) == 1
    assert len(np.unique(xy_n2, axis=0)) == 80


def test_a_map_is_as_it_would_be_without_copies(crowded: Lab, lab: Lab, tmp_path: Path) -> None:
    shutil.copytree(lab.workspace.folder, tmp_path / "workspace")
    alone = Lab(tmp_path / "workspace")
    make_map(alone, "tiny", MapRequest("pca", "pca"))
    alike = np.abs(crowded.map_view("tiny", "pca").xy_n2[:80] - alone.map_view("tiny", "pca").xy_n2)
    assert alike.max() < 1e-4
    recall_n = map_recall(crowded, "tiny", "pca")
    assert recall_n[:80] == pytest.approx(map_recall(alone, "tiny", "pca"), abs=0.11)
    assert len(np.unique(recall_n[group(crowded)])) == 1


def test_what_comes_later_with_a_known_picture_lies_on_it_and_new_copies_lie_together(
    lab: Lab, shop: Any, write_table: Any, tmp_path: Path, draw_product: Any, file_bytes: Any
) -> None:
    shutil.copytree(lab.workspace.folder, tmp_path / "workspace")
    own = Lab(tmp_path / "workspace")
    make_map(own, "tiny", MapRequest("tsne", "tsne"))
    bring(own, shop, write_table, tmp_path, [("x0", "0007"), ("x1", "0010"), ("x2", "0007")])
    new = tmp_path / "new"
    new.mkdir()
    for name in ("n0", "n1"):
        (new / f"{name}.png").write_bytes(file_bytes(draw_product(200, 5)))
    for _ in own.import_products(str(new), Columns()):
        pass
    for _ in catch_up(own, "tiny"):
        pass
    catalogue = own.catalogue()
    for card in own.maps("tiny"):
        xy_n2 = own.map_view("tiny", card.name).xy_n2
        for later, there in (("x0", "0007"), ("x1", "0010"), ("x2", "0007"), ("n1", "n0")):
            assert (xy_n2[catalogue.row(later)] == xy_n2[catalogue.row(there)]).all()


def test_similar_says_each_picture_once_and_leaves_out_the_own_copies(crowded: Lab) -> None:
    row, at = crowded.catalogue().row("0007"), crowded.copies()
    own = [similar.product for similar in similar_to(crowded, "tiny", row, 79)]
    assert len(own) == 79
    assert not set(group(crowded)) & {product.row for product in own}
    beside = own[0].row
    seen = [similar.product for similar in similar_to(crowded, "tiny", beside, 79)]
    of_group = [product for product in seen if at.first_n[product.row] == at.first_n[row]]
    assert [product.copies for product in of_group] == [COPIES]
    assert all(product.copies == 0 for product in seen if product not in of_group)
    some = np.concatenate([group(crowded)[-5:], np.arange(20, 30)])
    (left,) = [s.product for s in similar_to(crowded, "tiny", beside, 99, some) if s.product.copies]
    assert left.copies == 4
    assert left.row in some


def test_a_photograph_finds_the_group_once(crowded: Lab) -> None:
    z_d = crowded.space("tiny").code(crowded.catalogue().row("0007"))
    found = similar_to(crowded, "tiny", z_d, 5)
    assert found[0].product.copies == COPIES
    assert [similar.product.copies for similar in found[1:]] == [0] * 4


def test_similar_for_all_says_each_picture_once(crowded: Lab, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    for _ in write_similar(crowded, "tiny", 10, file):
        pass
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    ids = {crowded.catalogue().product_ids[row] for row in group(crowded)}
    assert len(lines) == 10 * len(crowded.catalogue())
    of: dict[str, list[Any]] = {}
    for line in lines:
        of.setdefault(line["product_id"], []).append(line)
    for product_id, found in of.items():
        hits = [line for line in found if line["similar_id"] in ids]
        assert len(hits) <= (0 if product_id in ids else 1)
        assert all(line["copies"] == COPIES for line in hits)
    assert of["c03"][0]["similar_id"] == of["c41"][0]["similar_id"]


def test_the_command_and_the_address_tell_the_copies(crowded: Lab) -> None:
    here = ["-w", str(crowded.workspace.folder)]
    said = CliRunner().invoke(app, ["similar", "c05", "--copies", "--json", *here])
    assert len(json.loads(said.stdout)) == COPIES
    assert "c05" not in {item["product_id"] for item in json.loads(said.stdout)}
    few = CliRunner().invoke(app, ["similar", "c05", "--copies", "--json", "--where", "product_id < 'c03'", *here])
    assert {item["product_id"] for item in json.loads(few.stdout)} == {"0007", "c00", "c01", "c02"}
    assert "no" not in CliRunner().invoke(app, ["similar", "0003", *here]).stdout.split()


def test_the_address_gives_pages_of_copies(crowded: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from starlette.applications import Starlette

    from looks_like.explorer.interfaces.routes import routes

    browser = TestClient(Starlette(routes=routes(lambda: crowded)))
    first, second = (browser.get(f"/api/copies?id=0007&page={page}").json() for page in (0, 1))
    assert (first["count"], len(first["items"]), second["items"]) == (COPIES, 60, [])
    alone = browser.get("/api/copies?id=0003").json()
    assert alone == {"count": 0, "items": []}
    assert browser.get("/api/copies?id=nobody").status_code == 404
    assert browser.get("/api/copies?id=0007&page=-1").status_code == 400
    assert browser.get("/api/product?id=c01").json()["copies"] == COPIES


def test_a_step_takes_all_copies_and_a_product_alone_only_itself(crowded: Lab) -> None:
    def chosen(text: str) -> np.ndarray:
        return rows(crowded, Selection(MapContext("tiny", "pca"), steps_from_text(text)))

    assert chosen('[["=","copies","c05"]]').tolist() == group(crowded).tolist()
    assert chosen('[["=","product","c05"]]').tolist() == [crowded.catalogue().row("c05")]
    assert chosen('[["=","shown",null],["-","copies","0007"]]').size == 79


@pytest.mark.parametrize("request_", [ClusterRequest("k-means", k=4), ClusterRequest("hdbscan", map_name="umap")])
def test_copies_are_in_one_cluster_and_make_none_of_themselves(crowded: Lab, request_: ClusterRequest) -> None:
    make_clusters(crowded, "tiny", request_)
    number_n = numbers(crowded, "tiny", request_.method)
    (its_own,) = set(number_n[group(crowded)].tolist())
    if its_own >= 0:
        assert np.count_nonzero(number_n == its_own) > COPIES + 1


def test_nobodys_nearest_are_copies_alone(crowded: Lab) -> None:
    space, first_n = crowded.space("tiny"), crowded.copies().first_n
    near = space.knn.all_of()
    pictures_nk = first_n[space.rows_n[near.index_nk]]
    assert all(len(set(pictures_k)) == len(pictures_k) for pictures_k in pictures_nk.tolist())
    assert not (pictures_nk == first_n[space.rows_n][:, None]).any()
    assert space.typical_distance > 0


def test_copies_of_a_tagged_product_are_suggested_first(crowded: Lab) -> None:
    tags.add(crowded, "seen", [crowded.catalogue().row("c05")], "ann")
    rows_m, _ = suggestions(crowded, "tiny", "seen", limit=200)
    tags.undo(crowded, "ann")
    assert set(rows_m.tolist()) >= set(group(crowded)) - {crowded.catalogue().row("c05")}


def test_a_catalogue_of_one_picture_is_one_place(lab: Lab, shop: Any, write_table: Any, tmp_path: Path) -> None:
    own = Lab(tmp_path / "workspace")
    shutil.copytree(lab.workspace.models, own.workspace.models)
    bring(own, shop, write_table, tmp_path, [(f"c{i:02d}", "0007") for i in range(20)])
    for _ in encode(own, "tiny"):
        pass
    for method in ("pca", "tsne"):
        make_map(own, "tiny", MapRequest(method, method))
        assert len(np.unique(own.map_view("tiny", method).xy_n2, axis=0)) == 1
    assert similar_to(own, "tiny", 0, 12) == []
    own.space("tiny").path_codes(own.space("tiny").codes([0, 5]), 8, "dense")


def test_a_table_of_products_says_their_clusters(crowded: Lab, tmp_path: Path) -> None:
    import pandas as pd

    from looks_like.explorer.clusters import state
    from looks_like.explorer.selecting import export_products

    make_clusters(crowded, "tiny", ClusterRequest("k-means", "mine", k=3))
    table = pd.read_json(io.BytesIO(export_products(crowded, None, "jsonl")), lines=True, dtype=False)
    now = state(crowded, "tiny", "mine")
    wanted = [now.names[number] for number in numbers(crowded, "tiny", "mine").tolist()]
    assert table["cluster mine:result"].tolist() == wanted
