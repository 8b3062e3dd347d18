"""python -m benchmarks.reliability.kills [--kills 210] [--seed 0]: kill -9 at random moments of whatever writes.

Each time a fresh copy of a small workspace, a command in a process of its own, and SIGKILL after a random part of the
time it usually takes. Then what was in must be in, nothing half done may show, and the same command again must end
where it would have without the kill.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.measure import say
from looks_like.data.embeddings import read_embedding
from looks_like.data.maps import read_map
from looks_like.explorer.core.lab import Lab

PRODUCTS, NEW = 240, 40
MODEL = "small"
_PRELOADED = [  # read once, and none of it used before it is forked
    *("looks_like.explorer.interfaces.commands.main", "looks_like.explorer.maps", "looks_like.explorer.training"),
    *("looks_like.explorer.selecting", "looks_like.model.maps.umap", "looks_like.model.maps.pca", "umap", "faiss"),
]
_WAIT_S = 300.0
Facts = dict[str, dict[str, str]]  # what is known of each product: its picture, tags, code, place


@dataclass(frozen=True)
class Act:
    """Something that writes. `adds`: whether it may give products what they had not; `takes`: the ids that may go."""

    words: tuple[str, ...]
    takes: frozenset[str] = frozenset()
    moves: bool = False  # codes or places that are there may change, all of them
    again: tuple[str, ...] = ()  # in place of `words` after a kill
    done_already: bool = False  # a second time it may say that there is nothing to do


@dataclass
class Outcome:
    kills: Counter[str] = field(default_factory=Counter)
    unhurt: Counter[str] = field(default_factory=Counter)  # it was done before the kill came
    faults: list[str] = field(default_factory=list)


def main() -> int:
    """0 where nothing was lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=210)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="looks-like-kills-") as folder:
        found = run(Path(folder), asked.kills, asked.seed)
    said: dict[str, Any] = {"kills": dict(found.kills), "done before": dict(found.unhurt), "faults": found.faults}
    say(f"{sum(found.kills.values())} kills, {len(found.faults)} faults, {time.perf_counter() - started:.0f} s")
    print(json.dumps(said))
    return 1 if found.faults else 0


def run(folder: Path, kills: int, seed: int = 0) -> Outcome:
    """Kills each act in turn until there were so many kills."""
    base, acts = prepared(folder)
    rng, found = random.Random(seed), Outcome()
    expected = {name: unbroken(folder, base, act) for name, act in acts.items()}
    names = list(acts)
    for number in range(kills * 3):
        if sum(found.kills.values()) >= kills:
            break
        name = names[number % len(names)]
        after, usual_s = expected[name]
        with copied(folder, base) as workspace:
            moment_s = rng.uniform(0.0, usual_s)
            killed = run_command(workspace, acts[name].words, moment_s)
            (found.kills if killed is None else found.unhurt)[name] += 1
            for fault in faults_of(workspace, base, acts[name], after):
                found.faults.append(f"{name} after {moment_s:.3f} s of {usual_s:.3f}: {fault}")
                say(f"  {found.faults[-1]}")
        if number % 20 == 19:
            say(f"  {sum(found.kills.values())} kills, {len(found.faults)} faults")
    return found


def prepared(folder: Path) -> tuple[Path, dict[str, Act]]:
    """-> (a workspace with products, tags, a model, codes and a map; what is done to copies of it)"""
    from looks_like.data.sneakers import render
    from looks_like.data.sneakers.samplers import SAMPLERS

    base, first, later = folder / "base", folder / "first", folder / "later"
    for source, numbers in ((first, range(PRODUCTS)), (later, range(PRODUCTS, PRODUCTS + NEW))):
        source.mkdir(parents=True)
        for number in numbers:
            _picture(render(SAMPLERS["catalogue"](0, number).sneaker, 128), source / f"p{number:04d}.jpg")
    for number in range(5):  # other pictures for products that are there
        _picture(render(SAMPLERS["catalogue"](1, number).sneaker, 128), later / f"p{number:04d}.jpg")
    train = ("train", "vae", "--name", MODEL, "--epochs", "1", "--set", "size=32", "--set", "latent=8")
    for words in (
        ("import", str(first), "--no-place"),
        train,
        ("map", MODEL, "--method", "pca", "--encode"),
        ("tag", "add", "kept", "--where", "product_id < 'p0100'"),
    ):
        if run_command(base, words) != 0:
            raise SystemExit(f"{' '.join(words)} did not do what the kills need")
    gone = frozenset(f"p{number:04d}" for number in range(200, 230))
    other = ("train", "vae", "--name", "other", "--epochs", "1", "--set", "size=32", "--set", "latent=8")
    return base, {
        "import": Act(("import", str(later), "--no-place"), moves=True),
        "update": Act(("update", str(later)), moves=True),
        "encode": Act(("encode", MODEL)),
        "map": Act(("map", MODEL, "--method", "umap", "--encode")),
        "refit": Act(("map", MODEL, "--method", "pca", "--refit"), moves=True),
        "tag": Act(("tag", "add", "new", "--where", "product_id >= 'p0100'")),
        "delete": Act(("delete", "products", *sorted(gone)), takes=gone, done_already=True),
        "train": Act(other, again=(*other, "--resume")),
    }


def _picture(pixels_hwc: Any, file: Path) -> None:
    from PIL import Image

    Image.fromarray(pixels_hwc).save(file, "JPEG", quality=90)


def unbroken(folder: Path, base: Path, act: Act) -> tuple[Facts, float]:
    """-> (what is there after it, how long it takes)"""
    with copied(folder, base) as workspace:
        started = time.perf_counter()
        if run_command(workspace, act.words) != 0:
            raise SystemExit(f"{' '.join(act.words)} fails without any kill")
        usual_s = time.perf_counter() - started
        return facts(workspace), usual_s


@contextlib.contextmanager
def copied(folder: Path, base: Path) -> Iterator[Path]:
    workspace = folder / "copy"
    shutil.copytree(base, workspace)
    try:
        yield workspace
    finally:
        shutil.rmtree(workspace)


def run_command(workspace: Path, words: tuple[str, ...], kill_after_s: float | None = None) -> int | None:
    """The exit code of a command; None where it was killed before its end."""
    process = started(workspace, words)
    process.join(_WAIT_S if kill_after_s is None else kill_after_s)
    if process.exitcode is None:
        process.kill()
        process.join()
        return None
    return process.exitcode


def started(workspace: Path, words: tuple[str, ...], answer: Connection | None = None) -> Any:
    """A command in a process of its own; `answer`: where what it says at its end goes."""
    os.environ["PYTHONWARNINGS"] = "ignore"  # LanceDB's, of being forked: nothing of it was used before
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    process = context.Process(target=_command, args=([*words, "--workspace", str(workspace)], answer))
    process.start()
    return process


def _command(words: list[str], answer: Connection | None = None) -> None:
    """In the child: quiet, and ended by its code."""
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
        from looks_like.explorer.interfaces.commands.main import run as run_words

        try:
            code, said = run_words(words)
        except BaseException as reason:
            if answer:
                answer.send(f"{type(reason).__name__}: {reason}")
            raise
    if answer:
        answer.send(said)
    sys.exit(code)


def facts(workspace: Path) -> Facts:
    """What is known of each product by now, in words that can be compared."""
    lab = Lab(workspace)
    catalogue, state = lab.catalogue(), lab.tag_state()
    found: Facts = {}
    for row in catalogue.there.tolist():
        key = catalogue.product_ids[row]
        content = catalogue.pictures([row])[0]
        whole = "whole" if sha256(content).hexdigest() == catalogue.sha256[row] else "torn"
        found[key] = {"picture": catalogue.sha256[row], "is": whole, "tags": "|".join(sorted(state.tags_of(row)))}
    for model in lab.models():
        codes = read_embedding(lab.workspace, model)
        for key, code in zip(codes.product_ids, codes.z_nd, strict=True) if codes else ():
            if key in found:
                found[key][f"code of {model}"] = sha256(code.tobytes()).hexdigest()[:12]
        for card in lab.maps(model):
            places = read_map(lab.workspace, model, card.name)
            for key, place in zip(places.product_ids, places.xy_n2, strict=True):
                if key in found:
                    found[key][f"place on {model} {card.name}"] = sha256(place.tobytes()).hexdigest()[:12]
    return found


def faults_of(workspace: Path, base: Path, act: Act, after: Facts) -> Iterator[str]:
    """What is wrong after a command that was cut short, and then after the same command again."""
    before = facts(base)
    try:
        between = facts(workspace)
    except Exception as reason:  # noqa: BLE001 - whatever keeps people from their catalogue
        yield f"the workspace can't be opened: {type(reason).__name__}: {reason}"
        return
    yield from torn(before, between, after, act)
    code = run_command(workspace, act.again or act.words)
    if code != 0 and not act.done_already and act.again:
        code = run_command(workspace, act.words)
    if code != 0 and not act.done_already:
        yield f"the same again ended with {code}"
    again = facts(workspace)
    if comparable(again) != comparable(after):
        differ = sorted(key for key in {*again, *after} if comparable(again).get(key) != comparable(after).get(key))
        yield f"the same again ended elsewhere, for {len(differ)} products: {differ[:3]}"
    if left := [str(path.relative_to(workspace)) for path in workspace.rglob("*.part")]:
        yield f"left behind: {left[:3]}"


def torn(before: Facts, between: Facts, after: Facts, act: Act) -> Iterator[str]:
    for key, was in before.items():
        now, then = between.get(key), after.get(key)
        if now is None:
            if key not in act.takes:
                yield f"product {key} is gone"
            continue
        for what, value in was.items():
            allowed = {value, (then or {}).get(what)}
            if now.get(what) not in allowed and not (act.moves and what.startswith(("code", "place"))):
                yield f"{what} of {key} is neither what it was nor what it was to be"
    for key, now in between.items():
        if now["is"] != "whole" or (key not in before and key not in after):
            yield f"product {key} is torn, or from nowhere"


def comparable(known: Facts) -> Facts:
    """What must be the same after the same again: codes and places to their being there, since threads add up anew."""
    return {
        key: {what: "" if what.startswith(("code", "place")) else value for what, value in said.items()}
        for key, said in known.items()
    }


if __name__ == "__main__":
    raise SystemExit(main())
