"""Filled and stroked outlines on a small canvas, by ThorVG's software renderer.

The few functions needed are bound here once: the package's own classes set the types of a function at each call, which
takes longer than the drawing. One drawing at a time per process: the renderer's memory is shared by its canvases.
"""

import ctypes
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np

UNITS = 256.0  # the canvas measures this much on either side, whatever its pixels

_MOVE, _LINE, _CLOSE = b"\x01", b"\x02", b"\x00"
_ABGR, _PLAIN = 0, 0  # colour space of the buffer; engine options
_ROUND = 1  # caps and joins
_f, _ptr, _u8, _u32 = ctypes.c_float, ctypes.c_void_p, ctypes.c_uint8, ctypes.c_uint32
_SIGNATURES: dict[str, tuple[list[Any], Any]] = {
    "shape_new": ([], _ptr),
    "shape_append_path": ([_ptr, ctypes.c_char_p, _u32, _ptr, _u32], _u32),
    "shape_set_fill_color": ([_ptr, _u8, _u8, _u8, _u8], _u32),
    "shape_set_gradient": ([_ptr, _ptr], _u32),
    "shape_set_stroke_width": ([_ptr, _f], _u32),
    "shape_set_stroke_color": ([_ptr, _u8, _u8, _u8, _u8], _u32),
    "shape_set_stroke_dash": ([_ptr, _ptr, _u32, _f], _u32),
    "shape_set_stroke_cap": ([_ptr, _u32], _u32),
    "shape_set_stroke_join": ([_ptr, _u32], _u32),
    "linear_gradient_new": ([], _ptr),
    "linear_gradient_set": ([_ptr, _f, _f, _f, _f], _u32),
    "radial_gradient_new": ([], _ptr),
    "radial_gradient_set": ([_ptr, _f, _f, _f, _f, _f, _f], _u32),
    "gradient_set_color_stops": ([_ptr, _ptr, _u32], _u32),
    "gradient_set_transform": ([_ptr, _ptr], _u32),
    "scene_new": ([], _ptr),
    "scene_add": ([_ptr, _ptr], _u32),
    "paint_set_clip": ([_ptr, _ptr], _u32),
    "paint_set_transform": ([_ptr, _ptr], _u32),
    "swcanvas_create": ([_u8], _ptr),
    "swcanvas_set_target": ([_ptr, _ptr, _u32, _u32, _u32, _u32], _u32),
    "canvas_add": ([_ptr, _ptr], _u32),
    "canvas_draw": ([_ptr, ctypes.c_bool], _u32),
    "canvas_sync": ([_ptr], _u32),
    "canvas_destroy": ([_ptr], _u32),
}
_DASH_MIN_PX = 0.35
_lock = threading.Lock()


class Colour(NamedTuple):
    """Red, green, blue and how opaque it is, each 0..255."""

    r: int
    g: int
    b: int
    a: int = 255

    @lru_cache(maxsize=4096)  # noqa: B019 - a colour is a value, and a shop has few of them
    def mix(self, other: "Colour", share: float) -> "Colour":
        """This with `share` (0..1) of another; as opaque as this."""
        r, g, b = (round(p + (q - p) * share) for p, q in zip(self[:3], other[:3], strict=True))
        return Colour(r, g, b, self.a)

    def at(self, opacity: float) -> "Colour":
        return Colour(self.r, self.g, self.b, round(255 * opacity))


def luma(colour: Colour) -> float:
    """How light it looks, 0..255 (ITU-R BT.601)."""
    return 0.299 * colour.r + 0.587 * colour.g + 0.114 * colour.b


WHITE, BLACK = Colour(255, 255, 255), Colour(0, 0, 0)


class _Stop(ctypes.Structure):
    _fields_ = (("at", _f), ("r", _u8), ("g", _u8), ("b", _u8), ("a", _u8))


class Linear(NamedTuple):
    """Colours from one point to another: stops are (share of the way, colour)."""

    start: tuple[float, float]
    end: tuple[float, float]
    stops: tuple[tuple[float, Colour], ...]


class Radial(NamedTuple):
    """Colours outwards from a centre; `flat` squeezes its height."""

    centre: tuple[float, float]
    radius: float
    stops: tuple[tuple[float, Colour], ...]
    flat: float = 1.0


Paint = Colour | Linear | Radial


class Pattern(NamedTuple):
    """One outline or many, as the renderer takes them."""

    commands: bytes
    points: bytes  # x and y of each, float32
    length: int  # in points


def packed(*outlines_m2: np.ndarray, closed: bool = True) -> Pattern:
    commands = b"".join([_MOVE + _LINE * (len(o) - 1) + (_CLOSE if closed else b"") for o in outlines_m2])
    if not outlines_m2:
        return Pattern(b"", b"", 0)
    joined_m2 = outlines_m2[0] if len(outlines_m2) == 1 else np.concatenate(outlines_m2)
    return Pattern(commands, joined_m2.astype(np.float32).tobytes(), len(joined_m2))


def stacked(patterns: Iterable[Pattern]) -> Pattern:
    """Several patterns as one."""
    commands, points, lengths = zip(*patterns, strict=True)
    return Pattern(b"".join(commands), b"".join(points), sum(lengths))


def lines(many: Sequence[np.ndarray], right: float = 0.0, down: float = 0.0) -> Pattern:
    """Open lines as one pattern, moved: drawing them together costs what one does."""
    return packed(*(line + (right, down) for line in many), closed=False)


@cache
def _calls() -> dict[str, Any]:
    from thorvg_python import Engine

    engine = Engine(threads=0)
    found: dict[str, Any] = {"engine": engine}  # kept alive: it closes the library when it goes
    for name, (takes, gives) in _SIGNATURES.items():
        function = getattr(engine.thorvg_lib, f"tvg_{name}")
        function.argtypes, function.restype = takes, gives
        found[name] = function
    return found


class Drawing:
    """What is drawn first lies lowest. Outlines are float arrays (M, 2) in canvas units, y down."""

    def __init__(self, edge_px: int) -> None:
        self.edge_px = edge_px
        self._call = _calls()
        self._scene = self._root = self._call["scene_new"]()

    def fill(self, outline: np.ndarray | Pattern, paint: Paint) -> None:
        """An area, closed."""
        shape = self._shape(outline if isinstance(outline, Pattern) else packed(outline))
        if isinstance(paint, Colour):
            self._call["shape_set_fill_color"](shape, *paint)
        else:
            self._call["shape_set_gradient"](shape, self._gradient(paint))
        self._call["scene_add"](self._scene, shape)

    def stroke(
        self,
        line: np.ndarray | Pattern,
        colour: Colour,
        width: float,
        dash: tuple[float, float] | None = None,
        closed: bool = False,
    ) -> None:
        """A line of a width with round ends; dashes and gaps in canvas units."""
        shape = self._shape(line if isinstance(line, Pattern) else packed(line, closed=closed))
        self._call["shape_set_stroke_width"](shape, width)
        self._call["shape_set_stroke_color"](shape, *colour)
        self._call["shape_set_stroke_cap"](shape, _ROUND if dash is None else 2)
        self._call["shape_set_stroke_join"](shape, _ROUND)
        if dash:
            pattern = np.array(dash, np.float32)
            self._call["shape_set_stroke_dash"](shape, pattern.ctypes.data, len(dash), 0)
        self._call["scene_add"](self._scene, shape)

    @contextmanager
    def inside(self, outline_m2: np.ndarray) -> Iterator[None]:
        """What is drawn meanwhile shows only inside this outline."""
        outer, self._scene = self._scene, self._call["scene_new"]()
        yield
        self._call["paint_set_clip"](self._scene, self._shape(packed(outline_m2)))
        self._call["scene_add"](outer, self._scene)
        self._scene = outer

    def shows(self, width: float) -> bool:
        """Whether a dashed line this wide can be seen: stitches can't on small pictures, and take long to draw."""
        return width * self.edge_px / UNITS >= _DASH_MIN_PX

    def pixels(self, camera_23: np.ndarray | None = None) -> np.ndarray:
        """(edge, edge, 3) uint8 on white; `camera_23` turns canvas units into canvas units. Draws once."""
        edge_px = self.edge_px
        call, grid = self._call, np.full((edge_px, edge_px), 0xFFFFFFFF, np.uint32)
        turn_33 = np.eye(3, dtype=np.float32)
        turn_33[:2] = (np.eye(2, 3) if camera_23 is None else camera_23) * (edge_px / UNITS)
        with _lock:
            canvas = call["swcanvas_create"](_PLAIN)
            call["swcanvas_set_target"](canvas, grid.ctypes.data, edge_px, edge_px, edge_px, _ABGR)
            call["paint_set_transform"](self._root, turn_33.ctypes.data)
            call["canvas_add"](canvas, self._root)
            call["canvas_draw"](canvas, False)
            call["canvas_sync"](canvas)
            call["canvas_destroy"](canvas)
        return np.ascontiguousarray(grid.view(np.uint8).reshape(edge_px, edge_px, 4)[..., :3])

    def _shape(self, pattern: Pattern) -> Any:
        shape = self._call["shape_new"]()
        self._call["shape_append_path"](shape, pattern.commands, len(pattern.commands), pattern.points, pattern.length)
        return shape

    def _gradient(self, paint: Linear | Radial) -> Any:
        if isinstance(paint, Linear):
            made = self._call["linear_gradient_new"]()
            self._call["linear_gradient_set"](made, *paint.start, *paint.end)
        else:
            (x, y), radius = paint.centre, paint.radius
            made = self._call["radial_gradient_new"]()
            self._call["radial_gradient_set"](made, x, y, radius, x, y, 0)
            if paint.flat != 1:
                squeeze_33 = np.array([[1, 0, 0], [0, paint.flat, y * (1 - paint.flat)], [0, 0, 1]], np.float32)
                self._call["gradient_set_transform"](made, squeeze_33.ctypes.data)
        stops = (_Stop * len(paint.stops))(*(_Stop(at, *colour) for at, colour in paint.stops))
        self._call["gradient_set_color_stops"](made, ctypes.addressof(stops), len(stops))
        return made
