"""looks-like check: how good models are, side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from looks_like.atomic import write_whole
from looks_like.explorer.interfaces.commands.options import HERE, JsonOption, WorkspaceOption, lab_of
from looks_like.explorer.interfaces.commands.terminal import print_result, progress, say

if TYPE_CHECKING:
    from looks_like.explorer.check import Check


def check(
    models: Annotated[list[str] | None, typer.Argument(metavar="MODEL…", help="The newest unless said.")] = None,
    file: Annotated[Path | None, typer.Option("--out", help="The report; report.html unless said, or --json.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer pictures and pairs: a minute, roughly.")] = False,
    seed: Annotated[int, typer.Option(help="Of all that is drawn by lot.")] = 0,
    again: Annotated[bool, typer.Option("--again", help="Measure anew also what is kept from before.")] = False,
    split_by: Annotated[
        str, typer.Option(help="A column: products are judged by only if the model learnt from none with their value.")
    ] = "",
    factors: Annotated[
        str, typer.Option(help="Columns taken as what makes products, such as object,angle:360; 360 is a period.")
    ] = "",
    views: Annotated[
        str, typer.Option(help="A column whose value says what a picture shows: paths from view to view are followed.")
    ] = "",
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Measure models side by side: one report that needs nothing else, or JSON. Minutes of work; the report grows with
    each section, and a check that was stopped goes on where it was.
    """
    from looks_like.explorer import check as measuring
    from looks_like.explorer.check import CheckRequest, duration, factors_from_text, report
    from looks_like.explorer.core import require_writable

    target = file or (None if as_json else Path("report.html"))
    if target is not None:
        require_writable(target, "a report is", (".html", ".htm"))
    lab = lab_of(workspace)
    declared = factors_from_text(factors, lab.catalogue().attributes) if factors else ()
    request = CheckRequest(tuple(models or ()), quick, seed, split_by=split_by, factors=declared, views=views)
    with progress() as bar:
        task = bar.add_task("Checking", total=100)
        for now in measuring.check(lab, request, again=again):
            left = "" if now.seconds_left is None else f", about {duration(now.seconds_left)} left"
            bar.update(
                task,
                completed=round(100 * now.share),
                description=f"Checking  {escape(now.stage)}{left}",
                seconds_left=now.seconds_left,
            )
            if now.found is not None and target is not None:
                write_whole(target, report(now.found).encode())
    assert now.found is not None
    print_result(as_json, now.found.plain(), _headlines_table(now.found))
    if target is not None:
        say.print(f"The report: {escape(str(target))}")


def _headlines_table(found: "Check") -> Table:
    """The few measures that tell most, a column for each model and each baseline."""
    from looks_like.explorer.check import baseline_names, headlines, number, with_unit

    rows = headlines(found)
    models, beside = [model.name for model in found.models if not model.baseline], baseline_names(rows)
    table = Table("Measure", *map(escape, models), *(f"[dim]{escape(name)}[/]" for name in beside), box=None)
    table.columns[0].min_width = 30
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        best = row.best()
        cells = [number(score.value) if (score := row.scores.get(name)) else "" for name in models]
        cells = [f"[bold]{cell}[/]" if name in best else cell for name, cell in zip(models, cells, strict=True)]
        held = [f"[dim]{number(score.value)}[/]" if (score := row.baselines.get(name)) else "" for name in beside]
        table.add_row(with_unit(row.title, row.metric), *cells, *held)
    return table
