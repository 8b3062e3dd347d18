"""looks-like attribute …: words for what products differ in, with a score for every product, and the way back."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.options import (
    HERE,
    JsonOption,
    WhoOption,
    WorkspaceOption,
    lab_of,
    rows_of,
    who_acts,
)
from looks_like.explorer.interfaces.commands.terminal import print_result

if TYPE_CHECKING:
    from looks_like.data.visual_attributes import NamingEntry, VisualAttribute

app = typer.Typer(no_args_is_help=True, help="Visual attributes: words for what products differ in, and their scores.")
NameArgument = Annotated[str, typer.Argument(help="The word, like “sole height”.")]
LowOption = Annotated[str, typer.Option(help="What the end at 0 is called.")]
HighOption = Annotated[str, typer.Option(help="What the end at 100 is called.")]
ModelOption = Annotated[str | None, typer.Option(help="Of whose codes it is read; else a look, where there is one.")]
FromOption = Annotated[str, typer.Option("--from", metavar="CONDITION", help="Products of the low end.")]
ToOption = Annotated[str, typer.Option("--to", metavar="CONDITION", help="Products of the high end.")]
DimensionOption = Annotated[int, typer.Option(metavar="N", help="A dimension of a model, as its sliders are numbered.")]


DirectionOption = Annotated[str, typer.Option(metavar="KEY", help="A direction that `propose` lists, by its key.")]


@app.command()
def add(
    name: NameArgument,
    dimension: DimensionOption = 0,
    direction: DirectionOption = "",
    low_end: FromOption = "",
    high_end: ToOption = "",
    low: LowOption = "",
    high: HighOption = "",
    model: ModelOption = None,
    turned: Annotated[bool, typer.Option("--turned", help="The high end is the slider's left one.")] = False,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Name a dimension, a direction, or what leads from some products to others."""
    from looks_like.explorer import tags

    ways = (bool(dimension), bool(direction), bool(low_end or high_end))
    if sum(ways) != 1 or bool(low_end) != bool(high_end):
        raise RequestError("say what it is: --dimension N, or --from CONDITION and --to CONDITION, or --direction KEY")
    lab, ends = lab_of(workspace), tags.Ends(name, low, high)
    if dimension:
        chosen = lab.model_name(model, decodes=True)
        entry = tags.name_dimension(lab, chosen, dimension, ends, who_acts(who), turned=turned)
    elif direction:
        chosen = lab.model_name(model, decodes=True)
        entry = tags.name_direction(lab, chosen, direction, ends, who_acts(who))
    else:
        rows_low, rows_high = rows_of(lab, low_end), rows_of(lab, high_end)
        assert rows_low is not None
        assert rows_high is not None
        entry = tags.name_between(lab, rows_low, rows_high, ends, who_acts(who), model)
    _tell(as_json, entry)


@app.command()
def carry(
    old: Annotated[str, typer.Argument(help="The model whose names are carried over.")],
    new: Annotated[str, typer.Argument(help="The model that has them from then on.")],
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Find what an old model's names mean in a new one's codes; says which could not be carried over."""
    from looks_like.explorer import tags

    found = tags.carry_names(lab_of(workspace), old, new, who_acts(who))
    said = [
        {"name": each.name, "told": each.told, "dimension": each.dimension, "carried": each.entry is not None}
        for each in found
    ]
    print_result(as_json, said, "\n".join(f"{escape(each.words())}." for each in found))


@app.command("list")
def list_(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """What is named, what its ends are called, and how it was found."""
    from looks_like.explorer import tags

    lab = lab_of(workspace)
    known, scored = tags.visual_attributes(lab), tags.scored(lab)
    table = Table("Name", "0", "100", "How", "Scores", "Who", box=None)
    for each in known.values():
        cells = (each.name, each.low, each.high, each.words, f"{scored[each.name]:,}", each.who)
        table.add_row(*map(escape, cells))
    print_result(as_json, [_answer(each) for each in known.values()], table if known else "Nothing is named yet.")


@app.command()
def propose(
    model: Annotated[str | None, typer.Option(help="Of whose codes; the newest that draws unless said.")] = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Directions that may deserve a name: the widest, and those of attributes, with how clear each is."""
    from looks_like.explorer import tags

    lab = lab_of(workspace)
    found = tags.proposed_directions(lab, lab.model_name(model, decodes=True))
    table = Table("Key", "0", "100", "Most like", "Unseen right", "Over chance", box=None)
    for each in found:
        like = f"dimension {each.dimension} ({abs(each.alignment):.0%})" if each.dimension else "none"
        right = f"{min(each.right, 0.99):.0%}" if each.kind == tags.ATTRIBUTE else ""
        cells = (each.key, each.low, each.high, like, right, f"{each.times:.1f} ×")
        table.add_row(*map(escape, cells))
    left_out = {"rows", "step_d", "read_d", "at_mean"}
    plain = [{key: value for key, value in vars(each).items() if key not in left_out} for each in found]
    answer = [said | {"times": each.times, "right": each.right} for said, each in zip(plain, found, strict=True)]
    print_result(as_json, answer, table if found else "There are too few products to find directions.")


@app.command()
def rename(
    old: NameArgument,
    new: Annotated[str, typer.Argument(help="Another word; the same one to call the ends otherwise.")],
    low: LowOption = "",
    high: HighOption = "",
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Call it, or its ends, otherwise."""
    from looks_like.explorer import tags

    _tell(as_json, tags.rename_attribute(lab_of(workspace), old, tags.Ends(new, low, high), who_acts(who)))


@app.command()
def delete(
    name: NameArgument, who: WhoOption = None, workspace: WorkspaceOption = HERE, as_json: JsonOption = False
) -> None:
    """Take it away for everyone; undo brings it back."""
    from looks_like.explorer import tags

    _tell(as_json, tags.drop_attribute(lab_of(workspace), name, who_acts(who)))


@app.command()
def undo(
    entry: Annotated[int, typer.Option("--entry", metavar="N", help="This one of the log, not the newest.")] = 0,
    who: WhoOption = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Undo what was done last, by whomever."""
    from looks_like.explorer import tags

    _tell(as_json, tags.undo_naming(lab_of(workspace), entry or None, who_acts(who)), "Undone")


@app.command()
def log(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """What was done, the newest first."""
    from looks_like.explorer import tags

    entries = tags.naming_log(lab_of(workspace)).entries[::-1]
    table = Table("Entry", "When", "Who", "What", box=None)
    for each in entries:
        undoes = f"undoes {each.undoes}: " if each.undoes else ""
        table.add_row(str(each.number), f"{each.at:%Y-%m-%d %H:%M}", escape(each.who), escape(undoes + each.said()))
    answer = [
        {"entry": e.number, "undoes": e.undoes or None, "what": e.said(), "who": e.who, "at": e.at.isoformat()}
        for e in entries
    ]
    print_result(as_json, answer, table if entries else "Nothing was named yet.")


def _tell(as_json: bool, entry: "NamingEntry", done: str = "Done") -> None:
    words = [f"{each.name}: 0 = {each.low}, 100 = {each.high}; {each.words}" for each in entry.given.values()]
    text = ". ".join([f"{done}: {entry.said()}", *words, f"Undo: looks-like attribute undo --entry {entry.number}"])
    answer = {"entry": entry.number, "what": entry.said(), "given": [_answer(each) for each in entry.given.values()]}
    print_result(as_json, answer, escape(f"{text}."))


def _answer(each: "VisualAttribute") -> dict[str, object]:
    parts = ("name", "low", "high", "words", "model", "source", "who")
    return {part: getattr(each, part) for part in parts} | {"at": each.at.isoformat() if each.at else None}
