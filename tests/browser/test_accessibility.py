"""What axe-core finds on every page, wide and on a phone: nothing serious."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from settled import rest

pytestmark = pytest.mark.browser
PAGES = {
    "map": "/?model=tiny&map=pca&colour=brand&panel=clusters",
    "map with a selection": '/?model=tiny&map=pca&selection=[["=","value",["brand","Alder"]]]&panel=selection',
    "map with tags": "/?model=tiny&map=pca&panel=tags",
    "map with anchors": "/?model=tiny&map=pca&a=0003&b=0040&panel=morph",
    "map with a filter": '/?model=tiny&map=pca&filter=[["brand","is",["Alder"]]]',
    "similar": "/similar?like=0003",
    "looks like": "/looks-like?a=0003&b=0040&steps=24",
    "dimensions": "/dimensions?model=tiny&from=0003",
}
READY = {"map": ".stage:not(.loading)", "similar": ".gallery .tile", "looks": ".player", "dimensions": ".sliders"}


def violations(page: Any) -> list[str]:
    """Serious and critical ones, each with where it is."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    said = []
    for one in found:
        if one["impact"] not in ("serious", "critical"):
            continue
        for node in one["nodes"]:
            said.append(f"{one['impact']} {one['id']}: {node['html'][:160]} {node['target']}")
    return said


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_serious_keeps_people_out(page: Any, server: str, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900 if width > 600 else 844})
    page.goto(server + PAGES[name])
    expect(page.locator(READY[name.split()[0]]).first).to_be_visible()
    rest(page)
    assert violations(page) == []
