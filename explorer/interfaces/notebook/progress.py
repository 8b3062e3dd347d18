"""A bar of text, which every notebook and terminal shows; it is gone when the work is done."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm


class Bar:
    def __init__(self, bar: "tqdm[object]") -> None:
        self._bar = bar

    def at(self, done: float, total: float, what: str = "") -> None:
        """So much of the total is done; `what`: at what it is now."""
        self._bar.total, self._bar.n = total, done
        if what:
            self._bar.set_description_str(what, refresh=False)
        self._bar.refresh()

    def say(self, sentence: str) -> None:
        """A line that stays, above the bar."""
        tqdm.write(sentence, file=sys.stderr)


@contextmanager
def progress(what: str) -> Iterator[Bar]:
    """While the work in it goes on."""
    with tqdm(desc=what, leave=False, bar_format="{desc}: {percentage:3.0f}%|{bar:30}| {elapsed}<{remaining}") as bar:
        bar.total = 1
        yield Bar(bar)
