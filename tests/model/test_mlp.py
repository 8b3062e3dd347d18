"""Encoder and decoder without convolutions: as their author made them, trained and kept like the others."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from looks_like.model.disk.card import Card, load_model, write_card, write_weights
from looks_like.model.errors import ModelError
from looks_like.model.families import FAMILIES, create
from looks_like.model.family import settings_of
from looks_like.model.images import to_float
from looks_like.model.training.trainer import Trainer

DSPRITES: dict[str, Any] = {"network": "mlp", "start": "mean", "latent": 10, "size": 64, "channels": 1}
SMALL: dict[str, Any] = {**DSPRITES, "latent": 4, "size": 32, "batch": 16, "lr": 1e-3, "hue": 0.0}
ENCODING = [family for family in sorted(FAMILIES) if FAMILIES[family].encodes]


def numbers_of(module: torch.nn.Module) -> int:
    return sum(each.numel() for each in module.parameters())


def test_its_layers_are_those_of_chen_2018() -> None:
    model = create("beta-tc-vae", **DSPRITES, likelihood="bernoulli")
    assert numbers_of(model.encoder) == 4097 * 1200 + 1201 * 1200 + 1201 * 20
    assert numbers_of(model.decoder) == 11 * 1200 + 2 * 1201 * 1200 + 1201 * 4096


@pytest.mark.parametrize("family", ENCODING)
def test_every_family_learns_with_it(family: str, pixels_nhwc: np.ndarray) -> None:
    torch.manual_seed(0)
    model = create(family, **SMALL)
    model.start_from(pixels_nhwc)
    x_nchw = to_float(pixels_nhwc, channels=1)
    with torch.no_grad():
        mean_nchw = model.decode(torch.zeros(1, 4))
    assert (mean_nchw - x_nchw.mean(0)).abs().mean() < 0.2, "it begins at the mean picture"
    trainer = Trainer(model, pixels_nhwc, pixels_nhwc[:0], steps=30)
    before = [each.clone() for each in model.decoder.parameters()]
    for _ in range(30):
        trainer.train_step()
    assert all(not torch.equal(a, b) for a, b in zip(before, trainer.model.decoder.parameters(), strict=True))
    assert torch.isfinite(trainer.model.decode(trainer.model.encode(x_nchw))).all()


def test_it_comes_back_from_disk(tmp_path: Path, pixels_nhwc: np.ndarray) -> None:
    model = create("vae", **SMALL).eval()
    known = {"seed": 0, "steps": 1, "catalogue_version": 1, "products": 16, "device": "cpu: a test"}
    write_weights(tmp_path, model)
    write_card(tmp_path, Card(name="vae", family="vae", settings=settings_of(model), **known))  # type: ignore[arg-type]
    found, card = load_model(tmp_path)
    assert card.settings["network"] == "mlp"
    x_nchw = to_float(pixels_nhwc, channels=1)
    torch.testing.assert_close(found.encode(x_nchw), model.encode(x_nchw))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"start": "components"}, "network mlp needs start=mean"),
        ({"decoder": "refined", "sees": 32}, "network mlp needs decoder=plain, sees=0"),
        ({"size": 128}, "network mlp makes pictures of 64 px at most, got 128"),
        ({"network": "transformer"}, "setting network must be convolutional or mlp, got 'transformer'"),
    ],
)
def test_what_it_can_not_is_a_sentence(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ModelError, match=says):
        create("vae", **{**DSPRITES, **settings})
