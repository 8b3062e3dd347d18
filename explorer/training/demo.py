"""The demo: a catalogue that is drawn on this machine, a model of it that comes with the program, and their maps."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from looks_like.data.sources import Columns
from looks_like.explorer.core import Lab, encode, status_of
from looks_like.explorer.errors import RequestError
from looks_like.explorer.jobs import INTERRUPTED, Job, Jobs
from looks_like.explorer.maps import MapRequest, make_map, map_methods, map_words, refit
from looks_like.explorer.training.known_codes import take_known_codes

SOURCE = "sneakers:catalogue:{products}"
SHIPPED = Path(__file__).parent / "shipped" / "sneakers"
MODEL = "sneakers"
PRODUCTS, PRODUCTS_MIN, PRODUCTS_MAX = 30_000, 20, 1_000_000
FIRST_PRODUCTS = 5000  # are drawn before the first map: to draw all takes up to three minutes
MAPS = ("pca", "umap", "tsne")
DRAWING, ENCODING, MAPPING = STAGES = ("Drawing sneakers", "Encoding", "PCA map")  # until there is something to see
# shares of the time until the first map, measured on two cores
_DRAWN, _ENCODED = 0.9, 0.95


@dataclass(frozen=True)
class DemoProgress:
    stage: str  # for people
    done: int
    total: int
    share: float  # of all stages up to the first map, 0..1; stays 1 for the others


ProgressCallback = Callable[[DemoProgress], None]


def make_demo(lab: Lab, products: int, maps: Sequence[str], tell: ProgressCallback) -> list[str]:
    """Does what is still missing; whatever ended it before, it goes on from there. -> the maps made now.

    RequestError when the workspace holds other products, or another model of that name.
    """
    if not PRODUCTS_MIN <= products <= PRODUCTS_MAX:
        raise RequestError(f"--products must be between {PRODUCTS_MIN} and {PRODUCTS_MAX:,}, got {products:,}")
    for method in maps:
        if method not in map_methods():
            raise RequestError(f"--maps {method}: there are {', '.join(map_methods())}")
    _refuse_strangers(lab, products)
    for report in lab.import_products(SOURCE.format(products=products), Columns()):
        tell(DemoProgress(DRAWING, report.done, report.total, _DRAWN * report.done / max(1, report.total)))
    lab.add_model(SHIPPED, MODEL)
    take_known_codes(lab, MODEL, SHIPPED)
    for done, total in encode(lab, MODEL):  # those whose picture this machine draws otherwise
        tell(DemoProgress(ENCODING, done, total, _DRAWN + (_ENCODED - _DRAWN) * done / max(1, total)))
    wanted = missing_maps(lab, maps)
    for method in wanted:
        make_demo_map(lab, method, tell)
    return wanted


def missing_maps(lab: Lab, maps: Sequence[str]) -> list[str]:
    """Those that are not there, or lack products that came later."""
    have = {card.name for card in lab.maps(MODEL)}
    return [method for method in maps if method not in have or lab.map_view(MODEL, method).missing]


def make_demo_map(lab: Lab, method: str, tell: ProgressCallback) -> None:
    stage = f"{map_words(method)[0]} map"
    tell(DemoProgress(stage, 0, 100, _ENCODED if method == MAPS[0] else 1.0))

    def share_of_it(share: float) -> None:
        tell(DemoProgress(stage, round(100 * share), 100, 1.0))

    if method in {card.name for card in lab.maps(MODEL)}:
        refit(lab, MODEL, method, progress=share_of_it)
    else:  # to measure the first would keep people waiting for it
        make_map(lab, MODEL, MapRequest(method, method, measure=method != MAPS[0]), share_of_it)
    tell(DemoProgress(stage, 100, 100, 1.0))


def _refuse_strangers(lab: Lab, products: int) -> None:
    have = status_of(lab).products
    if others := lab.absent_from_source(SOURCE.format(products=max(products, have))) if have else 0:
        raise RequestError(
            f"{lab.workspace.folder} holds {others:,} products that are not the demo's: choose another --workspace"
        )


# -- as a job ----------------------------------------------------------------------------------------------------------


def demo_product_count() -> int:
    """30,000, or fewer where $LOOKS_LIKE_DEMO_PRODUCTS says so."""
    said = os.environ.get("LOOKS_LIKE_DEMO_PRODUCTS", "")
    return min(PRODUCTS, int(said)) if said.isdecimal() else PRODUCTS


def start_demo(jobs: Jobs) -> Job:
    """The first map, of some of the sneakers, in one job; it then starts one for the other sneakers and one for each
    of the other maps.
    """
    products = demo_product_count()
    return jobs.start(["demo", "--products", str(products), "--later"], f"Demo of {products:,} sneakers")


def start_rest_of_demo(jobs: Jobs, products: int, method: str) -> Job:
    """The sneakers that the first map was made without, and that map made again with them."""
    return jobs.start(["demo", "--products", str(products), "--maps", method], f"All {products:,} sneakers")


def start_demo_if_empty(lab: Lab) -> Job | None:
    """At the start of the pages: a workspace with products or models is left alone, but for a demo cut off half-way."""
    jobs = Jobs(lab.workspace.folder)
    demos = [job for job in jobs.all() if job.words[0] == "demo"]
    if demos and not demos[-1].active and demos[-1].state != "done":
        return start_demo(jobs) if demos[-1].error == INTERRUPTED else None
    status = status_of(lab)
    return start_demo(jobs) if not status.products and not status.models else None
