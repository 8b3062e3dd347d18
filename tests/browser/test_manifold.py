"""The page Manifold in a real Chromium, over real photographs: from nothing to a cliff that opens in Looks Like."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from serving import served, window
from settled import rest

from looks_like.explorer.check import trial
from looks_like.explorer.check.measuring import check
from looks_like.explorer.check.sections import code, reconstruction, smoothness
from looks_like.explorer.check.trial import CheckRequest
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.jobs.queue import Jobs

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shop_address(clothes: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(clothes.workspace.folder, tmp_path_factory.mktemp("app") / "log.txt") as address:
        yield address


def test_a_check_begins_shows_how_far_it_is_and_ends_when_told_to(
    browser: Any, shop_address: str, clothes: Lab
) -> None:
    jobs = Jobs(clothes.workspace.folder)
    with window(browser, shop_address) as page:
        page.goto(shop_address + "/manifold")
        expect(page.get_by_text("No model was checked yet")).to_be_visible()
        page.get_by_role("button", name="Check a model").click()
        page.get_by_role("button", name="Check", exact=True).click()
        expect(page.get_by_text("Check of tiny").first).to_be_visible()
        page.get_by_role("button", name="Cancel").first.click()
        expect(page.get_by_text("Check of tiny")).to_have_count(0)
    assert [job.state for job in jobs.all()] == ["cancelled"]


@pytest.fixture
def checked(clothes: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Few products and pairs: what is shown matters here, not what it says."""
    monkeypatch.setattr(trial, "QUICK_COUNT", 12)
    monkeypatch.setattr(smoothness, "QUICK_PAIRS", 6)
    monkeypatch.setattr(smoothness, "QUICK_CODES", 3)
    for _ in check(clothes, CheckRequest(("tiny",), quick=True), (reconstruction, code, smoothness)):
        pass
    return clothes


@pytest.mark.parametrize("width", [1440, 390])
def test_numbers_charts_and_pictures_are_there_and_a_cliff_opens_in_looks_like(
    browser: Any, shop_address: str, checked: Lab, width: int, tmp_path: Path
) -> None:
    with window(browser, shop_address, width, 900) as page:
        page.goto(shop_address + "/manifold")
        expect(page.get_by_text("Judged on").first).to_be_visible()
        expect(page.locator(".check tbody tr").first).to_contain_text("Reconstruction error")
        expect(page.locator(".check tbody tr").first).to_contain_text("95 %:")
        page.get_by_role("radio", name="The code").click()
        expect(page.get_by_role("img", name="KL per dimension")).to_be_visible()
        rest(page)
        with page.expect_download() as taken:
            page.get_by_role("button", name="Table, CSV").click()
        lines = list(csv.DictReader(io.StringIO(Path(taken.value.path()).read_text("utf-8-sig"))))
        assert {"mse", "kl_nats", "cliff"} <= {line["measure"] for line in lines}
        page.get_by_role("radio", name="Smoothness").click()
        film = page.get_by_role("button", name="in Looks Like").first
        expect(film).to_be_visible()
        rest(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        film.click()
        page.wait_for_url("**/looks-like?**")
        expect(page.locator(".player")).to_be_visible()
        assert "a=p" in page.url
        assert "b=p" in page.url
