"""python -m benchmarks.reliability.crowd WORKSPACE [--sessions 50] [--minutes 10]: many people at once, on loopback.

Each holds a session of Streamlit's own protocol open, as a browser does: opens pages, chooses, waits as people do, and
asks for decodes, pictures and similar products in between. Printed: errors, the 95th percentile of a page's run and of
a decode, and what the app holds of the memory before, meanwhile, and a while after all have gone.
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import websockets

from benchmarks.measure import Bench, memory_mb, say, share_of
from benchmarks.speed.browser import Server, app_of
from looks_like.explorer.core.lab import Lab

PAGES = ("", "similar", "looks-like", "dimensions", "catalogue")
_PAUSE_S, _ANSWER_S, _AFTER_S = (0.5, 3.0), 60.0, 30.0
_ROUTES_EACH = 3  # between two runs of a page


@dataclass
class Seen:
    runs_ms: list[float] = field(default_factory=list)
    decodes_ms: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)


def main() -> int:
    """0 where there was no error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability.crowd", description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10)
    asked = parser.parse_args()
    found = run(asked.workspace, asked.sessions, 60 * asked.minutes)
    print(json.dumps(found))
    return 1 if found["errors"] else 0


def run(workspace: Path, sessions: int, seconds: float, after_s: float = _AFTER_S) -> dict[str, Any]:
    """Plain figures."""
    lab, seen, again = Lab(workspace), Seen(), Seen()
    with Bench() as bench, app_of(bench, workspace) as server:
        asyncio.run(_crowd(server, lab, seen, sessions=1, seconds=5.0))  # what is read once is read
        before, seen = memory_mb(server.pid), Seen()
        asyncio.run(_crowd(server, lab, seen, sessions, seconds))
        meanwhile = max(seen.memory_mb, default=before)
        time.sleep(after_s)
        after = memory_mb(server.pid)
        asyncio.run(_crowd(server, lab, again, sessions, seconds / 4))
        time.sleep(after_s)
        twice = memory_mb(server.pid)
    say(f"{sessions} sessions, {seconds:.0f} s: {len(seen.runs_ms)} runs, {len(seen.errors)} errors")
    return {
        "sessions": sessions,
        "seconds": seconds,
        "runs": len(seen.runs_ms),
        "run_p95_ms": round(share_of(seen.runs_ms, 0.95)),
        "run_median_ms": round(share_of(seen.runs_ms, 0.5)),
        "decodes": len(seen.decodes_ms),
        "decode_p95_ms": round(share_of(seen.decodes_ms, 0.95), 1),
        "answers": dict(seen.answers),
        "errors": [*seen.errors, *again.errors][:20],
        "memory_mb": {
            k: round(v)
            for k, v in {"before": before, "most": meanwhile, "after": after, "after a second crowd": twice}.items()
        },
    }


async def _crowd(server: Server, lab: Lab, seen: Seen, sessions: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    watching = asyncio.create_task(_watch(server, seen, end))
    await asyncio.gather(*(_person(server, lab, seen, number, end) for number in range(sessions)))
    await watching


async def _watch(server: Server, seen: Seen, end: float) -> None:
    while time.monotonic() < end:
        seen.memory_mb.append(memory_mb(server.pid))
        await asyncio.sleep(1.0)


async def _person(server: Server, lab: Lab, seen: Seen, number: int, end: float) -> None:
    """One browser: comes a little later than the one before, and goes at the end."""
    rng = random.Random(number)
    await asyncio.sleep(rng.uniform(0, min(5.0, (end - time.monotonic()) / 4)))
    address = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    try:
        async with websockets.connect(address, max_size=None, open_timeout=_ANSWER_S, proxy=None) as socket:
            while time.monotonic() < end:
                seen.runs_ms.append(await _page(socket, rng, lab))
                for _ in range(_ROUTES_EACH):
                    await asyncio.sleep(rng.uniform(*_PAUSE_S))
                    if time.monotonic() > end:
                        break
                    await asyncio.to_thread(_route, server, lab, seen, rng)
    except Exception as reason:  # noqa: BLE001 - each is counted
        seen.errors.append(f"session {number}: {type(reason).__name__}: {str(reason)[:200]}")


async def _page(socket: Any, rng: random.Random, lab: Lab) -> float:
    """Asks for a page as a link does; -> ms until its run has ended. RuntimeError for what a page shows as an error."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    asked = BackMsg()
    ids = lab.catalogue().product_ids
    chosen = {"model": lab.model_name(None, decodes=True), "like": rng.choice(ids), "panel": "selection"}
    asked.rerun_script.query_string = urlencode(chosen)
    asked.rerun_script.page_name = rng.choice(PAGES)
    started = time.perf_counter()
    await socket.send(asked.SerializeToString())
    while True:
        content = await asyncio.wait_for(socket.recv(), _ANSWER_S)
        message = ForwardMsg.FromString(content)
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            raise RuntimeError(message.delta.new_element.exception.message)
        if kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return 1000 * (time.perf_counter() - started)
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise RuntimeError("a page does not compile")


def _route(server: Server, lab: Lab, seen: Seen, rng: random.Random) -> None:
    model = lab.model_name(None, decodes=True)
    z = ",".join(f"{rng.uniform(-1, 1):.2f}" for _ in range(lab.space(model).latent))
    product = rng.choice(lab.catalogue().product_ids)
    what = rng.choice(["decode", "decode", "decode", "similar", "picture"])
    paths = {
        "decode": f"/api/decode?model={model}&z={z}",
        "similar": f"/api/similar?{urlencode({'model': model, 'id': product, 'k': 24})}",
        "picture": f"/api/picture/{lab.catalogue().sha256[lab.catalogue().row(product)]}?edge=64",
    }
    started = time.perf_counter()
    try:
        server.get(paths[what])
        seen.answers[what] += 1
    except OSError as reason:
        seen.errors.append(f"{what}: {reason}")
        return
    if what == "decode":
        seen.decodes_ms.append(1000 * (time.perf_counter() - started))


if __name__ == "__main__":
    raise SystemExit(main())
