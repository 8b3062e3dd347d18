"""looks-like update: what a source has by now, into the catalogue and onto all that hangs on it; once or for ever."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from looks_like.data.errors import PictureError
from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.interfaces.commands.options import (
    HERE,
    JsonOption,
    WhoOption,
    WorkspaceOption,
    lab_of,
    who_acts,
)
from looks_like.explorer.interfaces.commands.products.import_ import (
    IdOption,
    ImageOption,
    ImagesOption,
    KindOption,
    NameOption,
    SheetOption,
    TagsOption,
    typed_kinds,
)
from looks_like.explorer.interfaces.commands.terminal import print_result, progress, say, typed_seconds

if TYPE_CHECKING:
    from looks_like.explorer.maps import UpdateReport, UpdateRequest


def update(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="As for import, one or several; none: what came in is brought up to date."),
    ] = None,
    delete_absent: Annotated[
        bool, typer.Option("--delete-absent", help="Delete products that no source lists any more; it can be undone.")
    ] = False,
    absent_max: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Delete nothing where a greater share of all products is absent.")
    ] = 0.2,
    every: Annotated[str | None, typer.Option(metavar="TIME", help="Again and again: 10m, 1h, 24h.")] = None,
    product_id: IdOption = None,
    image: ImageOption = None,
    name: NameOption = None,
    tags: TagsOption = None,
    kinds: KindOption = None,
    sheet: SheetOption = "",
    images: ImagesOption = None,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Take in what is new, changed or gone; encode it, place it on every map, say what it means. Nothing else moves."""
    from looks_like.data.sources import Columns
    from looks_like.explorer.maps import UpdateRequest

    if delete_absent and not sources:
        raise RequestError("--delete-absent needs the sources that list what is to stay")
    columns = Columns(product_id, image, name, tags, typed_kinds(kinds or []), sheet, str(images or ""))
    request = UpdateRequest(tuple(sources or ()), columns, delete_absent, absent_max, who_acts(who))
    if every is None:
        _once(workspace, request, as_json)
        return
    pause_s = typed_seconds(every, "--every")
    while True:
        try:
            _once(workspace, request, as_json)
        except (*MISTAKES, PictureError, OSError, RuntimeError) as reason:  # source and store may be back next time
            say.print(f"{time.strftime('%Y-%m-%d %H:%M')} {escape(str(reason))}")
        time.sleep(pause_s)


def _once(workspace: Path, request: "UpdateRequest", as_json: bool) -> None:
    from looks_like.explorer.maps import update as run

    report = None
    with progress() as bar:
        task = bar.add_task("Updating", total=None)
        for now in run(lab_of(workspace), request):
            bar.update(task, completed=now.done, total=now.total, description=escape(now.stage))
            report = now.report
    assert report is not None
    print_result(as_json, report.plain(), _words(report))
    for sentence in report.failed:
        say.print(f"[bold red]![/] {escape(sentence)}")
    if report.refused:
        say.print(f"The refused ones and why: {escape(str(workspace / 'import-report.csv'))}")


def _words(report: "UpdateReport") -> str:
    said = [f"{escape(sentence)}." for sentence in report.said]
    said += [f"[bold]Train {escape(model)} again[/]: it has not seen the like." for model in report.stale]
    if not report.changed:
        said.append("Nothing has changed.")
    return "\n".join(said)
