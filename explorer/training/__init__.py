"""Training: one model or one for each of several seeds, and the demo with the model that comes with it."""

from looks_like.explorer.training.as_jobs import (
    FIRST_MODEL,
    look_was_asked_for,
    start_colours,
    start_duplicates,
    start_first_model,
    start_look,
    start_map,
    start_place,
)
from looks_like.explorer.training.blending import blend_models
from looks_like.explorer.training.configuration import Configuration, TrainRequest, configuration
from looks_like.explorer.training.demo import (
    FIRST_PRODUCTS,
    MODEL,
    PRODUCTS,
    SHIPPED,
    SOURCE,
    STAGES,
    DemoProgress,
    demo_product_count,
    make_demo,
    missing_maps,
    start_demo,
    start_demo_if_empty,
    start_rest_of_demo,
)
from looks_like.explorer.training.models import delete_model, find_model_axes, rename_model, unfinished_models
from looks_like.explorer.training.running.run import (
    TrainingProgress,
    train,
    train_until_interrupted,
    until_interrupted,
)
from looks_like.explorer.training.running.so_far import SoFar, so_far
from looks_like.explorer.training.running.together import Together, train_together
from looks_like.explorer.training.seeds import requests_per_seed, still_to_train, udr_of_models
from looks_like.explorer.training.verdict import verdict_of

__all__ = [
    "FIRST_MODEL",
    "FIRST_PRODUCTS",
    "MODEL",
    "PRODUCTS",
    "SHIPPED",
    "SOURCE",
    "STAGES",
    "Configuration",
    "DemoProgress",
    "SoFar",
    "Together",
    "TrainRequest",
    "TrainingProgress",
    "blend_models",
    "configuration",
    "delete_model",
    "demo_product_count",
    "find_model_axes",
    "look_was_asked_for",
    "make_demo",
    "missing_maps",
    "rename_model",
    "requests_per_seed",
    "so_far",
    "start_colours",
    "start_demo",
    "start_demo_if_empty",
    "start_duplicates",
    "start_first_model",
    "start_look",
    "start_map",
    "start_place",
    "start_rest_of_demo",
    "still_to_train",
    "train",
    "train_together",
    "train_until_interrupted",
    "udr_of_models",
    "unfinished_models",
    "until_interrupted",
    "verdict_of",
]
