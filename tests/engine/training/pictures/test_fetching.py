"""What the recipe fetches: unpacked where it is looked for, and named where it cannot be had."""

import sys
import tarfile
from pathlib import Path

import pytest

from engine.errors import ErrorKind, NestlingError
from engine.training.pictures import things
from engine.training.pictures.fonts import fonts
from engine.training.pictures.things import Style, Things
from tests.picture_sources import NOUNS, sources


@pytest.fixture(autouse=True)
def _no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


def test_fonts_that_cannot_be_fetched_are_named(tmp_path: Path) -> None:
    with pytest.raises(NestlingError, match="fonts-liberation") as caught:
        fonts(tmp_path)
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY
    assert list(tmp_path.iterdir()) == []


def test_things_are_unpacked_from_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    icons = sources(tmp_path / "made") / "fluentui-emoji"
    archive = tmp_path / "package.tgz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(icons, "package/icons")
        packed.add(__file__, "package/icons/../../../outside.svg")
    monkeypatch.setattr(things, "_ARCHIVE", archive.as_uri())
    found = Things(tmp_path / "cache")
    assert set(found.nouns) == set(NOUNS)
    assert found.sprite("key", Style.FLAT).shape[2] == 4
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["fluentui-emoji"]
    assert not list(tmp_path.rglob("outside.svg"))


def test_things_that_cannot_be_fetched_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(things, "_ARCHIVE", (tmp_path / "nowhere.tgz").as_uri())
    with pytest.raises(NestlingError, match="fluentui-emoji") as caught:
        Things(tmp_path / "cache")
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY


def test_a_missing_drawing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(NestlingError, match="resvg_py") as caught:
        things.rasterised("<svg/>", 8)
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY
