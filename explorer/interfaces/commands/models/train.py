"""looks-like train: one model, or one of each of several seeds."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.interfaces.commands.options import (
    HERE,
    AtOption,
    ClusterOption,
    JsonOption,
    WorkspaceOption,
    lab_of,
)
from looks_like.explorer.interfaces.commands.terminal import print_result, progress, say, typed_seconds, typed_settings

if TYPE_CHECKING:
    from looks_like.explorer.core import Lab
    from looks_like.explorer.training import Together, TrainingProgress, TrainRequest
    from looks_like.model.disk.card import Card

_SHOWN = ("mse", "kl", "held-out mse")  # of a report, beside the bar


def train(
    family: Annotated[str, typer.Argument(help="{families}.")],
    name: Annotated[str | None, typer.Option(help="What to call the model; the family's name unless said.")] = None,
    latent: Annotated[int | None, typer.Option(help="Numbers in a code; 32 unless said.")] = None,
    size: Annotated[
        int | None, typer.Option(help="Edge of the pictures, px: 32, 64, 128, 256; 64 unless said.")
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(help="Time to train: 90s, 10m, 1h; from the prepared pictures to the model. 10m unless said."),
    ] = None,
    epochs: Annotated[float | None, typer.Option(help="Passes over the catalogue, in place of a budget.")] = None,
    steps: Annotated[
        int | None,
        typer.Option(help="Steps, in place of a budget: the same model each time, however busy the machine."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the order, the noise and the first weights.")] = 0,
    seeds: Annotated[int, typer.Option(help="Models to train, NAME-s0 and so on; says what they agree on (UDR).")] = 1,
    start: Annotated[
        str | None,
        typer.Option("--from", help="A model to start from; with another size or decoder only that one learns."),
    ] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="key=value, as often as needed.")] = None,
    resume: Annotated[
        bool, typer.Option(help="Go on with a training that was stopped, for what is left of its time.")
    ] = False,
    log: Annotated[list[str] | None, typer.Option(help="tensorboard: its events too, beside history.csv.")] = None,
    at: AtOption = "",
    cluster: ClusterOption = "",
    workers: Annotated[
        int, typer.Option(help="Of the cluster, each with its share of every batch; without one computed in turn.")
    ] = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print all settings, and train nothing.")] = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Train a model on the catalogue. Ctrl-C keeps a checkpoint: go on with --resume."""
    from looks_like.explorer.training import Together, TrainRequest, configuration, requests_per_seed, still_to_train

    shape = {key: value for key, value in (("latent", latent), ("size", size)) if value is not None}
    request = TrainRequest(
        family=family,
        name=name or family,
        settings={**shape, **typed_settings(settings or [])},
        seed=seed,
        budget_s=None if budget is None else typed_seconds(budget),
        epochs=epochs,
        steps=steps,
        start=start,
        resume=resume,
        logs=tuple(log or ()),
        shares=workers,
    )
    if bool(at) != bool(cluster):
        raise RequestError("--at and --cluster belong together: where the pictures are reached, and by whom")
    lab, requests = lab_of(workspace), requests_per_seed(request, seeds)
    if dry_run:
        found = [configuration(lab, waiting) for waiting in still_to_train(lab, requests)]
        plain = [asdict(each) for each in found]
        print_result(as_json, plain[0] if seeds == 1 else plain, escape("\n\n".join(each.words() for each in found)))
        return
    for waiting in still_to_train(lab, requests):
        say.print(escape(configuration(lab, waiting).words()))
        _train_with_bar(lab, waiting, Together(at, cluster) if cluster else None)
    cards = [lab.card(each.name) for each in requests]
    if seeds == 1:
        words = _words(lab, cards[0])
        print_result(as_json, asdict(cards[0]) | {"says": words}, escape(words))
    else:
        _tell_agreement(lab, cards, as_json)


def _train_with_bar(lab: "Lab", request: "TrainRequest", together: "Together | None") -> None:
    from looks_like.explorer import training

    with progress() as bar:
        task = bar.add_task("Training", total=None)
        steps = training.train(lab, request) if together is None else training.train_together(lab, request, together)
        running: Iterator[TrainingProgress] = training.until_interrupted(steps)
        try:
            for now in running:
                _show(bar, task, now)
            bar.update(task, description=training.verdict_of(lab, request.name))  # the last word of a job
        except KeyboardInterrupt:
            running.close()  # type: ignore[attr-defined]
            words = " ".join(["--name", request.name, "--resume", *(f"--log {log}" for log in request.logs)])
            say.print(f"Stopped. Go on with: looks-like train {escape(request.family)} {escape(words)}")
            raise


def _show(bar: Any, task: Any, now: "TrainingProgress") -> None:
    if now.report is None:
        bar.update(task, description=now.stage.capitalize())
        return
    report = now.report
    parts = {**report.parts, **{f"held-out {key}": value for key, value in report.held_out.items()}}
    figures = "  ".join(f"{key} {value:.4g}" for key, value in parts.items() if key in _SHOWN)
    bar.update(task, completed=report.step, total=report.steps, description=f"Training  {figures}")
    if report.alarm:
        say.print(f"[yellow]Step {report.step}: {escape(report.alarm)}[/]")


def _tell_agreement(lab: "Lab", cards: "list[Card]", as_json: bool) -> None:
    """All cards, each with what the others say of it (UDR) where that can be measured."""
    from looks_like.explorer.training import udr_of_models

    agreed: list[dict[str, Any] | None] = [None for _ in cards]
    says = [_words(lab, card) for card in cards]
    try:
        agreed = [asdict(score) for score in udr_of_models(lab, [card.name for card in cards])]
        says = [f"{words} UDR {udr['value']:.3f}." for words, udr in zip(says, agreed, strict=True) if udr]
    except MISTAKES as reason:  # the models are finished all the same
        says.append(f"What they agree on: {reason}.")
    print_result(
        as_json, [asdict(card) | {"udr": udr} for card, udr in zip(cards, agreed, strict=True)], escape("\n".join(says))
    )


def _words(lab: "Lab", card: "Card") -> str:
    from looks_like.explorer.training import verdict_of

    time = f"{card.seconds / 60:.1f} minutes" if card.seconds >= 60 else f"{card.seconds:.0f} s"
    return f"Model {card.name} is finished after {time}. {verdict_of(lab, card.name)}"
