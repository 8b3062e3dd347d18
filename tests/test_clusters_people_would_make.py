"""Clusters of real pictures: as far as they are the shelves that people made; and where there are few shelves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from looks_like.data.sources import Columns
from looks_like.explorer.clusters import ClusterRequest, clusters, make_clusters, split
from looks_like.explorer.clusters.finding import by_density, likeness_codes, usual_k_means
from looks_like.explorer.core import Lab, encode_pixels
from looks_like.explorer.search import make_look
from looks_like.model.networks import FORM, fit_look


@pytest.fixture(scope="module")
def clothes(real_clothes: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """-> (form of the looks of Fashion-MNIST's first test pictures, the class of each)"""
    pixels_nhwc = np.stack(
        [np.asarray(image.convert("RGB").resize((96, 96), Image.Resampling.BICUBIC)) for _, _, image in real_clothes]
    )
    looks_nd = encode_pixels(fit_look(pixels_nhwc), pixels_nhwc)
    return looks_nd[:, :FORM], np.array([kind for _, kind, _ in real_clothes])


def test_clusters_of_clothes_are_nearly_the_classes_that_people_made(clothes: tuple[np.ndarray, np.ndarray]) -> None:
    from sklearn.metrics import adjusted_mutual_info_score

    z_nd, class_n = clothes
    told: list[float] = []
    labels_n = by_density(z_nd, None, 0, told.append)
    assert adjusted_mutual_info_score(class_n, labels_n) > 0.5
    assert 5 <= labels_n.max() + 1 <= 30
    assert (labels_n < 0).mean() < 0.12
    assert told
    assert told[-1] <= 1
    parted_n = usual_k_means(z_nd, None, 0)
    assert adjusted_mutual_info_score(class_n, parted_n) > 0.45
    assert (parted_n >= 0).all()


def test_the_same_codes_have_the_same_clusters(clothes: tuple[np.ndarray, np.ndarray]) -> None:
    z_nd = clothes[0][:300]
    first, again = (by_density(z_nd, None, 0, lambda share: None) for _ in range(2))
    assert np.array_equal(first, again)


def test_of_too_many_some_are_laid_out_and_the_others_go_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    which_n = rng.integers(0, 4, 1200)
    z_nd = (9 * np.eye(8)[which_n] + rng.normal(0, 0.5, (1200, 8))).astype(np.float32)
    monkeypatch.setattr("looks_like.explorer.clusters.finding.LAID_OUT_MAX", 400)
    labels_n = by_density(z_nd, None, 0, lambda share: None)
    assert labels_n.max() == 3
    assert all(len(np.unique(labels_n[which_n == i])) == 1 for i in range(4))


@pytest.mark.parametrize(
    ("z_nd", "most"),
    [
        (np.ones((200, 6), np.float32), 1),
        (np.eye(3, dtype=np.float32), 3),
        (np.ones((1, 4), np.float32), 1),
        (np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32), 10),
        (np.repeat(np.random.default_rng(0).normal(size=(12, 6)), 9, axis=0).astype(np.float32), 12),
        (np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32), 30),
    ],
    ids=["all alike", "three", "one", "fifty of no kind", "many twins", "one cloud"],
)
def test_whatever_there_is_falls_into_some_clusters(z_nd: np.ndarray, most: int) -> None:
    for labels_n in (by_density(z_nd, None, 0, lambda share: None), usual_k_means(z_nd, None, 0)):
        assert labels_n.shape == (len(z_nd),)
        assert 0 <= labels_n.max() < most
        assert labels_n.min() >= -1


def test_three_products_of_which_nothing_is_known_have_clusters_and_can_be_looked_at(
    tmp_path: Path, open_shop: Callable[..., Any], write_table: Callable[..., Path]
) -> None:
    shop = open_shop(tmp_path / "shop", 3)
    rows = [[f"id-{i}", file.name] for i, file in enumerate(sorted((shop.folder / "images").iterdir()))]
    bare = write_table(shop.folder / "bare.csv", ["id", "image"], rows)
    lab = Lab(tmp_path / "w")
    for _ in lab.import_products(str(bare), Columns()):
        pass
    for _ in make_look(lab):
        pass
    for method in ("hdbscan", "k-means"):
        make_clusters(lab, "look", ClusterRequest(method))
        found = clusters(lab, "look", method)
        assert sum(cluster.size for cluster in found) == 3
        assert all(cluster.name.startswith(("Cluster ", "All products")) for cluster in found)
        assert all((cluster.purity, cluster.most) == (None, "") for cluster in found)


def test_each_says_how_pure_it_is_and_what_it_runs_into(lab: Lab, tmp_path: Path) -> None:
    import shutil

    own = Lab(shutil.copytree(lab.workspace.folder, tmp_path / "own"))
    make_clusters(own, "tiny", ClusterRequest("k-means", k=4))
    found = clusters(own, "tiny", "k-means")
    brands = own.catalogue().rows["brand"].to_pylist()
    told = [cluster for cluster in found if cluster.pure_in == "brand"]
    from looks_like.explorer.clusters import members

    for cluster in told:
        mine = [brands[row] for row in members(own, "tiny", "k-means", cluster.number)]
        assert cluster.purity == pytest.approx(max(map(mine.count, mine)) / len(mine))
        assert mine.count(cluster.most) == max(map(mine.count, mine))
    assert told
    assert all(-1 <= (cluster.silhouette or 0) <= 1 for cluster in found)
    assert all(cluster.runs_into in {other.name for other in found} - {cluster.name} for cluster in found)
    before = len(found)
    split(own, "tiny", "k-means", 1)
    assert before < len(clusters(own, "tiny", "k-means")) <= before + 5


def test_a_look_is_clustered_by_its_form_alone(lab: Lab) -> None:
    space = lab.space("tiny")
    assert likeness_codes(space) is space.z_nd, "of a model all numbers count"
