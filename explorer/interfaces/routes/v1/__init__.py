"""The JSON API for other programs, below /api/v1: stable names, described by OpenAPI at /api/v1/openapi.json.

What pages ask for beside it (`explorer/interfaces/routes`) changes with the pages; this does not. FastAPI reads the
types of its functions, checks what comes in and writes the description.
"""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from looks_like.data.acting import AccessError
from looks_like.data.errors import CatalogueError, PictureError
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces.routes.v1 import catalogue, space, tags
from looks_like.explorer.interfaces.routes.v1.answers import Mistake
from looks_like.explorer.interfaces.routes.v1.body_limit import BodyLimit

__all__ = ["api"]

_ABOUT = """What a catalogue holds and what looks alike in it, for other programs.

Every mistake is answered as `{"error": sentence}`. Where people log in, send `Authorization: Bearer TOKEN`
(`looks-like token --access FILE`); a viewer's reads, an editor's tags. Without a login none is needed.
"""
_STATUS = {AccessError: 403, CatalogueError: 404}


def api(open_lab: Callable[[], Lab]) -> FastAPI:
    """The application over the Lab that `open_lab` gives."""
    mistakes: dict[int | str, dict[str, Any]] = {
        status: {"model": Mistake} for status in (400, 401, 403, 404, 413, 422)
    }
    app = FastAPI(
        title="Looks Like", version="1", description=_ABOUT, docs_url=None, redoc_url=None, responses=mistakes
    )
    app.state.open_lab = open_lab
    app.add_middleware(BodyLimit)
    for part in (catalogue, space, tags):
        app.include_router(part.router)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _no_such_way)
    for kind in (*MISTAKES, PictureError):
        app.add_exception_handler(kind, _mistake)
    return app


def _mistake(request: Request, reason: Exception) -> JSONResponse:
    status = next((status for kind, status in _STATUS.items() if isinstance(reason, kind)), 400)
    return JSONResponse({"error": str(reason)}, status)


def _not_understood(request: Request, reason: Exception) -> JSONResponse:
    assert isinstance(reason, RequestValidationError)
    said = [f"{'.'.join(map(str, each['loc'][1:])) or 'the body'}: {each['msg']}" for each in reason.errors()[:3]]
    return JSONResponse({"error": "; ".join(said)[:500]}, 422)


def _no_such_way(request: Request, reason: Exception) -> JSONResponse:
    assert isinstance(reason, HTTPException)
    return JSONResponse({"error": str(reason.detail)}, reason.status_code, reason.headers)
