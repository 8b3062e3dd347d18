"""Tags: given and taken, and a feed of all that was done, for programs that follow."""

from typing import Any

from fastapi import APIRouter

from looks_like.data.acting import Role, actor_now, require_role
from looks_like.explorer import tags as tagging
from looks_like.explorer.interfaces.routes.v1.answers import After, AskedLab, Limit, TagAnswer, TagFeed, TagRequest

router = APIRouter(tags=["tags"])


@router.get("/tags/feed", response_model=TagFeed)
def feed(lab: AskedLab, after: After = 0, limit: Limit = 100) -> dict[str, Any]:
    """What was done with tags, the oldest first; `after`: the number of the last one that is known already."""
    later = [action for action in lab.tag_state().actions if action.number > after]
    items = [
        {
            "number": action.number,
            "at": action.at.isoformat(),
            "who": action.who,
            "kind": action.kind,
            "tag": action.tag,
            "of": action.of,
            "products": action.products,
        }
        for action in later[:limit]
    ]
    return {"items": items, "next": later[limit - 1].number if len(later) > limit else None}


@router.post("/tags", response_model=TagAnswer)
def change(lab: AskedLab, asked: TagRequest) -> dict[str, Any]:
    """Gives a tag to products, or takes it from them; it can be undone. An editor's."""
    require_role(Role.EDITOR, "tag")
    catalogue = lab.catalogue()
    rows_m = [catalogue.row(product_id) for product_id in asked.ids]
    act = tagging.remove if asked.remove else tagging.add
    done = act(lab, asked.tag, rows_m, actor_now().name or tagging.NOBODY, "by the API")
    return {"tag": done.tag, "changed": done.changed, "already": done.already, "said": done.words()}
