"""The app while many ask at once: how long a decode takes, and what films hold of the memory."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median

from benchmarks.generated import MODEL, lab_of
from benchmarks.measure import Bench, Result, memory_mb, share_of
from benchmarks.speed.browser import Server, app_of

_CLIENTS, _FILMS = 50, 5
_Z = ",".join(["0.5"] * 32)


def crowd(bench: Bench) -> Iterator[Result]:
    """50 clients decode, a person's pause after each, while another asks for similar products and a third for films."""
    lab, seconds = lab_of(bench, bench.of(30_000, 3000)), bench.of(20, 5)
    ids = lab.catalogue().product_ids
    with app_of(bench, lab.workspace.folder) as server:
        alone = [_taken(server, _decode(i)) for i in range(bench.of(100, 30))][10:]
        others = [
            lambda i: f"/api/similar?model={MODEL}&id={ids[i % len(ids)]}&k=24",
            lambda i: f"/api/film.gif?model={MODEL}&a={ids[i % len(ids)]}&b={ids[-1]}&steps=60",
        ]
        taken = _crowded(server, seconds)
        with _asking(server, others):
            beside = _crowded(server, seconds)
    more = {"decodes": len(beside), "median_ms": round(median(beside), 1), "without_others_ms": share_of(taken, 0.95)}
    yield Result("a decode among 50 clients, p95", share_of(beside, 0.95), "ms", goal=150, more=more)
    yield Result("a decode of one client, median", median(alone), "ms", goal=20)


def long_films(bench: Bench) -> Iterator[Result]:
    """Films of 600 steps at 512 px: what one holds at most, what five hold that are asked for at once, what is kept."""
    lab, steps = lab_of(bench, bench.of(30_000, 3000)), bench.of(600, 120)
    ids = lab.catalogue().product_ids
    asked = f"&steps={steps}&size=512"
    with app_of(bench, lab.workspace.folder) as server:
        server.get(f"/api/film.gif?model={MODEL}&a={ids[0]}&b={ids[-1]}&steps=10&size=64")  # what any film needs
        for kind in ("gif", "webp", "mp4"):
            before = memory_mb(server.pid)
            with _watched(server) as held:
                started = time.perf_counter()
                server.get(f"/api/film.{kind}?model={MODEL}&a={ids[1]}&b={ids[-2]}{asked}")
                took = time.perf_counter() - started
            more = {"seconds": round(took, 1), "kept_mb": round(memory_mb(server.pid) - before)}
            yield Result(f"memory of a film of {steps} steps, {kind}", max(held) - before, "MB", goal=200, more=more)
        before = memory_mb(server.pid)
        with _watched(server) as held, ThreadPoolExecutor(_FILMS) as clients:
            addresses = [f"/api/film.gif?model={MODEL}&a={ids[i]}&b={ids[-1]}{asked}" for i in range(_FILMS)]
            said = list(clients.map(lambda address: _status(server, address), addresses))
        kept = memory_mb(server.pid) - before
    more = {"statuses": said, "kept_mb": round(kept)}
    yield Result(f"memory of {_FILMS} films at once", max(held) - before, "MB", goal=400, more=more)


def _crowded(server: Server, seconds: float) -> list[float]:
    end = time.perf_counter() + seconds
    with ThreadPoolExecutor(_CLIENTS) as clients:
        samples = clients.map(lambda n: _drag(server, n, end), range(_CLIENTS))
        return [ms for of_one in samples for ms in of_one]


def _decode(number: int) -> str:
    return f"/api/decode?model={MODEL}&z={number % 7 / 7},{_Z[4:]}"


def _taken(server: Server, address: str) -> float:
    started = time.perf_counter()
    server.get(address)
    return 1000 * (time.perf_counter() - started)


def _drag(server: Server, number: int, end: float, pause_s: float = 0.2) -> list[float]:
    """One client: asks, looks, asks again."""
    taken = []
    while time.perf_counter() < end:
        taken.append(_taken(server, _decode(number + len(taken))))
        time.sleep(pause_s)
    return taken


def _status(server: Server, address: str) -> int:
    try:
        with urllib.request.urlopen(server.url + address, timeout=600) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        json.loads(refused.read())
        return refused.code


@contextmanager
def _asking(server: Server, addresses: list[Callable[[int], str]]) -> Iterator[None]:
    """Each of these is asked for again and again, by a client of its own."""
    ended = threading.Event()

    def ask(address: Callable[[int], str]) -> None:
        number = 0
        while not ended.is_set():
            _status(server, address(number))
            number += 1

    asking = [threading.Thread(target=ask, args=(address,)) for address in addresses]
    for thread in asking:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in asking:
            thread.join()


@contextmanager
def _watched(server: Server) -> Iterator[list[float]]:
    """What the server holds meanwhile, in MB."""
    held, ended = [memory_mb(server.pid)], threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            held.append(memory_mb(server.pid))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield held
    finally:
        ended.set()
        watching.join()
