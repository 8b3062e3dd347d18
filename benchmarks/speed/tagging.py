"""A tag on 10,000 of 30,000 products: from the click to the mask that a map draws."""

import csv
import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np

from benchmarks.generated import lab_of
from benchmarks.measure import Bench, Result, by_turns, compared
from looks_like.explorer import tags as tagging

_GOAL_S = 1.0
_ONE_IN = 10  # of the files that would be written


def bulk_tagging(bench: Bench) -> Iterator[Result]:
    """A tag given to a third of the catalogue and read back as a mask, beside a table and a folder of JSON files.

    Theirs keeps neither who did it nor a way back: the table is read, changed, written aside and renamed; of the
    files, one per sample as data set tools have them, those tagged are each read, changed and written (a tenth is).
    """
    lab = lab_of(bench, bench.of(30_000, 3000))
    ids, rows_m, numbers = lab.catalogue().product_ids, np.arange(0, len(lab.catalogue()), 3), count()
    table, files = _table(bench.folder / "tags.csv", ids), _files(bench.folder / "samples", ids)

    def ours() -> None:
        tag = f"tag {next(numbers)}"
        done = tagging.add(lab, tag, rows_m, "bench", "every third")
        assert done.changed == tagging.mask(lab, tag).sum() == len(rows_m)

    chosen = {ids[row] for row in rows_m}
    few = set(sorted(chosen)[::_ONE_IN])
    ours_s, table_s = by_turns(ours, lambda: _tag_table(table, chosen), rounds=bench.of(15, 3))
    files_s = [_ONE_IN * seconds for seconds in by_turns(lambda: _tag_files(files, few), rounds=2)[0]]
    what = f"tag {len(rows_m):,} of {len(ids):,}"
    yield compared(
        what, "ms", "a CSV with a tags column, rewritten", [ours_s, table_s], goal=bench.goal(1000 * _GOAL_S)
    )
    yield compared(
        what, "ms", "a JSON file per sample, rewritten", [ours_s, files_s], more={"their_share": 1 / _ONE_IN}
    )


def _table(path: Path, ids: list[str]) -> Path:
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["product_id", "brand", "price", "tags"], *([i, "Alder", "9.5", ""] for i in ids)])
    return path


def _tag_table(path: Path, chosen: set[str]) -> None:
    aside = path.with_suffix(".part")
    with open(path, newline="", encoding="utf-8") as file, open(aside, "w", newline="", encoding="utf-8") as out:
        reader = csv.DictReader(file)
        writer = csv.DictWriter(out, reader.fieldnames or [])
        writer.writeheader()
        for row in reader:
            if row["product_id"] in chosen:
                row["tags"] = f"{row['tags']}|x" if row["tags"] else "x"
            writer.writerow(row)
    os.replace(aside, path)


def _files(folder: Path, ids: list[str]) -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    files = {product: folder / f"{i:06d}.json" for i, product in enumerate(ids)}
    for product, file in files.items():
        file.write_text(json.dumps({"id": product, "brand": "Alder", "price": 9.5, "tags": []}), "utf-8")
    return files


def _tag_files(files: dict[str, Path], chosen: set[str]) -> None:
    for product in chosen:
        said = json.loads(files[product].read_text("utf-8"))
        said["tags"].append("x")
        files[product].write_text(json.dumps(said), "utf-8")
