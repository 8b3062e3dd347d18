"""Helps that name what can be asked for: written as {curves} and the like, filled when a command's help is printed.

So what a registry holds is in the help, and nothing of it is read for any other purpose.
"""

import importlib.util
import pkgutil
from collections.abc import Callable, Sequence
from typing import Any

from typer.core import TyperCommand


class Command(TyperCommand):
    """A command whose helps are filled."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        for parameter in self.params:
            said = getattr(parameter, "help", None) or ""
            for mark, names in _NAMES.items():
                if mark in said:
                    parameter.help = said = said.replace(mark, names())  # type: ignore[attr-defined]
        super().format_help(ctx, formatter)


def _curves() -> str:
    from looks_like.model.geometry import CURVES

    return _either(list(CURVES))


def _easings() -> str:
    from looks_like.explorer.paths import EASINGS

    return _either(list(EASINGS))


def _shapes() -> str:
    from looks_like.explorer.paths import SHAPES

    return _either(list(SHAPES))


def _counts() -> str:
    from looks_like.explorer.search import COUNTS

    return _either(list(COUNTS))


def _sources() -> str:
    from looks_like.data.sources import sentences

    return "; ".join(sentences())


def _kinds() -> str:
    from looks_like.data.sheets import KINDS

    return f"Kinds: {'; '.join(KINDS)}"


def _files_of(package: str) -> Callable[[], str]:
    """The names of a package's files, as the command line says them; none of them is read."""

    def names() -> str:
        found = importlib.util.find_spec(package)
        assert found is not None
        return _either([file.name.replace("_", "-") for file in pkgutil.iter_modules(found.submodule_search_locations)])

    return names


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else "".join(words)


_NAMES: dict[str, Callable[[], str]] = {
    "{counts}": _counts,
    "{curves}": _curves,
    "{easings}": _easings,
    "{families}": _files_of("looks_like.model.families"),
    "{kinds}": _kinds,
    "{shapes}": _shapes,
    "{map methods}": _files_of("looks_like.model.maps"),
    "{sources}": _sources,
}
