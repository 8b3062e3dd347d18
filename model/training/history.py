"""What a training tells as it goes: `history.jsonl`, the same figures as `history.csv`, and events for TensorBoard.

The JSON lines are the record, only ever appended to. The table is made anew from them when a training begins or goes
on, so a step that was repeated after a kill is in it once, and a line that was torn not at all.
"""

import csv
import importlib.util
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from looks_like.atomic import own_file, write_whole
from looks_like.model.errors import ModelError

LOGS = ("tensorboard",)  # that can be asked for beside the two that are always kept
TABLE = "history.csv"
_RECORD, _EVENTS = "history.jsonl", "tensorboard"  # a file, and a folder beside it
_BYTES_MAX = 1_000_000_000
_NO_SCALARS = ("step", "alarm")


def append_history(folder: Path, line: dict[str, Any]) -> None:
    with open(folder / _RECORD, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def read_history(folder: Path) -> list[dict[str, Any]]:
    """One dictionary per report; a step that was repeated after a kill counts once, a torn last line not at all."""
    lines: dict[int, dict[str, Any]] = {}
    path = folder / _RECORD
    try:
        texts = own_file(path, _BYTES_MAX).read_text("utf-8", "replace").splitlines() if path.exists() else []
    except ValueError as reason:
        raise ModelError(f"{path} is not a model's history: {reason}") from None
    for text in texts:
        try:
            said = json.loads(text)
            lines[int(said["step"])] = said
        except (ValueError, KeyError, TypeError):
            continue
    return [lines[step] for step in sorted(lines)]


def checked_logs(logs: Sequence[str]) -> None:
    """ModelError for a log that there is not, or that needs a package which is not installed."""
    for log in logs:
        if log not in LOGS:
            raise ModelError(f"there is no log {log[:40]!r}; there is: {', '.join(LOGS)}")
    if "tensorboard" in logs and importlib.util.find_spec("tensorboard") is None:
        raise ModelError("--log tensorboard needs a package that is not installed: pip install tensorboard")


class History:
    """Where a training in `folder`, `step` steps in, writes what it tells. ModelError as `checked_logs`."""

    def __init__(self, folder: Path, step: int, logs: Sequence[str] = ()) -> None:
        checked_logs(logs)
        self.folder = folder
        self._lines = [line for line in read_history(folder) if line["step"] <= step]
        self._columns: list[str] = []
        self._write_table()
        self._events: Any = None
        if "tensorboard" in logs:
            from torch.utils.tensorboard import SummaryWriter

            self._events = SummaryWriter(str(folder / _EVENTS), purge_step=step + 1)  # type: ignore[no-untyped-call]

    def add(self, line: dict[str, Any]) -> None:
        """A report as it is kept: numbers by their names, among them the step."""
        append_history(self.folder, line)
        self._lines.append(line)
        if set(line) <= set(self._columns):
            with open(self.folder / TABLE, "a", encoding="utf-8", newline="") as file:
                file.write(_rows(self._columns, [line]))
        else:
            self._write_table()
        if self._events:
            for name, value in line.items():
                if name not in _NO_SCALARS:
                    self._events.add_scalar(name, value, line["step"])
            self._events.flush()

    def close(self) -> None:
        """What TensorBoard still waits for is written."""
        if self._events:
            self._events.close()

    def _write_table(self) -> None:
        """All lines anew: a column for each name that any of them has, in the order of their coming."""
        self._columns = list(dict.fromkeys(name for line in self._lines for name in line))
        heads = _rows(self._columns, [{name: name for name in self._columns}]) if self._columns else ""
        write_whole(self.folder / TABLE, (heads + _rows(self._columns, self._lines)).encode())


def _rows(columns: Sequence[str], lines: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    csv.DictWriter(text, columns, restval="", lineterminator="\n").writerows(lines)
    return text.getvalue()
