"""Training: one model or one for each of several seeds, and the demo with the model that comes with it."""

from looks_like.explorer.training.demo import (
    MODEL,
    PRODUCTS,
    SHIPPED,
    SOURCE,
    STAGES,
    DemoReport,
    make_demo,
    missing_maps,
    products_of_the_demo,
    start_demo,
    start_demo_where_nothing_is,
    start_map,
    start_place,
)
from looks_like.explorer.training.run import TrainAsk, TrainingReport, train
from looks_like.explorer.training.seeds import agreement, still_to_train, with_seeds

__all__ = [
    "MODEL",
    "PRODUCTS",
    "SHIPPED",
    "SOURCE",
    "STAGES",
    "DemoReport",
    "TrainAsk",
    "TrainingReport",
    "agreement",
    "make_demo",
    "missing_maps",
    "products_of_the_demo",
    "start_demo",
    "start_demo_where_nothing_is",
    "start_map",
    "start_place",
    "still_to_train",
    "train",
    "with_seeds",
]
