"""Frames as an animated WebP."""

from typing import BinaryIO

from PIL import Image

from looks_like.explorer.paths.frames import Frames, durations_ms


class _Reel(Image.Image):
    """The frames as Pillow reads an animation, one at a time; as a list it would take all of them at once."""

    def __init__(self, made: Frames) -> None:
        super().__init__()
        self._frames, self.n_frames = made, len(made)
        first = made[0]
        self._mode, self._size, self.im = first.mode, first.size, first.im

    def seek(self, frame: int) -> None:
        self.im = self._frames[frame].im


def write_webp(made: Frames, out: BinaryIO) -> None:
    durations = durations_ms(len(made))
    _Reel(made).save(out, "WEBP", save_all=True, duration=durations, loop=0, quality=80, method=0)
