"""A folder of real photographs, imported and opened: all that likeness does works unasked, and no model was trained."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from serving import ROOT, served, window

from looks_like.explorer.clusters import clusterings
from looks_like.explorer.core import Lab
from looks_like.explorer.jobs import Jobs

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
COUNT = 300
SOON_MS = 240_000


@pytest.fixture
def page(browser: Any, tmp_path: Path, real_clothes: list[tuple[str, str, Any]]) -> Iterator[Any]:
    for product_id, kind, picture in real_clothes[:COUNT]:
        file = tmp_path / "clothes" / kind.replace("/", " or ") / f"{product_id}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        picture.resize((224, 224)).save(file, quality=90)
    words = ["import", str(tmp_path / "clothes"), "--workspace", str(tmp_path / "w")]
    subprocess.run([sys.executable, "-m", "looks_like", *words], cwd=ROOT, check=True, timeout=300)
    with served(tmp_path / "w", tmp_path / "log.txt") as address, window(browser, address) as page:
        page.goto(address)
        yield page
    for job in Jobs(tmp_path / "w").active():
        Jobs(tmp_path / "w").cancel(job.job_id)


def test_map_clusters_similar_and_find_are_there_by_themselves(page: Any, tmp_path: Path) -> None:
    expect(page.locator(".stage:not(.loading)")).to_be_visible(timeout=SOON_MS)
    lab = Lab(tmp_path / "w")
    assert (lab.catalogue().count, lab.models()) == (COUNT, ["look"])
    assert lab.map_view("look", "umap").missing == 0

    page.get_by_role("radio", name="Clusters").click()
    of_list = page.get_by_role("list").get_by_role("button", name=re.compile(r": \d+ products"))
    expect(of_list.first).to_be_visible(timeout=SOON_MS)
    assert clusterings(lab, "look")

    page.goto(page.url.split("?")[0].rsplit("/", 1)[0] + "/similar")
    boot = next(each for each in lab.catalogue().product_ids if each.startswith("Ankle boot/"))
    page.get_by_label("Find Looks like").fill(boot)
    page.get_by_role("option").first.click()
    expect(page.get_by_text(re.compile(r"The 12 nearest of 300 products, by how they look \(look\)"))).to_be_visible()
    kinds = page.locator(".tile .card").evaluate_all("all => all.map((card) => card.title.split('/')[0])")
    assert len(kinds) == 12
    assert sum(kind in ("Ankle boot", "Sneaker", "Sandal") for kind in kinds) >= 11, kinds
