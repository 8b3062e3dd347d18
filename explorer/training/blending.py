"""A model between two that encode alike: before and after a last stage, say.

Weights of a network and of what it became by further training can be averaged (Wortsman 2022, WiSE-FT): the mean often
beats both. Here it gives back what a critic cost in likeness, and keeps most of what it brought in sharpness.
"""

import os
import shutil
from dataclasses import replace

import torch

from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.training.running.ending import measure
from looks_like.explorer.training.running.run import split_pixels
from looks_like.model.disk.card import Card, copy_model, load_model, write_card, write_weights
from looks_like.model.families import Family


def blend_models(lab: Lab, first: str, second: str, share: float, name: str) -> Card:
    """Keeps as `name` the model that is `share` of the way (0..1) from the first to the second, weight by weight.

    Codes, mixture and axes are those of both. RequestError where their encoders or shapes differ, the name is taken or
    the share is out of range. CatalogueError for what can't name a model.
    """
    folder = lab.folder(name)
    if not 0 <= share <= 1:
        raise RequestError(f"the share must be between 0 and 1, got {share:g}")
    (start, begun), (model, card) = (load_model(lab.folder(lab.model_name(each))) for each in (first, second))
    if not (start.decodes and model.decodes):
        raise RequestError("looks can't be blended: they draw nothing")
    _require_alike(start, model, first, second)
    with lab.workspace.training_lock(name):
        if folder.exists():
            raise RequestError(f"there is a model {name!r} already: choose another name")
        for weight, before in zip(model.decoder.parameters(), start.decoder.parameters(), strict=True):
            weight.copy_(torch.lerp(before, weight, share))
        catalogue = lab.catalogue()
        learn, held_out = split_pixels(lab.pixels(model.settings.size, catalogue), catalogue)
        way = f"{first}, {share:g} of the way to {second}"
        card = replace(
            card, name=name, settings=begun.settings, start=way
        )  # what starts from it learns as the first did
        card.measures, card.kl_nats = measure(model, learn, held_out)
        aside = lab.workspace.folder / f".model-{name}.part"
        shutil.rmtree(aside, ignore_errors=True)
        copy_model(lab.folder(second), aside, aside.with_suffix(".copy"))  # its mixture and its axes too
        write_card(aside, card)
        write_weights(aside, model)
        os.replace(aside, folder)
    return card


def _require_alike(start: Family, model: Family, first: str, second: str) -> None:
    """RequestError unless the encoders are the same, bit for bit, and the decoders of one shape."""
    ours, theirs = start.encoder.state_dict(), model.encoder.state_dict()
    if ours.keys() != theirs.keys() or not all(torch.equal(ours[key], theirs[key]) for key in ours):
        raise RequestError(
            f"models {first!r} and {second!r} encode differently: only a model trained --from the other with "
            "--set learns=decoder can be blended with it"
        )
    shapes = [[weight.shape for weight in each.decoder.parameters()] for each in (start, model)]
    if shapes[0] != shapes[1]:
        raise RequestError(f"the decoders of models {first!r} and {second!r} have different shapes")
