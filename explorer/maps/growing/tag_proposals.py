"""Tags that new products may deserve: those of the products which look most like them."""

from dataclasses import dataclass

import numpy as np

from looks_like.explorer.core import Lab

_CARRIED_MIN, _SHARE_MIN = 5, 0.5
_PROPOSED_MAX = 20  # tags


@dataclass(frozen=True)
class TagProposal:
    tag: str
    product_ids: tuple[str, ...]  # that may carry it, the surest first


def tag_proposals(lab: Lab, model: str, rows_m: np.ndarray) -> list[TagProposal]:
    """Of the products in these catalogue rows: tags that half of their 15 nearest carry, each counted by its nearness.

    Nothing is tagged. Tags of fewer than five products speak of nobody else; the tag with most products comes first.
    """
    space, catalogue = lab.space(model), lab.catalogue()
    tags = [tag for tag in lab.tag_state().carried if tag.carried.count >= _CARRIED_MIN]
    places_m = space.positions(np.asarray(rows_m, np.int64))
    if not len(places_m) or not tags:
        return []
    known_m, near = space.rows_n[places_m], space.knn.of(places_m)
    typical = float(np.median(near.distance_nk)) or 1.0
    weight_mk = typical / (near.distance_nk + typical)
    found = []
    for tag in tags:
        carried_n, rejected_n = tag.carried.mask(), tag.rejected.mask()
        carried_mk = carried_n[space.rows_n[near.index_nk]]
        score_m = (weight_mk * carried_mk).sum(1) / np.maximum(weight_mk.sum(1), 1e-9)
        score_m[(carried_n | rejected_n)[known_m]] = 0.0
        proposed = np.flatnonzero(score_m >= _SHARE_MIN)
        surest = proposed[np.argsort(-score_m[proposed], kind="stable")]
        if len(surest):
            found.append(TagProposal(tag.name, tuple(catalogue.product_ids[row] for row in known_m[surest])))
    return sorted(found, key=lambda each: -len(each.product_ids))[:_PROPOSED_MAX]
