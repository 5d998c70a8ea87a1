"""A window on a profile of its own, with nothing real behind it."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import application
from app.i18n import Speech
from app.models.live import ModelState
from app.paths import bundled_model
from app.settings.choices import Language
from app.settings.choices import Theme as ThemeChoice
from app.settings.store import SettingsStore
from app.theme import Theme, no_collection
from engine.protocol import Loaded
from tests.app.kept_look import kept_look, undress
from tests.app.window_fakes import FakeAudio, FakeHost, model


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    """What a test leaves to be deleted later is deleted before the next one begins.

    Outside an event loop Qt waits with it for ever; a collection that comes upon such a window
    takes the attributes of its widgets while they still lay themselves out.
    """
    with no_collection():
        _delete_now()  # what qtbot closed
        try:
            yield
        finally:
            _delete_now()  # what the fixtures did


def _delete_now() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="session", autouse=True)
def clipboard(qapp: QApplication) -> Iterator[None]:
    """The offscreen clipboard outlives Python: what Python made for it would crash the exit."""
    yield
    qapp.clipboard().clear()


@pytest.fixture(autouse=True)
def _english_numbers() -> None:
    """Whatever the machine speaks, and the test before: "C" has nothing between thousands."""
    QLocale.setDefault(QLocale(Language.ENGLISH.value))


@pytest.fixture
def settings(tmp_path: Path, qapp: QApplication) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.toml")


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    with kept_look(qapp):
        made = Theme(qapp)
        made.apply(ThemeChoice.LIGHT)
        yield made
        with no_collection():
            undress(qapp)


@pytest.fixture
def speech(qapp: QApplication) -> Iterator[Speech]:
    """To speak another language with; English and the numbers of before afterwards."""
    speech, before = Speech(qapp), QLocale()
    yield speech
    speech.take(Language.ENGLISH)
    QLocale.setDefault(before)
    speech.deleteLater()


@pytest.fixture
def hosts() -> list[FakeHost]:
    return []


@pytest.fixture
def compose(
    qapp: QApplication,
    qtbot: QtBot,
    tmp_path: Path,
    hosts: list[FakeHost],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[], application.Application]]:
    """Makes the program with a fake worker and a fake sound system; shown and running."""
    monkeypatch.setattr("app.capture.sources.ServerWatcher.library", staticmethod(lambda: None))
    made: list[application.Application] = []

    def make_host(on_event, on_death):  # type: ignore[no-untyped-def]
        hosts.append(FakeHost(on_event, on_death))
        return hosts[-1]

    def build() -> application.Application:
        built = application.compose(
            application.Options(profile=tmp_path / "profile"), make_host, FakeAudio()
        )
        made.append(built)
        with qtbot.waitSignal(built.composed):
            built.show()
        return built

    with kept_look(qapp):
        yield build
    for built in made:
        built.close()
        if built.speech.code != "en":
            built.speech.take(Language.ENGLISH)
        built.window.deleteLater()
        built.deleteLater()


@pytest.fixture
def program(
    compose: Callable[[], application.Application], hosts: list[FakeHost], qtbot: QtBot
) -> application.Application:
    """Running, with a model."""
    made = compose()
    hosts[-1].say(Loaded(model(str(bundled_model()))))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.READY)
    return made
