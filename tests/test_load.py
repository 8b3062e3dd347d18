"""Many at once: decodes are put together and nobody waits for company; films take little memory and two at a time."""

import io
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from looks_like.explorer.core import space as spaces
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.interfaces.routes import paths, routes
from looks_like.explorer.interfaces.routes.decode_queue import DecodeQueue
from looks_like.explorer.paths import DecodedPath, FilmStyle, PathRequest, walk
from looks_like.explorer.paths.files.film import FORMATS, write_film
from looks_like.explorer.paths.files.frames import Frames

FILM = {"model": "tiny", "a": "0003", "b": "0040", "steps": "6", "size": "64"}


class Decoder:
    """Says of each code its first number; waits at the gate, and keeps how many were decoded at a time."""

    def __init__(self) -> None:
        self.gate, self.began = threading.Event(), threading.Event()
        self.passes: list[int] = []

    def __call__(self, z_td: np.ndarray) -> np.ndarray:
        self.passes.append(len(z_td))
        self.began.set()
        assert self.gate.wait(60)
        if (z_td < 0).any():
            raise ValueError("no picture")
        return np.broadcast_to(z_td[:, :1, None, None].astype(np.uint8), (len(z_td), 2, 2, 3))


def ask_all(queue: DecodeQueue, numbers: list[int]) -> tuple[list[threading.Thread], dict[int, object]]:
    """A thread each; what it was answered, or the mistake."""
    answers: dict[int, object] = {}

    def ask(number: int) -> None:
        try:
            answers[number] = int(queue.decode(np.array([number, 0], np.float32)).max())
        except ValueError as reason:
            answers[number] = str(reason)

    threads = [threading.Thread(target=ask, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    return threads, answers


def until_all_wait(queue: DecodeQueue, count: int) -> None:
    while len(queue._asked) < count:
        threading.Event().wait(0.001)


def test_who_comes_alone_is_decoded_alone_and_at_once() -> None:
    decoder = Decoder()
    decoder.gate.set()
    queue = DecodeQueue(decoder)
    assert [int(queue.decode(np.array([n], np.float32)).max()) for n in range(3)] == [0, 1, 2]
    assert decoder.passes == [1, 1, 1]


def test_who_comes_meanwhile_is_decoded_together_each_its_own() -> None:
    decoder = Decoder()
    queue = DecodeQueue(decoder)
    first, said = ask_all(queue, [200])
    assert decoder.began.wait(60)
    others, answers = ask_all(queue, list(range(50)))
    until_all_wait(queue, 50)
    decoder.gate.set()
    for thread in (*first, *others):
        thread.join(60)
    assert said == {200: 200}
    assert answers == {number: number for number in range(50)}
    assert decoder.passes == [1, 32, 18]


def test_a_decode_that_fails_keeps_nobody_waiting() -> None:
    decoder = Decoder()
    queue = DecodeQueue(decoder)
    first, _ = ask_all(queue, [1])
    assert decoder.began.wait(60)
    others, answers = ask_all(queue, [-1, 2])
    until_all_wait(queue, 2)
    decoder.gate.set()
    for thread in (*first, *others):
        thread.join(60)
    assert answers == {-1: "no picture", 2: "no picture"}
    assert int(queue.decode(np.array([3], np.float32)).max()) == 3


def test_who_asks_for_one_picture_is_not_behind_all_of_a_long_path(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The decoder goes over to who waits after each of a path's batches, though the path's thread wants it at once."""
    space, order, entered = lab.space("tiny"), list[int](), threading.Event()
    decode = space.net.decode

    def noted(z: Any) -> Any:
        order.append(len(z))
        if len(order) == 1:
            entered.set()
            while not space._busy._gates:  # until the other one waits
                threading.Event().wait(0.001)
        return decode(z)

    monkeypatch.setattr(space.net, "decode", noted)
    many = threading.Thread(target=space.decode, args=(np.zeros((4 * spaces._DECODED_AT_ONCE, 6), np.float32),))
    many.start()
    assert entered.wait(60)
    space.decode(np.zeros((1, 6), np.float32))
    many.join(60)
    assert order == [spaces._DECODED_AT_ONCE, 1, *[spaces._DECODED_AT_ONCE] * 3]


# -- films ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many composed frames there were whenever one more was made."""
    counts, made = list[int](), list[weakref.ref[Image.Image]]()
    compose = Frames.__getitem__

    def noted(frames: Frames, i: Any) -> Any:
        frame = compose(frames, i)
        made.append(weakref.ref(frame))
        counts.append(sum(kept() is not None for kept in made))
        return frame

    monkeypatch.setattr(Frames, "__getitem__", noted)
    return counts


@pytest.mark.parametrize("kind", ["gif", "webp", "mp4"])
def test_a_film_holds_a_few_frames_however_long_it_is(lab: Lab, alive: list[int], kind: str) -> None:
    path = walk(lab, PathRequest("tiny", ("0003", "0040"), steps=40))
    write_film(lab, path, kind, FilmStyle(64), io.BytesIO())
    assert len(alive) >= 40
    assert max(alive) <= 3


def test_a_film_holds_a_few_pictures_of_products_however_many_it_passes(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = walk(lab, PathRequest("tiny", ("0003", "0040"), steps=40))
    path = replace(path, nearest=[replace(lab.product_at(row), distance=0.0) for row in range(40)])
    asked: list[int] = []
    pictures = type(lab.catalogue()).pictures

    def noted(catalogue: Any, rows: Any) -> Any:
        asked.append(len(rows))
        return pictures(catalogue, rows)

    monkeypatch.setattr(type(lab.catalogue()), "pictures", noted)
    write_film(lab, path, "gif", FilmStyle(64), io.BytesIO())
    assert set(asked) == {1}


@pytest.fixture
def client(lab: Lab) -> TestClient:
    return TestClient(Starlette(routes=routes(lambda: lab)))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_third_film_is_refused_until_one_is_made(client: TestClient, kind: str) -> None:
    with paths._MAKING, paths._MAKING:
        said = client.get(f"/api/film.{kind}", params=FILM)
        assert said.status_code == 503
        assert int(said.headers["retry-after"]) > 0
        assert "2 films are being made" in said.json()["error"]
        assert client.get("/api/film.exe", params=FILM).status_code == 400, "what can't be says so at any time"
    assert client.get(f"/api/film.{kind}", params=FILM).status_code == 200


def test_a_film_that_fails_makes_room_for_others(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*told: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(paths, "write_film", fails)
        for _ in range(4):
            said = client.get("/api/film.gif", params=FILM)
            assert said.status_code == 507
            assert "disk" in said.json()["error"]
    assert client.get("/api/film.gif", params=FILM).status_code == 200


def test_a_film_is_sent_whole_in_pieces(client: TestClient, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    write: Callable[[Lab, DecodedPath, str, FilmStyle, io.BytesIO], None] = write_film
    whole = io.BytesIO()
    write(lab, walk(lab, PathRequest("tiny", ("0003", "0040"), steps=6)), "gif", FilmStyle(64), whole)
    monkeypatch.setattr("looks_like.explorer.interfaces.routes.responses._PIECE", 100)
    said = client.get("/api/film.gif", params=FILM)
    assert said.content == whole.getvalue()
    assert said.headers["content-length"] == str(len(said.content))
