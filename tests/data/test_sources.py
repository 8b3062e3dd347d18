"""The contract of every source: what is there is covered here the moment its file exists."""

from pathlib import Path

import pytest

from looks_like.data.errors import CatalogueError
from looks_like.data.sources import Columns, Source, read, sentences, sources

every_source = pytest.mark.parametrize("source", sources(), ids=lambda source: source.__name__.rpartition(".")[2])


@every_source
def test_it_says_what_it_takes(source: Source) -> None:
    assert source.SENTENCE.strip() == source.SENTENCE != ""
    assert sentences().count(source.SENTENCE) == 1
    assert source.__doc__


@every_source
@pytest.mark.parametrize("address", ["nothing-of-the-kind", "nothing.of-the-kind", "nothing://of/the/kind"])
def test_it_accepts_no_address_that_is_nobodys(source: Source, address: str) -> None:
    assert not source.accepts(address)


def test_an_address_that_nobody_takes_is_told_what_all_take(tmp_path: Path) -> None:
    (tmp_path / "x.of-no-kind").write_bytes(b"x")
    with pytest.raises(CatalogueError, match="can't be imported") as found:
        read(str(tmp_path / "x.of-no-kind"), Columns())
    assert all(sentence in str(found.value) for sentence in sentences())
