"""People log in at a real OpenID Connect provider: who is on no list sees nothing, a viewer changes nothing, an editor
does, and what was done is theirs."""

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import expect
from serving import free_port, served, served_at, window
from settled import WAIT_S, rest, settle

from looks_like.explorer.core.lab import Lab

STYLES = "https://cdn.jsdelivr.net/"  # of the provider's own page; nothing is fetched from there
PEOPLE = {"vi": "viewer", "ada": "editor", "eve": ""}


class House(NamedTuple):
    """An app that people log in to, its provider, and its workspace."""

    address: str
    provider: str
    lab: Lab


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    users = [f"--user-claims={json.dumps({'sub': name, 'email': f'{name}@shop.example'})}" for name in PEOPLE]
    command = [str(Path(sys.executable).with_name("oidc-provider-mock")), "--port", str(port), *users]
    with (tmp_path_factory.mktemp("provider") / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    address, end = f"http://127.0.0.1:{port}", time.monotonic() + WAIT_S
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=2).close()
            break
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(WAIT_S)


@pytest.fixture(scope="module")
def house(lab: Lab, provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder, port = tmp_path_factory.mktemp("house"), free_port()
    shutil.copytree(lab.workspace.folder, folder / "workspace")
    roles = "\n".join(f'{role} = ["{name}@shop.example"]' for name, role in PEOPLE.items() if role)
    access = folder / "access.toml"
    access.write_text(
        f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\n'
        f'cookie_secret = "{"s" * 40}"\nclient_id = "looks-like"\nclient_secret = "secret"\n'
        f'server_metadata_url = "{provider}/.well-known/openid-configuration"\n[roles]\n{roles}\n',
        "utf-8",
    )
    with served_at(port, folder / "workspace", folder / "log.txt", "--access", str(access)) as address:
        yield House(address, provider, Lab(folder / "workspace"))


@pytest.fixture
def page(browser: Any, house: House) -> Iterator[Any]:
    with window(browser, house.address, also=(house.provider, STYLES)) as page:
        for elsewhere in (f"{STYLES}**", f"{house.provider}/favicon.ico"):
            page.route(elsewhere, lambda route: route.fulfill(body=""))
        yield page


def log_in(page: Any, house: House, name: str) -> None:
    page.goto(house.address)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_url(f"{house.address}/**")


def tag_first(page: Any, house: House, tag: str = "by page") -> None:
    steps = '[["=","product","0000"]]'
    page.goto(f"{house.address}/?model=tiny&map=pca&panel=selection&selection={steps}")
    page.wait_for_selector(".stage:not(.loading)")
    rest(page)
    field = page.locator(".st-key-tag-line input")
    field.fill(tag)
    field.press("Enter")
    rest(page)
    button = page.get_by_role("button", name="Tag", exact=True)
    expect(button).to_be_enabled()
    rest(page, button)
    button.click()


def test_who_has_not_logged_in_sees_a_door_and_is_answered_nothing(page: Any, house: House) -> None:
    page.goto(house.address)
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert page.get_by_text("products").count() == 0
    for path in ("/api/product?id=0000", "/api/map?model=tiny&name=pca"):
        assert page.request.get(f"{house.address}{path}").status == 401
    assert page.request.get(f"{house.address}/api/health").status == 200


def test_who_is_on_no_list_is_told_so(page: Any, house: House) -> None:
    log_in(page, house, "eve")
    expect(page.get_by_text("eve@shop.example is on no list of this app")).to_be_visible()
    assert page.request.get(f"{house.address}/api/product?id=0000").status == 401
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{house.address}/**")


def test_a_viewer_sees_all_and_cannot_tag(page: Any, house: House) -> None:
    log_in(page, house, "vi")
    expect(page.get_by_text("vi@shop.example · viewer: you look, and change nothing")).to_be_visible()
    tag_first(page, house)
    expect(page.get_by_text("vi@shop.example is here as viewer").first).to_be_visible()
    assert not house.lab.tag_state().carried
    assert page.request.get(f"{house.address}/api/product?id=0000").status == 200
    page.locator(".st-key-log-out button").click()
    page.wait_for_url(f"{house.provider}/oauth2/end_session*")  # which asks whether one also leaves there
    page.goto(house.address)
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    settle(page, lambda: page.request.get(f"{house.address}/api/product?id=0000").status == 401)


def test_an_editor_tags_and_it_is_said_whose_it_was(page: Any, house: House) -> None:
    log_in(page, house, "ada")
    expect(page.get_by_text("ada@shop.example · editor")).to_be_visible()
    tag_first(page, house)
    settle(page, lambda: [tag.name for tag in house.lab.tag_state().carried] == ["by page"])
    assert house.lab.tag_state().actions[-1].who == "ada@shop.example"


def test_read_only_anybody_looks_and_nobody_changes_anything(browser: Any, house: House, tmp_path: Path) -> None:
    folder = house.lab.workspace.folder
    before = house.lab.tag_state().actions
    with served(folder, tmp_path / "log.txt", "--read-only") as address, window(browser, address) as page:
        tag_first(page, house._replace(address=address), "by nobody")
        expect(page.get_by_text("to change anything one has to be an editor").first).to_be_visible()
        expect(page.get_by_text("Read-only: you look, and change nothing.")).to_be_visible()
    assert Lab(folder).tag_state().actions == before
