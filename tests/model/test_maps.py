"""The contract of every map: what is registered is covered here the moment its file exists."""

import numpy as np
import pytest

from looks_like.model import maps
from looks_like.model.errors import ModelError
from looks_like.model.geometry.procrustes import procrustes_align
from looks_like.model.maps import METHODS, fit_map, method, place_on_map, shows_clusters

pytestmark = pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning")  # umap-learn, when imported
HEAVY = pytest.mark.slow  # it compiles itself for many seconds
every_method = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=HEAVY if name == "umap" else ()) for name in METHODS]
)


def blobs(count: int = 60, latent: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """(z_nd, which of three clusters)"""
    rng = np.random.default_rng(0)
    cluster_n = np.arange(count) % 3
    centres_3d = np.eye(3, latent) * 12
    return (centres_3d[cluster_n] + rng.standard_normal((count, latent))).astype(np.float32), cluster_n


def purity(xy_n2: np.ndarray, cluster_n: np.ndarray, k: int = 5) -> float:
    """Share of the k nearest on the map that are of the same cluster."""
    distance_nn = np.linalg.norm(xy_n2[:, None] - xy_n2[None], axis=2)
    np.fill_diagonal(distance_nn, np.inf)
    nearest_nk = np.argsort(distance_nn, axis=1)[:, :k]
    return float((cluster_n[nearest_nk] == cluster_n[:, None]).mean())


def test_the_methods_of_the_first_version_are_there() -> None:
    assert {"pca", "tsne", "umap"} <= set(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_it_says_what_it_is(name: str) -> None:
    module = method(name)
    assert module.TITLE
    assert module.SENTENCE.endswith(".")
    assert module.PRODUCTS_MIN >= 2
    assert isinstance(module.NEEDS_GRAPH, bool)
    assert shows_clusters(name) == module.CLUSTERS >= 0


@every_method
def test_a_map_keeps_clusters_and_says_how_far_it_is(name: str) -> None:
    z_nd, cluster_n = blobs()
    shares: list[float] = []
    xy_n2 = fit_map(name, z_nd, 0, shares.append)
    assert xy_n2.shape == (60, 2)
    assert xy_n2.dtype == np.float32
    assert np.isfinite(xy_n2).all()
    assert np.abs(xy_n2).max() == pytest.approx(1, abs=1e-5)
    assert purity(xy_n2, cluster_n) > 0.9
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    assert name == "pca" or shares
    np.testing.assert_array_equal(fit_map(name, z_nd, 0), xy_n2)


@every_method
@pytest.mark.parametrize("latent", [1, 2])
def test_few_dimensions_are_enough(name: str, latent: int) -> None:
    xy_n2 = fit_map(name, blobs(30, 5)[0][:, :latent])
    assert xy_n2.shape == (30, 2)
    assert np.isfinite(xy_n2).all()


@every_method
@pytest.mark.parametrize("unlike", [0, 3], ids=["all alike", "all but three alike"])
@pytest.mark.filterwarnings("ignore")  # of degenerate numbers; the answer is what counts
def test_products_that_look_alike_still_get_a_place(name: str, unlike: int) -> None:
    z_nd = np.zeros((40, 4), np.float32)
    z_nd[:unlike] = np.arange(unlike * 4).reshape(unlike, 4)
    xy_n2 = fit_map(name, z_nd)
    assert xy_n2.shape == (40, 2)
    assert np.isfinite(xy_n2).all()
    assert np.abs(xy_n2).max() <= 1 + 1e-6


@every_method
def test_the_fewest_products_that_it_promises_are_enough(name: str) -> None:
    fewest = method(name).PRODUCTS_MIN
    assert np.isfinite(fit_map(name, blobs(fewest)[0])).all()


@pytest.mark.parametrize("name", METHODS)
def test_too_few_products_are_a_sentence(name: str) -> None:
    fewest = method(name).PRODUCTS_MIN
    with pytest.raises(ModelError, match=f"map needs at least {fewest} products, got {fewest - 1}"):
        fit_map(name, blobs(fewest - 1)[0])


def test_an_unknown_method_is_told_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"unknown map method 'som'; there are: pca, .*umap"):
        fit_map("som", blobs()[0])


def test_a_map_is_centred() -> None:
    xy_n2 = fit_map("pca", blobs()[0] + 100)
    np.testing.assert_allclose(xy_n2.min(0) + xy_n2.max(0), [0, 0], atol=1e-5)


# -- placing -----------------------------------------------------------------------------------------------------


@every_method
def test_placed_products_come_to_their_own_kind_and_nobody_moves(name: str) -> None:
    z_nd, cluster_n = blobs(90)
    new_md, cluster_m = blobs(120)[0][90:], cluster_n[:30]
    xy_n2 = fit_map(name, z_nd)
    before = xy_n2.tobytes()
    placed = place_on_map(name, z_nd, xy_n2, new_md)
    assert xy_n2.tobytes() == before
    assert (placed.xy_m2.shape, placed.xy_m2.dtype, placed.far_m.dtype) == ((30, 2), np.float32, bool)
    distance_mn = np.linalg.norm(placed.xy_m2[:, None] - xy_n2[None], axis=2)
    nearest_mk = np.argsort(distance_mn, axis=1)[:, :5]
    assert (cluster_n[nearest_mk] == cluster_m[:, None]).mean() > 0.9
    np.testing.assert_array_equal(place_on_map(name, z_nd, xy_n2, new_md).xy_m2, placed.xy_m2)


@every_method
def test_a_twin_of_a_mapped_product_lands_on_it(name: str) -> None:
    z_nd = blobs(90)[0]
    xy_n2 = fit_map(name, z_nd)
    np.testing.assert_allclose(place_on_map(name, z_nd, xy_n2, z_nd).xy_m2, xy_n2, atol=1e-5)


@every_method
def test_placing_one_by_one_equals_placing_together(name: str) -> None:
    z_nd = blobs(120)[0]
    xy_n2 = fit_map(name, z_nd[:90])
    together = place_on_map(name, z_nd[:90], xy_n2, z_nd[90:])
    alone = [place_on_map(name, z_nd[:90], xy_n2, z_d[None]) for z_d in z_nd[90:]]
    np.testing.assert_allclose(np.concatenate([one.xy_m2 for one in alone]), together.xy_m2, atol=1e-4)
    assert np.concatenate([one.far_m for one in alone]).tolist() == together.far_m.tolist()


@every_method
@pytest.mark.filterwarnings("ignore")  # of degenerate numbers; the answer is what counts
def test_a_map_of_products_all_alike_takes_others_too(name: str) -> None:
    z_nd = np.zeros((40, 4), np.float32)
    placed = place_on_map(name, z_nd, fit_map(name, z_nd), np.array([[0, 0, 0, 0], [9, 0, 0, 1]], np.float32))
    assert np.isfinite(placed.xy_m2).all()
    assert placed.far_m.tolist() == [False, True]


@pytest.mark.parametrize("name", METHODS)
def test_many_are_placed_in_parts_as_they_would_be_together(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    z_nd = np.random.default_rng(2).standard_normal((120, 6)).astype(np.float32)
    z_nd[119] = 99
    xy_n2 = fit_map("pca", z_nd[:60])
    together = place_on_map(name, z_nd[:60], xy_n2, z_nd[60:])
    monkeypatch.setattr(maps, "_PLACED_AT_ONCE", 7)
    in_parts = place_on_map(name, z_nd[:60], xy_n2, z_nd[60:])
    np.testing.assert_allclose(in_parts.xy_m2, together.xy_m2, atol=1e-5)
    assert in_parts.far_m.tolist() == together.far_m.tolist()
    assert in_parts.far_m[-1]


def test_the_projection_of_pca_is_placed_exactly_whatever_the_map_was_scaled_by() -> None:
    rng = np.random.default_rng(1)
    z_nd = (rng.standard_normal((500, 8)) * [9, 5, 3, 1, 1, 0.5, 1e-4, 0]).astype(np.float32)
    xy_n2 = fit_map("pca", z_nd)
    fixed_n = rng.permutation(500)[:400]
    placed = place_on_map("pca", z_nd[fixed_n], xy_n2[fixed_n], z_nd)
    np.testing.assert_allclose(placed.xy_m2, xy_n2, atol=1e-5)


@pytest.mark.parametrize("name", ["tsne", "umap"])
def test_a_product_between_two_clusters_goes_to_one_and_not_into_the_void(name: str) -> None:
    z_nd, cluster_n = blobs(60)
    xy_n2 = np.eye(3, 2)[cluster_n].astype(np.float32) + 0.01 * z_nd[:, 3:5]  # three clusters in far corners
    middle_1d = (z_nd[cluster_n == 0].mean(0) + z_nd[cluster_n == 1].mean(0))[None] / 2
    placed = place_on_map(name, z_nd, xy_n2, middle_1d)
    assert np.linalg.norm(xy_n2 - placed.xy_m2, axis=1).min() < 0.03


@pytest.mark.parametrize("name", METHODS)
def test_a_product_like_nothing_is_placed_and_flagged(name: str) -> None:
    z_nd = blobs(90)[0]
    new_md = np.stack([z_nd[0] + 0.1, z_nd[1] + 50])
    placed = place_on_map(name, z_nd, fit_map("pca", z_nd), new_md)
    assert placed.far_m.tolist() == [False, True]
    assert np.isfinite(placed.xy_m2).all()


@pytest.mark.parametrize("name", METHODS)
def test_nothing_new_and_one_mapped_product_are_no_trouble(name: str) -> None:
    z_nd = blobs(90)[0]
    assert place_on_map(name, z_nd, z_nd[:, :2], z_nd[:0]).xy_m2.shape == (0, 2)
    one = place_on_map(name, z_nd[:1], z_nd[:1, :2], z_nd[:2])
    np.testing.assert_allclose(one.xy_m2[0], z_nd[0, :2], atol=1e-6)


def test_new_codes_that_do_not_fit_the_map_are_a_sentence() -> None:
    z_nd = blobs(90)[0]
    with pytest.raises(ModelError, match=r"got 90 codes, 89 places, and new codes of \(4,\) numbers for"):
        place_on_map("tsne", z_nd, z_nd[1:, :2], z_nd[:3, :4])
    with pytest.raises(ModelError, match="unknown map method 'som'"):
        place_on_map("som", z_nd, z_nd[:, :2], z_nd)


# -- made again --------------------------------------------------------------------------------------------------


@every_method
def test_a_map_that_starts_from_an_earlier_one_keeps_its_regions(name: str) -> None:
    """Of a sheet: what hangs together; clusters without a link may go anywhere."""
    z_nd = np.random.default_rng(0).uniform(-1, 1, (200, 3)).astype(np.float32) * np.array([2, 1, 0.1], np.float32)
    old_n2 = fit_map(name, z_nd[:180])
    turned_n2 = np.full((200, 2), np.nan, np.float32)
    turned_n2[:180] = old_n2[:, ::-1] * [1, -1]
    start_n2 = turned_n2.copy()
    start_n2[180:] = place_on_map(name, z_nd[:180], turned_n2[:180], z_nd[180:]).xy_m2
    again = procrustes_align(fit_map(name, z_nd, 5, start_n2=start_n2), turned_n2)
    assert again.moved is not None
    assert again.moved < 0.3  # by chance .8; umap-learn stretches what it starts from to a square


def test_a_map_is_turned_mirrored_scaled_and_shifted_onto_the_one_before() -> None:
    old_n2 = blobs(50)[0][:, :2]
    turn_22 = np.array([[0.6, 0.8], [0.8, -0.6]])  # with a mirror
    found = procrustes_align((old_n2 @ turn_22 * 3 + [5, -7]).astype(np.float32), old_n2)
    np.testing.assert_allclose(found.xy_n2, old_n2, atol=1e-4)
    assert found.moved == pytest.approx(0, abs=1e-4)


def test_products_that_had_no_place_follow_the_others() -> None:
    all_n2 = blobs(50)[0][:, :2]
    old_n2 = all_n2.copy()
    old_n2[40:] = np.nan
    np.testing.assert_allclose(procrustes_align(all_n2 * -2 + 1, old_n2).xy_n2, all_n2, atol=1e-4)


def test_a_map_unlike_the_one_before_does_not_shrink() -> None:
    rng = np.random.default_rng(2)
    old_n2, new_n2 = rng.standard_normal((2, 400, 2)).astype(np.float32)
    assert procrustes_align(new_n2, old_n2).xy_n2.std() == pytest.approx(old_n2.std(), rel=0.05)


def test_without_common_products_a_map_stays_where_it_is() -> None:
    xy_n2 = blobs(50)[0][:, :2]
    found = procrustes_align(xy_n2, np.full_like(xy_n2, np.nan))
    np.testing.assert_array_equal(found.xy_n2, xy_n2)
    assert found.moved is None


def test_a_map_in_one_place_can_be_registered() -> None:
    assert np.isfinite(procrustes_align(np.zeros((5, 2)), np.ones((5, 2))).xy_n2).all()
