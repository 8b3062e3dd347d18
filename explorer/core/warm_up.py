"""Cache warm-up at server start, while the first page loads."""

import gc
import threading
from collections.abc import Callable
from contextlib import suppress

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.space import KNN_GRAPH_MAX
from looks_like.explorer.errors import MISTAKES
from looks_like.model.device import answer_with_one_thread


def get_ready(lab: Lab) -> None:
    """Reads the newest model, its codes and its newest map."""
    answer_with_one_thread()
    with suppress(*MISTAKES):  # an empty workspace has nothing to read; the pages say what to do
        model = lab.model_name(None)
        for card in lab.maps(model)[-1:]:  # the first thing that a page shows
            lab.map_view(card.model, card.name)
        space = lab.space(model)
        steps: list[Callable[[], object]] = [
            lambda: space.decodes and space.decode(space.mean_code[None]),
            lab.copies,
            lambda: space.nearest(space.mean_code[None]),
            lambda: len(space.z_nd) <= KNN_GRAPH_MAX and space.knn.all_ready(),
            lambda: space.typical_distance,
        ]
        for step in steps:
            if not threading.main_thread().is_alive():
                return  # the program is ending and waits for this thread
            step()
    # Streamlit collects garbage after every run of a page, and nothing else moves meanwhile: 1 s with all that
    # torch and the catalogue keep, unless what is here to stay is left out of it
    gc.freeze()
