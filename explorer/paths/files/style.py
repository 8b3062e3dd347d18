"""How a film looks: its shape, size, speed, and what stands in it; the same as a link."""

from collections.abc import Mapping
from dataclasses import dataclass

from looks_like.data.text import one_line
from looks_like.explorer.core import is_finite_number, whole_number
from looks_like.explorer.errors import RequestError

SIZE_MIN_PX, SIZE_MAX_PX = 64, 1024
SECONDS_MAX, FPS_MAX = 60.0, 60
SHAPES = {
    "pair": "Both side by side",
    "square": "Square (1 : 1)",
    "story": "Story (9 : 16)",
    "slide": "Slide (16 : 9)",
}
_WATERMARK_MAX = 60


@dataclass(frozen=True)
class FilmStyle:
    """RequestError for a size, a shape or a speed that can't be."""

    size: int = 256  # px: of each panel of a pair, else of the short side
    shape: str = "pair"
    seconds: float = 0.0  # of the whole film; 0 = 50 ms a step
    fps: int = 20  # frames a second, at most
    real: bool = True  # the real product stands beside the decoded one
    names: bool = True  # captions
    fade: bool = False  # it begins and ends with the real product, which fades into the decoded one
    dark: bool = False
    watermark: str = ""

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise RequestError(f"unknown shape {self.shape[:20]!r}; there are: {', '.join(SHAPES)}")
        if not SIZE_MIN_PX <= self.size <= SIZE_MAX_PX:
            raise RequestError(f"a film can be {SIZE_MIN_PX} to {SIZE_MAX_PX} px across, got {self.size}")
        if not (self.seconds == 0 or 0.5 <= self.seconds <= SECONDS_MAX):
            raise RequestError(f"a film lasts 0.5 to {SECONDS_MAX:g} seconds, got {self.seconds:g}")
        if not 1 <= self.fps <= FPS_MAX:
            raise RequestError(f"a film has 1 to {FPS_MAX} frames a second, got {self.fps}")
        object.__setattr__(self, "watermark", one_line(self.watermark, _WATERMARK_MAX).strip())

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "FilmStyle":
        """size, shape, seconds, fps, real, names, fade, dark and watermark, as a link has them."""

        def flag(key: str, usual: bool) -> bool:
            return {"0": False, "1": True}.get(query.get(key, ""), usual)

        return cls(
            whole_number(query, "size", cls.size),
            query.get("shape", cls.shape),
            _seconds(query.get("seconds", "")),
            whole_number(query, "fps", cls.fps),
            flag("real", cls.real),
            flag("names", cls.names),
            flag("fade", cls.fade),
            flag("dark", cls.dark),
            query.get("watermark", cls.watermark),
        )


USUAL = FilmStyle()


def _seconds(said: str) -> float:
    try:
        seconds = float(said or 0)
    except ValueError:
        seconds = float("nan")
    if not is_finite_number(seconds):
        raise RequestError(f"seconds must be a number, got {said[:40]!r}")
    return seconds
