"""Maps that stay put: what an import adds is placed, what was there does not move, a new layout lies over the old."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from looks_like.data.errors import CatalogueError
from looks_like.data.maps import read_map, rewrite_card, write_map
from looks_like.data.sources import Columns
from looks_like.explorer.core.encoding import encode
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.maps import layout
from looks_like.explorer.maps import make as mapping
from looks_like.explorer.maps import quality as map_quality
from looks_like.explorer.maps.growing import placing
from looks_like.explorer.maps.layout import fit_layout, local_recall, quality, quality_words, staleness
from looks_like.explorer.maps.make import MapRequest, make_map
from looks_like.explorer.search.likeness.similar import nearest_to
from looks_like.model.geometry.neighbours import NearestNeighbours
from looks_like.model.metrics.maps.knn_recall import knn_recall_per_product

RNG = np.random.default_rng(0)
CLOUD_ND = RNG.standard_normal((400, 2)).astype(np.float32)


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    """A copy of the shop's workspace, to add to."""
    shutil.copytree(lab.workspace.folder, tmp_path / "workspace")
    return Lab(tmp_path / "workspace")


@pytest.fixture
def more(own: Lab, open_shop: Callable[..., Any]) -> Any:
    """The same shop with five new products, in the catalogue but not yet on the map."""
    shop = open_shop(own.workspace.folder / "more", 85)
    import_all(own, shop.table)
    return shop


def import_all(lab: Lab, table: Path) -> None:
    for _ in lab.import_products(str(table), Columns(name="title")):
        pass


def caught_up(lab: Lab) -> placing.CatchUpProgress:
    return list(placing.catch_up(lab, "tiny"))[-1]


def test_new_products_come_onto_the_map_and_no_old_one_moves_by_a_bit(own: Lab, more: Any) -> None:
    before = own.map_view("tiny", "pca")
    assert (before.missing, before.placed_n.sum()) == (5, 0)
    now = caught_up(own)
    assert (now.encoded, now.placed, now.replaced, now.left) == (5, 5, 0, ())
    assert now.words().startswith("5 encoded, 5 placed")
    after = own.map_view("tiny", "pca")
    assert after.xy_n2[:80].tobytes() == before.xy_n2[:80].tobytes()
    assert after.missing == 0
    assert after.etag != before.etag
    assert np.flatnonzero(after.placed_n).tolist() == [80, 81, 82, 83, 84]
    assert (after.card.placed, after.card.products, after.card.up_to) == (5, 85, own.version())
    assert nearest_to(own, "tiny", "0084", 1)


def test_a_lab_that_runs_meanwhile_notices(own: Lab, open_shop: Callable[..., Any]) -> None:
    """As the pages' process does when a command adds products beside it."""
    other = Lab(own.workspace.folder)
    assert len(own.map_view("tiny", "pca").xy_n2) == 80
    import_all(other, open_shop(own.workspace.folder / "more", 85).table)
    between = own.map_view("tiny", "pca")
    caught_up(other)
    after = own.map_view("tiny", "pca")
    assert (between.missing, after.missing) == (5, 0)
    assert own.space("tiny").has(84)
    assert len({between.etag, after.etag}) == 2


def test_catching_up_twice_writes_nothing(own: Lab, more: Any) -> None:
    caught_up(own)
    stamp, tag = own.workspace.stamp("map--tiny--pca"), own.map_view("tiny", "pca").etag
    now = caught_up(own)
    assert (now.encoded, now.placed, now.replaced) == (0, 0, 0)
    assert (own.workspace.stamp("map--tiny--pca"), own.map_view("tiny", "pca").etag) == (stamp, tag)


def test_a_product_with_another_picture_is_the_only_one_that_moves(
    own: Lab, open_shop: Callable[..., Any], draw_product: Callable[..., Image.Image]
) -> None:
    shop = open_shop(own.workspace.folder / "again", 80)
    draw_product(43).rotate(90).save(shop.folder / "images" / "0003.png")
    before = own.map_view("tiny", "pca").xy_n2
    import_all(own, shop.table)
    now = caught_up(own)
    assert (now.placed, now.replaced) == (0, 1)
    assert "1 placed again, since their pictures changed" in now.words()
    view = own.map_view("tiny", "pca")
    assert np.flatnonzero((view.xy_n2 != before).any(1)).tolist() == [3]
    assert np.flatnonzero(view.placed_n).tolist() == [3]


def as_an_older_program_wrote_it(lab: Lab) -> None:
    """The map's table without what came later: pictures, and who was placed."""
    table = lab.workspace.table("map--tiny--pca")
    assert table is not None
    rows = table.to_arrow().select(["product_id", "x", "y"])
    plain = pa.table(rows.columns, schema=rows.schema.with_metadata(table.schema.metadata))
    lab.workspace.tables.create_table("map--tiny--pca", plain, mode="overwrite")


def test_a_map_of_an_older_program_takes_new_products_and_changed_pictures(
    own: Lab, open_shop: Callable[..., Any], draw_product: Callable[..., Image.Image]
) -> None:
    as_an_older_program_wrote_it(own)
    shop = open_shop(own.workspace.folder / "again", 82)
    draw_product(43).rotate(90).save(shop.folder / "images" / "0003.png")
    before = own.map_view("tiny", "pca").xy_n2
    import_all(own, shop.table)
    now = caught_up(own)
    assert (now.placed, now.replaced) == (2, 1)
    after = own.map_view("tiny", "pca").xy_n2
    assert np.flatnonzero((after[:80] != before).any(1)).tolist() == [3]
    assert caught_up(own).placed == 0


def test_a_map_of_other_weights_stays_as_it_is_and_says_so(own: Lab, more: Any) -> None:
    found = read_map(own.workspace, "tiny", "pca")
    rewrite_card(own.workspace, found, replace(found.card, weights="0" * 16))
    make_map(own, "tiny", MapRequest("pca", "fresh"))
    now = caught_up(own)
    assert now.left == ("map pca stays as it is: it is of other weights of model 'tiny'; make it again",)
    assert now.placed == 5


def test_a_workspace_that_is_written_by_another_is_a_sentence(own: Lab, more: Any) -> None:
    with own.workspace.write_lock("an import"), pytest.raises(CatalogueError, match="is being written by process"):
        caught_up(Lab(own.workspace.folder))


def test_only_models_with_codes_are_followed(own: Lab) -> None:
    assert placing.followed(own) == ["tiny"]
    own.workspace.tables.drop_table("codes--tiny")
    assert placing.followed(own) == []


# -- made again --------------------------------------------------------------------------------------------------


def test_a_map_made_again_lies_over_the_one_before_and_says_since_when(own: Lab, more: Any) -> None:
    list(encode(own, "tiny"))
    make_map(own, "tiny", MapRequest("tsne", "near"))
    before = own.map_view("tiny", "near")
    turned = read_map(own.workspace, "tiny", "near")
    own.workspace.tables.drop_table("map--tiny--near")
    write_map(own.workspace, turned.card, turned.product_ids[:80], -turned.xy_n2[:80], turned.sha256[:80])
    assert caught_up(own).placed == 10  # on both maps
    card = mapping.refit(own, "tiny", "near")
    after = own.map_view("tiny", "near")
    moved_n = np.linalg.norm(after.xy_n2[:80] + before.xy_n2[:80], axis=1)
    assert card.moved is not None
    assert 0 < card.moved < 0.3
    assert moved_n.mean() == pytest.approx(card.moved, abs=0.05)
    assert (card.since, card.method, card.seed) == (before.card.made, "tsne", 0)
    assert (after.card.placed, after.missing, after.placed_n.any()) == (0, 0, False)
    assert mapping.refit(own, "tiny", "near", "pca").since == before.card.made


def test_of_a_sample_all_others_are_placed_and_count_as_made_with_the_map(own: Lab, more: Any) -> None:
    words = ["map", "tiny", "--method", "pca", "--name", "few", "--sample", "40"]
    assert run([*words, "--workspace", str(own.workspace.folder)]) == (0, "")
    found = read_map(own.workspace, "tiny", "few")
    assert (found.card.sample, found.card.products, found.card.placed) == (40, 80, 0)
    assert (found.placed_n == 0).sum() == 40
    assert map_quality.staleness(own, "tiny", "few").placed == 0
    said = map_quality.map_quality(own, "tiny", "few")
    assert said.startswith("Among those that were laid out together: of the 10 products most like a product")
    assert "(by chance: 2.6)" in said  # 10 of the 39 others
    caught_up(own)
    grown = own.map_view("tiny", "few")
    assert (grown.card.placed, grown.missing) == (5, 0)
    again = mapping.refit(own, "tiny", "few")
    assert again.sample == 40
    space = own.space("tiny")
    kept = quality(space.z_nd, grown.xy_n2[space.rows_n]).neighbours_kept
    assert kept is not None
    assert kept > 0.3  # by chance .13


def test_of_very_many_a_sample_is_laid_out_unless_all_are_asked_for(own: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "ALL_MAX", 50)
    monkeypatch.setattr(mapping, "SAMPLE", 30)
    assert make_map(own, "tiny", MapRequest("umap", "some")).sample == 30
    assert mapping.refit(own, "tiny", "some").sample == 30
    assert make_map(own, "tiny", MapRequest("umap", "all", sample=0)).sample == 0
    assert mapping.refit(own, "tiny", "all").sample == 0
    assert make_map(own, "tiny", MapRequest("pca", "straight")).sample == 0  # which compares nothing


def test_a_map_that_is_not_there_cannot_be_made_again(own: Lab) -> None:
    with pytest.raises(CatalogueError, match="model 'tiny' has no map 'none'; it has: pca"):
        mapping.refit(own, "tiny", "none")
    with pytest.raises(CatalogueError, match="can't name a map"):
        mapping.refit(own, "tiny", "../pca")


def test_the_old_map_is_there_until_the_new_one_is(own: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    before = own.map_view("tiny", "pca")

    def broken(*what: Any, **how: Any) -> Any:
        raise RequestError("the power went")

    monkeypatch.setattr("looks_like.explorer.maps.layout.fit_layout", broken)
    with pytest.raises(RequestError):
        mapping.refit(own, "tiny", "pca")
    assert own.map_view("tiny", "pca").etag == before.etag


def test_products_that_are_new_do_not_turn_a_map_that_is_made_again() -> None:
    old_n2 = fit_layout("pca", CLOUD_ND[:300], 0, lambda share: None, None, resume=False).xy_n2
    before_n2 = np.full((400, 2), np.nan, np.float32)
    before_n2[:300] = -old_n2
    laid = fit_layout("pca", CLOUD_ND, 0, lambda share: None, before_n2, resume=True)
    assert laid.moved is not None
    assert laid.moved < 0.1
    assert np.isfinite(laid.xy_n2).all()


# -- how true, how far behind ------------------------------------------------------------------------------------


def test_a_fresh_map_has_not_fallen_behind(own: Lab) -> None:
    found = map_quality.staleness(own, "tiny", "pca")
    assert (found.placed, found.missing, found.refit_offered) == (0, 0, False)
    assert found.words() == "All 80 products were laid out together."


def test_drift_counts_who_was_placed_and_who_has_no_place(own: Lab, more: Any) -> None:
    for _ in encode(own, "tiny"):
        pass
    assert map_quality.staleness(own, "tiny", "pca").missing == 5
    caught_up(own)
    found = map_quality.staleness(own, "tiny", "pca")
    assert (found.products, found.placed, found.missing, found.refit_offered) == (85, 5, 0, False)
    assert found.words().startswith("5 of 85 products (5.9 %) were placed after the map was made: of the 10 most like")


def placed_where(xy_n2: np.ndarray, placed: int, far: int = 0, missing: int = 0) -> layout.Staleness:
    placed_n, far_n = np.arange(400) < placed, np.arange(400) < far
    return staleness(CLOUD_ND, xy_n2, placed_n, far_n, missing, np.ones(400, bool))


def test_a_new_layout_is_offered_when_a_fifth_came_later() -> None:
    assert not placed_where(CLOUD_ND, 80).refit_offered
    found = placed_where(CLOUD_ND, 81)
    assert found.refit_offered
    assert found.words().endswith("A new layout would show them better.")
    assert (found.kept_placed, found.kept_fitted) == (1, 1)
    assert placed_where(CLOUD_ND, 0, missing=120).refit_offered


def test_a_new_layout_is_offered_when_the_placed_lie_worse_than_the_others() -> None:
    astray_n2 = CLOUD_ND.copy()
    astray_n2[:60] = RNG.permutation(astray_n2[:60])
    found = placed_where(astray_n2, 60)
    assert found.refit_offered
    assert found.kept_placed is not None
    assert found.kept_fitted is not None
    assert found.kept_placed < 0.2 < 0.6 < found.kept_fitted
    assert not placed_where(CLOUD_ND, 60).refit_offered


def test_a_new_layout_is_offered_when_many_are_like_nothing_on_the_map() -> None:
    assert not placed_where(CLOUD_ND, 60, far=6).refit_offered
    found = placed_where(CLOUD_ND, 60, far=7)
    assert found.refit_offered
    assert "7 are like nothing here" in found.words()


def test_truth_is_a_share_for_each_product_with_a_place(own: Lab, more: Any) -> None:
    kept_n = map_quality.map_recall(own, "tiny", "pca")
    assert (kept_n.shape, kept_n.dtype) == ((85,), np.float32)
    assert np.isnan(kept_n[80:]).all()
    assert ((kept_n[:80] >= 0) & (kept_n[:80] <= 1)).all()
    assert map_quality.map_recall(own, "tiny", "pca") is kept_n
    list(encode(own, "tiny"))  # codes, but no place yet: not among the nearest of anyone
    np.testing.assert_array_equal(map_quality.map_recall(own, "tiny", "pca"), kept_n)
    caught_up(own)
    assert np.isfinite(map_quality.map_recall(own, "tiny", "pca")).all()


def test_truth_of_more_products_than_it_is_for_is_a_sentence(own: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_quality, "KNN_GRAPH_MAX", 79)
    assert map_quality.map_recall_ready(own, "tiny")
    with pytest.raises(RequestError, match="more than 79 products"):
        map_quality.map_recall(own, "tiny", "pca")


def truth_of(z_nd: np.ndarray, xy_n2: np.ndarray, shown_n: np.ndarray, k: int = 15) -> np.ndarray:
    return local_recall(z_nd, xy_n2, shown_n, NearestNeighbours(z_nd).graph(k))


def test_truth_of_a_perfect_map_is_one_and_of_a_shuffled_one_near_none() -> None:
    all_n = np.ones(len(CLOUD_ND), bool)
    assert truth_of(CLOUD_ND, CLOUD_ND, all_n).min() == 1
    assert truth_of(CLOUD_ND, RNG.permutation(CLOUD_ND), all_n).mean() < 0.1
    assert np.isnan(truth_of(CLOUD_ND[:10], CLOUD_ND[:10], all_n[:10])).all()


@pytest.mark.parametrize("share", [0.95, 0.5, 0.05])
def test_truth_compares_those_that_are_shown_alone(share: float) -> None:
    shown_n = np.random.default_rng(1).random(len(CLOUD_ND)) < share
    xy_n2 = np.random.default_rng(2).permutation(CLOUD_ND) * 0.2 + CLOUD_ND
    found_n = truth_of(CLOUD_ND, np.where(shown_n[:, None], xy_n2, np.nan), shown_n)
    assert np.isnan(found_n[~shown_n]).all()
    expected_m = knn_recall_per_product(CLOUD_ND[shown_n], xy_n2[shown_n], 10)
    np.testing.assert_allclose(found_n[shown_n], expected_m, atol=1e-6)


def test_a_new_map_says_what_it_keeps_and_an_old_one_when_asked(own: Lab) -> None:
    card = make_map(own, "tiny", MapRequest("pca", "second"))
    assert card.measured_on == 80
    assert card.trustworthiness is not None
    assert 0.5 < card.trustworthiness <= 1
    make_map(own, "tiny", MapRequest("pca", "third", measure=False))
    assert own.map_view("tiny", "third").card.measured_on == 0
    asked = map_quality.measured(own, "tiny", "third")
    assert (asked.trustworthiness, asked.neighbours_kept) == (card.trustworthiness, card.neighbours_kept)
    assert own.map_view("tiny", "third").card.measured_on == 0
    map_quality.measure(own, "tiny", "third")
    assert own.map_view("tiny", "third").card.measured_on == 80
    assert "are among its 10 nearest here" in map_quality.map_quality(own, "tiny", "third")


def test_quality_is_a_sentence_with_its_chance() -> None:
    assert quality_words(0.97, 0.41, 30_001) == (
        "Of the 10 products most like a product, 4.1 are among its 10 nearest here (by chance: 0.0033). "
        "Trust in neighbours: 0.97 of 1."
    )
    few = quality(CLOUD_ND[:5], CLOUD_ND[:5])
    assert quality_words(few.trustworthiness, few.neighbours_kept, 5) == ""


def test_others_are_answered_while_something_slow_is_made(own: Lab) -> None:
    """And whoever asks for the same waits for it."""
    import threading

    begun, go, made = threading.Event(), threading.Event(), []

    def slow() -> str:
        begun.set()
        go.wait(100)
        made.append(1)
        return "done"

    answers: list[str] = []
    askers = [threading.Thread(target=lambda: answers.append(own.cache.get_or_make(("slow",), slow))) for _ in range(2)]
    for asker in askers:
        asker.start()
    assert begun.wait(60)
    quick = threading.Thread(target=lambda: answers.append(own.product("0003").product_id))
    quick.start()
    quick.join(60)
    others = list(answers)
    go.set()
    for asker in askers:
        asker.join(60)
    assert others == ["0003"]
    assert answers == ["0003", "done", "done"]
    assert made == [1]
