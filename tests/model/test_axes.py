"""Axes: those of a decoder whose axes are known, what makes none, and what is refused on reading."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from torch import Tensor

from looks_like.model.errors import ModelError
from looks_like.model.geometry.axes import Axes, find_axes, own_axes, read_axes, write_axes
from looks_like.model.images import to_lab

PARTS, LATENT, EDGE = 4, 6, 16
STRENGTH_P = torch.tensor([0.05, 0.2, 0.1, 0.15])  # of each part: the second changes most


def turned(seed: int = 0) -> np.ndarray:
    return np.asarray(np.linalg.qr(np.random.default_rng(seed).normal(size=(PARTS, PARTS)))[0])


def drawn_parts(z_md: Tensor) -> Tensor:
    """Each part has a quarter of the picture to itself, but what moves it is spread over four numbers of the code."""
    part_mp = torch.tanh(z_md[:, :PARTS] @ torch.from_numpy(turned()).float()) * STRENGTH_P
    picture = torch.zeros(len(z_md), 1, EDGE, EDGE)
    for p, (i, j) in enumerate([(0, 0), (0, 8), (8, 0), (8, 8)]):
        picture[:, 0, i : i + 8, j : j + 8] = part_mp[:, p, None, None]
    return 0.5 + picture


def codes(count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Six numbers, the last of which are the same for all products."""
    z_nd = 0.3 * np.random.default_rng(1).normal(size=(count, LATENT)).astype(np.float32) + 0.1
    z_nd[:, PARTS:] = 0.7
    return z_nd, np.arange(LATENT) < PARTS


def test_each_axis_moves_one_part_and_the_strongest_comes_first() -> None:
    axes = find_axes(drawn_parts, *codes())
    assert (len(axes), axes.latent) == (PARTS, LATENT)
    direction_ap = axes.steps_ad[:, :PARTS] @ turned()
    part_ap = direction_ap / np.linalg.norm(direction_ap, axis=1, keepdims=True)
    assert part_ap.argmax(1).tolist() == np.argsort(-STRENGTH_P.numpy()).tolist()
    assert part_ap.max(1).min() > 0.98, "and to the right it is lighter"
    assert (np.diff(axes.effect_a) < 0).all()
    assert not axes.steps_ad[:, PARTS:].any()
    assert not axes.reads_da[PARTS:].any()


def test_a_step_is_one_deviation_of_one_axis() -> None:
    z_nd, active_d = codes()
    axes = find_axes(drawn_parts, z_nd, active_d)
    values_na = axes.values(z_nd)
    np.testing.assert_allclose(values_na.std(0), 1, atol=0.01)
    np.testing.assert_allclose(values_na.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(axes.values(z_nd + 2 * axes.steps_ad[1]) - values_na, [[0, 2, 0, 0]] * 400, atol=1e-3)


def test_the_same_codes_have_the_same_axes() -> None:
    first, again = (find_axes(drawn_parts, *codes(), seed=3) for _ in range(2))
    for key, array in vars(first).items():
        np.testing.assert_array_equal(array, vars(again)[key])


@pytest.mark.parametrize("active_d", [np.zeros(LATENT, bool), np.ones(LATENT, bool)])
def test_codes_that_do_not_differ_have_no_axes(active_d: np.ndarray) -> None:
    assert len(find_axes(drawn_parts, np.ones((50, LATENT), np.float32), active_d)) == 0
    assert len(find_axes(drawn_parts, np.ones((1, LATENT), np.float32), active_d)) == 0


def test_a_decoder_that_breaks_somewhere_still_has_axes_that_can_be_kept(tmp_path: Path) -> None:
    def broken(z_md: Tensor) -> Tensor:
        pictures = drawn_parts(z_md)
        pictures[:, :, :5] = torch.nan
        return pictures

    for decode in (broken, lambda z_md: torch.full((len(z_md), 3, EDGE, EDGE), torch.nan)):
        write_axes(tmp_path, find_axes(decode, *codes()))
        found = read_axes(tmp_path)
        assert found is not None
        assert len(found) == PARTS


def test_fewer_pictures_are_looked_at_where_fewer_are_asked_for() -> None:
    seen = 0

    def counted(z_md: Tensor) -> Tensor:
        nonlocal seen
        seen += len(z_md)
        return drawn_parts(z_md)

    find_axes(counted, *codes(), pictures=200)
    assert seen == 200


def test_numbers_that_say_the_same_are_one_axis() -> None:
    z_nd, active_d = codes()
    z_nd[:, 1] = 2 * z_nd[:, 0]
    axes = find_axes(drawn_parts, z_nd, active_d)
    assert len(axes) == PARTS - 1
    np.testing.assert_allclose(axes.steps_ad @ axes.reads_da, np.eye(PARTS - 1), atol=1e-3)


def test_without_axes_the_numbers_of_the_code_are_moved() -> None:
    z_nd = codes()[0]
    axes = own_axes(z_nd, np.array([2, 0]))
    np.testing.assert_allclose(axes.values(z_nd).std(0), 1, rtol=1e-3)
    np.testing.assert_allclose(axes.steps_ad[0], [0, 0, z_nd[:, 2].std(), 0, 0, 0], rtol=1e-5)
    assert not len(axes.effect_a)


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((1, 1, 1), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((1, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 0, 1), (32.30, 79.19, -107.86)),
        ((0.5, 0.5, 0.5), (53.39, 0, 0)),
        ((0.02, 0.02, 0.02), (1.40, 0, 0)),
    ],
)
def test_colours_in_lab(rgb: tuple[float, ...], lab: tuple[float, ...]) -> None:
    """Values of the CIE's formulas, as published by Bruce Lindbloom for sRGB and D65."""
    found = to_lab(torch.tensor(rgb, dtype=torch.float32).view(1, 3, 1, 1)).flatten()
    np.testing.assert_allclose(found.numpy(), lab, atol=0.05)


def test_grey_pictures_have_a_lightness_alone() -> None:
    assert to_lab(torch.rand(2, 1, 4, 4))[:, 1:].abs().max() < 0.05


# -- on disk -----------------------------------------------------------------------------------------------------


def parts(**other: np.ndarray) -> dict[str, np.ndarray]:
    eye_aa = np.eye(2, 3, dtype=np.float32)
    made = Axes(np.zeros(3, np.float32), 2 * eye_aa, eye_aa.T / 2, np.array([2, 1], np.float32))
    return {key: array.copy() for key, array in vars(made).items()} | other


def test_they_come_back_as_they_were(tmp_path: Path) -> None:
    assert read_axes(tmp_path) is None
    write_axes(tmp_path, Axes(**parts()))
    found = read_axes(tmp_path)
    assert found is not None
    for key, array in parts().items():
        np.testing.assert_array_equal(vars(found)[key], array)
    assert [path.name for path in tmp_path.iterdir()] == ["axes.safetensors"]


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        (parts(mean_d=np.zeros(2, np.float32)), "do not agree"),
        (parts(steps_ad=np.zeros(3, np.float32)), "do not agree"),
        (parts(effect_a=np.zeros(3, np.float32)), "do not agree"),
        (parts(reads_da=np.eye(3, 2, dtype=np.float32)), "not read as one"),
        (parts(mean_d=np.full(3, np.nan, np.float32)), "finite"),
        (parts(mean_d=np.zeros(3)), "float32"),
        (parts(another=np.zeros(1, np.float32)), "another"),
        ({"mean_d": np.zeros(3, np.float32)}, "steps_ad"),
    ],
)
def test_a_file_that_does_not_hold_axes_is_a_sentence(tmp_path: Path, arrays: dict[str, np.ndarray], says: str) -> None:
    save_file(arrays, tmp_path / "axes.safetensors")
    with pytest.raises(ModelError, match=f"does not hold axes: .*{says}.*Delete it"):
        read_axes(tmp_path)
