"""A look: what is alike lies close, in form and in colour, and odd catalogues give finite numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from looks_like.model.disk.card import LOOK, Card, load_model, write_card, write_weights
from looks_like.model.errors import ModelError
from looks_like.model.images import to_float, to_lab
from looks_like.model.networks import Look, LookSettings, fit_look, pretrained
from looks_like.model.networks.look import COLOUR, FINE, FORM

COLOURS = ("firebrick", "navy", "seagreen", "gold")
FORMS = ("ellipse", "rectangle", "line", "triangle")


def drawn(form: str, colour: str, at: int) -> np.ndarray:
    image = Image.new("RGB", (96, 96), "white")
    draw, low, high = ImageDraw.Draw(image), 18 + at, 66 + 2 * at
    if form == "triangle":
        draw.polygon([(low, high), (high, high), (48, low)], fill=colour)
    elif form == "line":
        draw.line((low, high, high, low), fill=colour, width=12)
    else:
        getattr(draw, form)((low, low, high, high), fill=colour)
    return np.asarray(image)


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """Four forms in four colours at four places: (64, 96, 96, 3)."""
    return np.stack([drawn(form, colour, at) for form in FORMS for colour in COLOURS for at in range(4)])


@pytest.fixture(scope="module")
def look(pictures: np.ndarray) -> Look:
    return fit_look(pictures)


def codes(look: Look, pictures: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        return look.encode(to_float(pictures)).numpy()


def agreement(z_nd: np.ndarray, labels_n: np.ndarray) -> float:
    distance_nn = np.linalg.norm(z_nd[:, None] - z_nd[None], axis=2)
    np.fill_diagonal(distance_nn, np.inf)
    return float((labels_n[distance_nn.argsort(1)[:, :3]] == labels_n[:, None]).mean())


def test_the_nearest_have_the_same_form_and_colour(look: Look, pictures: np.ndarray) -> None:
    z_nd, number_n = codes(look, pictures), np.arange(64)
    forms_n, colours_n = number_n // 16, number_n // 4 % 4
    assert z_nd.shape == (64, FORM + COLOUR)
    assert agreement(z_nd[:, :FORM], forms_n) > 0.75
    assert agreement(z_nd[:, FORM:], colours_n) > 0.95
    assert agreement(z_nd, number_n // 4) > 0.75, "both at once"


def test_the_ground_does_not_count_as_colour(look: Look) -> None:
    small, large = (codes(look, drawn("ellipse", "navy", at)[None])[0, FORM:] for at in (0, 8))
    other = codes(look, drawn("ellipse", "gold", 0)[None])[0, FORM:]
    assert np.linalg.norm(small - large) < 0.5 * np.linalg.norm(small - other)


def test_the_same_pictures_give_the_same_look(look: Look, pictures: np.ndarray) -> None:
    again = fit_look(pictures)
    assert all(torch.equal(value, again.state_dict()[name]) for name, value in look.state_dict().items())


def test_a_picture_has_the_same_code_in_any_company(look: Look, pictures: np.ndarray) -> None:
    assert np.allclose(codes(look, pictures[:1]), codes(look, pictures)[:1], atol=1e-4)


@pytest.mark.parametrize("count", [1, 2, 40])
@pytest.mark.parametrize("what", ["alike", "grey", "black", "noise"])
def test_odd_catalogues_give_finite_numbers(what: str, count: int) -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (count, 96, 96, 3), np.uint8)
    if what == "grey":
        pictures[:] = pictures[..., :1]
    elif what == "alike":
        pictures[:] = pictures[:1]
    elif what == "black":
        pictures[:] = 0
    z_nd = codes(fit_look(pictures), pictures)
    assert np.isfinite(z_nd).all()
    assert np.abs(z_nd).max() < 10


def test_it_is_kept_and_read_as_models_are(look: Look, pictures: np.ndarray, tmp_path: Path) -> None:
    known = {"seed": 0, "steps": 0, "catalogue_version": 1, "products": 64, "device": "cpu", "finished": True}
    write_card(tmp_path / "look", Card(name="look", family=LOOK, settings={"size": 96, "fine": FINE}, **known))
    write_weights(tmp_path / "look", look)
    loaded, card = load_model(tmp_path / "look")
    assert (card.family, card.settings["latent"], loaded.decodes) == (LOOK, FORM + COLOUR, False)
    with torch.inference_mode():
        assert np.array_equal(loaded.encode(to_float(pictures[:3])).numpy(), codes(look, pictures[:3]))


def test_fine_numbers_know_where_a_form_lies(look: Look, pictures: np.ndarray) -> None:
    """What the code was made to overlook. A linear map learnt from half of the pictures reads it in the others."""
    with torch.inference_mode():
        z_nd, fine_nk = look.encode_fine(to_float(pictures))
    assert (fine_nk.dtype, fine_nk.shape, look.bytes_each) == (torch.int8, (64, FINE), 4 * 128 + FINE)
    assert np.array_equal(z_nd.numpy(), codes(look, pictures))
    at_n, learnt_n = np.arange(64) % 4, np.arange(64) // 4 % 2 == 0

    def read(numbers_nd: np.ndarray) -> float:
        x_nd = numbers_nd - numbers_nd[learnt_n].mean(0)
        gram_mm = x_nd[learnt_n] @ x_nd[learnt_n].T
        gram_mm += 0.03 * np.trace(gram_mm) / len(gram_mm) * np.eye(len(gram_mm))
        weights_d = x_nd[learnt_n].T @ np.linalg.solve(gram_mm, at_n[learnt_n] - at_n[learnt_n].mean())
        return float(np.corrcoef(x_nd[~learnt_n] @ weights_d, at_n[~learnt_n])[0, 1])

    assert read(fine_nk.numpy() * look.fine_steps) > max(0.5, read(z_nd.numpy()))


def test_a_look_of_before_there_were_fine_numbers_still_gives_codes(look: Look, pictures: np.ndarray) -> None:
    older = Look(LookSettings())
    older.load_state_dict({name: value for name, value in look.state_dict().items() if "fine" not in name})
    with torch.inference_mode():
        z_nd, fine_nk = older.encode_fine(to_float(pictures[:3]))
    assert np.array_equal(z_nd.numpy(), codes(look, pictures[:3]))
    assert fine_nk.shape == (3, 0) == (3, older.fine)


@pytest.mark.parametrize("settings", [{"latent": 64}, {"size": 64}, {"channels": 1}, {"size": 96.0}, {"fine": 64}])
def test_another_shape_is_a_sentence(settings: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="a look has 128 numbers"):
        LookSettings(**settings)


def test_without_the_package_it_says_what_to_install(pictures: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained, "_PACKAGE", "no_such_package")
    pretrained.efficientnet.cache_clear()
    with pytest.raises(ModelError, match="pip install"):
        fit_look(pictures[:2])
    monkeypatch.undo()
    pretrained.efficientnet.cache_clear()


def test_the_mean_colour_of_a_product_is_read_from_its_look(pixels_nhwc: np.ndarray) -> None:
    """Beside what is seen in the pictures: all that is not white. Its grid of colours ends before the strongest do."""
    large_nhwc = pixels_nhwc.repeat(3, 1).repeat(3, 2)
    look = fit_look(large_nhwc)
    found_n3 = look.mean_colour(look.encode(to_float(large_nhwc)).numpy())
    lab_nhwk = to_lab(to_float(large_nhwc)).permute(0, 2, 3, 1).numpy()
    seen_n3 = np.stack([one_hwk[one_hwk[..., 0] < 90].mean(0) for one_hwk in lab_nhwk])
    for axis in range(3):
        assert np.corrcoef(found_n3[:, axis], seen_n3[:, axis])[0, 1] > 0.9
