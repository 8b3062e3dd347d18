"""Every family on the same catalogues, with as many pictures to learn from: who is good at what?

    python -m benchmarks.quality.families WORKSPACE … [--families vae,wae-mmd] [--seeds 2] [--pictures N] [--table X.md]

Trains what is not there yet (`looks-like train`, one thread each, as many at once as there are cores), so a run that
was stopped goes on where it was. Models are called FAMILY, and FAMILY-s1 and so on for further seeds.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import say
from looks_like.explorer.core.lab import Lab
from looks_like.model.families import FAMILIES

MEASURED = """## Measured

Made by `python -m benchmarks.quality.families WORKSPACE … --table docs/families-measured.md`; the least error first,
the best of each column in bold, in italics what it is held against; each column: [metrics.md](metrics.md)."""
PICTURES = 100_000  # seen in training, whatever the catalogue's size


@dataclass(frozen=True)
class Run:
    """One training: a family on a catalogue, with a seed."""

    workspace: Path
    family: str
    seed: int
    epochs: float
    settings: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.family + (f"-s{self.seed}" if self.seed else "")

    @property
    def folder(self) -> Path:
        return self.workspace / "models" / self.name

    @property
    def words(self) -> list[str]:
        shape = {} if not self.settings else dict(pair.split("=", 1) for pair in self.settings)
        options = [f"--{key}={shape.pop(key)}" for key in ("latent", "size") if key in shape]
        options += [word for key, value in shape.items() for word in ("--set", f"{key}={value}")]
        options += ["--resume"] if (self.folder / "card.json").exists() else []
        where = ["--workspace", str(self.workspace), "--name", self.name, "--seed", str(self.seed)]
        return ["train", self.family, *where, "--epochs", f"{self.epochs:.4f}", *options]


def main() -> int:
    """0 when every family is trained; 1 when one failed, which is said."""
    asked = _arguments()
    runs = [run for workspace in asked.workspaces for run in runs_of(workspace, asked)]
    waiting = [run for run in runs if not (run.folder / "weights.safetensors").exists()]
    say(f"{len(waiting)} of {len(runs)} models are to be trained")
    with ThreadPoolExecutor(asked.at_once) as pool:
        failed = [run for run, code in zip(waiting, pool.map(train, waiting), strict=True) if code]
    for run in failed:
        say(f"failed: {run.workspace.name} {run.name}")
    if asked.table and not failed:
        write_tables(asked.table, runs, quick=not asked.full)
    return 1 if failed else 0


def write_tables(file: Path, runs: list[Run], *, quick: bool) -> None:
    """One table for each catalogue, of its models with the first seed; the checks' documents beside it as JSON."""
    from benchmarks.quality.family_table import table

    parts, documents = [], {}
    for workspace in dict.fromkeys(run.workspace for run in runs):
        models = [run.name for run in runs if run.workspace == workspace and not run.seed]
        text, documents[workspace.name] = table(workspace, models, quick=quick)
        parts.append(text)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n\n".join([MEASURED, *parts]) + "\n", "utf-8")
    file.with_suffix(".json").write_text(json.dumps(documents) + "\n", "utf-8")


def runs_of(workspace: Path, asked: argparse.Namespace) -> list[Run]:
    """Families in the order of their names, all with the first seed before any with the second."""
    catalogue = Lab(workspace).catalogue()
    epochs = asked.pictures / max(1, int((catalogue.to_learn).sum()))
    wanted = asked.families.split(",") if asked.families else sorted(FAMILIES)
    return [Run(workspace, family, seed, epochs, tuple(asked.set)) for seed in range(asked.seeds) for family in wanted]


def train(run: Run) -> int:
    """Its exit code; what it said goes to the model's folder's neighbour, NAME.log."""
    started = time.perf_counter()
    alone = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}
    log = run.workspace / "models" / f"{run.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w", encoding="utf-8") as file:
        code = subprocess.run(
            [sys.executable, "-m", "looks_like", *run.words], env=alone, stdout=file, stderr=file, check=False
        ).returncode
    say(f"{run.workspace.name:12} {run.name:16} {time.perf_counter() - started:6.0f} s  {_figures(run, log, code)}")
    return code


def _figures(run: Run, log: Path, code: int) -> str:
    if code:
        return f"exit {code}: {(log.read_text('utf-8').strip().splitlines() or [''])[-1][:200]}"
    measures = json.loads((run.folder / "card.json").read_text("utf-8"))["measures"]
    return "  ".join(f"{key} {value:.4g}" for key, value in measures.items())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0] if __doc__ else "", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("workspaces", nargs="+", type=Path, metavar="WORKSPACE")
    parser.add_argument("--families", help="all unless said, with commas between them")
    parser.add_argument("--seeds", type=int, default=1, help="models of each family")
    parser.add_argument("--pictures", type=int, default=PICTURES, help="seen by each in training")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of all of them")
    parser.add_argument("--table", type=Path, metavar="FILE.md", help="write their quality and smoothness here")
    parser.add_argument("--full", action="store_true", help="a full check of each, minutes more")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="trainings side by side")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
