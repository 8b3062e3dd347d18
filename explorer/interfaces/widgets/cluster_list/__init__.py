"""Clusters as a list: cover, name, size, share tagged, examples; chosen, renamed, merged, split and hidden there."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from looks_like.explorer.interfaces.widgets import browser_widget

_widget = browser_widget("cluster_list")


class Asked(NamedTuple):
    """`act`: select, add, rename, merge, split, hide or show."""

    act: str
    numbers: tuple[int, ...]
    name: str  # of rename; of split how many parts, "" = as many as it falls into


def show(clusters: Sequence[Mapping[str, Any]], chosen: Sequence[int], *, key: str) -> Asked | None:
    """-> what was just asked. Of each cluster: number, name, size, share, tagged, purity (shares or None), most,
    pureIn, silhouette (or None), runsInto, examples (products as `product_json` gives them, the cover first) and
    hidden; `chosen`: numbers of those selected.
    """
    result = _widget(data={"clusters": list(clusters), "chosen": list(chosen)}, key=key, on_asked_change=lambda: None)
    if not result.asked:
        return None
    numbers = tuple(int(number) for number in result.asked["numbers"])
    return Asked(str(result.asked["act"]), numbers, str(result.asked.get("name", ""))[:200])
