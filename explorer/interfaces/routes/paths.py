"""The way from product to product: its steps, its pictures, and the film of it."""

import tempfile
from dataclasses import replace
from math import isfinite
from threading import BoundedSemaphore
from typing import BinaryIO
from urllib.parse import quote

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from looks_like.explorer.core import Lab, product_json
from looks_like.explorer.interfaces.routes import responses
from looks_like.explorer.paths import (
    MEDIA_TYPES,
    DecodedPath,
    FilmStyle,
    GridRequest,
    PathRequest,
    check_film,
    lay_grid,
    step_measures,
    walk,
    write_film,
    write_grid,
)
from looks_like.model.geometry import CURVES

_SHEET_COLUMNS = 10
_COMPARED = 33  # steps by which curves are compared, as where models are judged
_FILMS_AT_ONCE, _ASK_AGAIN_S = 2, 5
_MAKING = BoundedSemaphore(_FILMS_AT_ONCE)  # of all who ask; held while a film is made, not while it is sent


def steps(lab: Lab, request: Request) -> Response:
    """?model=&a=&b=…&curve=&through=&steps=…: each step with its nearest product and what was measured there; where the
    anchors stand; how the sheet's pictures lie.
    """
    path = walk(lab, _path_request(lab, request))
    said = [product_json(product) | step_measures(path, i) for i, product in enumerate(path.nearest)]
    detour = path.measures.detour
    whole = {"anchors": _anchors(lab, path), "detour": _finite(detour), "loop": path.request.loop}
    edge = int(path.frames_thwc.shape[1])
    return responses.json_reply({"edge": edge, "columns": _SHEET_COLUMNS, "steps": said, **whole})


def _anchors(lab: Lab, path: DecodedPath) -> list[dict[str, object]]:
    """Where each stands; of products, their picture, and how far from them what is decoded looks, over typical."""
    space, found = lab.space(path.request.model), []
    for anchor, step in zip(path.anchors, path.stop_a.tolist(), strict=True):
        said: dict[str, object] = {"title": anchor.title, "step": step}
        if anchor.row is not None:
            apart = float(np.linalg.norm(path.measures.again_td[step] - anchor.z_d))
            typical = space.typical_distance
            said |= {"sha256": lab.product_at(anchor.row).sha256, "apart": apart / typical if typical else None}
        found.append(said)
    return found


def sheet(lab: Lab, request: Request) -> Response:
    """The decoded steps as one picture, 10 in a row."""
    return responses.sheet(walk(lab, _path_request(lab, request)).frames_thwc, _SHEET_COLUMNS)


def curves(lab: Lab, request: Request) -> Response:
    """?model=&a=&b=…: the same anchors along every curve, in short: what was measured over the whole path."""
    asked, said = _path_request(lab, request), []
    for name, curve in CURVES.items():
        found = walk(lab, replace(asked, curve=name, steps=max(len(asked.stops), _COMPARED))).measures
        total = float(found.change_t.sum())
        said.append(
            {
                "curve": name,
                "title": curve.title,
                "sentence": curve.sentence,
                "detour": _finite(found.detour),
                "jump": float(found.change_t.max()) / total * (len(found.change_t) - 1) if total else 0.0,
                "gap": _finite(float(np.median(found.gap_t))),
                "far": float(found.far_t.mean()),
            }
        )
    return responses.json_reply(said)


def grid(lab: Lab, request: Request) -> Response:
    """?model=&a=&b=&c=&d=&edge=&curve=&filter=: the cells of a grid, row by row, each with its nearest product."""
    laid = lay_grid(lab, _grid_request(lab, request))
    cells = [product_json(product) for product in laid.nearest]
    edge = int(laid.pictures_nhwc.shape[1])
    return responses.json_reply({"edge": edge, "columns": laid.request.edge, "title": laid.title, "cells": cells})


def grid_sheet(lab: Lab, request: Request) -> Response:
    """Its decoded pictures as one."""
    laid = lay_grid(lab, _grid_request(lab, request))
    return responses.sheet(laid.pictures_nhwc, laid.request.edge)


def grid_file(lab: Lab, request: Request) -> Response:
    """As a PNG, with the real products; how it looks: `write_grid`."""
    laid, style = lay_grid(lab, _grid_request(lab, request)), FilmStyle.from_query(request.query_params)
    named = {"content-disposition": "attachment; filename=grid.png"}
    return Response(write_grid(lab, laid, style), media_type="image/png", headers=responses.NEVER | named)


def film_file(lab: Lab, request: Request) -> Response:
    """/api/film.gif?model=&a=&b=…&size=256&shape=…, and .webp, .mp4, .png, .zip, .csv, .json; its looks: `FilmStyle`.

    Two are made at a time, each into a file, so that neither who asks for many nor who reads slowly fills the memory.
    """
    path_request, kind = _path_request(lab, request), request.path_params["kind"]
    style = FilmStyle.from_query(request.query_params)
    check_film(kind)
    if not _MAKING.acquire(blocking=False):
        said = f"{_FILMS_AT_ONCE} films are being made, and more at once would fill the memory: ask again in a moment"
        return responses.busy_reply(said, _ASK_AGAIN_S)
    try:
        made = _written(lab, path_request, kind, style)
    finally:
        _MAKING.release()
    name = f"attachment; filename*=UTF-8''{quote(path_request.slug())}.{kind}"
    return responses.file_reply(made, MEDIA_TYPES[kind], {"content-disposition": name})


def _written(lab: Lab, request: PathRequest, kind: str, style: FilmStyle) -> BinaryIO:
    """The film in a file that has no name, so that nothing of it is left whatever happens."""
    made = tempfile.TemporaryFile()  # noqa: SIM115 - who sends it closes it
    try:
        write_film(lab, walk(lab, request), kind, style, made)
    except BaseException:
        made.close()
        raise
    return made


def _grid_request(lab: Lab, request: Request) -> GridRequest:
    query = dict(request.query_params)
    query["model"] = lab.model_name(query.get("model"), decodes=True)
    return GridRequest.from_query(query)


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _path_request(lab: Lab, request: Request) -> PathRequest:
    query = dict(request.query_params)
    query["model"] = lab.model_name(query.get("model"), decodes=True)
    return PathRequest.from_query(query)
