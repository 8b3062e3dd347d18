"""The training loop: trainer, augmentation, and a last stage that sharpens the decoder."""

from looks_like.model.training.budget import steps_for_budget, steps_for_epochs
from looks_like.model.training.report import Report
from looks_like.model.training.trainer import PRODUCTS_MIN, Trainer

__all__ = ["PRODUCTS_MIN", "Report", "Trainer", "steps_for_budget", "steps_for_epochs"]
