"""Where what stands in a frame, in px."""

from dataclasses import dataclass

from looks_like.explorer.paths.files.style import FilmStyle

_INSET = 0.34  # of a square: how large the real product lies in its corner
_WIDE, _TALL = 16 / 9, 16 / 9


@dataclass(frozen=True)
class Box:
    """A square."""

    x: int
    y: int
    edge: int


@dataclass(frozen=True)
class Layout:
    """Of a frame `wide` x `high`, both even, since videos are."""

    wide: int
    high: int
    decoded: Box
    real: Box | None
    band: int  # height of the captions' line under each panel; 0 without
    inset: bool = False  # the real product lies over the decoded one


def layout_of(style: FilmStyle) -> Layout:
    size = style.size
    band = max(24, size // 8) if style.names else 0
    if style.shape == "pair":
        return _pair(size, band, style.real)
    if style.shape == "square":
        edge = size - band
        left, small = (size - edge) // 2, round(_INSET * size)
        real = Box(size - small - size // 40, size // 40, small) if style.real else None
        return Layout(_even(size), _even(size), Box(left, 0, edge), real, band, inset=True)
    if style.shape == "story":
        return _story(size, _even(round(_TALL * size)), band, style.real)
    return _slide(_even(round(_WIDE * size)), size, band, style.real)


def _pair(size: int, band: int, real: bool) -> Layout:
    beside = Box(size, 0, size) if real else None
    return Layout(_even((2 if real else 1) * size), _even(size + band), Box(0, 0, size), beside, band)


def _story(wide: int, high: int, band: int, real: bool) -> Layout:
    if not real:
        return Layout(_even(wide), high, Box(0, (high - wide - band) // 2, wide), None, band)
    edge = min(wide, high // 2 - band)
    left, gap = (wide - edge) // 2, (high - 2 * (edge + band)) // 3
    upper = Box(left, gap, edge)
    return Layout(_even(wide), high, upper, Box(left, 2 * gap + edge + band, edge), band)


def _slide(wide: int, high: int, band: int, real: bool) -> Layout:
    if not real:
        edge = high - band
        return Layout(wide, _even(high), Box((wide - edge) // 2, 0, edge), None, band)
    edge = min(wide // 2 - high // 40, high - band)
    gap, top = (wide - 2 * edge) // 3, (high - band - edge) // 2
    return Layout(wide, _even(high), Box(gap, top, edge), Box(2 * gap + edge, top, edge), band)


def _even(px: int) -> int:
    return px + px % 2
