"""What the recipe fetches: unpacked where it is looked for, and named where it cannot be had."""

import hashlib
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import ErrorKind, NestlingError
from engine.training import npm
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


def offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, whole: bool = True) -> None:
    """The package, as a registry of this test's has it; or another than the one that is known."""
    icons = sources(tmp_path / "made") / "fluentui-emoji"
    archive = tmp_path / "fluentui-emoji" / "-" / "fluentui-emoji-1.3.0.tgz"
    archive.parent.mkdir(parents=True)
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(icons, "package/icons")
        packed.add(__file__, "package/icons/../../../outside.svg")
        packed.add(__file__, "package/other.svg")
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    monkeypatch.setattr(npm, "REGISTRY", tmp_path.as_uri())
    if whole:
        monkeypatch.setattr(things, "PACKAGE", replace(things.PACKAGE, sha256=found))


def test_things_are_unpacked_from_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    offered(monkeypatch, tmp_path)
    found = Things(tmp_path / "cache")
    assert set(found.nouns) == set(NOUNS)
    assert found.sprite("key", Style.FLAT).shape[2] == 4
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["fluentui-emoji"]
    assert not [*tmp_path.rglob("outside.svg"), *tmp_path.rglob("other.svg")]


def test_another_package_than_the_one_that_is_known_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    offered(monkeypatch, tmp_path, whole=False)
    with pytest.raises(NestlingError, match=r"checksum.*fluentui-emoji@1\.3\.0") as caught:
        Things(tmp_path / "cache")
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY
    assert not list((tmp_path / "cache").iterdir())


def test_of_a_package_only_what_is_wanted_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    offered(monkeypatch, tmp_path)
    some = replace(things.PACKAGE, kept=("flat", "modern/key.svg"))
    npm.fetch(tmp_path / "some", some, "Something")
    files = {
        str(file.relative_to(tmp_path / "some")) for file in (tmp_path / "some").rglob("*.svg")
    }
    assert "modern/key.svg" in files
    assert {file.split("/")[0] for file in files} == {"flat", "modern"}
    assert len([file for file in files if file.startswith("modern")]) == 1


def test_things_that_cannot_be_fetched_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(npm, "REGISTRY", (tmp_path / "nowhere").as_uri())
    with pytest.raises(NestlingError, match="fluentui-emoji") as caught:
        Things(tmp_path / "cache")
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY


def test_a_missing_drawing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(NestlingError, match="resvg_py") as caught:
        things.rasterised("<svg/>", 8)
    assert caught.value.kind is ErrorKind.MISSING_LIBRARY
