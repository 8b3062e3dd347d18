"""What those who run the app see of it: whether it is ready, figures for Prometheus, a log of requests.

Figures hold neither ids nor words of anybody: routes by their pattern, answers by their status.
"""

import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from looks_like.explorer.core import Lab
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.jobs import Jobs

_NEVER = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_log = logging.getLogger("looks_like.requests")


class Figures:
    """Those of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.asked = Counter("looks_like_requests", "Requests", ["way", "status"], registry=self.registry)
        self.took = Histogram(
            "looks_like_request_seconds", "Until the first byte", ["way"], buckets=_BOUNDS_S, registry=self.registry
        )
        self.products = Gauge("looks_like_products", "Products of the catalogue", registry=self.registry)
        self.jobs = Gauge("looks_like_jobs", "Jobs that wait or run", registry=self.registry)


class Watched:
    """An ASGI middleware: counts and times what is answered, and logs it where that is asked for."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app, self._figures = app, figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, int(message["status"]), time.perf_counter() - started)
            await send(message)

        await self._app(scope, receive, send_counted)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        way = _way(scope)
        self._figures.asked.labels(way, str(status)).inc()
        self._figures.took.labels(way).observe(seconds)
        if _log.isEnabledFor(logging.INFO):
            said = {"at": time.time(), "method": scope["method"], "way": way, "status": status}
            _log.info(json.dumps(said | {"ms": round(1000 * seconds, 1)}))


def _way(scope: Scope) -> str:
    """Of routes their pattern, whatever stands in its place; all that Streamlit answers is one."""
    route = scope.get("route")
    pattern = str(getattr(route, "path", ""))
    if pattern:
        return str(scope.get("root_path", "")) + pattern
    return "/api" if str(scope["path"]).startswith("/api/") else "pages"


def monitoring_routes(open_lab: Callable[[], Lab], figures: Figures) -> list[Route]:
    """Whether it is ready to be used, and the figures."""

    def ready(request: Request) -> Response:
        """503 where the workspace can't be read: whoever balances asks another."""
        try:
            lab = open_lab()
            if lab.version():
                lab.catalogue()
        except (*MISTAKES, OSError, RuntimeError):
            return JSONResponse({"ready": False}, 503, _NEVER)
        return JSONResponse({"ready": True}, 200, _NEVER)

    def metrics(request: Request) -> Response:
        with suppress(*MISTAKES, OSError, RuntimeError):  # then the last ones stand
            lab = open_lab()
            figures.products.set(lab.catalogue().count if lab.version() else 0)
            figures.jobs.set(len(Jobs(lab.workspace.folder).active()))
        return Response(generate_latest(figures.registry), headers=_NEVER, media_type=CONTENT_TYPE_LATEST)

    return [Route("/api/ready", ready, methods=["GET"]), Route("/api/metrics", metrics, methods=["GET"])]


def log_requests() -> None:
    """From now on each answer is a line of JSON on stderr."""
    told = logging.StreamHandler()
    told.setFormatter(logging.Formatter("%(message)s"))
    _log.addHandler(told)
    _log.setLevel(logging.INFO)
    _log.propagate = False
