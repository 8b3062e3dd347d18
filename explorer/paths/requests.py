"""What a path leads through and how, and the same as a link: frozen, so that they can be keys of what is kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from looks_like.explorer.core import whole_number
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search import Filter
from looks_like.model.geometry import EASINGS

STEPS_MAX = 600
THROUGH_MAX = 100
SLOTS = tuple("abcdefgh")  # of the anchors in a link, in their order
LOOPS = {"": "Ends at the last", "back": "There and back", "around": "Around, to the first again"}
_SLUG_MAX = 100


@dataclass(frozen=True)
class PathRequest:
    """A path in one model's space."""

    model: str
    anchors: tuple[str, ...]  # two to eight, as `find_anchor` reads them: product ids, clusters, …
    curve: str = "dense"
    steps: int = 60
    through: int = THROUGH_MAX  # percent, of curves that bend; 0 = straight
    easing: str = "even"
    loop: str = ""
    filter: str = ""  # which products may stand beside the steps: a filter as links say it, or a condition
    unique: bool = False  # no product beside two steps
    within: str = ""  # an attribute: the way stays among products that have its value as the anchors do

    def __post_init__(self) -> None:
        if not 0 <= self.through <= THROUGH_MAX:
            raise RequestError(f"through must be between 0 (straight) and {THROUGH_MAX} (through products)")
        for what, said, there in (("easing", self.easing, EASINGS), ("loop", self.loop, LOOPS)):
            if said not in there:
                named = ", ".join(each or "none" for each in there)
                raise RequestError(f"unknown {what} {said[:40]!r}; there are: {named}")
        if self.filter.startswith("["):
            Filter.from_text(self.filter)
        count = len(self.anchors)
        if count < 2:
            raise RequestError("a path needs two products or more")
        if count > len(SLOTS):
            raise RequestError(f"a path leads through {len(SLOTS)} products at most, got {count}")
        if not len(self.stops) <= self.steps <= STEPS_MAX:
            raise RequestError(f"a path through {count} products has {len(self.stops)} to {STEPS_MAX} steps")

    @property
    def stops(self) -> tuple[str, ...]:
        """The anchors it comes to, in order: around, the first of them again at its end."""
        return (*self.anchors, self.anchors[0]) if self.loop == "around" else self.anchors

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "PathRequest":
        """As a link has it: the anchors in the slots a to h, of which some may be empty."""
        return cls(
            query.get("model", ""),
            tuple(query[slot] for slot in SLOTS if query.get(slot)),
            query.get("curve", cls.curve),
            whole_number(query, "steps", cls.steps),
            whole_number(query, "through", cls.through),
            query.get("easing", cls.easing),
            query.get("loop", cls.loop),
            query.get("filter", cls.filter),
            query.get("unique", "") == "1",
            query.get("within", cls.within),
        )

    def to_query(self) -> dict[str, str]:
        """What `from_query` reads; what is as usual is left out."""
        said = {"model": self.model, **dict(zip(SLOTS, self.anchors, strict=False))}
        said |= {"curve": self.curve, "steps": str(self.steps)}
        rest = {
            "through": str(self.through),
            "easing": self.easing,
            "loop": self.loop,
            "filter": self.filter,
            "within": self.within,
        }
        usual = {"through": str(THROUGH_MAX), "easing": "even", "loop": "", "filter": "", "within": ""}
        said |= {key: value for key, value in rest.items() if value != usual[key]}
        return said | ({"unique": "1"} if self.unique else {})

    def slug(self) -> str:
        """A file name that says what is in it and is harmless everywhere."""
        named = (re.sub(r"[^A-Za-z0-9]+", "-", anchor).strip("-")[:40] or "product" for anchor in self.anchors)
        return "-to-".join(named)[:_SLUG_MAX].rstrip("-")
