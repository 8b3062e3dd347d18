"""A colour for each product by an attribute: one byte each, and a palette of at most 256."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.conditions import Times
from looks_like.explorer.core.formatting import number, value_words

MISSING = 255  # index of products that lack the attribute
CATEGORIES_MAX = 12  # more than the eye tells apart; the rest is "other"
_OWN_COLOURS_MAX = 24  # words for colours need no telling apart: each is drawn as what it says
GREY = "#b9b9b4"
PLAIN = "#6b7a8f"
# Okabe & Ito 2008 and Tol's muted, ordered so that neighbours differ for every kind of colour vision
CATEGORICAL = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
    "#882255", "#44aa99", "#999933", "#332288", "#aa4499", "#661100",
)  # fmt: skip
# Where the values are colours, each is drawn as itself; white and its like dark enough to be seen on white
_COLOUR_WORDS = {
    "black": "#1c1c1e", "white": "#d3d3cf", "grey": "#8d8f92", "gray": "#8d8f92", "silver": "#b4b8bd",
    "beige": "#d5bd94", "cream": "#dccfa8", "tan": "#c19a6b", "brown": "#7b4b2a", "navy": "#1f2f5c",
    "blue": "#2f6fd0", "light blue": "#7db8e8", "teal": "#1b8a8a", "green": "#2e8b47", "olive": "#77782c",
    "khaki": "#9c9464", "yellow": "#e6c229", "gold": "#c79a1e", "orange": "#e8792b", "red": "#cf2e2e",
    "burgundy": "#7a1f33", "pink": "#e88fb4", "purple": "#7b4bb3", "violet": "#7b4bb3", "lilac": "#b3a0d6",
    "bone": "#d9cdb4", "sand": "#c8ad84", "gum": "#b07a46", "graphite": "#54575d", "sky": "#8abae2", "mint": "#9ad2b8",
}  # fmt: skip
_SCALE_STOPS = ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725")  # viridis


@dataclass(frozen=True)
class LegendEntry:
    label: str
    colour: str
    count: int
    index: int
    one: bool = True  # value of the attribute; else many, or none


@dataclass(frozen=True)
class Colouring:
    title: str
    index_n: np.ndarray  # uint8
    palette: list[str]  # palette[index]; shorter than 256, MISSING is GREY
    legend: list[LegendEntry]  # of categories
    low: str = ""  # of a number: the values at the ends of the scale
    high: str = ""
    missing: int = 0
    own: bool = False  # whether somebody gave a value its colour
    of: str = ""  # for /api/colours, where it is no attribute: the model, map and clusters that it is of


def uncoloured(count: int) -> Colouring:
    return Colouring("", np.zeros(count, np.uint8), [PLAIN], [])


def by_category(title: str, values: pa.ChunkedArray) -> Colouring:
    """The most frequent values get a colour each, the others share grey as "other"."""
    texts = values.cast(pa.string()).combine_chunks()
    counts = pc.value_counts(texts.drop_null())
    pairs = sorted(((c["counts"].as_py(), c["values"].as_py()) for c in counts), key=lambda p: (-p[0], p[1]))
    most = _OWN_COLOURS_MAX if _own_colours([name for _, name in pairs]) else CATEGORIES_MAX
    shown = pairs if len(pairs) <= most else pairs[: most - 1]
    names = [name for _, name in shown]
    at = pc.index_in(texts, value_set=pa.array(names, pa.string()))
    index_n = at.fill_null(len(names)).to_numpy(zero_copy_only=False).astype(np.uint8)
    empty_n = pc.is_null(texts).to_numpy(zero_copy_only=False)
    index_n[empty_n] = MISSING
    palette = _colours_for(names)
    legend = [LegendEntry(name, palette[i], count, i) for i, (count, name) in enumerate(shown)]
    if len(pairs) > len(shown):
        rest = pairs[len(shown) :]
        legend.append(
            LegendEntry(f"{len(rest):,} others", "#8a8a85", sum(count for count, _ in rest), len(names), False)
        )
        palette.append("#8a8a85")
    missing = int(empty_n.sum())
    if missing:
        legend.append(LegendEntry("not given", GREY, missing, MISSING, False))
    return Colouring(title, index_n, palette, legend, missing=missing)


def _colours_for(names: list[str]) -> list[str]:
    return _own_colours(names) or list(CATEGORICAL[: len(names)])


def _own_colours(names: list[str]) -> list[str]:
    """What each name says, where all are words for colours and no two for the same; else nothing."""
    own = [_COLOUR_WORDS.get(name.strip().lower(), "") for name in names]
    return own if all(own) and len(set(own)) == len(own) else []


def repainted(found: Colouring, own: Mapping[str, str]) -> Colouring:
    """The same with the colours ("#rrggbb") that somebody gave to values of the attribute."""
    mine = {entry.index: own[entry.label] for entry in found.legend if entry.one and entry.label in own}
    if not mine:
        return found
    palette = [mine.get(index, colour) for index, colour in enumerate(found.palette)]
    legend = [replace(entry, colour=mine.get(entry.index, entry.colour)) for entry in found.legend]
    return replace(found, palette=palette, legend=legend, own=True)


def is_colour(word: str) -> bool:
    """Whether a value is a word for a colour."""
    return word.strip().lower() in _COLOUR_WORDS


def by_number(title: str, values: pa.ChunkedArray, unit: str = "") -> Colouring:
    """A scale from the 2nd to the 98th percentile, so that one odd price does not grey out all others."""
    least, above_n = _above_least(values)

    def said(above: float) -> str:
        value = least + round(above) if least else above  # as precise as a scale of colours needs to be
        return value_words(float(number(value, 4).replace(",", "")), unit) if unit else number(value, 4)

    return _by_scale(title, above_n, said)


def by_time(title: str, times: Times) -> Colouring:
    """The same of days and moments; the ends of the scale are days."""
    microseconds_n = times.wall.cast(pa.float64(), safe=False).to_numpy().copy()
    return _by_scale(title, microseconds_n, lambda value: str(np.datetime64(int(value), "us").astype("datetime64[D]")))


def _by_scale(title: str, numbers_n: np.ndarray, said: Callable[[float], str]) -> Colouring:
    numbers_n[~np.isfinite(numbers_n)] = np.nan
    missing = int(np.isnan(numbers_n).sum())
    if missing == len(numbers_n):
        return Colouring(title, np.full(len(numbers_n), MISSING, np.uint8), scale(255), [], missing=missing)
    low, high = (float(v) for v in np.nanpercentile(numbers_n, [2, 98]))
    share_n = np.clip((numbers_n - low) / max(high - low, 1e-12), 0, 1)
    index_n = np.where(np.isnan(share_n), MISSING, np.nan_to_num(share_n) * 254).astype(np.uint8)
    return Colouring(title, index_n, scale(255), [], said(low), said(high), missing)


def _above_least(values: pa.ChunkedArray) -> tuple[int, np.ndarray]:
    """-> (the least of whole numbers, how far each is above it, float64 (N,), NaN where there is none)

    So whole numbers that share one float are told apart. Of other numbers the least is 0.
    """
    if not pa.types.is_integer(values.type) or values.null_count == len(values):
        numbers_n = values.cast(pa.float64()).to_numpy().copy()
        numbers_n[~np.isfinite(numbers_n)] = np.nan
        return 0, numbers_n
    least = int(pc.min(values).as_py())
    whole_n = pc.fill_null(values.cast(pa.int64()), least).to_numpy().view(np.uint64)
    above_n = (whole_n - np.uint64(least % 2**64)).astype(np.float64)
    above_n[pc.is_null(values).to_numpy()] = np.nan
    return least, above_n


def scale(count: int) -> list[str]:
    """`count` colours of the continuous scale."""
    stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in _SCALE_STOPS], float)
    at = np.linspace(0, len(stops) - 1, count)
    channels = [np.interp(at, np.arange(len(stops)), stops[:, c]) for c in range(3)]
    return [f"#{int(r):02x}{int(g):02x}{int(b):02x}" for r, g, b in zip(*channels, strict=True)]
