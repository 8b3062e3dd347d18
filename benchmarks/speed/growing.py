"""A catalogue that grows: how soon new products are on its maps, beside making a map anew."""

from collections.abc import Iterator
from functools import partial
from statistics import median

import numpy as np

from benchmarks.generated import MODEL, consume, lab_of, made_up, photographs
from benchmarks.measure import Bench, Result, say, seconds_of
from looks_like.data.sources import Columns
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.maps import make as mapping
from looks_like.explorer.maps.growing.placing import catch_up
from looks_like.explorer.maps.growing.update import UpdateRequest, update
from looks_like.explorer.maps.make import MapRequest, make_map

_NEW, _ROUNDS, _GOAL_S = 100, 3, 5.0


def growing(bench: Bench) -> Iterator[Result]:
    """100 new photographs into 30,000: import, codes, places on two maps, until the Lab shows them; beside a refit.

    In one process that has the model and the maps read, as the pages have. Old places are compared bit by bit.
    """
    count = bench.of(30_000, 3000)
    lab = lab_of(bench, count)
    say("  a t-SNE map …")
    make_map(lab, MODEL, MapRequest("tsne", "tsne"))
    parts: list[dict[str, float]] = []
    changed = 0
    for number in range(_ROUNDS):
        new = photographs(bench, _NEW, first=count + number * _NEW)
        before = {name: lab.map_view(MODEL, name).xy_n2 for name in ("pca", "tsne")}
        parts.append(_grown(lab, str(new)))
        for name, xy_n2 in before.items():
            view = lab.map_view(MODEL, name)
            assert not view.missing
            changed += int((view.xy_n2[: len(xy_n2)] != xy_n2).sum())
    grow_pixels_s = seconds_of(lambda: lab.pixels(64))
    refit_s = seconds_of(lambda: mapping.refit(lab, MODEL, "tsne"))
    more = {
        "samples": parts,
        "old_coordinates_that_changed": changed,
        "the_pixel_array_grows_s": round(grow_pixels_s, 2),
    }
    ours = median(sum(part.values()) for part in parts)
    what = f"{_NEW} new products on the maps of {count:,}"
    yield Result(what, ours, "s", "t-SNE made again", refit_s, goal=_GOAL_S, more=more)


def _grown(lab: Lab, source: str) -> dict[str, float]:
    """Seconds by part."""
    taken = {
        "import": seconds_of(lambda: consume(lab.import_products(source, Columns()))),
        "codes and places": seconds_of(lambda: consume(catch_up(lab, MODEL))),
        "view": seconds_of(lambda: [np.isfinite(lab.map_view(MODEL, name).xy_n2) for name in ("pca", "tsne")]),
    }
    return {part: round(seconds, 3) for part, seconds in taken.items()}


def updating(bench: Bench) -> Iterator[Result]:
    """100 new photographs through `update`, into 300,000 and into 30,000 products: the same work, whatever is there.

    In a process that has the workspace open; before it another hundred, which finds what every later one builds on.
    """
    counts = bench.of(30_000, 3_000), bench.of(300_000, 30_000)
    small, taken = lab_of(bench, bench.of(30_000, 3000)), dict[int, list[float]]()
    for count in counts:
        lab = Lab(bench.folder / f"made-up-{count}")
        say(f"  making up {count:,} products …")
        made_up(lab, count, small.folder(MODEL))
        taken[count] = []
        for number in range(_ROUNDS + 1):
            source = str(photographs(bench, _NEW, first=50_000 + number * _NEW))
            taken[count].append(seconds_of(partial(consume, update(lab, UpdateRequest((source,))))))
        again = list(update(lab, UpdateRequest((source,))))[-1].report
        assert again is not None
        assert not again.changed
    few, many = (median(taken[count][1:]) for count in counts)
    what = f"update of {_NEW} among {counts[1]:,}, over the same among {counts[0]:,}"
    more = {"seconds": {str(count): [round(each, 2) for each in taken[count]] for count in counts}}
    yield Result(what, many / few, "x", goal=bench.goal(2.0), more=more)
    yield Result(f"update of {_NEW} among {counts[1]:,}", many, "s", more=more)
