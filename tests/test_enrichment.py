"""What sets products apart, on catalogues small enough to be worked by hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import erfc
from scipy.stats import mannwhitneyu

from looks_like.data.catalogue import Catalogue
from looks_like.data.text import one_line
from looks_like.explorer.clusters.names import NAME_MAX, cluster_names
from looks_like.explorer.core import Cache, Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.enrichment import Enrichment, find_enrichment

FIRST_25, HOSTILE = np.arange(25), "=1+1<script>\u202eevil\u0000\n" + "x" * 300


class Stand:
    """As much of a Lab as is asked, over columns of 100 products or so."""

    def __init__(self, **columns: Sequence[Any] | pa.Array) -> None:
        self.cache = Cache()
        self.found = Catalogue(1, pa.table(columns), None, np.empty(0, np.int64))  # type: ignore[arg-type]

    def catalogue(self) -> Catalogue:
        return self.found


def ask(rows_m: Sequence[int] | np.ndarray, tags: Any = None, **columns: Any) -> Enrichment:
    return find_enrichment(Stand(**columns), np.asarray(rows_m), tags=tags)  # type: ignore[arg-type]


def test_a_value_that_these_have_more_often() -> None:
    kind = ["boot"] * 22 + ["shoe"] * 3 + ["boot"] * 9 + ["shoe"] * 66
    found = ask(FIRST_25, kind=kind)
    boot, shoe = found.values
    assert (boot.attribute, boot.value, boot.count) == ("kind", "boot", 22)
    assert (boot.within, boot.rest) == (22 / 25, 9 / 75)
    assert boot.lift == pytest.approx(7.333, abs=1e-3)
    assert boot.words == "boot: 88 % of these, 12 % of all others: 7.3 times"
    assert shoe.words == "shoe: 12 % of these, 88 % of all others"
    assert (found.products, found.others, found.words) == (25, 75, boot.words)


def test_the_evidence_is_the_likelihood_ratio() -> None:
    kind = ["a"] * 20 + ["b"] * 5 + ["a"] * 15 + ["b"] * 60
    observed = np.array([20, 5, 15, 60])
    expected = np.array([25 * 35, 25 * 65, 75 * 35, 75 * 65]) / 100
    assert ask(FIRST_25, kind=kind).values[0].evidence == pytest.approx(
        2 * (observed * np.log(observed / expected)).sum()
    )


def test_a_value_that_no_other_has_and_one_that_none_of_these_has() -> None:
    found = ask(FIRST_25, kind=["new"] * 25 + ["old"] * 75)
    assert {value.words for value in found.values} == {
        "new: 100 % of these, none of the others",
        "old: none of these, 100 % of all others",
    }
    assert found.values[0].lift == np.inf or found.values[1].lift == np.inf


def test_what_is_as_frequent_everywhere_or_may_be_chance_is_not_told() -> None:
    assert ask(FIRST_25, kind=["a", "b"] * 50).values == ()
    assert ask(FIRST_25, kind=(["a"] * 10 + ["b"] * 15) + (["a"] * 22 + ["b"] * 53)).values == ()


def test_many_values_need_stronger_evidence() -> None:
    few = (["a"] * 12 + ["b"] * 13) + (["a"] * 13 + ["b"] * 62)  # G = 8.96: a chance of .3 %
    assert [value.value for value in ask(FIRST_25, kind=few).values] == ["a", "b"]
    noise = {f"n{i}": np.random.default_rng(i).choice(["p", "q", "r", "s"], 100).tolist() for i in range(12)}
    assert not [value for value in ask(FIRST_25, kind=few, **noise).values if value.attribute == "kind"]


def test_missing_values_are_left_out_of_shares_and_told_by_themselves() -> None:
    kind = ["boot"] * 10 + [None] * 15 + ["boot"] * 10 + ["shoe"] * 60 + [None] * 5
    boot = next(value for value in ask(FIRST_25, kind=kind).values if value.value == "boot")
    assert (boot.within, boot.rest) == (1.0, 10 / 70)
    assert boot.words.endswith("7.0 times (where it is given)")
    missing = next(value for value in ask(FIRST_25, kind=kind).values if value.value == "not given")
    assert (missing.within, missing.rest) == (15 / 25, 5 / 75)
    assert missing.words.startswith("kind not given: 60 % of these, 7 % of all others")


def test_yes_and_no_and_number_like_values_carry_their_attribute() -> None:
    found = ask(FIRST_25, waterproof=[True] * 25 + [False] * 75, width=["42"] * 25 + ["43"] * 75)
    said = {value.words.split(":")[0] for value in found.values}
    assert said == {"waterproof yes", "waterproof no", "width 42", "width 43"}


def test_ids_tell_nothing() -> None:
    assert ask(FIRST_25, key=[f"id-{i}" for i in range(100)]).values == ()
    assert ask(FIRST_25, nothing=pa.array([None] * 100, pa.string())) == ask(FIRST_25, nothing=[None] * 100)


@pytest.mark.parametrize("values", [2, 3, 12, 1000])
def test_the_evidence_of_numbers_is_mann_whitneys_corrected_for_ties(values: int) -> None:
    rng = np.random.default_rng(values)
    size_n = rng.integers(0, values, 100) + np.where(np.arange(100) < 25, values // 2, 0)
    (found,) = ask(FIRST_25, size=size_n.tolist()).numbers
    theirs = mannwhitneyu(size_n[:25], size_n[25:], use_continuity=False, method="asymptotic")
    assert found.above == pytest.approx(theirs.statistic / (25 * 75))
    assert erfc(found.evidence / np.sqrt(2)) == pytest.approx(theirs.pvalue)


def test_numbers_that_are_all_equal_are_not_told() -> None:
    assert ask(FIRST_25, size=[3] * 100).numbers == ()


def test_numbers_are_compared_by_rank_and_median() -> None:
    price = [120.0] * 20 + [60.0] * 5 + [80.0] * 75
    found = ask(FIRST_25, price=price).numbers[0]
    assert (found.median, found.median_rest) == (120, 80)
    assert found.above == pytest.approx(0.8)
    assert found.delta == pytest.approx(0.6)
    assert found.word == "dearer"
    assert found.words == "price: dearer, median 120 against 80; dearer in 80 % of pairs"


def test_medians_of_the_rest_are_exact_with_gaps_ties_and_infinities() -> None:
    rng = np.random.default_rng(0)
    for count in (40, 41):
        values = rng.integers(0, 12, count).astype(float)
        values[rng.choice(count, 6, replace=False)] = [np.nan, np.inf, -np.inf, np.nan, np.nan, np.inf]
        rows_m = np.flatnonzero(values >= 6)
        mine = np.zeros(count, bool)
        mine[rows_m] = True
        given = np.isfinite(values)
        found = ask(rows_m, depth=pa.array(values)).numbers[0]
        assert found.median == np.median(values[mine & given])
        assert found.median_rest == np.median(values[~mine & given])
        assert found.above == 1


def test_times_are_later_or_earlier() -> None:
    days = np.array(["2020-01-01"] * 25 + ["2024-06-30"] * 75, "datetime64[ms]")
    found = ask(FIRST_25, released=pa.array(days)).numbers[0]
    assert found.words.startswith("released: earlier, median 2020-01-01 against 2024-06-30")


def test_numbers_that_differ_little_or_by_chance_are_not_told() -> None:
    assert ask(FIRST_25, depth=list(range(25)) + list(range(75))).numbers != ()
    assert ask(np.arange(0, 100, 4), depth=list(range(100))).numbers == ()
    assert ask([0], depth=[5.0, 1.0, 2.0]).numbers == ()


def test_tags_are_compared_as_well() -> None:
    rows = {"sale": np.arange(20), "<b>new</b>": np.arange(0, 100, 3), "rare": np.array([1])}
    tags = {tag: np.isin(np.arange(100), tagged) for tag, tagged in rows.items()}
    found = ask(FIRST_25, tags=tags, kind=["a"] * 100)
    assert [(value.attribute, value.value, value.within) for value in found.values] == [("tag", "sale", 0.8)]


def test_nobody_everybody_and_one() -> None:
    kind = ["a"] * 50 + ["b"] * 50
    nobody, everybody, one = ask([], kind=kind), ask(range(100), kind=kind), ask([7, 7], kind=kind)
    assert (nobody.products, nobody.others, nobody.words) == (0, 100, "No product is chosen.")
    assert (everybody.others, everybody.words) == (0, "All products are chosen: there are no others.")
    assert (one.products, one.values) == (1, ())
    assert one.words == "Nothing in the catalogue sets these products apart: they are few."


@pytest.mark.parametrize("rows", [[-1, 3], [3, 100]])
def test_rows_that_there_are_not(rows: list[int]) -> None:
    with pytest.raises(RequestError, match="in this catalogue of 100"):
        ask(rows, kind=["a"] * 100)


def test_hostile_words_become_one_harmless_line() -> None:
    found = ask(FIRST_25, kind=[HOSTILE] * 25 + ["ok"] * 75)
    hostile = next(value for value in found.values if value.value != "ok")
    assert hostile.value == HOSTILE, "for whoever selects by it"
    assert "\n" not in hostile.words
    assert "\u202e" not in hostile.words
    assert len(hostile.words) < 120
    assert one_line("  a\t\tb  ") == "a b"
    assert one_line("x" * 100, 10) == "xxxxxxxxx…"


# -- with a model --------------------------------------------------------------------------------------------------


def test_dimensions_are_compared_by_cohens_d(lab: Lab) -> None:
    space = lab.space("tiny")
    value_n = space.axes.values(space.z_nd)[:, 2]
    rows_m = np.flatnonzero(value_n > np.median(value_n))
    found = find_enrichment(lab, rows_m, "tiny")
    a, b = value_n[rows_m], np.delete(value_n, rows_m)
    pooled = np.sqrt((((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()) / (len(a) + len(b) - 2))
    assert found.dimensions[0].dimension == 3
    assert found.dimensions[0].d == pytest.approx((a.mean() - b.mean()) / pooled, rel=1e-4)
    assert found.dimensions[0].words.endswith("deviations higher than all others")
    assert find_enrichment(lab, rows_m, "no such model").dimensions == ()


def test_the_shop_is_told_apart_by_what_it_was_drawn_from(lab: Lab) -> None:
    found = find_enrichment(lab, np.arange(0, 80, 3), "tiny")
    assert found.values[0].words == "Alder: 100 % of these, none of the others"


# -- names ---------------------------------------------------------------------------------------------------------


def name_all(groups: Sequence[np.ndarray], taken: Sequence[str] = (), **columns: Any) -> list[str]:
    return cluster_names(Stand(**columns), range(1, len(groups) + 1), groups, taken)  # type: ignore[arg-type]


GROUPS = [np.arange(0, 25), np.arange(25, 50), np.arange(50, 100)]


def test_a_cluster_is_called_by_its_colour_and_what_it_is() -> None:
    kind = ["boot"] * 50 + ["runner"] * 50
    colour = ["black"] * 25 + ["white"] * 75
    sole = ["white"] * 50 + ["gum"] * 50
    names = name_all(GROUPS, upper_colour=colour, silhouette=kind, sole_colour=sole)
    assert names == ["Black boot, white sole", "White boot", "White runner, gum sole"]


def test_what_most_but_not_all_share_is_said_with_its_share() -> None:
    kind = ["sandal"] * 50 + ["boot"] * 50
    colour = ["brown"] * 22 + ["black"] * 3 + ["black"] * 25 + ["brown", "black"] * 25
    assert name_all(GROUPS, kind=kind, colour=colour) == ["Sandal, mostly brown (88 %)", "Black sandal", "Boot"]


def test_two_kinds_together_say_more_than_what_is_above_both() -> None:
    kind = ["top", "shirt"] * 25 + ["skirt", "shorts", "trousers", "jeans", "socks"] * 10
    above = ["upper"] * 60 + ["lower"] * 40
    assert name_all([np.arange(50)], kind=kind, group=above) == ["Top and shirt"]
    assert name_all([np.arange(0, 50)], kind=["boot", "shoe", "clog", "pump", "mule"] * 20, group=above) == ["Upper"]


def test_what_a_name_implies_is_not_said_again() -> None:
    kind, group = ["jeans"] * 25 + ["chinos"] * 15 + ["dress"] * 60, ["legs"] * 40 + ["body"] * 60
    shade = ["dark"] * 20 + ["light"] * 5 + ["light", "dark", "bright"] * 25
    assert name_all(GROUPS, kind=kind, group=group, shade=shade)[0] == "Jeans, mostly dark (80 %)"


def test_words_of_titles_name_clusters_where_nothing_else_is_known() -> None:
    titles = [f"Ankle boot {i} size 38" for i in range(25)] + [f"Running shoe Nr {i}" for i in range(25)]
    titles += [f"{word} thing" for word in ("Alpha", "Beta", "Gamma", "Delta", "Eta") for _ in range(10)]
    assert name_all(GROUPS, name=titles)[:2] == ["Ankle boot", "Running shoe"]
    assert name_all(GROUPS, name=[f"{i:09d}" for i in range(100)]) == ["Cluster 1", "Cluster 2", "Cluster 3"]


def test_a_cluster_of_everything_says_that_it_is_mixed() -> None:
    kind = (["boot"] * 4 + [f"kind {i}" for i in range(21)]) + ["shoe"] * 75
    assert name_all([np.arange(25)], kind=kind)[0] == "Mixed, some boot"


def test_no_two_names_are_alike() -> None:
    kind, leather = ["boot"] * 50 + ["shoe"] * 50, ["suede"] * 20 + ["mesh"] * 5 + ["leather"] * 25 + ["mesh"] * 50
    assert name_all(GROUPS, kind=kind) == ["Boot", "Boot 2", "Shoe"]
    assert name_all(GROUPS, kind=kind, material=leather)[:2] == ["Suede", "Leather"]
    assert name_all(GROUPS, taken=["BOOT", "boot 2"], kind=kind) == ["Boot 3", "Boot 4", "Shoe"]


def test_the_colour_of_a_part_is_said_with_the_part() -> None:
    names = name_all(GROUPS, kind=["boot"] * 50 + ["shoe"] * 50, sole_colour=["white"] * 25 + ["red"] * 75)
    assert names == ["Boot, white sole", "Boot, red sole", "Shoe, red sole"]
    assert name_all([np.arange(10)], kind=["a", "b"] * 50, second_colour=["red"] * 10 + ["tan"] * 90) == ["With red"]


def test_where_nothing_tells_the_number_does() -> None:
    assert name_all(GROUPS, kind=["a", "b"] * 50) == ["Cluster 1", "Cluster 2", "Cluster 3"]
    assert name_all([np.arange(100)], kind=["a"] * 100) == ["All products"]
    assert name_all([np.empty(0, np.int64)], kind=["a"] * 100) == ["Cluster 1"]


def test_names_are_short_and_harmless() -> None:
    found = name_all(GROUPS, kind=[HOSTILE] * 50 + ["ok"] * 50, other=["y" * 90] * 50 + ["z" * 90] * 50)
    assert len(set(found)) == 3
    assert all(0 < len(name) <= NAME_MAX and name.isprintable() for name in found)


def test_yes_is_said_by_the_attribute_and_no_not_at_all() -> None:
    names = name_all(GROUPS, water_proof=[True] * 25 + [False] * 75)
    assert names == ["Water proof", "Cluster 2", "Cluster 3"]


def test_a_tag_names_a_cluster_of_which_the_attributes_say_nothing() -> None:
    def called(tags: dict[str, np.ndarray], **columns: Any) -> list[str]:
        return cluster_names(Stand(**columns), [1, 2, 3], GROUPS, (), tags)  # type: ignore[arg-type]

    tags = {"winter boot": np.arange(100) < 45, "seen": np.arange(100) % 4 == 0}
    source = ["shop-a"] * 50 + ["shop-b"] * 50
    assert called(tags, kind=["a", "b"] * 50) == ["Winter boot", "Winter boot 2", "Cluster 3"]
    assert called(tags, source=source) == ["Winter boot", "Winter boot 2", "Shop-b"]
    assert called(tags, colour=["black"] * 25 + ["red"] * 75) == ["Black winter boot", "Red winter boot", "Red"]
    few = {"winter boot": np.arange(100) < 12}  # less than half of the cluster
    assert called(few, kind=["a", "b"] * 50)[0] == "Cluster 1"


def test_where_a_record_comes_from_names_a_cluster_last() -> None:
    colour, source = ["black"] * 25 + ["red"] * 75, ["shop-a"] * 50 + ["shop-b"] * 50
    assert name_all(GROUPS, colour=colour, source=source) == ["Black", "Red, shop-a", "Red, shop-b"]
    assert name_all(GROUPS, source=source)[0] == "Shop-a"
