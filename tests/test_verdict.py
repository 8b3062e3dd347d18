"""What a training says at its end is true of its numbers, and names what to do."""

import pytest

from looks_like.explorer.training.verdict import verdict
from looks_like.model.disk.card import Card

STEADY, FALLING, RISING = [5, 4, 3, 2.01, 2.0], [5, 4, 3, 2.5, 2.0], [5, 4, 2, 2.0, 2.5]


def card(over_pca: float, products: int = 5000, seconds: float = 45.0, **settings: object) -> Card:
    known = {"seed": 0, "steps": 1, "catalogue_version": 1, "device": "cpu: a test"}
    settings = {"sharpen": 0, "learns": "both"} | settings
    card = Card(name="shoes", family="vae", settings=settings, products=products, seconds=seconds, **known)
    card.measures = {"mse": 0.01, "mse_over_pca": over_pca}
    return card


def lines(errors: list[float]) -> list[dict[str, float]]:
    """A report without a held-out error between each two with one."""
    said = [
        [{"step": 100 * i + 50, "mse": 1.0}, {"step": 100 * i + 100, "held_out_mse": e}] for i, e in enumerate(errors)
    ]
    return [line for pair in said for line in pair]


@pytest.mark.parametrize(
    ("over_pca", "errors", "products", "says"),
    [
        (7.5, FALLING, 285, ["worse than PCA", "7.5 times", "Train longer: looks-like train vae --name shoes-2", "5m"]),
        (1.3, [], 285, ["worse than PCA", "Train longer"]),
        (1.0, FALLING, 285, ["as well as PCA", "still getting better, by 20%", "Train longer"]),
        (0.6, FALLING, 5000, ["better than PCA", "more time would pay", "Next: looks-like map shoes", "or go on"]),
        (0.6, STEADY, 5000, ["hardly changed any more", "Next: looks-like map shoes --method umap --encode"]),
        (0.6, STEADY, 285, ["Import more pictures", "Next: looks-like map shoes"]),
        (1.0, STEADY, 5000, ["as long again would bring little, much longer may", "Train longer"]),
        (1.3, RISING, 5000, ["more time would not pay", "Next: looks-like map shoes"]),
        (1.3, RISING, 285, ["getting worse again: more time would not pay", "Import more pictures"]),
    ],
)
def test_it_says_how_good_whether_to_go_on_and_what_next(
    over_pca: float, errors: list[float], products: int, says: list[str]
) -> None:
    found = verdict(card(over_pca, products), lines(errors))
    assert [part for part in says if part not in found] == [], found


def test_what_more_time_brings_is_not_said_where_another_error_counts() -> None:
    found = verdict(card(0.7, sharpen=0.5), lines(RISING))
    assert "more time" not in found
    assert "Next: looks-like map shoes" in found


def test_a_model_that_was_never_measured_is_not_judged() -> None:
    bare = card(1.0)
    bare.measures = {}
    assert verdict(bare, []) == "Next: looks-like map shoes --method umap --encode"
