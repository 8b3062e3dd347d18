"""Waiting for the thing itself, on machines of any speed: a page at rest, a box that keeps its place, a canvas that is
drawn, an answer that has come. Nothing here waits for a time; all give up after a long one and say what was missing."""

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

WAIT_S = 60
FRAMES = 8  # of the browser, in which all must have stayed where it is
STAYS = Path(__file__).with_name("settled.js").read_text("utf-8").rstrip(";\n")


class Traffic:
    """What a page has asked for and not got yet: requests, and runs of Streamlit's script."""

    def __init__(self, page: Any):
        self.events, self.turn = 0, 0
        self.requests: set[Any] = set()
        self.asked = self.running = False
        page.on("request", self.begun)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self.note(self.requests.discard(request)))
        page.on("websocket", self.listen)

    def begun(self, request: Any) -> None:
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self.requests.clear()  # of the document that goes: not of all of them an end is told
        self.note(self.requests.add(request))

    def note(self, _done: None = None) -> None:
        self.events += 1

    def listen(self, socket: Any) -> None:
        socket.on("framesent", self.sent)
        socket.on("framereceived", self.received)
        socket.on("close", lambda _socket: self.note(self.__dict__.update(asked=False, running=False)))

    def sent(self, payload: Any) -> None:
        if isinstance(payload, bytes) and BackMsg.FromString(payload).WhichOneof("type") == "rerun_script":
            self.asked = True
            self.note()

    def received(self, payload: Any) -> None:
        if not isinstance(payload, bytes):
            return
        message = ForwardMsg.FromString(payload)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.asked, self.running = False, True
        elif kind == "script_finished":  # early: the next run begins at once
            self.running = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
        self.note()

    @property
    def under_way(self) -> list[str]:
        runs = ["a run of the script"] if self.asked or self.running else []
        return [*runs, *(request.url for request in self.requests)]


TRAFFIC: WeakKeyDictionary[Any, Traffic] = WeakKeyDictionary()


def follow(page: Any) -> None:
    """From its beginning, so that one can wait until it rests."""
    TRAFFIC[page] = Traffic(page)


def rest(page: Any, *locators: Any) -> list[dict[str, float]]:
    """-> the boxes of some elements at one moment, in which nothing is asked, runs or moves on the page."""
    traffic, end = TRAFFIC[page], time.monotonic() + WAIT_S
    while time.monotonic() < end:
        traffic.turn += 1
        before = traffic.events
        elements = [locator.element_handle() for locator in locators]
        arg = [elements, FRAMES, traffic.turn]
        stayed = page.wait_for_function(STAYS, arg=arg, timeout=1000 * WAIT_S).json_value()
        if "gone" not in stayed and not traffic.under_way and traffic.events == before:
            boxes: list[dict[str, float]] = stayed["boxes"]
            return boxes
    raise AssertionError(f"the page never came to rest: {traffic.under_way}")


def box_of(locator: Any) -> dict[str, float]:
    """Where an element stands, once the page rests: the mouse may go there."""
    return rest(locator.page, locator)[0]


def settle(page: Any, was: Callable[[], bool]) -> None:
    """Waits until `was` holds."""
    end = time.monotonic() + WAIT_S
    while not was():
        if time.monotonic() > end:
            raise AssertionError("it never came to that")
        page.wait_for_timeout(50)  # between two looks


def stays(page: Any, was: Callable[[], bool], frames: int = 60) -> None:
    """Looks at every few frames of the browser whether `was` still holds."""
    for _ in range(frames // 5):
        assert was()
        page.evaluate(
            "async (frames) => { while (frames--) await new Promise((next) => requestAnimationFrame(next)); }", 5
        )
    assert was()


def pixels(canvas: Any) -> np.ndarray:
    """(H, W, 4) of what is drawn just now."""
    drawn = canvas.evaluate(
        """c => {
          const bytes = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
          let text = "";
          for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
          return [c.width, c.height, btoa(text)];
        }"""
    )
    return np.frombuffer(base64.b64decode(drawn[2]), np.uint8).reshape(drawn[1], drawn[0], 4)


def drawing(canvas: Any) -> np.ndarray:
    """(H, W, 4) of a canvas, once the page rests and something is drawn on it."""
    settle(canvas.page, lambda: bool((pixels(canvas)[..., 3] > 0).any()))
    rest(canvas.page, canvas)
    return pixels(canvas)
