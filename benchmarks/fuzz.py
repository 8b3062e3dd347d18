"""python -m benchmarks.fuzz [--requests 20000] [--seed 0]: asks every route what no page would.

Each request takes what a page would ask and spoils some of it: huge numbers, NaN, halves of characters, controls, long
names, .., SQL, nulls, wrong kinds, wrong methods, ranges. What is answered must be an answer or a sentence: any 500,
any exception, any refusal without its sentence is a fault and is printed with the address that found it.
"""

import argparse
import asyncio
import gc
import json
import os
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message

from benchmarks.generated import lab_of
from benchmarks.measure import Bench, memory_mb, say
from looks_like.data.sources import Columns
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.interfaces.browser_code import version
from looks_like.explorer.interfaces.routes import TABLE, Guard, KnownHosts, routes

_SENTENCE_MAX = 2000
_BACK_WITHIN_S, _BACK_MB = 60, 150
_KINDS = {
    "id": "",
    "made_by": "text",
    "weight": "number",
    "serial": "number",
    "cost": "money",
    "sold": "yes/no",
    "launched": "date",
    "seen": "time",
    "sizes": "list",
}
_METHODS = ("GET",) * 30 + ("HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "BREW")
_HEADERS: tuple[tuple[str, str], ...] = (
    ("range", "bytes=0-0"),
    ("range", "bytes=-1"),
    ("range", "bytes=999999999999-"),
    ("range", "bytes=5-1,a-b"),
    ("if-none-match", '"x"'),
    ("if-modified-since", "yesterday"),
    ("accept", "nothing/at-all"),
    ("accept-encoding", "gzip;q=nan, br"),
    ("content-length", "-1"),
    ("transfer-encoding", "chunked"),
    ("cookie", "a=" + "b" * 3000),
    ("x-forwarded-host", "evil.example"),
)
_DIGITS = "9" * 401
HOSTILE = (
    *("", " ", "0", "-1", "-0", "1", "2", "7", "1e3", "1.5", "1_000", "٣", "0x10", "+1", "1e999", "nan", "NaN", "-inf"),
    *("9223372036854775807", "9223372036854775808", "18446744073709551616", _DIGITS, f"-{_DIGITS}", "9" * 5000),
    *("null", "true", "[]", "{}", "[[]]", '""', "undefined", "None", "\x00", "\x00\x01\x1b[31m", "\r\nset-cookie: a=b"),
    *("..", "../..", "../../etc/passwd", "/etc/passwd", "C:\\x", "tiny/../tiny", "tiny\x00", "%2e%2e", ".", "a/b"),
    *(
        "'; drop table products; --",
        "' or 1=1 --",
        "`x`",
        "price < 1",
        "${jndi:x}",
        "{{7*7}}",
        "<script>alert(1)</script>",
    ),
    *("a" * 40, "a" * 41, "a" * 200, "a" * 300, "a" * 5000, "-" * 41, "a--b", "A", "é", "👟" * 60, "\u202e", "\ufeff"),
    *(",", ",,,", "0,0", "0," * 600, "1e308," * 5 + "1", "nan,0,0,0,0,0", "1e38,0,0,0,0,0", "999999,-999999,0,0,0,0"),
)
# as bytes, for what is no text
_RAW = ("%ff", "%c0%80", "%ed%a0%80", "%", "%zz", "%00", "+", "%26", "%23", "%u0041")
_JSON = (
    *(
        None,
        True,
        0,
        -1,
        1.5,
        1e308,
        -1e308,
        float("nan"),
        float("inf"),
        2**53 + 1,
        2**63,
        -(2**63) - 1,
        10**401,
        10**30,
    ),
    *("", "x", "\ud800", "\x00", "a" * 300, "2026-01-31", "0001-01-01", "9999-12-31T23:59:59+14:00", "1e5", _DIGITS),
    *(
        [],
        {},
        [[]],
        [None, None],
        [1, 2, 3],
        ["\ud800"],
        {"map": "pca"},
        {"map": "a" * 300, "points": [[0, 0], [1, 1], [0, 1]]},
    ),
)


@dataclass(frozen=True)
class Ask:
    """One request; path and query as they stand in an address."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]

    def words(self) -> str:
        return f"{self.method} {self.path}?{self.query} {dict(self.headers)}"[:600]


@dataclass
class Report:
    """What became of all requests."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)  # by what went wrong: the request that found it

    def note(self, ask: Ask, status: int, body: bytes) -> None:
        self.statuses[status] += 1
        if status >= 500 and status not in (503, 507):
            self.faults.setdefault(f"{status} on {_route(ask.path)}", ask.words())
        elif status >= 400 and status != 405 and ask.method == "GET" and not _is_a_sentence(body, ask.path):
            self.faults.setdefault(f"{status} without a sentence on {_route(ask.path)}: {body[:80]!r}", ask.words())


def asks(lab: Lab, seed: int) -> Iterator[Ask]:
    """Requests without end; the same ones for the same seed and workspace."""
    rng, usual = random.Random(seed), _usual(lab)
    while True:
        yield _ask(rng, usual)


def hammer(app: ASGIApp, requests: Iterator[Ask], told: Callable[[int], None] = lambda done: None) -> Report:
    """Asks an app one after the other, as a server would hand them over."""
    report = Report()

    async def all_of() -> None:
        for done, ask in enumerate(requests):
            try:
                report.note(ask, *await _answered(app, ask))
            except Exception as reason:  # noqa: BLE001 - whatever it is, it is what is looked for
                where = traceback.extract_tb(reason.__traceback__)[-1]
                said = (
                    f"{type(reason).__name__}: {str(reason)[:120]} ({where.filename.rpartition('/')[2]}:{where.lineno})"
                )
                report.faults.setdefault(f"{said} on {_route(ask.path)}", ask.words())
                report.statuses[500] += 1
            told(done + 1)

    with ThreadPoolExecutor(1) as thread:  # in its own: the caller's may have a loop already
        thread.submit(lambda: asyncio.run(all_of())).result()
    return report


def with_every_kind(lab: Lab, folder: Path) -> Lab:
    """The workspace with an attribute of each kind on its products, some of them not given."""
    lines = [",".join(_KINDS)]
    for n, product_id in enumerate(lab.catalogue().product_ids):
        day = f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d}"
        values = (f"Maker {n % 5}", n % 40 / 4, 2**57 + n, f"€ {n}.50", n % 2 == 0, day, f"{day} 14:{n % 60:02d}")
        sizes = " | ".join(str(30 + n % k) for k in (3, 5, 7))
        lines.append(",".join([product_id, *("" if n % 11 == k else str(v) for k, v in enumerate((*values, sizes)))]))
    table = folder / "kinds.csv"
    table.write_text("\n".join(lines), "utf-8")
    kinds = {name: kind for name, kind in _KINDS.items() if kind}
    for _ in lab.import_products(str(table), Columns(product_id="id", kinds=kinds)):
        pass
    return lab


def app_over(lab: Lab) -> Starlette:
    """The routes behind the guard, as the app has them."""
    return Starlette(routes=routes(lambda: lab), middleware=[Middleware(Guard, KnownHosts())])


def main() -> int:
    """0 when there was no fault and the memory came back."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with Bench(quick=True) as bench:
        lab = with_every_kind(lab_of(bench, 1000), bench.folder)
        app, requests, started = app_over(lab), asks(lab, asked.seed), time.perf_counter()
        hammer(app, _first(requests, 500))  # what any server holds after a while
        before = memory_mb(os.getpid())
        report = hammer(app, _first(requests, asked.requests), _say_every(1000))
        took, held = time.perf_counter() - started, memory_mb(os.getpid())
        back = _memory_back(before)
    line = {
        "requests": asked.requests,
        "seed": asked.seed,
        "seconds": round(took),
        "statuses": dict(sorted(report.statuses.items())),
        "faults": len(report.faults),
        "memory_mb": {"before": round(before), "held": round(held), "after": round(back)},
    }
    for fault, by in sorted(report.faults.items()):
        print(f"{fault}\n    {by}")
    print(json.dumps(line))
    return 1 if report.faults or back > before + _BACK_MB else 0


# -- one request -------------------------------------------------------------------------------------------------------


def _usual(lab: Lab) -> dict[str, list[str]]:
    """Of each parameter, what a page may say."""
    model = lab.model_name(None)
    latent, catalogue = lab.space(model).latent, lab.catalogue()
    some = [catalogue.product_ids[i] for i in (0, len(catalogue) // 2, -1)]
    map_name, attributes = lab.maps(model)[-1].name, catalogue.attributes
    filters = [[[name, op, value]] for name in attributes for op, value in _CONDITIONS]
    triangle = [[-1, -1], [1, -1], [0, 1]]
    steps = [[["=", "lasso", triangle]], [["=", "shown", None], ["-", "like", 3]], [["=", "near", [[0] * latent, 3]]]]
    steps += [[["=", "value", [name, "x"]]] for name in attributes] + [[["=", "cluster", 1]], [["=", "tag", "x"]]]
    return {
        "model": [model],
        "map": [map_name],
        "name": [map_name, "k-means", ""],
        "clusters": ["", "k-means"],
        "id": some,
        "a": some,
        "b": [*some, "cluster:1", "tag:x", f"code:{','.join(['0.5'] * latent)}"],
        "c": [*some, 'selection:{"steps":"[]"}', 'more:["x",3,"1"]'],
        "d": some,
        "shape": ["pair", "square", "story", "slide"],
        "seconds": ["0", "1.5"],
        "row": ["0", "5"],
        "rows": ["0,1,2"],
        "q": ["1", "brand"],
        "k": ["3", "12"],
        "z": [",".join(["0.5"] * latent), ",".join(["-2"] * latent)],
        "px": ["72", "256"],
        "v": ["", "1"],
        "by": [*attributes, "", "how true", "its cluster"],
        "filter": ["", *(json.dumps(each) for each in filters)],
        "steps": ["", *(json.dumps(each) for each in steps), "2", "6"],
        "order": ["typical", "odd", "new"],
        "page": ["0", "1"],
        "curve": ["dense", "linear", "spherical", "matched", "graph"],
        "through": ["100", "0", "37"],
        "size": ["64"],
        "sha256": [catalogue.sha256[0]],
        "edge": ["16", "32", "64", "5"],
        "kind": ["gif", "webp", "png", "csv", "json"],
        "version": [version(), "0"],
        "path:path": ["latent_map/latent_map.js"],
    }


_CONDITIONS = (
    *(("is", ["x"]), ("is", [None, 1]), ("between", [None, 1]), ("between", ["2026-01-31", None]), ("holds", "a")),
    *(("newest", 30), ("tagged", ["x"]), ("untagged", [""])),
)
_OF_ROUTE: dict[str, tuple[str, ...]] = {
    "/api/product": ("id", "row"),
    "/api/products": ("rows",),
    "/api/search": ("q",),
    "/api/random": ("model",),
    "/api/nearest": ("model", "z", "k"),
    "/api/similar": ("model", "id", "k"),
    "/api/copies": ("id", "filter", "page"),
    "/api/picture/{sha256}": ("px",),
    "/api/atlas/order": ("model", "map", "v"),
    "/api/atlas/{edge}/{page}": ("model", "map", "v"),
    "/api/map": ("model", "name", "v"),
    "/api/colours": ("by", "model", "map", "clusters", "v"),
    "/api/clusters": ("model", "map", "name", "v"),
    "/api/shown": ("filter",),
    "/api/selection": ("model", "map", "clusters", "steps", "filter"),
    "/api/selection/items": ("model", "map", "clusters", "steps", "filter", "order", "page"),
    "/api/decode": ("model", "z"),
    "/api/draw": ("model",),
    "/api/ends": ("model",),
    "/api/strip": ("model", "from", "to"),
    "/api/dimension": ("model", "number", "z"),
    "/api/told": ("model",),
    "/api/directions": ("model",),
    "/api/path": ("model", "a", "b", "curve", "through", "steps"),
    "/api/path/sheet": ("model", "a", "b", "curve", "through", "steps"),
    "/api/path/curves": ("model", "a", "b", "steps"),
    "/api/grid": ("model", "a", "b", "c", "d", "edge", "curve", "filter"),
    "/api/grid/sheet": ("model", "a", "b", "c", "edge"),
    "/api/grid.png": ("model", "a", "b", "c", "edge", "size"),
    "/api/film.{kind}": ("model", "a", "b", "c", "curve", "through", "steps", "size", "shape", "seconds"),
}


def _ask(rng: random.Random, usual: dict[str, list[str]]) -> Ask:
    route = rng.choice(list(TABLE))
    path = route
    for name in ("sha256", "edge", "page", "kind", "version", "path:path"):
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", _value(rng, name, usual))
    names = list(_OF_ROUTE.get(route, ()))
    if rng.random() < 0.2 and names:
        names.remove(rng.choice(names))
    if rng.random() < 0.1:
        names.append(rng.choice([*usual, "x" * 2000, "\x00"]))
    query = "&".join(f"{quote(name, safe='')}={_value(rng, name, usual)}" for name in names)
    headers = tuple(rng.sample(_HEADERS, rng.randint(1, 3))) if rng.random() < 0.1 else ()
    return Ask(rng.choice(_METHODS), path, query, headers)


def _value(rng: random.Random, name: str, usual: dict[str, list[str]]) -> str:
    """What a page would say, or that spoilt, as it stands in an address."""
    said = rng.choice(usual[name]) if name in usual else ""
    chance = rng.random()
    if chance < 0.6:
        return quote(said, safe="/" if name == "path:path" else "")
    if chance < 0.7 or (name in ("filter", "steps") and chance < 0.95):
        return quote(_spoilt_json(rng, said), safe="")
    if chance < 0.75:
        return rng.choice(_RAW)
    if chance < 0.82:
        at = rng.randint(0, len(said))
        return quote(said[:at] + rng.choice(HOSTILE)[:50] + said[at:], safe="")
    return quote(rng.choice(HOSTILE), safe="")


def _spoilt_json(rng: random.Random, text: str) -> str:
    """With one value somewhere in it put in another's place."""
    try:
        said = json.loads(text)
    except ValueError:
        said = text
    for _ in range(rng.randint(1, 2)):
        said = _put(rng, said)
    return json.dumps(said) if rng.random() < 0.95 else json.dumps(said)[: rng.randint(0, 40)]


def _put(rng: random.Random, said: object) -> object:
    if isinstance(said, list) and said and rng.random() < 0.85:
        at = rng.randrange(len(said))
        return [*said[:at], _put(rng, said[at]), *said[at + 1 :]]
    return rng.choice(_JSON)


async def _answered(app: ASGIApp, ask: Ask) -> tuple[int, bytes]:
    """-> status, body; as uvicorn would hand it over."""
    status, body, said, gone = 0, bytearray(), False, asyncio.Event()

    async def receive() -> Message:
        nonlocal said
        if said:
            await gone.wait()  # nobody hangs up
        said = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        body.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": ask.method,
        "scheme": "http",
        "path": unquote(ask.path),
        "raw_path": ask.path.encode("ascii", "replace"),
        "query_string": ask.query.encode("ascii", "replace"),
        "root_path": "",
        "headers": [(b"host", b"localhost:8501"), *((k.encode(), v.encode("latin-1")) for k, v in ask.headers)],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8501),
    }
    await app(scope, receive, send)
    return status, bytes(body)


def _is_a_sentence(body: bytes, path: str) -> bool:
    """{"error": …}, short enough to read; the router's own Not Found where no route has such a path."""
    if body == b"Not Found":
        return True
    try:
        said = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return False
    return isinstance(said, str) and 8 < len(said) <= _SENTENCE_MAX and "Traceback" not in said


def _route(path: str) -> str:
    return "/".join(path.split("/")[:4])[:60]


def _first(requests: Iterator[Ask], count: int) -> Iterator[Ask]:
    for _, ask in zip(range(count), requests, strict=False):
        yield ask


def _say_every(many: int) -> Callable[[int], None]:
    return lambda done: say(f"  {done:,} …") if done % many == 0 else None


def _memory_back(before: float) -> float:
    """What is held once it is back where it was, or after a minute."""
    end = time.perf_counter() + _BACK_WITHIN_S
    while True:
        gc.collect()
        now = memory_mb(os.getpid())
        if now <= before + _BACK_MB or time.perf_counter() > end:
            return now
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
