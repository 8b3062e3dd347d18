"""Frames as an MP4 (H.264), written by ffmpeg in a process of its own."""

import shutil
import tempfile
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np

from looks_like.explorer.paths.files.frames import Frames

# no version and no time of writing in the file: the same film gives the same bytes
_SAME_BYTES = ["-fflags", "+bitexact", "-flags:v", "+bitexact"]


def write_mp4(made: Frames, out: BinaryIO, fps: int) -> None:
    import imageio

    ends = np.round(np.cumsum(made.durations_ms) * fps / 1000).astype(int)
    repeats = np.maximum(np.diff(ends, prepend=0), 1)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # ffmpeg is a process of its own: the store warns of forks, and this child runs nothing of it
        warnings.filterwarnings("ignore", message="lancedb fork support", category=RuntimeWarning)
        file = Path(folder) / "film.mp4"
        with imageio.get_writer(
            file,
            fps=fps,
            codec="libx264",
            quality=8,
            macro_block_size=2,
            ffmpeg_log_level="error",
            output_params=[*_SAME_BYTES, "-movflags", "+faststart", "-metadata", f"title={made.title}"],
        ) as writer:
            for frame, times in zip(made, repeats, strict=True):
                for _ in range(int(times)):
                    writer.append_data(np.asarray(frame))
        with open(file, "rb") as film:
            shutil.copyfileobj(film, out)
