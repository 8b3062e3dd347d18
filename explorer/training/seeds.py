"""Trains one configuration with several seeds and scores how far the models agree (UDR)."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from looks_like.explorer.core import Lab, checked_seed, encode_pixels
from looks_like.explorer.errors import RequestError
from looks_like.explorer.training.configuration import TrainRequest
from looks_like.model.device import pick_device
from looks_like.model.metrics.codes.udr import udr
from looks_like.model.metrics.metric import Score

SEEDS_MAX = 100
PRODUCTS = 5000  # whose codes are compared


def requests_per_seed(request: TrainRequest, seeds: int) -> list[TrainRequest]:
    """One ask for each of so many seeds, from the one given upwards: NAME-s0, NAME-s1, … RequestError out of range."""
    if not 1 <= seeds <= SEEDS_MAX:
        raise RequestError(f"--seeds must be between 1 and {SEEDS_MAX}, got {seeds}")
    checked_seed(request.seed + seeds - 1)
    if seeds == 1:
        return [request]
    return [
        replace(request, name=f"{request.name}-s{seed}", seed=seed)
        for seed in range(request.seed, request.seed + seeds)
    ]


def still_to_train(lab: Lab, requests: Sequence[TrainRequest]) -> list[TrainRequest]:
    """The requests still to run; with `resume`, finished models are skipped and started ones continue."""
    waiting = []
    for request in requests:
        begun = (lab.folder(request.name) / "card.json").exists()
        if not request.resume or len(requests) == 1 or not begun or not lab.card(request.name).finished:
            waiting.append(request if len(requests) == 1 else replace(request, resume=request.resume and begun))
    return waiting


def udr_of_models(lab: Lab, models: Sequence[str]) -> list[Score]:
    """UDR of each model with the others, in their order (see `model/metrics/codes/udr.py`)."""
    spaces = [lab.space(model) for model in models]
    rows_n = np.sort(np.random.default_rng(0).permutation(lab.catalogue().there)[:PRODUCTS])
    codes = [encode_pixels(space.net, lab.pixels(space.net.seen_px)[rows_n], pick_device()) for space in spaces]
    return udr(codes, [np.array(space.card.kl_nats) for space in spaces])
