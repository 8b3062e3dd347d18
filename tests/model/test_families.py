"""The contract of every family: what is registered is covered here the moment its file exists."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from looks_like.model.disk.card import Card, load_checkpoint, load_model, save_checkpoint, write_card, write_weights
from looks_like.model.errors import ModelError
from looks_like.model.families import FAMILIES, Family, create
from looks_like.model.family import said_of, settings_of
from looks_like.model.images import to_float, to_uint8
from looks_like.model.losses.likelihoods import LIKELIHOODS
from looks_like.model.networks.convolutional import SIZES_PX
from looks_like.model.training.report import Report
from looks_like.model.training.trainer import Trainer

TINY: dict[str, Any] = {"size": 32, "latent": 6, "width": 8, "depth": 0, "batch": 16}
STEPS = 12
every_family = pytest.mark.parametrize("name", sorted(FAMILIES))
every_likelihood = pytest.mark.parametrize("likelihood", LIKELIHOODS)


def make(name: str, seed: int = 0, **settings: Any) -> Family:
    torch.manual_seed(seed)
    return create(name, **{**TINY, **settings})


def trainer_of(name: str, pixels_nhwc: np.ndarray, steps: int = STEPS, **settings: Any) -> Trainer:
    return Trainer(make(name, **settings), pixels_nhwc[16:], pixels_nhwc[:16], steps=steps)


def weights(model: Family) -> dict[str, bytes]:
    return {key: value.numpy().tobytes() for key, value in model.state_dict().items()}


def card_of(model: Family, name: str, **said: Any) -> Card:
    known = {"seed": 0, "steps": 1, "catalogue_version": 1, "products": 16, "device": "cpu: a test"}
    return Card(name=name, family=name, settings=settings_of(model), **{**known, **said})


def test_the_families_of_the_literature_are_there() -> None:
    plain = {"autoencoder", "vae", "beta-vae", "annealed-vae", "beta-tc-vae", "wae-mmd"}
    assert plain | {"wae-gan", "aae", "factor-vae"} <= FAMILIES.keys()


@every_family
def test_it_says_what_it_is(name: str) -> None:
    family = FAMILIES[name]
    assert family.title
    assert family.source[-4:].isdigit()
    assert family.objective


@every_family
def test_each_of_its_settings_says_what_it_does_and_what_it_may_be(name: str) -> None:
    kind = FAMILIES[name].settings_type
    for each in fields(kind):
        said = said_of(kind, each.name)
        assert said.says.strip() == said.says != "", each.name
        bounded = said.words or (said.least <= each.default <= said.most < np.inf)
        assert bounded or each.name in ("size", "channels"), f"{each.name}: say what it may be, within=(least, most)"


@every_family
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", SIZES_PX)
def test_codes_and_pictures_have_their_shapes(name: str, size: int, channels: int) -> None:
    model = make(name, size=size, channels=channels).eval()
    pixels_nhwc = np.random.default_rng(0).integers(0, 256, (2, size, size, 3), np.uint8)
    with torch.inference_mode():
        x_nchw = to_float(pixels_nhwc, channels=channels)
        z_nd = model.encode(x_nchw)
        y_nchw = model.decode(z_nd)
    assert z_nd.shape == (2, 6)
    assert z_nd.dtype == torch.float32
    assert y_nchw.shape == x_nchw.shape == (2, channels, size, size)
    assert to_uint8(y_nchw).shape == pixels_nhwc.shape


@every_family
@pytest.mark.parametrize(("channels", "likelihood"), [*zip((3, 1, 3), LIKELIHOODS, strict=True)])
def test_it_learns(name: str, channels: int, likelihood: str, pixels_nhwc: np.ndarray) -> None:
    lr = 2e-2 if name == "gan" else 5e-3  # its generator learns at a twentieth of the rate
    model = make(name, channels=channels, likelihood=likelihood, lr=lr)
    trainer = Trainer(model, pixels_nhwc[16:], pixels_nhwc[:16], steps=30)
    before = trainer.evaluate()["mse"]
    reports = list(trainer.reports(every=10))
    assert [report.step for report in reports] == [10, 20, 30]
    assert reports[-1].held_out["mse"] < before
    assert reports[-1].parts["mse"] < reports[0].parts["mse"]


@every_family
@pytest.mark.parametrize("depth", [0, 1])
def test_the_same_seed_gives_the_same_run(name: str, depth: int, pixels_nhwc: np.ndarray) -> None:
    runs = []
    for _ in range(2):
        trainer = trainer_of(name, pixels_nhwc, 5, depth=depth)
        runs.append(([report.parts for report in trainer.reports(every=1)], weights(trainer.ema)))
    assert runs[0] == runs[1]


@every_family
def test_another_seed_gives_another_run(name: str, pixels_nhwc: np.ndarray) -> None:
    runs = [Trainer(make(name), pixels_nhwc, pixels_nhwc[:0], steps=3, seed=seed) for seed in (0, 1)]
    losses = [[report.parts["recon"] for report in trainer.reports(every=1)] for trainer in runs]
    assert losses[0] != losses[1]


@every_family
@every_likelihood
def test_saved_and_loaded_it_is_the_same_model(
    name: str, likelihood: str, pixels_nhwc: np.ndarray, tmp_path: Path
) -> None:
    trainer = trainer_of(name, pixels_nhwc, 3, likelihood=likelihood)
    for _ in trainer.reports():
        pass
    folder = tmp_path / name
    write_card(folder, card_of(trainer.ema, name))
    write_weights(folder, trainer.ema)
    loaded, card = load_model(folder)
    assert card.settings == settings_of(trainer.ema)
    assert all(key.startswith(("encoder.", "decoder.")) for key in loaded.state_dict())  # no adversaries
    with torch.inference_mode():
        x_nchw = to_float(pixels_nhwc[:4])
        assert torch.equal(loaded.encode(x_nchw), trainer.ema.encode(x_nchw))
        z_nd = torch.randn(4, 6)
        assert torch.equal(loaded.decode(z_nd), trainer.ema.decode(z_nd))


@every_family
@pytest.mark.parametrize(("stop_at", "likelihood"), [*zip((9, 1, 0), LIKELIHOODS, strict=True)])  # an epoch is 9 steps
def test_resumed_it_ends_where_it_would_have_ended(
    name: str, likelihood: str, stop_at: int, pixels_nhwc: np.ndarray, tmp_path: Path
) -> None:
    straight = trainer_of(name, pixels_nhwc, likelihood=likelihood)
    expected = list(straight.reports(every=1))
    stopped = trainer_of(name, pixels_nhwc, likelihood=likelihood)
    for _ in range(stop_at):
        stopped.train_step()
    save_checkpoint(tmp_path, stopped, 1.5)
    for _ in range(2):  # what was done after the checkpoint is lost
        stopped.train_step()
    resumed = trainer_of(name, pixels_nhwc, likelihood=likelihood, seed=5)
    assert load_checkpoint(tmp_path, resumed) == 1.5
    found = list(resumed.reports(every=1))
    assert [r.parts for r in found] == [r.parts for r in expected[stop_at:]]
    assert weights(resumed.model) == weights(straight.model)
    assert weights(resumed.ema) == weights(straight.ema)


@every_family
def test_started_from_principal_components_it_rebuilds_as_they_do(name: str, pixels_nhwc: np.ndarray) -> None:
    from looks_like.model.device import Device
    from looks_like.model.metrics.pictures.reconstruction import pca_mse, reconstruction_mse
    from looks_like.model.networks.pca import principal_components

    model = make(name)
    plain = Device("cpu", torch.float32, "a test")
    random = reconstruction_mse(model, pixels_nhwc, plain)
    model.start_from(pixels_nhwc)
    started = reconstruction_mse(model, pixels_nhwc, plain)
    baseline = pca_mse(principal_components(pixels_nhwc, 6), pixels_nhwc)
    if model.settings.start == "mean":
        baseline = float((pixels_nhwc / 255).var(0).mean())
    assert started == pytest.approx(baseline, rel=0.02)
    assert started < random / 2


@every_family
def test_a_bernoulli_decoder_makes_probabilities(name: str, pixels_nhwc: np.ndarray) -> None:
    model = make(name, likelihood="bernoulli")
    model.start_from(pixels_nhwc)
    with torch.inference_mode():
        y_nchw = model.decode(5 * torch.randn(64, 6))
    assert 0 <= float(y_nchw.min()) <= float(y_nchw.max()) <= 1
    if model.settings.start == "components":
        assert float(y_nchw.min()) < 0.1
        assert float(y_nchw.max()) > 0.9


@every_family
def test_a_bernoulli_decoder_starts_near_principal_components(name: str, pixels_nhwc: np.ndarray) -> None:
    from looks_like.model.metrics.pictures.reconstruction import pca_mse, reconstruction_mse
    from looks_like.model.networks.pca import principal_components

    model = make(name, likelihood="bernoulli")
    model.start_from(pixels_nhwc)
    baseline = pca_mse(principal_components(pixels_nhwc, 6), pixels_nhwc)
    if model.settings.start == "mean":
        baseline = float((pixels_nhwc / 255).var(0).mean())
    assert reconstruction_mse(model, pixels_nhwc) < 1.5 * baseline


def test_only_a_linear_decoder_that_starts_right_learns_slowly(pixels_nhwc: np.ndarray) -> None:
    """One that starts at nothing has all to learn: at a tenth of the rate it was behind for hundreds of steps."""
    started, from_mean = make("vae"), make("vae", start="mean")
    assert started.slow_weights()
    assert not from_mean.slow_weights()
    from_mean.start_from(pixels_nhwc)
    assert not from_mean.encoder.linear.weight.any()
    mean_nd = from_mean.encode(to_float(pixels_nhwc[:8]))
    assert mean_nd.std(0).min() > 0, "where no code tells pictures apart the KL has no gradient"


def test_a_start_with_fewer_pictures_than_dimensions_is_possible(pixels_nhwc: np.ndarray) -> None:
    model = make("vae", latent=40)
    model.start_from(pixels_nhwc[:20])
    assert all(bool(torch.isfinite(value).all()) for value in model.state_dict().values())


def test_a_family_may_make_pictures_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FAMILIES["autoencoder"], "encodes", False)
    model = make("autoencoder")
    assert model.decode(torch.zeros(2, 6)).shape == (2, 3, 32, 32)
    with pytest.raises(ModelError, match="this model has no encoder, so pictures have no code in its space: choose"):
        model.encode(torch.zeros(2, 3, 32, 32))


# -- mistakes ----------------------------------------------------------------------------------------------------


def test_an_unknown_family_is_told_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"unknown family 'gpt'; there are: aae, .*vae"):
        create("gpt")


@every_family
def test_an_unknown_setting_is_told_the_known_ones(name: str) -> None:
    with pytest.raises(ModelError, match=rf"family '{name}' has no setting colour, taste; it has: latent, size, "):
        create(name, taste=1, colour=2)


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("latent", 0, "latent must be between 1 and 512, got 0"),
        ("latent", 513, "latent must be between"),
        ("latent", 8.0, "latent must be a number"),
        ("latent", True, "latent must be a number, got True"),
        ("latent", "8", "latent must be a number, got '8'"),
        ("latent", None, "latent must be a number"),
        ("lr", float("nan"), "lr must be between"),
        ("lr", float("inf"), "lr must be between"),
        ("lr", 0, "lr must be between"),
        ("batch", 1, "batch must be between 4 and 4096"),
        ("width", 4, "width must be between 8 and 128"),
        ("depth", -1, "depth must be between 0 and 4"),
        ("beta", -1, "beta must be between 0 and 1000"),
        ("size", 48, "pictures of 48 px: a model can be made for 32, 64, 128, 256 px"),
        ("likelihood", "poisson", "likelihood must be gaussian, bernoulli or laplacian, got 'poisson'"),
        ("start", "there", "start must be components or mean, got 'there'"),
        ("likelihood", 1, "likelihood must be gaussian, bernoulli or laplacian, got 1"),
        ("likelihood", ["gaussian"], "likelihood must be gaussian, bernoulli or laplacian, got ['gaussian']"),
        ("channels", 2, "channels must be 1 (grey) or 3 (colour), got 2"),
    ],
)
def test_a_setting_out_of_range_is_told_the_range(setting: str, value: object, says: str) -> None:
    with pytest.raises(ModelError) as mistake:
        create("vae", **{setting: value})
    assert says in str(mistake.value)


def test_two_families_cannot_share_a_name() -> None:
    with pytest.raises(TypeError, match="two families are called 'vae'"):
        type("Second", (Family,), {"__module__": "elsewhere.vae"})


# -- when a training goes wrong ----------------------------------------------------------------------------------


def nan_loss(x_nchw: torch.Tensor, rng: torch.Generator, done: float) -> tuple[torch.Tensor, dict[str, float]]:
    return x_nchw.sum() * torch.nan, {"recon": float("nan")}


def test_a_loss_that_is_no_number_ends_with_advice(pixels_nhwc: np.ndarray) -> None:
    model = make("vae", lr=4e-3)
    model.loss = nan_loss  # type: ignore[method-assign]
    trainer = Trainer(model, pixels_nhwc, pixels_nhwc[:0], steps=100)
    before = weights(trainer.model)
    with pytest.raises(ModelError, match=r"not been a finite number for 20 steps .* --set lr=0.001"):
        list(trainer.reports())
    assert weights(trainer.model) == before


@pytest.mark.parametrize(
    ("name", "broken"), [("factor-vae", "loss"), ("aae", "critic_loss"), ("gan", "generator_loss")]
)
def test_a_player_without_a_finite_loss_is_not_hidden_by_the_others(
    name: str, broken: str, pixels_nhwc: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make(name)
    monkeypatch.setattr(model, broken, nan_loss)
    with pytest.raises(ModelError, match="not been a finite number for 20 steps"):
        list(Trainer(model, pixels_nhwc, pixels_nhwc[:0], steps=30).reports())


def test_a_gradient_that_is_no_number_is_counted_too(pixels_nhwc: np.ndarray) -> None:
    model = make("vae")

    def steep(x_nchw: torch.Tensor, rng: torch.Generator, done: float) -> tuple[torch.Tensor, dict[str, float]]:
        return model.encode(x_nchw).sub(model.encode(x_nchw)).sum().clamp_min(0).sqrt(), {"recon": 0.0}

    model.loss = steep  # type: ignore[method-assign]  # 0, with a slope of infinity times 0
    with pytest.raises(ModelError, match="not been a finite number for 20 steps"):
        list(Trainer(model, pixels_nhwc, pixels_nhwc[:0], steps=30).reports())


def test_a_few_bad_steps_are_got_over(pixels_nhwc: np.ndarray) -> None:
    model = make("vae")
    trainer = Trainer(model, pixels_nhwc, pixels_nhwc[:0], steps=40)
    healthy = model.loss
    model.loss = nan_loss  # type: ignore[method-assign]
    for _ in range(19):
        trainer.train_step()
    model.loss = healthy  # type: ignore[method-assign]
    list(trainer.reports())
    assert trainer.bad_steps == 0
    assert all(bool(torch.isfinite(value).all()) for value in trainer.ema.state_dict().values())


def collapsed() -> Family:
    """A model whose code is the same for every picture."""
    model = make("vae", lr=1e-6)
    with torch.no_grad():
        model.encoder.head.weight.zero_()
    return model


def test_a_code_that_collapses_is_said(pixels_nhwc: np.ndarray) -> None:
    trainer = Trainer(collapsed(), pixels_nhwc[16:], pixels_nhwc[:16], steps=10)
    reports: list[Report] = list(trainer.reports(every=1, evaluate_every=1))
    assert reports[0].alarm == ""  # too early to tell
    assert reports[-1].alarm == "only 0 dimensions are used: the code is collapsing (try a lower beta)"
    assert reports[-1].held_out["active"] == 0


def test_a_healthy_code_raises_no_alarm(pixels_nhwc: np.ndarray) -> None:
    model = make("vae")
    model.start_from(pixels_nhwc)
    reports = list(Trainer(model, pixels_nhwc[16:], pixels_nhwc[:16], steps=10).reports())
    assert [report.alarm for report in reports] == [""]
    assert reports[-1].held_out["active"] >= 4


def test_too_few_products_are_a_sentence(pixels_nhwc: np.ndarray) -> None:
    with pytest.raises(ModelError, match="needs at least 16 products to learn from, got 15"):
        Trainer(make("vae"), pixels_nhwc[:15], pixels_nhwc[:0], steps=1)


def test_a_latent_larger_than_the_data_is_a_sentence(pixels_nhwc: np.ndarray) -> None:
    with pytest.raises(ModelError, match=r"a latent of 40 is larger than the 30 products .* use --latent 15 or so"):
        Trainer(make("vae", latent=40), pixels_nhwc[:30], pixels_nhwc[:0], steps=1)


def test_fewer_products_than_a_batch_are_enough(pixels_nhwc: np.ndarray) -> None:
    trainer = Trainer(make("vae", batch=64), pixels_nhwc[:20], pixels_nhwc[:0], steps=3)
    reports = list(trainer.reports())
    assert reports[-1].epoch == 3
    assert reports[-1].held_out == {}


def test_the_weights_on_show_are_an_average_by_hand(pixels_nhwc: np.ndarray) -> None:
    trainer = trainer_of("vae", pixels_nhwc, 3)
    shown = trainer.ema.decoder.head.weight.clone()
    for step in range(3):
        trainer.train_step()
        shown = torch.lerp(shown, trainer.model.decoder.head.weight.detach(), 1 - (1 + step) / (10 + step))
    torch.testing.assert_close(trainer.ema.decoder.head.weight, shown)
    assert not torch.equal(trainer.ema.decoder.head.weight, trainer.model.decoder.head.weight)


def test_a_step_that_is_not_finite_leaves_the_weights_and_is_counted(pixels_nhwc: np.ndarray) -> None:
    trainer = trainer_of("vae", pixels_nhwc, 40)
    trainer.train_step()
    with torch.no_grad():
        trainer.model.decoder.linear.bias[0] = torch.nan
    before = {name: weight.clone() for name, weight in trainer.model.named_parameters()}
    trainer.train_step()
    trainer.train_step()
    assert trainer.bad_steps == 2
    for name, weight in trainer.model.named_parameters():
        torch.testing.assert_close(weight, before[name], rtol=0, atol=0, equal_nan=True)
    with torch.no_grad():
        trainer.model.decoder.linear.bias[0] = 0
    trainer.train_step()
    assert trainer.bad_steps == 0
    assert not torch.equal(trainer.model.decoder.head.weight, before["decoder.head.weight"])
