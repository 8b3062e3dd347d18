"""Products: one, many, and those that look like one or like a photograph."""

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Body, Query

from looks_like.explorer.core import Lab
from looks_like.explorer.interfaces.routes.v1.answers import (
    After,
    AskedLab,
    Condition,
    Limit,
    ModelName,
    ProductAnswer,
    ProductPage,
    SimilarAnswer,
    Text,
    asked_model,
    product_answer,
)
from looks_like.explorer.search import SimilarProduct, photograph, rows_where, similar_to, square_photograph

router = APIRouter(tags=["products"])
Count = Annotated[int, Query(ge=1, le=500)]
Picture = Annotated[bytes, Body(media_type="application/octet-stream", description="JPEG, PNG, WebP, HEIC …")]


@router.get("/product", response_model=ProductAnswer)
def product(lab: AskedLab, id: Text) -> dict[str, Any]:
    """One product by its id."""
    return product_answer(lab, lab.product(id))


@router.get("/products", response_model=ProductPage)
def products(lab: AskedLab, where: Condition = None, after: After = 0, limit: Limit = 100) -> dict[str, Any]:
    """Products in the order of their coming, all or those that meet a condition."""
    rows_m = _rows(lab, where)
    page_m = rows_m[after : after + limit]
    items = [product_answer(lab, each) for each in lab.products_at(page_m)] if len(page_m) else []
    more = after + limit < len(rows_m)
    return {"count": len(rows_m), "items": items, "next": after + limit if more else None}


@router.get("/similar", response_model=list[SimilarAnswer])
def similar(
    lab: AskedLab, id: Text, model: ModelName = None, k: Count = 12, where: Condition = None
) -> list[dict[str, Any]]:
    """What looks most like a product; of copies of one picture one."""
    row, name = lab.catalogue().row(id), asked_model(lab, model)
    return _said(lab, similar_to(lab, name, row, k, _only(lab, where)))


@router.post("/similar", response_model=list[SimilarAnswer])
def similar_to_photograph(
    lab: AskedLab, picture: Picture, model: ModelName = None, k: Count = 12, where: Condition = None
) -> list[dict[str, Any]]:
    """What looks most like a photograph, which is the body; it is not kept."""
    name = asked_model(lab, model)
    code_d = photograph(lab, name, square_photograph(lab, picture)).z_d
    return _said(lab, similar_to(lab, name, code_d, k, _only(lab, where)))


def _only(lab: Lab, where: str | None) -> np.ndarray | None:
    return None if where is None else rows_where(lab, where)


def _rows(lab: Lab, where: str | None) -> np.ndarray:
    return lab.catalogue().there if where is None else rows_where(lab, where)


def _said(lab: Lab, found: list[SimilarProduct]) -> list[dict[str, Any]]:
    return [
        product_answer(lab, each.product)
        | {"distance": each.product.distance, "typical": each.product.typical, "copies": each.product.copies}
        | {"why": each.why()}
        for each in found
    ]
