"""python -m benchmarks.gpu [--only PART,…] [--quick] [--minutes M] [--out FOLDER]: a table and a line of JSON, kept."""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.gpu import report, sprites
from benchmarks.gpu.form import Figure, Form, form_of
from benchmarks.gpu.learning import time_to_quality
from benchmarks.gpu.nearest import neighbours
from benchmarks.gpu.speed import coding, sharpening, starting, training
from benchmarks.machine import ROOT, machine
from benchmarks.measure import say
from looks_like.model.device import Device, pick_device

_LAST_S = 10  # to write it all down
Part = Callable[[Form, Device], Iterator[Figure]]


@dataclass
class Run:
    """What has been found so far: one part that breaks must not take the others with it."""

    form: Form
    device: Device
    figures: list[Figure] = field(default_factory=list)
    rows: list[sprites.Row] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)  # of each part

    def part(self, name: str, work: Callable[[], None]) -> None:
        """Run it; if it breaks, say so and go on."""
        say(f"{name} …")
        started = time.perf_counter()
        try:
            work()
        except Exception as reason:  # noqa: BLE001 - see above
            traceback.print_exc()
            self.missing.append(f"{name} broke: {type(reason).__name__}: {str(reason)[:300]}")
        self.seconds[name] = round(time.perf_counter() - started, 1)
        say(f"  {self.seconds[name]:.0f} s")

    def measure(self, name: str, part: Part) -> None:
        def work() -> None:
            for figure in part(self.form, self.device):
                self.figures.append(figure)
                say(f"  {figure.what}: {figure.ours:.4g} {figure.unit}")

        self.part(name, work)


# Each has a time of its own. Those of _MEANWHILE wait, on a GPU, until the processor scores the last sprites.
_MEASURED: dict[str, Part] = {
    "neighbours": neighbours,
    "starting": starting,
    "training": training,
    "sharpening": sharpening,
    "coding": coding,
}
_MEANWHILE = ("starting", "training", "sharpening", "coding")
PARTS = (*_MEASURED, "quality", "sprites")


def main(words: Sequence[str] | None = None) -> int:
    """0 when every part was measured, 1 when one broke or ran out of time."""
    if "--multiprocessing-fork" in sys.orig_argv:
        return 0  # a spawned process reads the caller's script again, which may not be guarded
    asked, started, device = _arguments(words), time.perf_counter(), pick_device()
    form = form_of(device, asked.quick)
    form = replace(form, minutes=asked.minutes) if asked.minutes else form
    here, run = machine(), Run(form, device)
    ends = started + 60 * form.minutes - _LAST_S
    later = [part for part in asked.only if part in _MEANWHILE and device.is_gpu and "sprites" in asked.only]
    for part in asked.only:
        if part in _MEASURED and part not in later:
            run.measure(part, _MEASURED[part])
    if "quality" in asked.only:
        run.measure("quality", partial(time_to_quality, pictures=asked.pictures))
    if "sprites" in asked.only:
        run.part("sprites", lambda: _families(run, ends, later))
    document = _document(run, here, time.perf_counter() - started)
    path = report.write(document, asked.out, document["name"] + _suffix(asked.only))
    print(path.read_text("utf-8"))
    print(json.dumps(document, ensure_ascii=False))
    return 1 if run.missing else 0


def _families(run: Run, ends: float, later: list[str]) -> None:
    """On a GPU the networks are timed while the processor scores the last models: ten minutes are short."""

    def meanwhile() -> None:
        for part in later:
            run.measure(part, _MEASURED[part])

    run.rows = sprites.table(run.form, run.device, ends, meanwhile)
    run.missing += [f"{row.family}, seed {row.seed}: {text}" for row in run.rows for text in row.missing]


def _suffix(only: Sequence[str]) -> str:
    """Of the file's name: a run of some parts doesn't replace one of all."""
    return "" if set(only) == set(PARTS) else "-" + "-".join(only)


def _document(run: Run, here: dict[str, Any], seconds: float) -> dict[str, Any]:
    return {
        "name": report.machine_name(run.device, here),
        "said": _said(run),
        "form": asdict(run.form),
        "machine": here,
        "seconds": round(seconds, 1),
        "seconds_of_parts": run.seconds,
        "figures": [report.plain(figure) for figure in run.figures],
        "sprites": [sprites.plain(row) for row in run.rows],
        "anchors": {"negative_elbo": sprites.ANCHORS, "spread": sprites.SPREAD},
        "missing": run.missing,
    }


def _said(run: Run) -> str:
    form = run.form
    if run.device.is_gpu:
        return (
            "The form for a GPU. Training, encoding and decoding were timed while processes beside them scored models."
        )
    return (
        f"No GPU here: this is the CPU-sized form ({form.pictures:,} pictures, {form.codes:,} codes, {form.sprites:,} "
        "sprites, no DCI). It shows that the command works; its scores are of models that have hardly begun to learn."
    )


def _parts(said: str) -> tuple[str, ...]:
    asked = said.split(",")
    if unknown := sorted(set(asked) - set(PARTS)):
        raise argparse.ArgumentTypeError(f"no part {', '.join(unknown)}; there are: {', '.join(PARTS)}")
    return tuple(part for part in PARTS if part in asked)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--only", type=_parts, default=PARTS, metavar="PART,…", help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--pictures", type=Path, metavar="FILE.npy", help="uint8 (N, S, S, 3), for quality; else drawn")
    parser.add_argument("--quick", action="store_true", help="does it work? Fewer of everything")
    parser.add_argument("--minutes", type=float, help="for all of it; dSprites trains in what the rest leaves")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results", metavar="FOLDER")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
