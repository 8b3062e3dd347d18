"""What families add to the reconstruction, against values worked by hand."""

import math

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from looks_like.model.families import create
from looks_like.model.families.annealed_vae import AnnealedVAE
from looks_like.model.families.beta_tc_vae import total_correlation
from looks_like.model.families.factor_vae import FactorVAE, shuffled
from looks_like.model.families.vae import VAE, Posterior, kl_nats
from looks_like.model.families.wae_mmd import mmd
from looks_like.model.images import to_float
from looks_like.model.networks.code_critic import CodeCritic, discriminator_loss, non_saturating_loss
from looks_like.model.training.trainer import Trainer

SMALL = {"size": 32, "latent": 3, "width": 8, "batch": 16}


def rng(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def posterior(mean_nd: Tensor, variance: float, z_nd: Tensor) -> Posterior:
    return Posterior(mean_nd, torch.full_like(mean_nd, math.log(variance)), z_nd)


# -- MMD ---------------------------------------------------------------------------------------------------------


def test_the_mmd_of_two_pairs_by_hand() -> None:
    x_nd, y_nd = torch.tensor([[0.0], [1.0]]), torch.tensor([[2.0], [4.0]])
    expected = 0.0
    for scale in (0.1, 0.2, 0.5, 1, 2, 5, 10):
        base = 2 * 1 * scale
        k = {squared: base / (base + squared) for squared in (1, 4, 9, 16)}
        within = 2 * k[1] / 2 + 2 * k[4] / 2
        expected += within - 2 * (k[4] + k[16] + k[1] + k[9]) / 4
    assert mmd(x_nd, y_nd).item() == pytest.approx(expected, rel=1e-5)


def test_the_mmd_of_draws_from_one_distribution_is_zero_on_average() -> None:
    found = [mmd(torch.randn(64, 4, generator=rng(i)), torch.randn(64, 4, generator=rng(100 + i))) for i in range(40)]
    mean, error = np.mean(found), np.std(found) / math.sqrt(40)
    assert abs(mean) < 3 * error  # unbiased: of either sign
    assert min(found) < 0 < max(found)
    shifted = mmd(torch.randn(64, 4, generator=rng()), 1 + torch.randn(64, 4, generator=rng(1)))
    assert shifted > 10 * max(found)


# -- total correlation -------------------------------------------------------------------------------------------


def test_codes_drawn_alone_have_no_total_correlation() -> None:
    """Posteriors on a grid: the mixture factorises exactly, so the estimate is 0 for every sample."""
    side = torch.linspace(-2, 2, 8)
    mean_nd = torch.cartesian_prod(side, side)
    q = posterior(mean_nd, 0.3, mean_nd + 0.5 * torch.randn(64, 2, generator=rng()))
    assert total_correlation(q).item() == pytest.approx(0, abs=1e-5)


def test_a_dimension_that_repeats_another_has_the_others_entropy_as_total_correlation() -> None:
    """Eight far apart places on the diagonal: knowing one dimension tells the other, ln 8 nats."""
    mean_nd = 100 * torch.arange(8.0)[:, None].expand(-1, 2)
    assert total_correlation(posterior(mean_nd, 1.0, mean_nd)).item() == pytest.approx(math.log(8), rel=1e-5)


def test_a_beta_tc_vae_with_beta_1_is_a_vae(pixels_nhwc: np.ndarray) -> None:
    torch.manual_seed(0)
    ours = create("beta-tc-vae", beta=1.0, **SMALL)
    theirs = create("vae", **SMALL)
    theirs.load_state_dict(ours.state_dict())
    x_nchw = to_float(pixels_nhwc[:16])
    assert ours.loss(x_nchw, rng(), 1.0)[0].item() == pytest.approx(theirs.loss(x_nchw, rng(), 1.0)[0].item())


# -- capacity ----------------------------------------------------------------------------------------------------


def test_the_capacity_is_held_against_the_mean_of_the_batch() -> None:
    """Two pictures with a KL of 0 and of 8 nats: their mean is at a capacity of 4, neither of them is."""
    model = create("annealed-vae", **SMALL, capacity=4.0, gamma=10.0, rise=0.5)
    assert isinstance(model, AnnealedVAE)
    mean_nd = torch.tensor([[0.0, 0, 0], [4.0, 0, 0]])
    q = posterior(mean_nd, 1.0, mean_nd)
    kl_d = kl_nats(q.mean_nd, q.logvar_nd).mean(0)
    assert model.divergence(q, kl_d, 0.5)[0].item() == pytest.approx(0, abs=1e-5)
    total, parts = model.divergence(q, kl_d, 0.25)
    assert parts["capacity"] == 2
    assert total.item() == pytest.approx(10 * 2**2 / 6)  # within 3 nats: the square over twice that
    assert model.divergence(q, kl_d, 0.0)[0].item() == pytest.approx(10 * (4 - 1.5))
    assert model.divergence(q, kl_d, 1.0)[0].item() == pytest.approx(0, abs=1e-5)


# -- critics -----------------------------------------------------------------------------------------------------


def test_a_critic_that_cannot_tell_is_at_ln_2() -> None:
    loss, right = discriminator_loss(torch.zeros(4), torch.zeros(4))
    assert loss.item() == pytest.approx(math.log(2))
    assert right == 0
    loss, right = discriminator_loss(torch.tensor([2.0, -1.0]), torch.tensor([-3.0, -1.0]))
    by_hand = (math.log1p(math.exp(-2)) + math.log1p(math.e) + math.log1p(math.exp(-3)) + math.log1p(1 / math.e)) / 4
    assert loss.item() == pytest.approx(by_hand)
    assert right == 0.75
    assert non_saturating_loss(torch.tensor([1.0])).item() == pytest.approx(math.log1p(1 / math.e))


def test_a_critic_learns_the_density_ratio_whose_mean_is_the_total_correlation() -> None:
    """Two Gaussian dimensions with correlation .8: -1/2 ln(1 - .64) = .511 nats."""
    torch.manual_seed(0)
    critic, noise = CodeCritic(2, width=32, layers=2), rng()
    optimiser = torch.optim.Adam(critic.parameters(), 3e-3)

    def codes() -> Tensor:
        z_nd = torch.randn(512, 2, generator=noise)
        return torch.stack([z_nd[:, 0], 0.8 * z_nd[:, 0] + 0.6 * z_nd[:, 1]], 1)

    for _ in range(400):
        loss, _ = discriminator_loss(critic(shuffled(codes(), noise)), critic(codes()))
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    with torch.no_grad():
        found = np.mean([-critic(codes()).mean().item() for _ in range(20)])
    assert found == pytest.approx(0.511, abs=0.12)


def test_shuffled_codes_keep_each_dimension_and_lose_what_ties_them() -> None:
    z_nd = torch.arange(50.0)[:, None].expand(-1, 2)
    mixed_nd = shuffled(z_nd, rng())
    assert torch.equal(mixed_nd.sort(0).values, z_nd)
    assert abs(np.corrcoef(mixed_nd.T)[0, 1]) < 0.4


@pytest.mark.parametrize("name", ["wae-gan", "aae", "factor-vae"])
def test_each_player_moves_its_own_weights_alone(name: str, pixels_nhwc: np.ndarray) -> None:
    trainer = Trainer(create(name, **SMALL), pixels_nhwc, pixels_nhwc[:0], steps=10)
    trainer.train_step()
    mine = {who: _weights(training_step.modules) for who, training_step in trainer.model.training_steps().items()}
    for who, training_step in trainer.model.training_steps().items():
        before = {other: [w.clone() for w in weights] for other, weights in mine.items()}
        total, _ = training_step.loss(to_float(pixels_nhwc[:16]), trainer.rng, 0.5)
        trainer._update(trainer.optimisers[who], total, 1e-3)
        shared = {id(weight) for weight in mine[who]}
        for other, weights in mine.items():
            moved = [not torch.equal(a, b) for a, b in zip(before[other], weights, strict=True)]
            owned = [id(weight) in shared for weight in weights]
            assert not any(m and not o for m, o in zip(moved, owned, strict=True))
        assert any(not torch.equal(a, b) for a, b in zip(before[who], mine[who], strict=True))


def _weights(modules: list[torch.nn.Module]) -> list[Tensor]:
    return [weight for module in modules for weight in module.parameters() if weight.requires_grad]


def test_the_weights_on_show_have_no_critic(pixels_nhwc: np.ndarray) -> None:
    trainer = Trainer(create("factor-vae", **SMALL), pixels_nhwc, pixels_nhwc[:0], steps=2)
    assert isinstance(trainer.model, FactorVAE)
    assert isinstance(trainer.ema, VAE)
    assert not hasattr(trainer.ema, "critic")
    assert hasattr(trainer.model, "critic")
