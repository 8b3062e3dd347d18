"""Families on the dSprites re-render, each with the same steps, scored as the literature scores them.

The measures run on the processor in processes of their own while the next model trains; what is not done when the time
is up is left out and said.
"""

import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from multiprocessing.pool import AsyncResult
from typing import Any

import numpy as np
import torch

from benchmarks.gpu.form import Form, finished
from benchmarks.measure import say, seconds_of
from looks_like.data.dsprites import COUNT, factors_of, pixels, render
from looks_like.model.device import Device
from looks_like.model.families import Family, create
from looks_like.model.images import DevicePictures
from looks_like.model.metrics.codes.active_dimensions import posteriors
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.pictures.elbo import compute_elbo
from looks_like.model.training.trainer import Trainer

LATENT = 10
SETTINGS: dict[str, Any] = {
    "latent": LATENT,
    "size": 64,
    "channels": 1,
    "likelihood": "bernoulli",
    "shift_px": 0,
    "hue": 0.0,
    "start": "mean",
}
# Anchors: 30 epochs of another net (Burgess 2018) on the published pictures, as logged by YannDubs' implementation
ANCHORS: dict[str, float] = {
    "vae": 43.4,
    "beta-vae": 51.0,
    "annealed-vae": 106.0,
    "factor-vae": 58.4,
    "beta-tc-vae": 55.8,
}
# disentanglement_lib's protocol, spread over its seeds and settings, 300,000 steps of batch 64
SPREAD = {
    "beta-vae": "MIG .05–.39, DCI .06–.54, FactorVAE score .41–.74",
    "factor-vae": "MIG .03–.47, FactorVAE score .58–.94; best reported MIG .43, DCI .74",
    "beta-tc-vae": "best reported MIG .45",
}
# as Chen 2018 trained it, but for the number of steps (18,000) and our weight decay; on a GPU its batch is his too
MLP: dict[str, Any] = {"network": "mlp", "lr": 1e-3, "warmup": 0.0}
_MLP_BATCHES = 4  # times the batch of the others
_RENDERED_AT_ONCE = 8192
_REHEARSED = 15  # steps


@dataclass
class Row:
    family: str
    seed: int
    steps: int
    batch: int
    epochs: float
    train_s: float
    pictures_per_s: float
    reconstruction_nats: float
    kl_nats: float
    negative_elbo: float
    settings: dict[str, Any]
    scores: dict[str, float] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)  # the protocol of each score as it was
    missing: list[str] = field(default_factory=list)


def table(form: Form, device: Device, ends: float, meanwhile: Callable[[], None]) -> list[Row]:
    """A row for each family and seed. `ends`: on the clock of time.perf_counter, when all must be there.

    `meanwhile` is called when the last model is trained: what else there is to do while measures run.
    """
    rows_n = np.random.default_rng(0).permutation(COUNT)[: form.sprites]
    say(f"  drawing {form.sprites:,} sprites …")
    sprites, measured_n = _drawn(rows_n, device), rows_n[: form.points]
    factors_nf = factors_of(measured_n)
    torch.compiler.reset()  # it compiles a function so many times and no more; all models here share what it made
    steps = min(form.steps_max, _steps(form, device, sprites, ends))
    with multiprocessing.get_context("spawn").Pool(_workers(form)) as pool:  # leaving it ends its processes
        waiting = []
        for seed in range(form.seeds):  # seed by seed: the first ones of all families are there first
            for family in form.families:
                row, both_ne = _trained(family, seed, steps, form, device, sprites)
                waiting += [
                    (row, name, pool.apply_async(measured, job)) for name, job in _jobs(form, both_ne, factors_nf)
                ]
                say(f"  {family}, seed {seed}: -ELBO {row.negative_elbo:.1f} nats, {row.train_s:.0f} s")
        meanwhile()
        for row, name, result in waiting:
            _collect(row, name, result, ends)
    return list({id(row): row for row, _, _ in waiting}.values())


def measured(name: str, z_nd: np.ndarray, factors_nf: np.ndarray) -> list[Score]:
    """One job: the trees of DCI, which take minutes; Chen's gap, of means and log-variances side by side (N, 2 D) and
    of all factors but the shape, as he has it; or all the others.
    """
    torch.set_num_threads(1)
    if name == "sampled_mig":
        from looks_like.model.metrics.factors.sampled_mig import sampled_mig

        return [sampled_mig(*np.split(z_nd, 2, axis=1), factors_nf[:, 1:])]
    if name == "dci":
        from looks_like.model.metrics.factors.dci import dci

        return list(dci(z_nd, factors_nf))
    from looks_like.model.metrics.factors.factor_vae_score import factor_vae_score
    from looks_like.model.metrics.factors.mig import mig

    return [mig(z_nd, factors_nf), factor_vae_score(z_nd, factors_nf)]


def plain(row: Row) -> dict[str, Any]:
    return asdict(row)


def _drawn(rows_n: np.ndarray, device: Device) -> DevicePictures:
    """One byte a pixel on the device, shown as three channels that are one."""
    grey_nhw = torch.empty((len(rows_n), 64, 64), dtype=torch.uint8, device=device.name)
    for i in range(0, len(rows_n), _RENDERED_AT_ONCE):
        some_n = rows_n[i : i + _RENDERED_AT_ONCE]
        grey_nhw[i : i + len(some_n)] = torch.from_numpy(pixels(render(some_n)))
    return DevicePictures(grey_nhw[..., None].expand(-1, -1, -1, 3))


def _made(family: str, seed: int, form: Form) -> Family:
    torch.manual_seed(seed)
    name, _, network = family.partition(", ")
    batch = form.sprite_batch * (_MLP_BATCHES if network else 1)
    return create(name, **SETTINGS, width=form.width, batch=batch, **(MLP if network else {}))


def _trainer(model: Family, steps: int, seed: int, device: Device, sprites: DevicePictures) -> Trainer:
    return Trainer(model, sprites, np.empty((0, 64, 64, 3), np.uint8), steps=steps, seed=seed, device=device)


def _steps(form: Form, device: Device, sprites: DevicePictures, ends: float) -> int:
    """As many as fit for all families alike, from a rehearsal of each; the last model must still be measured."""
    step_s = 0.0
    for family in form.families:
        trainer = _trainer(_made(family, 0, form), 10**6, 0, device, sprites)
        for _ in range(3):
            trainer.train_step()
        work = finished(lambda t=trainer: [t.train_step() for _ in range(_REHEARSED)], device)
        step_s += seconds_of(work) / _REHEARSED
    left_s = ends - time.perf_counter() - form.after_s - form.seeds * len(form.families) * form.around_s
    return max(3, int(0.95 * left_s / (step_s * form.seeds)))


def _trained(
    family: str, seed: int, steps: int, form: Form, device: Device, sprites: DevicePictures
) -> tuple[Row, np.ndarray]:
    """-> (its row; means and log-variances of the codes that are measured, side by side)."""
    model = _made(family, seed, form)
    model.start_from(sprites[slice(form.start_from)].cpu().numpy())
    trainer = _trainer(model, steps, seed, device, sprites)
    train_s = seconds_of(finished(lambda: [trainer.train_step() for _ in range(steps)], device))
    bound = compute_elbo(trainer.ema, sprites[slice(form.bound_points)].cpu().numpy(), device, seed)
    row = Row(
        family=family,
        seed=seed,
        steps=steps,
        batch=trainer.batch,
        epochs=round(steps * trainer.batch / len(sprites), 3),
        train_s=round(train_s, 1),
        pictures_per_s=round(steps * trainer.batch / train_s),
        reconstruction_nats=bound.reconstruction,
        kl_nats=bound.kl,
        negative_elbo=bound.negative_elbo,
        settings=asdict(trainer.model.settings),
    )
    return row, _posteriors(trainer.ema, sprites, form, device)


def _posteriors(model: Family, sprites: DevicePictures, form: Form, device: Device) -> np.ndarray:
    pictures_nhwc = sprites[slice(min(form.points, len(sprites)))].cpu().numpy()
    return np.concatenate(posteriors(model, pictures_nhwc, device), axis=1)


def _jobs(
    form: Form, both_ne: np.ndarray, factors_nf: np.ndarray
) -> list[tuple[str, tuple[str, np.ndarray, np.ndarray]]]:
    mean_nd, few = both_ne[:, :LATENT], slice(form.dci_points)
    jobs = [("mig", ("mig", mean_nd, factors_nf)), ("sampled_mig", ("sampled_mig", both_ne, factors_nf))]
    return [*jobs, ("dci", ("dci", mean_nd[few], factors_nf[few]))] if form.dci_points else jobs


def _workers(form: Form) -> int:
    """Two cores are left to the one that trains."""
    return max(1, min((os.cpu_count() or 1) - 2, 3 * form.seeds * len(form.families)))


def _collect(row: Row, name: str, result: "AsyncResult[list[Score]]", ends: float) -> None:
    try:
        for score in result.get(max(0.1, ends - time.perf_counter())):
            row.scores[score.key], row.said[score.key] = score.value, score.said
    except multiprocessing.TimeoutError:
        row.missing.append(f"{name} was not done when the time was up")
    except Exception as reason:  # noqa: BLE001 - the other rows must not be lost with this one
        row.missing.append(f"{name} broke: {type(reason).__name__}: {reason}")
