"""A model's space: which models there are, codes, what a code looks like, and the way from product to product."""

import math
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query
from PIL import Image
from starlette.responses import Response

from looks_like.data.pictures import encode
from looks_like.explorer.core import code_from_text
from looks_like.explorer.interfaces.routes.v1.answers import (
    After,
    AskedLab,
    EmbeddingPage,
    Limit,
    ModelAnswer,
    ModelName,
    PathAnswer,
    asked_model,
    product_answer,
)
from looks_like.explorer.paths import PathRequest, step_measures, walk
from looks_like.model.geometry import CURVES

router = APIRouter(tags=["models"])
_IDS_MAX = 8
Curve = Annotated[str, Query(json_schema_extra={"enum": list(CURVES)})]
Ids = Annotated[list[Annotated[str, Query(max_length=500)]], Query(min_length=2, max_length=_IDS_MAX)]


@router.get("/models", response_model=list[ModelAnswer])
def models(lab: AskedLab) -> list[dict[str, Any]]:
    """Models and looks that can be used, the newest first."""
    found = []
    for name in lab.models():
        space = lab.space(name)
        found.append(
            {
                "name": name,
                "family": space.card.family,
                "decodes": space.decodes,
                "encodes": space.encodes,
                "latent": space.latent,
                "size_px": space.size,
                "products": len(space.z_nd),
                "maps": [card.name for card in lab.maps(name)],
            }
        )
    return found


@router.get("/embeddings", response_model=EmbeddingPage)
def embeddings(lab: AskedLab, model: ModelName = None, after: After = 0, limit: Limit = 100) -> dict[str, Any]:
    """Codes of all products, page by page, in the order of their coming."""
    name = asked_model(lab, model)
    space, ids = lab.space(name), lab.catalogue().product_ids
    rows_m, codes_md = space.rows_n[after : after + limit].tolist(), space.z_nd[after : after + limit]
    items = [{"id": ids[row], "z": code.tolist()} for row, code in zip(rows_m, codes_md, strict=True)]
    more = after + limit < len(space.rows_n)
    return {"model": name, "weights": lab.weights(name), "items": items, "next": after + limit if more else None}


@router.get("/decode", response_class=Response, responses={200: {"content": {"image/png": {}}}})
def decode(
    lab: AskedLab,
    z: Annotated[str, Query(max_length=20_000, description="The numbers of a code, with commas between.")],
    model: ModelName = None,
) -> Response:
    """What a code looks like, as PNG."""
    name = asked_model(lab, model, decodes=True)
    code_d = np.array(code_from_text(z, lab.space(name).latent), np.float32)
    picture = Image.fromarray(lab.decode(name, code_d[None])[0])
    return Response(encode(picture, lossless=True), media_type="image/png")


@router.get("/path", response_model=PathAnswer)
def path(
    lab: AskedLab,
    id: Ids,
    model: ModelName = None,
    steps: Annotated[int, Query(ge=2, le=600)] = 33,
    curve: Curve = "dense",
) -> dict[str, Any]:
    """The way through two to eight products: each step's code, and the real product nearest to it."""
    name = asked_model(lab, model, decodes=True)
    for one in id:
        lab.catalogue().row(one)  # an id alone: an anchor may be more, and this is no page
    walked = walk(lab, PathRequest(name, tuple(id), curve, steps))
    said = []
    for i, (code_d, nearest) in enumerate(zip(walked.z_td, walked.nearest, strict=True)):
        gap = step_measures(walked, i).get("gap")
        finite = gap if isinstance(gap, float) and math.isfinite(gap) else None
        step = {"z": code_d.tolist(), "product": product_answer(lab, nearest), "distance": nearest.distance}
        said.append(step | {"gap": finite})
    return {"model": name, "curve": curve, "steps": said}
