"""Questions as values: they survive a link, refuse what can't be answered, and name files harmlessly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from looks_like.explorer.core.requests import (
    SEED_MAX,
    checked_seed,
    code_from_text,
    code_to_text,
    whole_number,
)
from looks_like.explorer.errors import RequestError
from looks_like.explorer.paths import STEPS_MAX, PathRequest
from looks_like.explorer.training.running.run import TrainRequest

ids = st.text(min_size=1, max_size=40)
quick = settings(max_examples=50, deadline=None)


@quick
@given(
    model=st.text(max_size=20),
    a=ids,
    b=ids,
    curve=st.text(min_size=1, max_size=20),
    steps=st.integers(2, STEPS_MAX),
)
def test_a_path_survives_its_link(model: str, a: str, b: str, curve: str, steps: int) -> None:
    request = PathRequest(model, (a, b), curve, steps)
    assert PathRequest.from_query(request.to_query()) == request
    assert hash(PathRequest.from_query(request.to_query())) == hash(request)
    assert all(isinstance(value, str) for value in request.to_query().values())


def test_a_link_says_how_far_a_path_goes_through_products_where_that_is_not_wholly() -> None:
    request = PathRequest("m", ("1", "2"), "dense", 60, 40)
    assert request.to_query()["through"] == "40"
    assert PathRequest.from_query(request.to_query()) == request
    assert "through" not in PathRequest("m", ("1", "2")).to_query()
    for wrong in ("101", "-1"):
        with pytest.raises(RequestError, match=r"through must be between 0 \(straight\) and 100"):
            PathRequest.from_query({"a": "1", "b": "2", "through": wrong})


def test_a_short_link_means_the_usual() -> None:
    assert PathRequest.from_query({"a": "1", "b": "2"}) == PathRequest("", ("1", "2"), "dense", 60)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({}, "a path needs two products or more"),
        ({"a": "1"}, "a path needs two products or more"),
        ({"a": "1", "b": ""}, "a path needs two products or more"),
        ({"a": "1", "b": "2", "steps": "many"}, "steps must be a whole number, got 'many'"),
        ({"a": "1", "b": "2", "steps": "2.5"}, "steps must be a whole number, got '2.5'"),
        ({"a": "1", "b": "2", "steps": ""}, "steps must be a whole number, got ''"),
        ({"a": "1", "b": "2", "steps": "9" * 5000}, "steps must be a whole number, got '9999"),
        ({"a": "1", "b": "2", "steps": "1"}, "a path through 2 products has 2 to 600 steps"),
        ({"a": "1", "b": "2", "steps": "601"}, "a path through 2 products has 2 to 600 steps"),
        ({"a": "1", "b": "2", "steps": "-5"}, "a path through 2 products has 2 to 600 steps"),
    ],
)
def test_a_link_that_asks_for_the_impossible_is_a_sentence(query: dict[str, str], says: str) -> None:
    with pytest.raises(RequestError) as mistake:
        PathRequest.from_query(query)
    assert says in str(mistake.value)
    assert len(str(mistake.value)) < 200


def test_a_path_through_three_products_has_a_step_for_each() -> None:
    assert PathRequest("m", ("1", "2", "3"), steps=3).steps == 3
    with pytest.raises(RequestError, match="through 3 products has 3 to 600 steps"):
        PathRequest("m", ("1", "2", "3"), steps=2)


@quick
@given(a=ids, b=ids)
def test_a_file_name_is_harmless(a: str, b: str) -> None:
    slug = PathRequest("m", (a, b)).slug()
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
    assert slug[0] != "-"
    assert "-to-" in slug
    assert len(slug) <= 84


def test_a_file_name_says_what_is_in_it() -> None:
    assert PathRequest("m", ("shoe/0012.x", "../😀")).slug() == "shoe-0012-x-to-product"


def test_a_whole_number_has_a_default() -> None:
    assert whole_number({}, "k", 6) == 6
    assert whole_number({"k": " 7 "}, "k", 6) == 7


@quick
@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=40))
def test_a_code_survives_its_text(z_d: list[float]) -> None:
    assert code_from_text(code_to_text(z_d), len(z_d)) == pytest.approx(z_d, abs=6e-4)


def test_a_code_is_short_as_text() -> None:
    assert code_to_text([0.0, 1.0, -2.5, 0.12345, -0.0001]) == "0,1,-2.5,0.123,-0"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "z must be 3 numbers with commas between, got 0"),
        ("1,2", "z must be 3 numbers with commas between, got 2"),
        ("1,2,3,4", "z must be 3 numbers with commas between, got 4"),
        ("1,two,3", "got '1,two,3'"),
        ("1,,3", "got '1,,3'"),
        ("1,nan,3", "z must be finite numbers below a million"),
        ("1,inf,3", "z must be finite numbers below a million"),
        ("1,-1e300,3", "z must be finite numbers below a million"),
    ],
)
def test_a_text_that_is_no_code_is_a_sentence(text: str, says: str) -> None:
    with pytest.raises(RequestError) as mistake:
        code_from_text(text, 3)
    assert says in str(mistake.value)


@pytest.mark.parametrize("seed", [-1, SEED_MAX + 1])
def test_a_seed_that_not_every_generator_takes_is_refused(seed: int) -> None:
    with pytest.raises(RequestError, match="seed must be between 0 and 4,294,967,295"):
        checked_seed(seed)
    with pytest.raises(RequestError, match="seed must be between"):
        TrainRequest("vae", "m", seed=seed)


@pytest.mark.parametrize("epochs", [0, -1, float("nan"), float("inf")])
def test_epochs_that_cannot_be_trained_are_refused(epochs: float) -> None:
    with pytest.raises(RequestError, match="epochs must be above 0"):
        TrainRequest("vae", "m", epochs=epochs)
