"""The settings file: what is written comes back in a new process, what is wrong is named."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.settings.choices import Language, Page, Theme
from app.settings.schema import Settings, checked, entries
from app.settings.store import SettingsStore
from engine.errors import ErrorKind, NestlingError

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_has_an_entry_and_a_default_that_is_allowed() -> None:
    for name, entry in entries().items():
        assert checked(name, getattr(Settings(), name)) == getattr(Settings(), name)
        assert isinstance(entry.page, Page)


def test_settings_survive_into_a_new_process_with_their_types(tmp_path: Path) -> None:
    file = tmp_path / "Ünter ordner" / "settings.toml"
    SettingsStore(file).change(
        microphone="Müllers „Mikro“",
        theme=Theme.DARK,
        language=Language.GERMAN,
        text_size=22,
        keep_transcripts=False,
        retention_days=0,
    )
    program = (
        "import sys; from pathlib import Path; from app.settings.store import SettingsStore;"
        "store = SettingsStore(Path(sys.argv[1])); print(ascii(store.values), store.problems)"
    )
    out = subprocess.run(
        [sys.executable, "-c", program, str(file)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert out.stdout.strip() == f"{ascii(SettingsStore(file).values)} []"
    assert "keep_transcripts=False" in out.stdout
    assert "retention_days=0" in out.stdout


def test_unknown_keys_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('future = 1\n[appearance]\nsparkle = "yes"\ntext_size = 20\n')
    store = SettingsStore(file)
    store.change(text_size=24)
    text = file.read_text()
    assert "future = 1" in text
    assert 'sparkle = "yes"' in text
    assert SettingsStore(file).values.text_size == 24


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("text_size = 'huge'", "a whole number from 10 to 48"),
        ("text_size = 9", "a whole number from 10 to 48"),
        ("text_size = true", "a whole number from 10 to 48"),
        ("theme = 'pink'", "one of system, light, dark"),
        ("show_times = 'no'", "true or false"),
    ],
)
def test_a_bad_value_is_named_and_defaulted(tmp_path: Path, line: str, expected: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f"[appearance]\n{line}\ninterface_percent = 150\n")
    store = SettingsStore(file)
    (problem,) = store.problems
    assert expected in problem
    assert "the default is used" in problem
    name = line.split(" ")[0]
    assert getattr(store.values, name) == getattr(Settings(), name)
    assert store.values.interface_percent == 150


def test_a_value_of_the_wrong_type_is_refused_by_change(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path / "settings.toml")
    for name, value in {"microphone": 3, "text_size": 500, "keep_transcripts": "yes"}.items():
        with pytest.raises(ValueError, match="text in quotes|whole number|true or false"):
            store.change(**{name: value})
    assert store.values == Settings()


def test_what_no_file_can_hold_is_refused_and_hinders_no_later_change(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path / "settings.toml")
    with pytest.raises(ValueError, match="a text in quotes, of whole characters"):
        store.change(model_folder="/home/\udcff")
    store.change(text_size=30)
    assert SettingsStore(tmp_path / "settings.toml").values == Settings(text_size=30)


def test_a_byte_order_mark_sets_nothing_aside(tmp_path: Path) -> None:
    """Editors of Windows put one before what they save."""
    file = tmp_path / "settings.toml"
    file.write_text("[appearance]\ntext_size = 30\n", encoding="utf-8-sig")
    store = SettingsStore(file)
    assert (store.problems, store.values.text_size) == ([], 30)


@pytest.mark.parametrize("content", [b"[appearance\n", b"\xff\xfe\x00", b"appearance = 3\n"])
def test_a_file_that_is_no_settings_file_costs_one_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(content)
    store = SettingsStore(file)
    assert len(store.problems) == 1
    assert store.values == Settings()
    store.change(text_size=30)
    assert SettingsStore(file).values.text_size == 30


def test_an_unreadable_file_is_kept_aside(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[appearance\n")
    SettingsStore(file)
    assert (tmp_path / "settings.toml.unreadable").read_text() == "[appearance\n"


def test_a_file_that_cannot_be_read_nor_set_aside_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[appearance\n")

    def refuse(_a: object, _b: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    (problem,) = SettingsStore(file).problems
    assert "could not be set aside" in problem


def test_only_real_changes_are_announced_and_written(
    settings: SettingsStore, qtbot: QtBot, tmp_path: Path
) -> None:
    settings.change(text_size=Settings().text_size)
    assert not (tmp_path / "settings.toml").exists()
    with qtbot.waitSignal(settings.changed) as caught:
        settings.change(text_size=20, theme=Theme.SYSTEM)
    assert caught.args == [frozenset({"text_size"})]


def test_a_folder_that_cannot_be_written_is_said_and_the_change_holds(
    tmp_path: Path, qtbot: QtBot
) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    store = SettingsStore(blocker / "settings.toml")
    with qtbot.waitSignal(store.failed) as caught:
        store.change(text_size=20)
    assert caught.args[0] is ErrorKind.DISK
    assert store.values.text_size == 20
    with pytest.raises(NestlingError, match="cannot be saved"):
        store.save()


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    store = SettingsStore(file)
    store.change(text_size=20)
    before = file.read_bytes()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    store.change(text_size=30)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path / "settings.toml")
    store.change(text_size=20)
    assert stat.S_IMODE((tmp_path / "settings.toml").stat().st_mode) == 0o600


def test_reset_forgets_everything(settings: SettingsStore, qtbot: QtBot, tmp_path: Path) -> None:
    settings.change(text_size=20, microphone="mic")
    with qtbot.waitSignal(settings.changed) as caught:
        settings.reset()
    assert caught.args == [frozenset({"text_size", "microphone"})]
    assert settings.values == Settings()
    assert not (tmp_path / "settings.toml").exists()
