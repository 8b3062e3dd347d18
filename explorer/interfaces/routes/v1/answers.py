"""What the API answers, field by field, and what is asked alike in several of its ways."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field
from pydantic.types import StringConstraints
from starlette.exceptions import HTTPException

from looks_like.explorer.core import Lab, Product, product_json
from looks_like.explorer.errors import RequestError

_NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"


class Mistake(BaseModel):
    error: str = Field(description="One sentence: what is wrong, and what to do about it.")


class ProductAnswer(BaseModel):
    id: str
    name: str
    attributes: dict[str, Any]
    picture: str = Field(description="Its fingerprint: the picture is at /api/picture/FINGERPRINT.")
    tags: list[str]


class SimilarAnswer(ProductAnswer):
    distance: float = Field(description="In the codes of the model.")
    typical: float | None = Field(description="The same over the distance from a typical product to its nearest one.")
    copies: int = Field(description="Other products with the same picture, which are not listed.")
    why: list[str] = Field(description="What is alike and what is not, in words.")


class Page(BaseModel):
    next: int | None = Field(description="Where the next page begins (`after`); null at the end.")


class ProductPage(Page):
    count: int = Field(description="Products that were asked for, on all pages.")
    items: list[ProductAnswer]


class EmbeddingAnswer(BaseModel):
    id: str
    z: list[float]


class EmbeddingPage(Page):
    model: str
    weights: str = Field(description="Codes of other weights lie in another space.")
    items: list[EmbeddingAnswer]


class StepAnswer(BaseModel):
    z: list[float]
    product: ProductAnswer = Field(description="The real product nearest to the step.")
    distance: float | None
    gap: float | None = Field(
        description="How much the decoded picture differs from that product's, over what is usual."
    )


class PathAnswer(BaseModel):
    model: str
    curve: str
    steps: list[StepAnswer]


class ModelAnswer(BaseModel):
    name: str
    family: str
    decodes: bool = Field(description="Whether it draws what a code stands for; a look does not.")
    encodes: bool = Field(description="Whether a photograph has a code of it.")
    latent: int
    size_px: int
    products: int = Field(description="That have a code of it.")
    maps: list[str]


class TagRequest(BaseModel):
    tag: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    ids: Annotated[list[Annotated[str, StringConstraints(max_length=500)]], Field(min_length=1, max_length=10_000)]
    remove: bool = False


class TagAnswer(BaseModel):
    tag: str
    changed: int
    already: int
    said: str


class TagActionAnswer(BaseModel):
    number: int
    at: str
    who: str
    kind: str = Field(description="add, remove, rename, undo, redo, reject …")
    tag: str
    of: str = Field(description="Of a renaming, the name before.")
    products: int


class TagFeed(Page):
    items: list[TagActionAnswer]


def _lab(request: Request) -> Lab:
    found: Lab = request.app.state.open_lab()
    return found


def asked_model(lab: Lab, name: str | None, *, decodes: bool = False) -> str:
    """The model that was asked for, or the newest; 404 for none of that name."""
    try:
        return lab.model_name(name, decodes=decodes)
    except RequestError as reason:
        raise HTTPException(404, str(reason)) from None


AskedLab = Annotated[Lab, Depends(_lab)]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=_NO_CONTROLS)]
ModelName = Annotated[str | None, Query(max_length=40, description="The newest unless said; looks before models.")]
Condition = Annotated[
    str | None, Query(max_length=2000, description="Only these: price < 100 and tag = 'summer'", pattern=_NO_CONTROLS)
]
After = Annotated[int, Query(ge=0, le=2**31)]
Limit = Annotated[int, Query(ge=1, le=1000)]


def product_answer(lab: Lab, product: Product) -> dict[str, Any]:
    """As every way of the API has a product."""
    said = product_json(product)
    return {
        "id": product.product_id,
        "name": product.name,
        "attributes": said["attributes"],
        "picture": product.sha256,
        "tags": lab.tag_state().tags_of(product.row),
    }
