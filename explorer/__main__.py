"""The commands: each parses, asks the Lab, prints. A user's mistake is one line and exit code 2."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from data.errors import PictureError
from data.sources import Columns
from explorer.commands import clusters
from explorer.commands import export as export_commands
from explorer.commands import tag as tag_commands
from explorer.commands.options import HERE, JsonOption, WorkspaceOption
from explorer.commands.similar import similar
from explorer.encoding import encode as encoded_steps
from explorer.errors import MISTAKES
from explorer.jobs import Jobs
from explorer.lab import Lab
from explorer.layout import map_words
from explorer.mapping import make_map
from explorer.status import status_of
from explorer.terminal import (
    answer,
    headlines_table,
    need_writable,
    out,
    progress,
    say,
    typed_seconds,
    typed_settings,
    write_whole,
)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Looks Like: see, walk and name the space in which your products look different.",
)
app.add_typer(tag_commands.app, name="tag")
app.add_typer(export_commands.app, name="export")
app.add_typer(clusters.app, name="clusters")


@app.command()
def demo(
    products: Annotated[int, typer.Option(help="How many sneakers.")] = 30_000,
    maps: Annotated[str, typer.Option(help="Which maps, in this order.")] = "pca,umap,tsne",
    later: Annotated[bool, typer.Option("--later", help="Leave all maps but the first to jobs of their own.")] = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Draw the demo's catalogue, load its model, encode it, map it. Stopped, it goes on where it was."""
    from explorer.demo import MODEL, DemoReport, make_demo, missing_maps, start_map

    lab, methods, tasks = Lab(workspace), [word.strip() for word in maps.split(",") if word.strip()], dict[str, Any]()
    with progress() as bar:

        def tell(report: DemoReport) -> None:
            if report.stage not in tasks:
                tasks[report.stage] = bar.add_task(report.stage)
            bar.update(tasks[report.stage], completed=report.done, total=report.total, share=report.share)

        made = make_demo(lab, products, methods[:1] if later else methods, tell)
    waiting = missing_maps(lab, methods) if later else []
    for method in waiting:
        start_map(Jobs(workspace), MODEL, method, map_words(method)[0])
    said = {"products": status_of(lab).products, "model": MODEL, "made": made, "to_come": waiting}
    answer(as_json, said, f"{said['products']:,} sneakers are ready. See them: looks-like app")


@app.command("jobs")
def jobs_(
    cancel: Annotated[str | None, typer.Option(metavar="ID", help="End this one; what it has finished stays.")] = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Long work that runs outside the pages: what there is, and how far it is."""
    jobs = Jobs(workspace)
    if cancel:
        jobs.cancel(cancel)
    table = Table("Job", "What", "State", "Done", "Says", box=None)
    found = jobs.all()
    for job in found:
        says = job.error or (job.stage if job.active else "")
        table.add_row(job.job_id, escape(job.what), job.state, f"{100 * job.share:.0f} %", escape(says))
    answer(as_json, [asdict(job) for job in found], table if found else "No jobs.")


@app.command("import")
def import_(
    source: Annotated[
        str,
        typer.Argument(help="A folder, a .csv, .tsv, .parquet or .jsonl table, sneakers, fashion-mnist or dsprites."),
    ],
    product_id: Annotated[str | None, typer.Option("--id", help="Column of the product id.")] = None,
    image: Annotated[str | None, typer.Option(help="Column of the picture's file.")] = None,
    name: Annotated[str | None, typer.Option(help="Column of the product's name.")] = None,
    place_them: Annotated[
        bool, typer.Option("--place/--no-place", help="Also onto the maps of every model that has codes.")
    ] = True,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Put products into the catalogue: adds what is new, updates what changed, leaves the rest."""
    from explorer.placing import followed

    lab = Lab(workspace)
    with progress() as bar:
        task = bar.add_task("Importing", total=None)
        for report in lab.import_products(source, Columns(product_id, image, name)):
            bar.update(task, completed=report.done, total=report.total)
    says, models = [f"{report.words()}. The catalogue is at version {report.version}."], dict[str, Any]()
    for model in followed(lab) if place_them else []:
        try:
            now = _catch_up(lab, model)
            models[model], told = asdict(now), now.words()
        except MISTAKES as reason:  # the import is done all the same
            models[model], told = {"error": str(reason)}, f"its maps stay as they are: {reason}"
        says.append(f"Model {escape(model)}: {escape(told)}.")
    answer(as_json, asdict(report) | {"models": models}, "\n".join(says))
    if report.refused:
        say.print(f"The refused ones and why: {escape(str(workspace / 'import-report.csv'))}")


@app.command()
def train(
    family: Annotated[str, typer.Argument(help="autoencoder, vae, beta-vae, …")],
    name: Annotated[str | None, typer.Option(help="What to call the model; the family's name unless said.")] = None,
    latent: Annotated[int, typer.Option(help="Numbers in a code.")] = 32,
    size: Annotated[int, typer.Option(help="Edge of the pictures, px: 32, 64, 128 or 256.")] = 64,
    budget: Annotated[str | None, typer.Option(help="Time to train: 90s, 10m, 1h. 10m unless said.")] = None,
    epochs: Annotated[float | None, typer.Option(help="Passes over the catalogue, in place of a budget.")] = None,
    seed: Annotated[int, typer.Option(help="Of the order, the noise and the first weights.")] = 0,
    seeds: Annotated[int, typer.Option(help="Models to train, NAME-s0 and so on; says what they agree on (UDR).")] = 1,
    start: Annotated[str | None, typer.Option("--from", help="A model to start from.")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="key=value, as often as needed.")] = None,
    resume: Annotated[bool, typer.Option(help="Go on with a training that was stopped.")] = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Train a model on the catalogue. Ctrl-C keeps a checkpoint: go on with --resume."""
    from explorer.seeds import agreement, still_to_train, with_seeds
    from explorer.training import TrainAsk

    shape = {} if start else {"latent": latent, "size": size}
    ask = TrainAsk(
        family=family,
        name=name or family,
        settings={**shape, **typed_settings(settings or [])},
        seed=seed,
        budget_s=None if budget is None else typed_seconds(budget),
        epochs=epochs,
        start=start,
        resume=resume,
    )
    lab, asks = Lab(workspace), with_seeds(ask, seeds)
    for waiting in still_to_train(lab, asks):
        _train(lab, waiting)
    cards = [lab.card(each.name) for each in asks]
    if seeds == 1:
        answer(as_json, asdict(cards[0]), _trained_words(cards[0]))
        return
    agreed: list[dict[str, Any] | None] = [None for _ in cards]
    says = [_trained_words(card) for card in cards]
    try:
        agreed = [asdict(score) for score in agreement(lab, [card.name for card in cards])]
        says = [f"{words} UDR {udr['value']:.3f}." for words, udr in zip(says, agreed, strict=True) if udr]
    except MISTAKES as reason:  # the models are finished all the same
        says.append(f"What they agree on: {reason}.")
    answer(as_json, [asdict(card) | {"udr": udr} for card, udr in zip(cards, agreed, strict=True)], "\n".join(says))


@app.command()
def encode(
    model: Annotated[str | None, typer.Argument(help="The newest unless said.")] = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Give a code to every product that has none yet."""
    lab = Lab(workspace)
    name = lab.model_name(model)
    total = _encode(lab, name)
    answer(as_json, {"model": name, "encoded": total}, f"{total:,} products encoded by model {name}.")


@app.command()
def place(
    model: Annotated[str | None, typer.Argument(help="The newest unless said.")] = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Put products that came later onto every map of a model; what is on it does not move."""
    lab = Lab(workspace)
    name = lab.model_name(model)
    now = _catch_up(lab, name)
    answer(as_json, {"model": name, **asdict(now)}, f"Model {escape(name)}: {escape(now.words())}.")


@app.command("map")
def map_(
    model: Annotated[str | None, typer.Argument(help="The newest unless said.")] = None,
    method: Annotated[str | None, typer.Option(help="pca, umap or tsne; umap unless said.")] = None,
    name: Annotated[str | None, typer.Option(help="What to call the map; the method's name unless said.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same codes and seed give the same map; 0 unless said.")] = None,
    again: Annotated[
        bool, typer.Option("--refit", help="Make the map of that name again, its regions where they are.")
    ] = False,
    first_encode: Annotated[bool, typer.Option("--encode", help="First give a code to products without one.")] = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Lay the catalogue out on a map."""
    from explorer.map_quality import map_quality
    from explorer.mapping import refit

    if first_encode:
        _encode(Lab(workspace), Lab(workspace).model_name(model))
    lab = Lab(workspace)
    chosen, called = lab.model_name(model), name or method or "umap"
    with progress() as bar:
        task = bar.add_task(f"Mapping with {escape(method or called)}", total=100)

        def tell(share: float) -> None:
            bar.update(task, completed=100 * share)

        if again:
            card = refit(lab, chosen, called, method, seed, tell)
        else:
            card = make_map(lab, chosen, method or "umap", called, seed or 0, tell)
        bar.update(task, completed=100)
    says = [f"Map {card.name} of model {card.model} made in {card.seconds:.1f} s."]
    if card.moved is not None:
        says.append(f"Products moved by {50 * card.moved:.1f} % of its width on average.")
    answer(as_json, asdict(card), " ".join([*says, map_quality(lab, chosen, called)]).strip())


@app.command("check")
def check_(
    models: Annotated[list[str] | None, typer.Argument(metavar="MODEL…", help="The newest unless said.")] = None,
    file: Annotated[Path | None, typer.Option("--out", help="The report; report.html unless said, or --json.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer pictures and pairs: a minute, roughly.")] = False,
    seed: Annotated[int, typer.Option(help="Of all that is drawn by lot.")] = 0,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Measure models side by side: one report that needs nothing else, or JSON. Minutes of work."""
    from explorer.check.measuring import check
    from explorer.check.report import report
    from explorer.check.trial import CheckAsk

    target = file or (None if as_json else Path("report.html"))
    if target is not None:
        need_writable(target, "a report is", (".html", ".htm"))
    with progress() as bar:
        task = bar.add_task("Checking", total=100)
        for now in check(Lab(workspace), CheckAsk(tuple(models or ()), quick, seed)):
            bar.update(task, completed=round(100 * now.share), description=f"Checking  {escape(now.stage)}")
    assert now.found is not None
    if target is not None:
        write_whole(target, report(now.found).encode())
    answer(as_json, now.found.plain(), headlines_table(now.found))
    if target is not None:
        say.print(f"The report: {escape(str(target))}")


@app.command()
def morph(
    products: Annotated[list[str], typer.Argument(help="Two product ids or more.")],
    file: Annotated[Path, typer.Option("--out", help="x.gif, .webp, .mp4, .png (sheet), .csv or .json")],
    model: Annotated[str | None, typer.Option(help="The newest unless said.")] = None,
    curve: Annotated[str, typer.Option(help="matched, linear or spherical.")] = "matched",
    steps: Annotated[int, typer.Option(help="Pictures from the first product to the last.")] = 60,
    size: Annotated[int, typer.Option(help="Edge of each of the two panels, px.")] = 256,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Animate the way from one product to another, each step beside its nearest real product."""
    from explorer.asks import PathAsk
    from explorer.filmstrip import film, film_kind

    kind, lab = film_kind(file.name), Lab(workspace)
    path = lab.path(PathAsk(lab.model_name(model), tuple(products), curve, steps))
    write_whole(file, film(lab, path, kind, size))
    seen = list(dict.fromkeys(item.product_id for item in path.nearest))
    said = {"file": str(file), "steps": steps, "products_on_the_way": seen}
    answer(as_json, said, f"{escape(str(file))}: {steps} steps past {len(seen)} products.")


app.command()(similar)


@app.command("list")
def list_(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """What the workspace holds, and what is behind."""
    status = status_of(Lab(workspace))
    table = Table("Model", "Family", "Latents", "px", "Held-out MSE", "Maps", "Behind", box=None)
    for model in status.models:
        behind = [] if model["finished"] else ["not finished: train --resume"]
        if model["finished"] and model["products_without_code"]:
            behind.append(f"{model['products_without_code']:,} products without a code: encode")
        lacks = {card["name"]: status.products - card["products"] for card in model["maps"]}
        behind += [f"{count:,} products not on map {name}: place" for name, count in lacks.items() if count > 0]
        mse = model["measures"].get("mse")
        table.add_row(
            escape(model["name"]),
            model["family"],
            str(model["latent"]),
            str(model["size"]),
            "" if mse is None else f"{mse:.5f}",
            ", ".join(card["name"] for card in model["maps"]),
            "; ".join(behind),
        )
    if not as_json:
        out.print(f"{status.products:,} products, catalogue version {status.version}, in {escape(str(workspace))}")
    nothing = (
        "No models yet. Train one: looks-like train vae" if status.products else "Begin with: looks-like import SOURCE"
    )
    answer(as_json, asdict(status), table if status.models else nothing)


@app.command("app")
def app_(
    host: Annotated[str, typer.Option(help="0.0.0.0 lets others on the network in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Where the pages are.")] = 8501,
    with_demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Begin the demo where nothing is.")] = False,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Open the pages. Ctrl-C ends them, but not the jobs."""
    import uvicorn

    from explorer.demo import start_demo_where_nothing_is

    if with_demo and (job := start_demo_where_nothing_is(Lab(workspace))):
        say.print(f"{job.what}: the page shows how far it is.")

    os.environ["LOOKS_LIKE_WORKSPACE"] = str(workspace.absolute())
    root = Path(__file__).resolve().parent.parent
    os.chdir(root)  # Streamlit reads .streamlit/config.toml from where it is started
    sys.path.insert(0, str(root))
    for name in ("uvicorn.access", "uvicorn.error"):  # Streamlit sets their levels anew when it is imported
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)
    say.print(f"Looks Like is at [bold]http://{host}:{port}[/]   (workspace {escape(str(workspace))}; Ctrl-C ends it)")
    uvicorn.run("streamlit_app:app", host=host, port=port, log_level="warning", access_log=False)
    if going_on := ", ".join(job.what for job in Jobs(os.environ["LOOKS_LIKE_WORKSPACE"]).active()):
        say.print(f"Still going on: {going_on}. See or end it: looks-like jobs")


def main() -> None:
    """The entry point: mistakes end with their sentence and code 2, Ctrl-C with 130."""
    code, sentence = run(None)
    if code == 130:
        say.print("Stopped.")
    elif sentence:
        say.print(f"[bold red]looks-like:[/] {escape(sentence)}")
    if code:
        raise SystemExit(code)


def run(words: list[str] | None) -> tuple[int, str]:
    """-> the exit code of a command, and the sentence that says what was wrong; None = what was typed."""
    try:
        code = app(args=words, standalone_mode=False)  # Typer gives the code back where it would exit; 130 for Ctrl-C
    except (*MISTAKES, PictureError) as mistake:
        return 2, str(mistake)
    except typer.Exit as end:
        return end.exit_code, ""
    except (KeyboardInterrupt, typer.Abort):
        return 130, ""
    except OSError as reason:
        return 2, f"{reason.strerror or reason}: {reason.filename}" if reason.filename else str(reason)
    except Exception as reason:
        if hasattr(reason, "format_message"):
            return 2, reason.format_message()  # a wrong option, by Typer
        if str(reason).startswith("lance error"):
            return 2, f"the workspace can't be read: {str(reason).splitlines()[0][:300]}"
        raise
    return code or 0, ""


def _trained_words(card: Any) -> str:
    measures = ", ".join(f"{key.replace('_', ' ')} {value:.4g}" for key, value in card.measures.items())
    return f"Model {escape(card.name)} is finished after {card.seconds / 60:.1f} minutes: {measures}."


def _train(lab: Lab, ask: Any) -> None:
    from explorer import training

    with progress() as bar:
        task = bar.add_task("Training", total=None)
        running: Iterator[Any] = training.train(lab, ask)
        try:
            for now in running:
                if now.report is None:
                    bar.update(task, description=now.stage.capitalize())
                    continue
                report = now.report
                shown = {**report.parts, **{f"held-out {k}": v for k, v in report.held_out.items()}}
                figures = "  ".join(f"{k} {v:.4g}" for k, v in shown.items() if k in ("mse", "kl", "held-out mse"))
                bar.update(task, completed=report.step, total=report.steps, description=f"Training  {figures}")
                if report.alarm:
                    say.print(f"[yellow]Step {report.step}: {escape(report.alarm)}[/]")
        except KeyboardInterrupt:
            running.close()  # type: ignore[attr-defined]
            say.print(f"Stopped. Go on with: looks-like train {escape(ask.family)} --name {escape(ask.name)} --resume")
            raise


def _catch_up(lab: Lab, model: str) -> Any:
    from explorer.placing import catch_up

    with progress() as bar:
        task = bar.add_task("Encoding", total=None)
        for now in catch_up(lab, model):
            bar.update(task, completed=now.done, total=now.total, description=escape(now.stage))
    return now


def _encode(lab: Lab, model: str) -> int:
    with progress() as bar:
        task = bar.add_task("Encoding", total=None)
        for done, total in encoded_steps(lab, model):
            bar.update(task, completed=done, total=total)
    return total


Command = Callable[..., None]

if __name__ == "__main__":
    main()
