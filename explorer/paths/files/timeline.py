"""What of a path is seen when: stills, in the order of a film."""

from dataclasses import dataclass, replace

import numpy as np

from looks_like.explorer.paths.files.style import FilmStyle
from looks_like.explorer.paths.walking import DecodedPath

STEP_MS, HOLD_MS = 50, 600  # a step; the first and last, so that one sees where one is
_FADE = 8  # stills from the real product to the decoded one
_TICK_MS = 10  # of a GIF


@dataclass(frozen=True)
class Still:
    """A step of the path, and for how long."""

    step: int
    ms: int
    fade: float = 0.0  # share of the real product that lies over the decoded one


def timeline(path: DecodedPath, style: FilmStyle) -> list[Still]:
    """All of a film. With `seconds` it lasts as long, and has `fps` frames a second at most."""
    count = len(path.z_td)
    stills = [Still(i, HOLD_MS if i in (0, count - 1) else STEP_MS) for i in range(count)]
    if style.fade:
        stills = _faded(stills, path)
    if path.request.loop == "back" and count > 1:
        stills = [*stills, *stills[-2:0:-1]]
    return _lasting(stills, style) if style.seconds else stills


def _faded(stills: list[Still], path: DecodedPath) -> list[Still]:
    """With the real product at each end that is one."""
    begins, ends = list[Still](), list[Still]()
    shares = np.linspace(1, 0, _FADE + 2)[1:-1]
    if path.anchors[0].row is not None:
        fading = [Still(0, STEP_MS, float(share)) for share in shares]
        begins, stills = [Still(0, HOLD_MS, 1.0), *fading], [replace(stills[0], ms=STEP_MS), *stills[1:]]
    if path.anchors[-1].row is not None:
        last = stills[-1].step
        fading = [Still(last, STEP_MS, float(share)) for share in shares[::-1]]
        ends, stills = [*fading, Still(last, HOLD_MS, 1.0)], [*stills[:-1], replace(stills[-1], ms=STEP_MS)]
    return [*begins, *stills, *ends]


def _lasting(stills: list[Still], style: FilmStyle) -> list[Still]:
    """Those that are held, as long as usual or shorter, and of the others as many as the time has room for."""
    total = 1000 * style.seconds
    held = [i for i, still in enumerate(stills) if still.ms == HOLD_MS]
    moving = [i for i, still in enumerate(stills) if still.ms != HOLD_MS]
    hold = min(HOLD_MS, total / (len(held) + 3))
    room = int((total - len(held) * hold) * style.fps / 1000)
    if len(moving) > room:
        moving = [moving[i] for i in np.round(np.linspace(0, len(moving) - 1, room)).astype(int)]
    step = (total - len(held) * hold) / max(len(moving), 1)
    shown = sorted([*held, *moving])
    lasts = np.array([hold if stills[i].ms == HOLD_MS else step for i in shown])
    ticks = np.round(lasts.cumsum() / lasts.sum() * total / _TICK_MS).astype(int)
    ms = np.maximum(np.diff(ticks, prepend=0), 1) * _TICK_MS
    return [replace(stills[i], ms=int(each)) for i, each in zip(shown, ms, strict=True)]
