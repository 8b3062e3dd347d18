"""What a training does where something is lacking: memory for its batch, a GPU that stays, products for a critic."""

from collections.abc import Callable, Generator
from dataclasses import replace

import torch

from looks_like.model.device import pick_device
from looks_like.model.disk.card import Card
from looks_like.model.errors import ModelError
from looks_like.model.families import Family
from looks_like.model.training import Trainer

SHARPENED_MIN = 1000  # products; a critic learns fewer by heart, and then calls every other picture made
_BATCH_MIN = 8


def check_enough_to_sharpen(sharpen: float, learn: int) -> None:
    """ModelError where a critic would have too few products to learn from."""
    if sharpen and learn < SHARPENED_MIN:
        raise ModelError(
            f"sharpen: its critic would learn the {learn:,} products by heart, and so teach nothing; it needs "
            f"{SHARPENED_MIN:,}. Leave sharpen out, or import more"
        )


def fitting_trainer(model: Family, card: Card, make: Callable[[], Trainer]) -> Generator[str, None, Trainer]:
    """`make()`, with half the pictures a step for as long as the memory does not hold them; says so each time.

    The model and its card then have the smaller batch. ModelError when even 8 pictures are too many.
    """
    begun = {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}
    while True:
        try:
            return make()
        except torch.OutOfMemoryError:
            pass  # what holds the memory goes with the exception
        batch = model.settings.batch // 2
        if batch < _BATCH_MIN:
            raise ModelError(
                f"the memory of {pick_device().why} is too small for {model.settings.batch} pictures of "
                f"{model.settings.size} px a step: use a smaller --size, or --set decoder_width=…"
            )
        said = f"too little memory for {model.settings.batch:,} pictures a step: going on with {batch:,}"
        model.settings = replace(model.settings, batch=batch)
        card.settings["batch"] = batch
        model.load_state_dict(begun)
        model.zero_grad(set_to_none=True)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        yield said


def lost_device(card: Card, step: int, reason: Exception) -> ModelError:
    """What to say of a GPU that stopped answering."""
    said = (str(reason).splitlines() or [""])[0][:200]
    return ModelError(
        f"the device stopped answering at step {step:,} ({said}). What was learnt until the last checkpoint, half a "
        f"minute before at most, is kept: looks-like train {card.family} --name {card.name} --resume"
    )
