"""A copy of a workspace is the workspace as it was at a moment, whatever people do meanwhile."""

import shutil
import threading
import time
from pathlib import Path

import pytest

from looks_like.data import backup
from looks_like.data.acting import AccessError, Actor, Role, acting_for
from looks_like.data.backup import back_up
from looks_like.data.errors import CatalogueError
from looks_like.explorer import tags as tagging
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.interfaces.commands.main import run

WAIT_S = 60


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    shutil.copytree(lab.workspace.folder, tmp_path / "workspace")
    return Lab(tmp_path / "workspace")


def backed_up(lab: Lab, target: Path) -> Lab:
    for _ in back_up(lab.workspace, target):
        pass
    return Lab(target)


def contents(folder: Path, copy: Path) -> dict[str, bytes]:
    """By path, of all files of the copy, as they are in the other."""
    names = [path.relative_to(copy) for path in copy.rglob("*") if path.is_file()]
    return {str(name): (folder / name).read_bytes() for name in names}


def test_what_nobody_writes_is_the_same_to_the_last_byte(own: Lab, tmp_path: Path) -> None:
    tagging.add(own, "summer", [1, 2, 3], "Ada")
    copy = backed_up(own, tmp_path / "copy")
    assert contents(tmp_path / "workspace", tmp_path / "copy") == contents(tmp_path / "copy", tmp_path / "copy")
    assert copy.catalogue().sha256 == own.catalogue().sha256
    assert copy.catalogue().pictures([5]) == own.catalogue().pictures([5])
    assert copy.space("tiny").z_nd.tobytes() == own.space("tiny").z_nd.tobytes()
    assert copy.map_view("tiny", "pca").xy_n2.tobytes() == own.map_view("tiny", "pca").xy_n2.tobytes()
    assert copy.tag_state().tags_of(2) == ["summer"]
    assert not (tmp_path / "copy" / "pixels").exists()
    tagging.add(copy, "again", [4], "Ada")  # it goes on by itself
    assert copy.tag_state().tags_of(4) == ["again"]
    assert own.tag_state().tags_of(4) == []


def test_people_tag_meanwhile_and_each_action_is_in_it_or_not(own: Lab, tmp_path: Path) -> None:
    done, given = threading.Event(), list[str]()

    def tag() -> None:
        lab = Lab(own.workspace.folder)
        while not done.is_set():
            given.append(f"t{len(given)}")
            tagging.add(lab, given[-1], [len(given) % 80], "Ada")

    person = threading.Thread(target=tag)
    person.start()
    try:
        copies = []
        for number in range(5):
            copies.append(backed_up(own, tmp_path / f"copy-{number}"))
            before, end = len(given), time.monotonic() + WAIT_S
            while person.is_alive() and len(given) < before + 2 and time.monotonic() < end:
                time.sleep(0.01)  # at least one tag more has been given until the next copy
    finally:
        done.set()
        person.join()
    counts = []
    for copy in copies:
        actions = copy.tag_state().actions
        assert [action.tag for action in actions] == given[: len(actions)]
        assert all(copy.tag_state().tag(action.tag) is not None for action in actions)
        counts.append(len(actions))
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_a_table_that_changes_while_it_is_copied_is_copied_once_more(
    own: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagging.add(own, "summer", [1], "Ada")
    copy, gone = backup.shutil.copy2, list[str]()

    def lose_one(source: Path, target: Path) -> None:
        if "tags.lance" in str(source) and not gone:
            gone.append(str(source))
            raise FileNotFoundError(source)
        copy(source, target)

    monkeypatch.setattr(backup.shutil, "copy2", lose_one)
    assert backed_up(own, tmp_path / "copy").tag_state().tags_of(1) == ["summer"]
    assert gone


@pytest.mark.parametrize("target", ["workspace", "workspace/inside"])
def test_a_target_in_the_way_is_a_sentence_and_nothing_is_touched(own: Lab, tmp_path: Path, target: str) -> None:
    with pytest.raises(CatalogueError, match=r"there already|lies in the workspace itself"):
        backed_up(own, tmp_path / target)
    assert not (tmp_path / "workspace" / "inside").exists()


def test_a_backup_that_fails_leaves_nothing(own: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup.shutil, "copy2", full)
    with pytest.raises(OSError, match="No space"):
        backed_up(own, tmp_path / "copy")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["workspace"]


def test_a_checkpoint_that_goes_meanwhile_is_not_missed(
    own: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own.workspace.folder / "models" / "tiny" / "older.checkpoint").write_bytes(b"older")
    copy = backup.shutil.copy2

    def swept(source: Path, target: Path) -> None:
        if source.name == "older.checkpoint":
            source.unlink()
        copy(source, target)

    monkeypatch.setattr(backup.shutil, "copy2", swept)
    assert backed_up(own, tmp_path / "copy").space("tiny").z_nd.tobytes() == own.space("tiny").z_nd.tobytes()


def test_links_are_said_and_not_followed_and_a_viewer_takes_nothing(
    own: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "secret").write_text("secret", "utf-8")
    (tmp_path / "workspace" / "models" / "tiny" / "notes").symlink_to(tmp_path / "secret")
    assert run(["backup", str(tmp_path / "copy"), "--workspace", str(own.workspace.folder)]) == (0, "")
    assert "links to elsewhere: models/tiny/notes." in " ".join(capsys.readouterr().out.split())
    assert not (tmp_path / "copy" / "models" / "tiny" / "notes").exists()
    with acting_for(Actor("vi", Role.VIEWER)), pytest.raises(AccessError):
        backed_up(own, tmp_path / "other")


def test_the_command_says_how_much_it_copied(own: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["backup", str(tmp_path / "copy"), "--workspace", str(own.workspace.folder)]) == (0, "")
    assert "copied to" in capsys.readouterr().out
    assert Lab(tmp_path / "copy").catalogue().count == 80
