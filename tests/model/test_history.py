"""What a training tells as it goes: a record, the same as a table, and events for TensorBoard."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from looks_like.model.errors import ModelError
from looks_like.model.training.history import TABLE, History, append_history, checked_logs, read_history

needs_tensorboard = pytest.mark.skipif(not importlib.util.find_spec("tensorboard"), reason="it is not installed")


def told(step: int, **more: Any) -> dict[str, Any]:
    return {"step": step, "mse": 0.1 + 0.2 / step, **more}


def table(folder: Path) -> list[dict[str, Any]]:
    """Rows as pandas reads them, without what a row does not have."""
    rows = pd.read_csv(folder / TABLE).to_dict("records")
    return [{name: value for name, value in row.items() if value == value} for row in rows]


def test_the_table_has_the_figures_of_the_record(tmp_path: Path) -> None:
    history = History(tmp_path, 0)
    history.add(told(25))
    history.add(told(50, held_out_mse=0.3, alarm='its "code", all of it, has collapsed'))
    history.add(told(75, active=3.0))
    assert table(tmp_path) == read_history(tmp_path)
    assert pd.read_csv(tmp_path / TABLE).columns.tolist() == ["step", "mse", "held_out_mse", "alarm", "active"]


def test_a_training_that_goes_on_repeats_no_step(tmp_path: Path) -> None:
    history = History(tmp_path, 0)
    for step in (25, 50, 75):
        history.add(told(step))
    with open(tmp_path / TABLE, "a", encoding="utf-8") as file:
        file.write("100,0.")  # torn by a kill
    again = History(tmp_path, 25)
    assert [row["step"] for row in table(tmp_path)] == [25]
    again.add(told(50, later=1.0))
    again.add(told(75))
    assert table(tmp_path) == read_history(tmp_path) == [told(25), told(50, later=1.0), told(75)]


def test_a_record_without_a_table_gets_one(tmp_path: Path) -> None:
    """A model that an older program began to train."""
    append_history(tmp_path, told(25))
    History(tmp_path, 25)
    assert table(tmp_path) == [told(25)]


def test_before_the_first_report_the_table_is_empty(tmp_path: Path) -> None:
    History(tmp_path, 0)
    assert (tmp_path / TABLE).read_bytes() == b""


@needs_tensorboard
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tensorboard_gets_each_figure_once_also_of_a_training_that_went_on(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    for at, steps in ((0, (25, 50)), (25, (50, 75))):
        history = History(tmp_path, at, ("tensorboard",))
        for step in steps:
            history.add(told(step, alarm="words"))
        history.close()
    found = EventAccumulator(str(tmp_path / "tensorboard"))
    found.Reload()
    assert found.Tags()["scalars"] == ["mse"]
    figures = [(each.step, each.value) for each in found.Scalars("mse")]
    assert figures == [(step, pytest.approx(told(step)["mse"])) for step in (25, 50, 75)]


@pytest.mark.parametrize(
    "make", [lambda folder: checked_logs(["tensorboard"]), lambda f: History(f, 0, ["tensorboard"])]
)
def test_without_the_package_it_says_what_to_install(
    make: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="--log tensorboard needs a package that is not installed: pip install tensor"):
        make(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_log_is_told_the_one_there_is() -> None:
    with pytest.raises(ModelError, match="there is no log 'wandb'; there is: tensorboard"):
        checked_logs(["wandb"])


def test_a_line_is_one_json_object(tmp_path: Path) -> None:
    History(tmp_path, 0).add(told(25))
    assert json.loads((tmp_path / "history.jsonl").read_text("utf-8")) == told(25)
