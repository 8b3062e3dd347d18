"""Training as an iterator of reports: the reader shows them, saves when it likes, and cancels by stopping to read.

Everything that the next step depends on is in `Trainer.state()`; the pictures of step n follow from the seed and n
alone. So a run of so many steps that was killed and resumed ends with the same weights, bit for bit, as one that was
not (on a CPU with the same number of threads). A run with a budget ends when its time is over: there the share that is
behind follows from the clock (`budget`).
"""

import copy
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor, nn

from looks_like.model.device import Device, compile_forward, has_room, pick_device
from looks_like.model.errors import ModelError
from looks_like.model.family import Family, Parts, TrainingStep, move_to_device
from looks_like.model.images import DevicePictures, Pictures, to_float
from looks_like.model.metrics.codes.active_dimensions import active_dimensions, kl_per_dimension
from looks_like.model.metrics.pictures.reconstruction import reconstruction_mse
from looks_like.model.training.augment import augment
from looks_like.model.training.batches import Batches
from looks_like.model.training.between import Between
from looks_like.model.training.budget import Budget
from looks_like.model.training.report import Report, alarm
from looks_like.model.training.schedule import ema_decay, learning_rate
from looks_like.model.training.shares import Shares
from looks_like.model.training.sharpening import has_begun, training_steps_of

PRODUCTS_MIN = 16  # with fewer, nothing can be held out and nothing is learnt
_SLOW_RATE = 0.1  # of the learning rate, for Family.slow_weights
_CLIP = 1.0  # largest gradient norm, of the loss in nats per picture value
_BAD_STEPS_MAX = 20  # steps in a row without a finite loss and gradient before we give up
_HELD_OUT_MAX = 1024  # held-out pictures looked at in a report
_EVALUATIONS = 10  # at least, of a training that has steps enough
_NEXT_SHARE = 7_919  # between the seeds by which the shares of a batch are turned
_SILENT_S = 5.0  # at most, between two reports of a training with a budget


class Trainer:
    """Trains `model` on uint8 pictures (N, S, S, 3). Read `reports()`; the weights on show are `average`."""

    def __init__(
        self,
        model: Family,
        pictures: np.ndarray | Pictures | DevicePictures,
        held_out: np.ndarray | Pictures,
        *,
        steps: int | Budget,
        seed: int = 0,
        device: Device | None = None,
        shares: Shares | None = None,
    ) -> None:
        if len(pictures) < PRODUCTS_MIN:
            raise ModelError(f"training needs at least {PRODUCTS_MIN} products to learn from, got {len(pictures)}")
        if model.settings.latent > len(pictures):
            raise ModelError(
                f"a latent of {model.settings.latent} is larger than the {len(pictures)} products to learn from: "
                f"use --latent {min(32, len(pictures) // 2)} or so"
            )
        self.device = device or pick_device()
        self.pictures, self.held_out = _on_device_if_it_fits(pictures, self.device), held_out[slice(_HELD_OUT_MAX)]
        self.budget = steps if isinstance(steps, Budget) else None
        self._steps = 0 if isinstance(steps, Budget) else steps
        self.seed, self.step = seed, 0
        self.rng = Generator(self.device.name).manual_seed(seed)
        self._batches = Batches(self.pictures, model.settings.batch, seed, self.device)
        self.batch, self.shares = self._batches.batch, shares or Shares()
        self.shares.check(self.batch)
        self._between: Between | None = None  # neighbours; made when the last stage begins
        # consecutive steps without a finite loss and gradient, and the most of them: read at reports alone
        self._bad_2 = torch.zeros(2, device=self.device.name)
        self.model = move_to_device(model, self.device.name).train()
        self.ema = copy.deepcopy(self.model).strip_training_modules().eval().requires_grad_(False)
        decay = model.settings.weight_decay
        self.optimisers = {
            name: torch.optim.AdamW(
                self._groups(training_step), betas=training_step.betas, weight_decay=decay, fused=True
            )
            for name, training_step in training_steps_of(self.model).items()
        }
        if self.device.is_gpu:
            compile_forward(list(self.model.children()), self._dry_run)

    def _groups(self, training_step: TrainingStep) -> list[dict[str, Any]]:
        slow = {id(weight) for weight in self.model.slow_weights()}
        trained = [weight for module in training_step.modules for weight in module.parameters() if weight.requires_grad]
        groups = [
            {"params": [weight for weight in trained if id(weight) not in slow], "rate": training_step.rate},
            {"params": [weight for weight in trained if id(weight) in slow], "rate": training_step.rate * _SLOW_RATE},
        ]
        return [group for group in groups if group["params"]]

    # -- the loop ------------------------------------------------------------------------------------------------

    @property
    def steps(self) -> float:
        """In all; with a budget, what it comes to at the pace so far, so `step` of them when its time is over."""
        return self.budget.steps(self.step) if self.budget else self._steps

    def reports(self, every: int = 25, evaluate_every: int = 250) -> Iterator[Report]:
        """One Report each `every` steps, with held-out figures each `evaluate_every` (ten times at least, where there
        are as many reports) and at the end. With a budget also one where a step takes long.
        """
        if self.budget:
            self.budget.begin()
        seen, sums, started, said = 0, Parts(), time.perf_counter(), self.step
        last = self.step >= self.steps
        while not last:
            for name, value in self.train_step().items():
                sums[name] = sums.get(name, 0.0) + value
            seen += 1
            steps = self.steps
            last = self.step >= steps
            if self.step % every and not last and not self._silent(started):
                continue
            self.check_health()
            parts = {name: float(total) / seen for name, total in sums.items()}  # here the step is waited for
            speed = seen * self.batch / (time.perf_counter() - started)
            often = max(every, min(evaluate_every, int(steps) // _EVALUATIONS))
            held_out = self.evaluate() if last or self.step // often > said // often else {}
            yield Report(
                step=self.step,
                steps=self.step if last else max(self.step + 1, round(steps)),
                epoch=self.step * self.batch / len(self.pictures),
                parts=parts,
                pictures_per_s=speed,
                seconds_left=self.budget.left() if self.budget else (steps - self.step) * self.batch / speed,
                held_out=held_out,
                alarm=alarm(self.model, self.step / steps, held_out, parts),
            )
            seen, sums, started, said = 0, {}, time.perf_counter(), self.step

    def _silent(self, since: float) -> bool:
        return self.budget is not None and time.perf_counter() - since > _SILENT_S

    def train_step(self) -> Parts:
        """One step of every player; -> the parts of their losses, which nobody has waited for yet."""
        steps = self.steps
        done, parts = self.step / steps, Parts(lr=learning_rate(self.step, steps, self.model.settings.lr))
        shares = [(self._pictures(self.step, share), self._noise(share)) for share in self.shares.own]
        bad = torch.zeros((), dtype=torch.bool, device=self.rng.device)
        for name, training_step in self._training_steps(done).items():
            own, lr = training_step.schedule, float(parts["lr"])
            self.optimisers[name].zero_grad(set_to_none=True)
            total, learns, step_parts = self._backward(training_step, shares, done)
            parts |= step_parts
            if not learns:  # it rests: its stage is over, or has not come
                bad = bad | ~torch.isfinite(total)
                continue
            bad = bad | self._update(self.optimisers[name], total, own(done) * self.model.settings.lr if own else lr)
        streak = (self._bad_2[0] + 1) * bad
        self._bad_2 = torch.stack([streak, torch.maximum(self._bad_2[1], streak)])
        self._update_ema()
        self.step += 1
        return parts

    def _noise(self, share: int) -> Generator:
        return self.shares.noise(self.rng, self.seed, self.step, share)

    def _backward(
        self, training_step: TrainingStep, shares: list[tuple[Tensor, Generator]], done: float
    ) -> tuple[Tensor, bool, Parts]:
        """Adds the gradients of the shares of this process; -> (its part of the mean loss, whether there is a gradient,
        parts to show).
        """
        whole, learns, parts = torch.zeros((), device=self.rng.device), False, Parts()
        for x_nchw, rng in shares:
            with self.device.autocast():
                total, share_parts = training_step.loss(x_nchw, rng, done)
            total = total / x_nchw[0].numel() if training_step.per_value else total
            total = total / self.shares.count
            learns = total.requires_grad
            if learns:
                total.backward()  # type: ignore[no-untyped-call]
            whole = whole + total.detach()
            for name, value in share_parts.items():
                parts[name] = parts.get(name, 0.0) + value / len(shares)
        return whole, learns, parts

    def _training_steps(self, done: float) -> dict[str, TrainingStep]:
        if self._between is None and has_begun(self.model, done):
            self._between = Between.of(self.model, self.pictures, self.device)
        return training_steps_of(self.model, self._between)

    def _update(self, optimiser: torch.optim.Optimizer, total: Tensor, lr: float) -> Tensor:
        """-> bool scalar, whether loss or gradient were not finite; the weights stay where they are not.

        The optimiser itself passes over such a step, as it does when a scaled gradient overflows: to look first would
        be to wait for the device.
        """
        weights = [weight for group in optimiser.param_groups for weight in group["params"]]
        self.shares.add_up([total, *(weight.grad for weight in weights if weight.grad is not None)])
        norm = nn.utils.clip_grad_norm_(weights, _CLIP)
        bad = ~(torch.isfinite(total) & torch.isfinite(norm))
        for group in optimiser.param_groups:
            group["lr"] = lr * group["rate"]
        optimiser.found_inf = bad.float()  # type: ignore[attr-defined]  # what its fused step reads
        optimiser.step()
        return bad

    @property
    def bad_steps(self) -> int:
        """Consecutive steps in which any loss or gradient was not finite. Waits for the device."""
        return int(self._bad_2[0])

    def check_health(self) -> None:
        """ModelError after 20 such steps in a row. Waits for the device."""
        if int(self._bad_2[1]) >= _BAD_STEPS_MAX:
            raise ModelError(
                f"the loss has not been a finite number for {_BAD_STEPS_MAX} steps (now step {self.step}). "
                f"Try a lower rate: --set lr={self.model.settings.lr / 4:g}"
            )

    def _update_ema(self) -> None:
        """Updates the exponential moving average (EMA) of the weights; the decay is smaller during the first steps."""
        share = 1 - ema_decay(self.step)
        with torch.no_grad():
            for kept, new in zip(self.ema.networks, self.model.networks, strict=True):
                torch._foreach_lerp_(list(kept.parameters()), list(new.parameters()), share)

    def _pictures(self, step: int, share: int = 0) -> Tensor:
        """The pictures of a share of one step, as the networks see them."""
        settings = self.model.settings
        x_nchw = to_float(self._batches.at(step, share, self.shares.count), self.device.name, settings.channels)
        return augment(x_nchw, settings.shift_px, settings.hue, self.seed + _NEXT_SHARE * share, step)

    def _dry_run(self) -> None:
        """Dry run: forward and backward passes of every training step, of the last stage too, without changing weights
        or the random state: a compiler that fails, or memory that runs out, is found before the first step.
        """
        x_nchw, drawn = self._pictures(self.step), self.rng.get_state()
        stages, few = [self.step / self.steps], None
        if self.model.settings.sharpen:
            stages, few = [*stages, 1.0], Between.of(self.model, self.pictures, self.device, 2 * self.batch)
        for done in stages:
            for training_step in training_steps_of(self.model, few).values():
                with self.device.autocast():
                    total, _ = training_step.loss(x_nchw, self.rng, done)
                if total.requires_grad:  # one that rests has none
                    total.backward()  # type: ignore[no-untyped-call]
        self.model.zero_grad(set_to_none=True)
        self.rng.set_state(drawn)

    def agree(self) -> None:
        """Begins where all who share the training begin."""
        with torch.no_grad():
            self.shares.agree([weight for net in (self.model, self.ema) for weight in net.parameters()])

    def rehearse(self) -> None:
        """Takes a step and is put back: memory that does not suffice is found before the first one."""
        tensors, numbers = self.state()
        tensors = {name: value.clone() for name, value in tensors.items()}
        self.train_step()
        self.load_state(tensors, numbers)

    # -- looking at it -------------------------------------------------------------------------------------------

    def evaluate(self) -> dict[str, float]:
        """Held-out figures of the averaged weights."""
        if not len(self.held_out):
            return {}
        figures = {"mse": reconstruction_mse(self.ema, self.held_out, self.device)}
        if self.model.probabilistic:
            kl_d = kl_per_dimension(self.ema, self.held_out, self.device)
            figures["kl"] = float(kl_d.sum())
        figures["active"] = float(active_dimensions(self.ema, self.held_out, self.device).sum())
        return figures

    # -- kill and resume -----------------------------------------------------------------------------------------

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """-> (tensors, numbers): all that the next step depends on."""
        tensors = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        tensors |= {f"average.{k}": v for k, v in self.ema.state_dict().items()}
        tensors["rng"] = self.rng.get_state()
        for name, optimiser in self.optimisers.items():
            for i, moments in optimiser.state_dict()["state"].items():
                tensors |= {f"optimiser.{name}.{i}.{k}": torch.as_tensor(v) for k, v in moments.items()}
        tensors["bad_steps"] = self._bad_2
        length = {"done": self.budget.done} if self.budget else {"steps": self._steps}
        return tensors, {"step": self.step, **length, "seed": self.seed}

    def load_state(self, tensors: dict[str, Tensor], numbers: dict[str, Any]) -> None:
        """Restores a state returned by `state()`. KeyError or RuntimeError if it belongs to another network."""
        self.model.load_state_dict(_under("model.", tensors))
        self.ema.load_state_dict(_under("average.", tensors))
        self._bad_2 = tensors["bad_steps"].to(self.device.name)
        for name, optimiser in self.optimisers.items():
            state: dict[int, dict[str, Tensor]] = {}
            weights = [weight for group in optimiser.param_groups for weight in group["params"]]
            for key, value in _under(f"optimiser.{name}.", tensors).items():
                index, _, moment = key.partition(".")
                # the fused step goes through memory in one order, so moments must lie as their weights do
                kept = torch.empty_like(weights[int(index)]).copy_(value) if value.dim() else value
                state.setdefault(int(index), {})[moment] = kept
            optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
        self.step, self.seed = numbers["step"], numbers["seed"]
        if self.budget:
            self.budget.done = min(1.0, max(0.0, float(numbers["done"])))
        else:
            self._steps = numbers["steps"]
        self._batches, self._between = Batches(self.pictures, self.batch, self.seed, self.device), None
        try:
            self.rng.set_state(tensors["rng"].cpu())
        except RuntimeError:  # it began on another kind of device, whose random numbers are others
            self.rng.manual_seed(self.seed + self.step)


def _on_device_if_it_fits(
    pictures: np.ndarray | Pictures | DevicePictures, device: Device
) -> np.ndarray | Pictures | DevicePictures:
    """Copies the pictures to the GPU if it has enough free memory; otherwise returns them unchanged."""
    if isinstance(pictures, DevicePictures) or not device.is_gpu:
        return pictures
    fits = has_room(len(pictures) * pictures[slice(1)].nbytes)
    return DevicePictures.copy_of(pictures, device.name) if fits else pictures


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
