"""What commands share: what is said to people and to machines, what was typed, files that are whole or not there."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from looks_like.explorer.errors import RequestError

# What is said to people goes to stderr, so that --json leaves stdout to machines.
say = Console(stderr=True, highlight=False, soft_wrap=True)
out = Console(highlight=False, soft_wrap=True)
job_bar: Any = None  # in the process of a job: what takes the place of the bar on a terminal


def progress() -> Any:
    """A bar on a terminal, or what stands in for it in a job."""
    return job_bar or Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=say,
        transient=True,
        disable=not say.is_terminal,
    )


def counted(what: str, steps: Iterable[tuple[int, int]]) -> int:
    """Goes through steps of (done, total) beside a bar; -> the total."""
    total = 0
    with progress() as bar:
        task = bar.add_task(what, total=None)
        for done, total in steps:
            bar.update(task, completed=done, total=total)
    return total


def print_result(as_json: bool, value: Any, text: Any) -> None:
    """One line of JSON for machines, or words for people."""
    if as_json:
        sys.stdout.write(json.dumps(value, default=str, ensure_ascii=False) + "\n")
    else:
        out.print(text)


def typed_lines(file: Path) -> list[str]:
    """The lines of a text file that hold something; - = stdin. RequestError for another kind of file."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise RequestError(f"{file}: not a text file with a product id in each line") from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def typed_settings(pairs: list[str]) -> dict[str, Any]:
    """From key=value pairs. RequestError for what is neither a number nor a word."""
    found: dict[str, Any] = {}
    for pair in pairs:
        key, _equals, value = pair.partition("=")
        try:
            found[key.strip()] = json.loads(value)
        except ValueError:
            if not value.strip().isalpha():
                raise RequestError(f"--set {pair}: write key=number, such as --set beta=4, or key=word") from None
            found[key.strip()] = value.strip()
    return found


def typed_seconds(text: str, option: str = "--budget") -> float:
    """From 90s, 10m or 1h. RequestError says how to write it."""
    units = {"s": 1, "m": 60, "h": 3600}
    try:
        seconds = float(text[:-1]) * units[text[-1]]
    except (KeyError, ValueError, IndexError):
        raise RequestError(f"{option} {text}: write a number and s, m or h, such as 10m") from None
    if not 1 <= seconds <= 7 * 86400:
        raise RequestError(f"{option} {text}: between 1 second and 7 days")
    return seconds
