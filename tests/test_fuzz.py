"""Whatever is asked of a route, it answers or says why not: the short form of `python -m benchmarks.fuzz`."""

import shutil
from itertools import islice

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from benchmarks.fuzz import _OF_ROUTE, Report, app_over, asks, hammer, with_every_kind
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.interfaces.routes import TABLE


def test_every_route_is_asked_with_its_own_parameters() -> None:
    assert set(TABLE) - set(_OF_ROUTE) == {"/api/health", "/api/widgets/{version}/{path:path}"}


@pytest.fixture(scope="module")
def every_kind(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A copy of the shop's Lab with an attribute of each kind."""
    folder = tmp_path_factory.mktemp("kinds")
    shutil.copytree(lab.workspace.folder, folder / "own")
    own = with_every_kind(Lab(folder / "own"), folder)
    assert len(own.catalogue().attributes) >= 8
    return own


@pytest.mark.parametrize("seed", [1, 2])
def test_no_request_is_answered_with_anything_but_an_answer_or_a_sentence(every_kind: Lab, seed: int) -> None:
    report = hammer(app_over(every_kind), islice(asks(every_kind, seed), 400))
    assert report.faults == {}
    assert report.statuses[200] > 20, "some of them are asked well enough"
    assert report.statuses[400] > 100


def test_it_finds_what_it_is_to_find(lab: Lab) -> None:
    def silent(request: Request) -> PlainTextResponse:
        return PlainTextResponse("nope", 400)

    def broken(request: Request) -> PlainTextResponse:
        raise OverflowError("int too large")

    for handler, says in ((silent, "400 without a sentence"), (broken, "OverflowError: int too large")):
        report: Report = hammer(Starlette(routes=[Route("/{path:path}", handler)]), islice(asks(lab, 1), 30))
        assert any(says in fault for fault in report.faults)
