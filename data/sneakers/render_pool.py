"""Draws sneakers in processes of their own, so that all cores draw while the caller squares and writes.

    python -m looks_like.data.sneakers.render_pool SAMPLER SEED EDGE_PX

reads lines "BEGIN END" and answers each product of that range with its length (4 bytes) and its JPEG.
"""

import gc
import os
import signal
import subprocess
import sys
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import IO

import looks_like
from looks_like.data.errors import CatalogueError

CHUNK = 64  # products per question
_AHEAD = 32  # chunks drawn before they are asked for
_ROOT = Path(looks_like.__file__).resolve().parents[1]

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _search_path() -> str:
    """Where a process of ours finds this package, before whatever else it is told to look in."""
    return os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])


class RenderPool:
    """Draws the products of one sampler on all cores, in order and a little ahead of whoever asks."""

    def __init__(self, sampler: str, seed: int, edge_px: int, count: int) -> None:
        self.command = [sys.executable, "-m", "looks_like.data.sneakers.render_pool", sampler, str(seed), str(edge_px)]
        self.count = count
        self._chunks: OrderedDict[int, Future[list[bytes]]] = OrderedDict()
        self._lock = threading.Lock()
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self._started: list[subprocess.Popen[bytes]] = []
        self._threads: ThreadPoolExecutor | None = None

    def picture(self, i: int) -> bytes:
        """The JPEG of product i. CatalogueError when the drawing process ended."""
        return self._ahead(i // CHUNK).result()[i % CHUNK]

    def _ahead(self, asked: int) -> Future[list[bytes]]:
        with self._lock:
            for chunk in range(asked, min(asked + _AHEAD, (self.count - 1) // CHUNK + 1)):
                if chunk not in self._chunks:
                    self._chunks[chunk] = self._pool().submit(self._draw, chunk)
            drawn = self._chunks[asked]
            while len(self._chunks) > 3 * _AHEAD:
                self._chunks.popitem(last=False)
        return drawn

    def close(self) -> None:
        """Ends the processes; what was not asked for is lost."""
        for process in self._started:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                pipe.close()
        self._started.clear()
        if self._threads:
            self._threads.shutdown(cancel_futures=True)

    def __enter__(self) -> "RenderPool":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _pool(self) -> ThreadPoolExecutor:
        if self._threads is None:
            cores = os.cpu_count() or 1
            self._threads = ThreadPoolExecutor(cores, thread_name_prefix="studio")
            for _ in range(cores):
                process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
                    self.command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    bufsize=0,
                    env={**os.environ, "PYTHONPATH": _search_path()} | _ONE_THREAD,
                )
                self._started.append(process)
                self._idle.put(process)
        return self._threads

    def _draw(self, chunk: int) -> list[bytes]:
        process = self._idle.get()
        try:
            begin, end = chunk * CHUNK, min((chunk + 1) * CHUNK, self.count)
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(b"%d %d\n" % (begin, end))
            return [_read(process.stdout, int.from_bytes(_read(process.stdout, 4))) for _ in range(begin, end)]
        except (OSError, EOFError, ValueError):
            raise CatalogueError("the process that draws sneakers ended before its work was done: try again") from None
        finally:
            self._idle.put(process)


def _read(pipe: IO[bytes], count: int) -> bytes:
    """Exactly `count` bytes. EOFError when the pipe ends before."""
    parts, missing = [], count
    while missing:
        part = pipe.read(missing)
        if not part:
            raise EOFError
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def main() -> None:
    """What each process runs until its input ends."""
    from PIL import Image

    from looks_like.data.pictures import encode
    from looks_like.data.sneakers import render
    from looks_like.data.sneakers.samplers import SAMPLERS

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks; it ends this one
    gc.disable()  # nothing here refers to itself in a circle
    sample, seed, edge_px = SAMPLERS[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3])
    for line in sys.stdin.buffer:
        begin, end = map(int, line.split())
        for i in range(begin, end):
            content = encode(Image.fromarray(render(sample(seed, i).sneaker, edge_px)), lossless=False)
            sys.stdout.buffer.write(len(content).to_bytes(4) + content)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
