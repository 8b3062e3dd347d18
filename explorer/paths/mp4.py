"""Frames as an MP4 (H.264), written by ffmpeg in a process of its own."""

import shutil
import tempfile
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np

from looks_like.explorer.paths.frames import HOLD_MS, STEP_MS, Frames


def write_mp4(made: Frames, out: BinaryIO) -> None:
    import imageio

    hold = HOLD_MS // STEP_MS
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # ffmpeg is a process of its own: the store warns of forks, and this child runs nothing of it
        warnings.filterwarnings("ignore", message="lancedb fork support", category=RuntimeWarning)
        file = Path(folder) / "film.mp4"
        with imageio.get_writer(
            file, fps=1000 // STEP_MS, codec="libx264", quality=8, macro_block_size=2, ffmpeg_log_level="error"
        ) as writer:
            for i, frame in enumerate(made):
                for _ in range(hold if i in (0, len(made) - 1) else 1):
                    writer.append_data(np.asarray(frame))
        with open(file, "rb") as film:
            shutil.copyfileobj(film, out)
