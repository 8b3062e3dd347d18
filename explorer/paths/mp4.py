"""Frames as an MP4 (H.264), written by ffmpeg in a process of its own."""

import tempfile
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

from looks_like.explorer.paths.frames import HOLD_MS, STEP_MS


def write_mp4(made: list[Image.Image]) -> bytes:
    import imageio

    hold = HOLD_MS // STEP_MS
    played = [made[0]] * (hold - 1) + made + [made[-1]] * (hold - 1)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # ffmpeg is a process of its own: the store warns of forks, and this child runs nothing of it
        warnings.filterwarnings("ignore", message="lancedb fork support", category=RuntimeWarning)
        file = Path(folder) / "film.mp4"
        with imageio.get_writer(
            file, fps=1000 // STEP_MS, codec="libx264", quality=8, macro_block_size=2, ffmpeg_log_level="error"
        ) as writer:
            for frame in played:
                writer.append_data(np.asarray(frame))
        return file.read_bytes()
