"""Who is let in and what they may: by a file, by tokens nobody else can make, wherever something changes."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from looks_like.data import acting
from looks_like.data.acting import AccessError, Actor, Role, acting_for, actor_now
from looks_like.explorer import tags as tagging
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.access import Door, Tokens, read_access
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.interfaces.routes import routes
from looks_like.explorer.jobs.queue import Jobs
from looks_like.explorer.selecting import delete_products, keep_files
from looks_like.explorer.training import delete_model

SECRET = "0123456789abcdef0123456789abcdef"
AUTH = f"""[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "looks-like"
client_secret = "s"
server_metadata_url = "http://localhost:1/.well-known/openid-configuration"
"""
ROLES = '[roles]\nviewer = ["*@shop.example"]\neditor = ["Ada@shop.example"]\nadmin = ["boss@shop.example"]\n'
MASTER = Actor("", Role.ADMIN)
ADA, VIEWER = Actor("ada@shop.example", Role.EDITOR), Actor("vi@shop.example", Role.VIEWER)


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    shutil.copytree(lab.workspace.folder, tmp_path / "workspace")
    return Lab(tmp_path / "workspace")


def access_file(folder: Path, content: str = AUTH + ROLES) -> Path:
    file = folder / "access.toml"
    file.write_text(content, "utf-8")
    return file


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("ada@shop.example", Role.EDITOR),
        ("ADA@SHOP.example", Role.EDITOR),
        ("boss@shop.example", Role.ADMIN),
        ("somebody@shop.example", Role.VIEWER),
        ("ada@shop.example.evil", Role.NOBODY),
        ("ada@evil.example", Role.NOBODY),
        ("", Role.NOBODY),
    ],
)
def test_the_greatest_role_that_fits_an_address_counts(tmp_path: Path, address: str, role: Role) -> None:
    assert read_access(access_file(tmp_path)).actor(address) == Actor(address, role)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[auth", "can't be read as TOML"),
        (ROLES, "needs two parts"),
        (AUTH, "needs two parts"),
        (AUTH.replace('client_id = "looks-like"', "") + ROLES, "lacks client_id"),
        (AUTH.replace(SECRET, "short") + ROLES, "needs 32 characters or more"),
        (AUTH + '[roles]\nowner = ["a@b"]', "not 'owner'"),
        (AUTH + '[roles]\nadmin = "a@b"', "admin is a list of addresses"),
    ],
)
def test_a_wrong_file_is_a_sentence_and_lets_nobody_in(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        read_access(access_file(tmp_path, content))
    assert run(["app", "--access", str(tmp_path / "access.toml"), "--workspace", str(tmp_path / "w")])[0] == 2


def test_a_pattern_has_no_other_sign_than_the_star(tmp_path: Path) -> None:
    found = read_access(access_file(tmp_path, AUTH + '[roles]\nadmin = ["[ab]da@shop.example"]'))
    assert found.actor("ada@shop.example").role is Role.NOBODY
    assert found.actor("[ab]da@shop.example").role is Role.ADMIN


def test_a_token_says_who_it_is_of_until_it_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    token = Tokens(SECRET).give(ADA)
    assert Tokens(SECRET).read(token) == ADA
    assert Tokens(SECRET, most_s=-1).read(token) is None


def forged() -> dict[str, str]:
    good = Tokens(SECRET).give(VIEWER)
    head, signed = good.split(".", 1)
    admin = Tokens("another secret, which is long enough").give(Actor("x", Role.ADMIN))
    return {
        "nothing": "",
        "no token": "admin",
        "another secret": admin,
        "another's body under one's own signature": f"{admin.split('.', 1)[0]}.{signed}",
        "a body that was changed": f"{head[:-1]}{'A' if head[-1] != 'A' else 'B'}.{signed}",
        "another purpose": str(URLSafeTimedSerializer(SECRET, salt="cookie").dumps(["x", "ADMIN"])),
        "no such role": str(Tokens(SECRET)._signed.dumps(["x", "OWNER"])),
        "no list": str(Tokens(SECRET)._signed.dumps({"role": "ADMIN"})),
        "endless": "A" * 100_000,
    }


@pytest.mark.parametrize("kind", forged())
def test_a_forged_token_is_nobodys(kind: str, lab: Lab) -> None:
    token = forged()[kind]
    assert Tokens(SECRET).read(token) is None
    asked = client(lab, Tokens(SECRET)).get("/api/tags/x", headers={"authorization": f"Bearer {token}"})
    assert asked.status_code == 401


def client(lab: Lab, tokens: Tokens | None, otherwise: Actor = MASTER) -> TestClient:
    """The routes, and one that tags: what somebody might add some day."""

    def tag(request: Request) -> PlainTextResponse:
        try:
            tagging.add(lab, "by route", [0], actor_now().name or "nobody")
        except AccessError as mistake:
            return PlainTextResponse(str(mistake), 403)
        return PlainTextResponse("tagged")

    app = Starlette(
        routes=[*routes(lambda: lab), Route("/api/tags/x", tag, methods=["GET", "POST"])],
        middleware=[Middleware(Door, tokens, otherwise)],
    )
    return TestClient(app)


def test_who_has_no_token_is_answered_nothing_and_a_viewer_cannot_tag_by_a_route(own: Lab) -> None:
    tokens = Tokens(SECRET)
    ask = client(own, tokens)
    product = f"/api/product?id={own.catalogue().product_ids[0]}"
    assert ask.get(product).status_code == 401
    assert ask.get("/api/health").status_code == 200
    assert ask.put("/_stcore/upload_file/session/file").status_code == 401
    for how in (
        {"authorization": f"Bearer {tokens.give(VIEWER)}"},
        {"cookie": f"other=1; {tokens.cookie}={tokens.give(VIEWER)}"},
    ):
        assert ask.get(product, headers=how).status_code == 200
        refused = ask.post("/api/tags/x", headers=how)
        assert refused.status_code == 403
        assert refused.text == "vi@shop.example is here as viewer; to change anything one has to be an editor"
    assert not own.tag_state().carried
    assert ask.post("/api/tags/x", headers={"authorization": f"Bearer {tokens.give(ADA)}"}).text == "tagged"
    assert own.tag_state().actions[-1].who == ADA.name


def test_read_only_nobody_changes_anything(own: Lab) -> None:
    ask = client(own, None, Actor("", Role.VIEWER))
    assert ask.get(f"/api/product?id={own.catalogue().product_ids[0]}").status_code == 200
    assert ask.get("/api/tags/x").status_code == 403


CHANGES: dict[str, Callable[[Lab], Any]] = {
    "tag": lambda lab: tagging.add(lab, "x", [0], "x"),
    "name": lambda lab: lab.workspace.edit_lock("visual attributes").__enter__(),
    "import": lambda lab: lab.workspace.write_lock("import").__enter__(),
    "train": lambda lab: lab.workspace.training_lock("x").__enter__(),
    "upload": lambda lab: keep_files(lab, [("a.png", b"x")]),
    "start a job": lambda lab: Jobs(lab.workspace.folder).start(["look"], "Looking"),
    "delete products": lambda lab: delete_products(lab, [0], "x"),
    "delete a model": lambda lab: delete_model(lab, "tiny", "x"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_viewer_changes_nothing_whatever_leads_there(own: Lab, change: str) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in own.workspace.folder.rglob("*"))
    with acting_for(VIEWER), pytest.raises(AccessError, match="vi@shop\\.example is here as viewer"):
        CHANGES[change](own)
    assert sorted((path, path.stat().st_mtime_ns) for path in own.workspace.folder.rglob("*")) == before


@pytest.mark.parametrize("change", ["delete products", "delete a model"])
def test_what_an_editor_may_not_an_admin_may(own: Lab, change: str) -> None:
    with acting_for(ADA), pytest.raises(AccessError, match="one has to be an admin"):
        CHANGES[change](own)
    with acting_for(Actor("boss", Role.ADMIN)):
        CHANGES[change](own)


def test_a_job_remembers_who_asked_for_it(own: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "_spawn", lambda self, job: None)
    with acting_for(ADA):
        started = Jobs(own.workspace.folder).start(["look"], "Looking")
        with pytest.raises(AccessError):
            Jobs(own.workspace.folder).start(["compact"], "Compacting")
    assert Jobs(own.workspace.folder).all()[0].who == started.who == ADA.name


def test_whoever_runs_a_command_is_its_master() -> None:
    assert actor_now() == Actor("", Role.ADMIN)
    assert acting._source() == actor_now()
