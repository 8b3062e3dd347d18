"""A new model takes over the names of the old one, as far as its codes tell them, and says which stay behind."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from looks_like.explorer import tags as naming
from looks_like.explorer.core.encoding import encode
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.tags import carrying
from looks_like.explorer.training.running.run import TrainRequest, train


@pytest.fixture(scope="module")
def both(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with a second model, which begins where the first is, and its codes."""
    folder = tmp_path_factory.mktemp("both") / "workspace"
    shutil.copytree(lab.workspace.folder, folder)
    own = Lab(folder)
    for _ in train(own, TrainRequest("vae", "newer", {}, epochs=2, start="tiny")):
        pass
    for _ in encode(own, "newer"):
        pass
    return folder


@pytest.fixture
def own(both: Path, tmp_path: Path) -> Lab:
    shutil.copytree(both, tmp_path / "workspace")
    return Lab(tmp_path / "workspace")


def score_of(lab: Lab, name: str) -> np.ndarray:
    return np.asarray(lab.catalogue().rows[name].to_numpy(), np.float64)


def test_names_mean_in_the_new_model_what_they_meant_in_the_old(own: Lab) -> None:
    naming.name_dimension(own, "tiny", 1, naming.Ends("width", "narrow", "wide"), "Ada")
    naming.name_between(own, np.arange(0, 40, 3), np.arange(1, 40, 3), naming.Ends("roundness"), "Ada", "tiny")
    before = {name: score_of(own, name) for name in ("width", "roundness")}
    found = naming.carry_names(own, "tiny", "newer", "Ada")
    assert {each.name for each in found} == {"width", "roundness"}
    carried = [each for each in found if each.entry is not None]
    assert carried
    standing = own.naming().standing
    for each in carried:
        assert standing[each.name].model == "newer"
        assert each.told >= 0.5
        assert np.corrcoef(before[each.name], score_of(own, each.name))[0, 1] > 0.8
    assert (standing["width"].low, standing["width"].high) == ("narrow", "wide")
    naming.undo_naming(own, None, "Ada")
    assert own.naming().standing[carried[-1].name].model == "tiny"


def test_what_the_new_codes_do_not_tell_stays_behind_and_is_listed(own: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    naming.name_dimension(own, "tiny", 1, naming.Ends("width"), "Ada")
    monkeypatch.setattr(carrying, "_told", lambda *_: 0.12)
    [found] = naming.carry_names(own, "tiny", "newer", "Ada")
    assert found.entry is None
    assert found.words() == "width: stays behind, the new codes tell 12% of it"
    assert own.naming().standing["width"].model == "tiny"


def test_there_is_nothing_to_carry_where_nothing_is_named(own: Lab) -> None:
    with pytest.raises(RequestError, match="nothing is named by model 'tiny'"):
        naming.carry_names(own, "tiny", "newer", "Ada")


def test_what_is_told_is_measured_on_products_left_out() -> None:
    rng = np.random.default_rng(0)
    z_md, apart_m = rng.normal(size=(400, 20)), np.arange(400) % 5 == 0
    assert carrying._told(z_md, z_md[:, 0] + 0.1 * rng.normal(size=400), apart_m) > 0.95
    assert carrying._told(z_md, rng.normal(size=400), apart_m) < 0.2


def test_the_command_lists_each_name(own: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    naming.name_dimension(own, "tiny", 1, naming.Ends("width"), "Ada")
    words = ["attribute", "carry", "tiny", "newer", "--json", "--workspace", str(own.workspace.folder)]
    assert run(words) == (0, "")
    [said] = json.loads(capsys.readouterr().out)
    assert said["name"] == "width"
    assert said["carried"] == (own.naming().standing["width"].model == "newer")
