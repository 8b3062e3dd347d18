"""The last stage: the encoder rests to the bit, the decoder and a critic learn, and all of it can be resumed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from looks_like.model.disk.card import load_checkpoint, save_checkpoint
from looks_like.model.errors import ModelError
from looks_like.model.families import FAMILIES, Family, create
from looks_like.model.training.budget import Budget
from looks_like.model.training.trainer import Trainer

TINY: dict[str, Any] = {"size": 32, "latent": 6, "width": 8, "batch": 16}
PLAYED_ALL_ALONG = {"gan", "vae-gan"}
every_sharpened = pytest.mark.parametrize("name", sorted(FAMILIES.keys() - PLAYED_ALL_ALONG))
STEPS, BEGINS = 8, 4


def trainer_of(name: str, pixels_nhwc: np.ndarray, sharpen: float = 0.5, seed: int = 0) -> Trainer:
    torch.manual_seed(seed)
    model = create(name, **TINY, sharpen=sharpen)
    return Trainer(model, pixels_nhwc[16:], pixels_nhwc[:16], steps=STEPS)


def weights(part: torch.nn.Module) -> dict[str, bytes]:
    return {key: value.numpy().tobytes() for key, value in part.state_dict().items()}


def split_by_k_means(model: Family) -> dict[str, dict[str, bytes]]:
    return {name: weights(part) for name, part in model.named_children()}


@every_sharpened
def test_in_the_last_stage_the_encoder_rests_to_the_bit(name: str, pixels_nhwc: np.ndarray) -> None:
    trainer = trainer_of(name, pixels_nhwc)
    moments = [split_by_k_means(trainer.model)]
    for step in range(STEPS):
        trainer.train_step()
        if step + 1 in (BEGINS, STEPS):
            moments.append(split_by_k_means(trainer.model))
    before, at_stage, after = moments
    assert before["encoder"] != at_stage["encoder"] == after["encoder"]
    assert before["decoder"] != at_stage["decoder"] != after["decoder"]
    assert before["patch_critic"] == at_stage["patch_critic"] != after["patch_critic"]


@every_sharpened
def test_until_the_last_stage_the_training_is_the_plain_one(name: str, pixels_nhwc: np.ndarray) -> None:
    plain, sharpened = trainer_of(name, pixels_nhwc, 0.0), trainer_of(name, pixels_nhwc, 0.5)
    for _ in range(BEGINS):
        assert plain.train_step() == sharpened.train_step()
    assert weights(plain.model.decoder) == weights(sharpened.model.decoder)
    assert plain.train_step() != sharpened.train_step()


@pytest.mark.parametrize(
    ("name", "stop_at"), [("vae", 2), ("vae", 6), *((name, 4) for name in sorted(FAMILIES.keys() - PLAYED_ALL_ALONG))]
)
def test_resumed_in_any_stage_it_ends_where_it_would_have_ended(
    name: str, stop_at: int, pixels_nhwc: np.ndarray, tmp_path: Path
) -> None:
    straight, stopped = trainer_of(name, pixels_nhwc), trainer_of(name, pixels_nhwc)
    for step in range(STEPS):
        straight.train_step()
        if step < stop_at:
            stopped.train_step()
    save_checkpoint(tmp_path, stopped, 1.0)
    resumed = trainer_of(name, pixels_nhwc, seed=5)
    load_checkpoint(tmp_path, resumed)
    while resumed.step < STEPS:
        resumed.train_step()
    assert split_by_k_means(resumed.model) == split_by_k_means(straight.model)
    assert split_by_k_means(resumed.ema) == split_by_k_means(straight.ema)


def test_only_a_sharpened_model_has_a_critic() -> None:
    assert not hasattr(create("vae", **TINY), "patch_critic")
    assert hasattr(create("vae", **TINY, sharpen=0.1), "patch_critic")


@pytest.mark.parametrize("name", sorted(PLAYED_ALL_ALONG))
def test_a_family_with_a_critic_all_along_refuses(name: str) -> None:
    with pytest.raises(ModelError, match=f"family '{name}' has a critic of its pictures all along: leave sharpen at 0"):
        create(name, sharpen=0.2)


def test_a_stage_is_a_share() -> None:
    with pytest.raises(ModelError, match=r"sharpen must be between 0 and 1, got 1\.5"):
        create("vae", sharpen=1.5)


def test_the_last_stage_is_a_share_of_the_time(pixels_nhwc: np.ndarray) -> None:
    """By this clock a plain step lasts 1 s and a sharpening one 3 s: of 59 s, each stage has half."""
    clock, losses = {"s": 0.0}, []
    trainer = Trainer(
        create("vae", **TINY, sharpen=0.5), pixels_nhwc, pixels_nhwc[:0], steps=Budget(lambda: clock["s"], ends=59.0)
    )
    while trainer.step < trainer.steps:
        losses.append(set(trainer.train_step()))
        clock["s"] += 3 if "patch_critic" in losses[-1] else 1
    assert ["patch_critic" in parts for parts in losses] == [False] * 30 + [True] * 10
