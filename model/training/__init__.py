"""The training loop: trainer, augmentation, what it tells, and a last stage that sharpens the decoder."""

from looks_like.model.training.budget import Budget, Clock, steps_for_epochs
from looks_like.model.training.history import LOGS, History, append_history, checked_logs, read_history
from looks_like.model.training.report import Report
from looks_like.model.training.shares import Shares, in_turn
from looks_like.model.training.trainer import PRODUCTS_MIN, Trainer

__all__ = [
    "LOGS",
    "PRODUCTS_MIN",
    "Budget",
    "Clock",
    "History",
    "Report",
    "Shares",
    "Trainer",
    "append_history",
    "checked_logs",
    "in_turn",
    "read_history",
    "steps_for_epochs",
]
