"""The demo's sneakers, drawn."""

from collections.abc import Iterator

from PIL import Image

from benchmarks.measure import Bench, Result, by_turns, compared
from looks_like.data.pictures import encode
from looks_like.data.sneakers import render
from looks_like.data.sneakers.render_pool import RenderPool
from looks_like.data.sneakers.samplers import catalogue
from looks_like.data.sources.sneakers import EDGE_PX

_A_SECOND = 1000  # the least


def drawing(bench: Bench) -> Iterator[Result]:
    """6,000 sneakers of 128 px as JPEG, on all cores, their processes' start included, beside one process."""
    count, sample = bench.of(6000, 600), bench.of(600, 100)

    def ours() -> None:
        with RenderPool("catalogue", 0, EDGE_PX, count) as studio:
            for i in range(count):
                studio.picture(i)

    def alone() -> None:
        for i in range(sample):
            encode(Image.fromarray(render(catalogue(0, i).sneaker, EDGE_PX)), lossless=False)

    samples = by_turns(ours, alone, rounds=3, warm=0)
    samples[1] = [seconds * count / sample for seconds in samples[1]]
    yield compared(
        f"draw {count:,} sneakers of {EDGE_PX} px",
        "s",
        "one process, extrapolated",
        samples,
        goal=bench.goal(count / _A_SECOND),
        more={"their_sample": sample},
    )
