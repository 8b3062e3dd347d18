"""A budget is kept whatever a step takes, its end may move, and a pause does not count. The clocks are ours."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from looks_like.model.disk.card import load_checkpoint, save_checkpoint
from looks_like.model.families import create
from looks_like.model.training import Budget, Clock, Trainer
from looks_like.model.training.schedule import learning_rate

TINY = {"size": 32, "latent": 6, "width": 8, "batch": 16}


class Hands:
    """A clock that is set."""

    def __init__(self) -> None:
        self.s = 100.0

    def now(self) -> float:
        return self.s


def trained(hands: Hands, ends: float, lasts: Iterator[float], pixels_nhwc: np.ndarray) -> tuple[Trainer, list[float]]:
    """A training whose steps last so long, and the shares of it at each."""
    trainer = Trainer(create("vae", **TINY), pixels_nhwc, pixels_nhwc[:0], steps=Budget(hands.now, ends=ends))
    return trainer, list(shares_of(trainer, hands, lasts))


def shares_of(trainer: Trainer, hands: Hands, lasts: Iterator[float]) -> Iterator[float]:
    while trainer.step < trainer.steps:
        yield trainer.step / trainer.steps
        trainer.train_step()
        hands.s += next(lasts)


@settings(deadline=None)
@given(lasts=st.lists(st.floats(0.1, 5.0), min_size=1, max_size=30))
def test_the_share_follows_the_time_however_long_steps_take(lasts: list[float]) -> None:
    hands = Hands()
    budget, step = Budget(hands.now, ends=140.0), 0
    while (steps := budget.steps(step)) > step:
        assert budget.done == pytest.approx((hands.s - 100) / 40, abs=1e-9)
        assert step == 0 or step / steps == pytest.approx(budget.done)
        hands.s += lasts[step % len(lasts)]
        step += 1
    assert 140 <= hands.s < 140 + max(lasts)
    assert budget.steps(step) == step


@pytest.mark.parametrize("slower", [1.0, 20.0])
def test_a_machine_that_gets_busy_ends_the_training_earlier_not_later(slower: float, pixels_nhwc: np.ndarray) -> None:
    hands = Hands()
    lasts = iter([0.5] * 10 + [0.5 * slower] * 1000)
    trainer, shares = trained(hands, 120.0, lasts, pixels_nhwc)
    assert 120 <= hands.s <= 120 + 0.5 * slower
    assert shares == sorted(shares)
    assert trainer.step == (40 if slower == 1 else 12)


@settings(deadline=None)
@given(moves=st.lists(st.tuples(st.floats(0.1, 5.0), st.floats(-20.0, 20.0)), max_size=20))
def test_an_end_that_moves_takes_nothing_back(moves: list[tuple[float, float]]) -> None:
    hands, shares = Hands(), [0.0]
    budget = Budget(hands.now, ends=140.0)
    for passed, moved in moves:
        hands.s += passed
        shares.append(budget.share())
        budget.ends += moved
    assert shares == sorted(shares)
    hands.s = max(hands.s, budget.ends)
    assert budget.share() == 1.0


def test_reports_say_how_much_is_left_and_the_last_one_that_nothing_is(pixels_nhwc: np.ndarray) -> None:
    hands = Hands()
    model = create("vae", **TINY)
    trainer = Trainer(model, pixels_nhwc[16:], pixels_nhwc[:16], steps=Budget(hands.now, ends=130.0))
    plain = trainer.train_step

    def step() -> dict[str, object]:
        hands.s += 0.5
        return plain()

    trainer.train_step = step  # type: ignore[method-assign,assignment]
    reports = list(trainer.reports(every=5))
    assert [report.step for report in reports] == list(range(5, 61, 5))
    assert [report.steps for report in reports] == [60] * 12
    assert [report.seconds_left for report in reports] == pytest.approx([30 - 0.5 * r.step for r in reports])
    assert reports[-1].held_out
    assert sum(bool(report.held_out) for report in reports) >= 10


def test_without_time_there_is_one_step_that_changes_next_to_nothing(pixels_nhwc: np.ndarray) -> None:
    trainer = Trainer(create("vae", **TINY), pixels_nhwc[16:], pixels_nhwc[:16], steps=Budget(Hands().now, ends=0.0))
    reports = list(trainer.reports())
    assert [(report.step, report.steps) for report in reports] == [(1, 1)]
    assert reports[0].parts["lr"] < 1e-8


def test_a_resumed_budget_goes_on_at_its_share(pixels_nhwc: np.ndarray, tmp_path: Path) -> None:
    hands = Hands()
    stopped = Trainer(create("vae", **TINY), pixels_nhwc, pixels_nhwc[:0], steps=Budget(hands.now, ends=120.0))
    for _ in range(12):
        stopped.train_step()
        hands.s += 1
    assert stopped.steps == pytest.approx(20)
    save_checkpoint(tmp_path, stopped, 12.0)
    hands.s = 1000.0
    resumed = Trainer(create("vae", **TINY), pixels_nhwc, pixels_nhwc[:0], steps=Budget(hands.now))
    assert load_checkpoint(tmp_path, resumed) == 12.0
    assert resumed.budget is not None
    resumed.budget.ends = 1008.0
    resumed.budget.begin()
    shares = list(shares_of(resumed, hands, iter([0.5] * 100)))
    assert shares == pytest.approx([0.6 + 0.025 * i for i in range(16)])
    assert (hands.s, resumed.step) == (1008.0, 28)


def test_a_number_of_steps_never_asks_the_clock(pixels_nhwc: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> float:
        raise AssertionError("somebody looked at the clock")

    trainer = Trainer(create("vae", **TINY), pixels_nhwc, pixels_nhwc[:0], steps=3)
    for clock in ("monotonic", "perf_counter", "time"):
        monkeypatch.setattr(f"time.{clock}", asked)
    for _ in range(3):
        trainer.train_step()
    assert trainer.steps == 3


@pytest.mark.parametrize("steps", [40.0, 400.0, 40_000.0])
def test_the_rate_rises_and_falls_whatever_the_pace(steps: float) -> None:
    rates = [learning_rate(step, steps, 1.0) for step in range(int(steps))]
    top = int(np.argmax(rates))
    assert rates[:top] == sorted(rates[:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert 0.9 < rates[top] <= 1


def test_a_pause_does_not_count() -> None:
    """Stopped, or asleep: nobody looked at the clock meanwhile."""
    hands = Hands()
    clock = Clock(hands.now)
    for _ in range(10):
        hands.s += 0.5
        clock.now()
    assert clock.now() == pytest.approx(5)
    hands.s += 3600
    assert clock.now() <= 10 + 1e-9
    hands.s += 0.5
    assert clock.now() <= 10.5 + 1e-9


def test_a_clock_is_looked_at_while_nobody_asks() -> None:
    hands = Hands()
    with Clock(hands.now) as clock:
        for _ in range(4):
            hands.s += 4
            before = clock._looked
            while clock._looked == before:  # its own thread looks
                time.sleep(0.01)
    assert clock.now() == pytest.approx(16)
    assert not clock._thread.is_alive()
