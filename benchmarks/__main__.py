"""python -m benchmarks [case ...] [--quick] [--full] [--json FILE]: a table for people, then one line of JSON."""

import argparse
import json
import signal
import sys
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.cases import CASES, SLOW, sentence
from benchmarks.machine import machine
from benchmarks.measure import Bench, Missing, Result, say

_HEAD = ("case", "what", "ours", "beside", "theirs", "ratio", "goal", "ok")


def main() -> int:
    """0 when every case ran, goals met or not; 1 when one broke."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped and the folder goes
    asked = _arguments()
    if asked.list:
        print("\n".join(f"{name:12} {sentence(case)}" for name, case in CASES.items()))
        return 0
    chosen = asked.case or [name for name in CASES if asked.full or name not in SLOW]
    here, found, wrong = machine(), list[tuple[str, Result]](), dict[str, str]()
    with Bench(quick=asked.quick, workspace=asked.workspace) as bench:
        for name in chosen:
            started = time.perf_counter()
            say(f"{name} …")
            try:
                for result in CASES[name](bench):
                    found.append((name, result))
                    say("  " + "  ".join(cell for cell in _row(name, result)[1:] if cell))
            except Missing as reason:
                wrong[name] = f"not run: {reason}"
            except Exception as reason:  # noqa: BLE001 - an hour of other figures must not be lost with this one
                traceback.print_exc()
                wrong[name] = f"broke: {type(reason).__name__}: {reason}"
            say(f"  {time.perf_counter() - started:.0f} s")
    _print_table(found, wrong, here)
    document = {"machine": here, "quick": asked.quick, "results": [_plain(*pair) for pair in found], "wrong": wrong}
    line = json.dumps(document, ensure_ascii=False)
    if asked.json:
        asked.json.write_text(line + "\n", "utf-8")
    print(line)
    return 1 if any(text.startswith("broke") for text in wrong.values()) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("case", nargs="*", choices=[*CASES, []], help="all but the slow ones unless said")
    parser.add_argument("--quick", action="store_true", help="fewer products and rounds: does it work?")
    parser.add_argument("--full", action="store_true", help=f"the slow ones too: {', '.join(SLOW)}")
    parser.add_argument("--workspace", type=Path, metavar="FOLDER", help="a real catalogue with a model, for film")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the last line here too")
    parser.add_argument("--list", action="store_true", help="what can be measured")
    return parser.parse_args()


def _plain(name: str, result: Result) -> dict[str, Any]:
    ratio = None if result.ratio is None else round(result.ratio, 3)
    return {"case": name, **asdict(result), "ratio": ratio, "ok": result.ok}


def _row(name: str, result: Result) -> tuple[str, ...]:
    theirs = "" if result.theirs is None else f"{result.theirs:.3g} {result.unit}"
    ratio = "" if result.ratio is None else f"{result.ratio:.3g}x"
    ok = {True: "yes", False: "NO", None: ""}[result.ok]
    ours = f"{result.ours:.3g} {result.unit}"
    return (name, result.what, ours, result.beside, theirs, ratio, result.goal_words(), ok)


def _print_table(found: list[tuple[str, Result]], wrong: dict[str, str], here: dict[str, Any]) -> None:
    rows = [_HEAD, *(_row(*pair) for pair in found)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    print(f"{here['cpu']}, {here['cores']} cores, {here['device']}; load at start {here['load']}")
    print(f"Python {here['python']}, torch {here['libraries']['torch']}, {here['date']}, commit {here['commit']}\n")
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for name, text in wrong.items():
        print(f"{name}  {text.splitlines()[0]}")


if __name__ == "__main__":
    sys.exit(main())
