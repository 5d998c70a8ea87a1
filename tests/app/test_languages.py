"""Every word of the window follows the language at once, as if it had been started in it."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app import i18n
from app.application import Application
from app.models.live import ModelState
from app.paths import bundled_model
from app.settings.choices import Language
from engine.protocol import Loaded
from tests.app.window_fakes import FakeHost, model

Words = list[tuple[str, str, str]]


@pytest.fixture(autouse=True)
def _english_afterwards(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    yield
    i18n.Speech(qapp).take(Language.ENGLISH)
    for speech in qapp.findChildren(i18n.Speech):
        speech.take(Language.ENGLISH)
    QLocale.setDefault(before)


def words(window: QWidget) -> Words:
    """Every text that a person can see or hear: (kind, place, text)."""
    found: Words = []
    for widget in [window, *window.findChildren(QWidget)]:
        if isinstance(widget.parentWidget(), QTabBar):
            continue  # Qt's own arrows, which it never names anew; ours never shows them
        kind = type(widget).__name__
        texts = {
            "name": widget.accessibleName(),
            "description": widget.accessibleDescription(),
            "tip": widget.toolTip(),
            "title": widget.windowTitle(),
        }
        if isinstance(widget, QLabel | QAbstractButton):
            texts["text"] = widget.text()
        if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit):
            texts["placeholder"] = widget.placeholderText()
        if isinstance(widget, QComboBox):
            texts |= {f"item {i}": widget.itemText(i) for i in range(widget.count())}
        if isinstance(widget, QTabBar):
            texts |= {f"tab {i}": widget.tabText(i) for i in range(widget.count())}
        if isinstance(widget, QListWidget):
            texts |= {f"row {i}": widget.item(i).text() for i in range(widget.count())}
        if isinstance(widget, QSpinBox):
            texts["suffix"] = widget.suffix()
        if isinstance(widget, QMenu):
            texts["menu"] = widget.title()
        found += [(kind, place, text) for place, text in texts.items() if text]
    for action in window.findChildren(QAction):
        found += [("action", action.objectName(), t) for t in (action.text(), action.toolTip())]
    return found


def settle(qapp: QApplication) -> None:
    """Deliver what Qt has posted: the change of language goes to each window by itself."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LanguageChange)


def run(compose: Callable[[], Application], hosts: list[FakeHost], qtbot: QtBot) -> Application:
    """The program with a model, its settings open."""
    made = compose()
    hosts[-1].say(Loaded(model(str(bundled_model()))))
    qtbot.waitUntil(lambda: made.state.model_state is ModelState.READY)
    qtbot.waitUntil(lambda: made.window.picker.count() == 2)
    made.commands.show_settings()
    return made


@pytest.mark.parametrize("language", [Language.GERMAN, Language.CHINESE])
def test_switching_gives_what_a_start_in_that_language_gives(
    compose: Callable[[], Application],
    hosts: list[FakeHost],
    qtbot: QtBot,
    qapp: QApplication,
    language: Language,
) -> None:
    program = run(compose, hosts, qtbot)
    english = words(program.window)
    program.settings.change(language=language)
    settle(qapp)
    switched = words(program.window)
    program.close()

    fresh = words(run(compose, hosts, qtbot).window)  # the profile remembers the language
    assert [pair for pair in zip(switched, fresh, strict=True) if pair[0] != pair[1]] == []
    same = {text for _, _, text in english} & {text for _, _, text in fresh}
    assert len(same) < len(english) / 4  # names, sizes, figures


def test_switching_back_gives_english_again(program: Application, qapp: QApplication) -> None:
    before = words(program.window)
    for language in (Language.CHINESE, Language.GERMAN, Language.ENGLISH):
        program.settings.change(language=language)
        settle(qapp)
    assert words(program.window) == before


def test_dialogs_follow_too(program: Application, qapp: QApplication) -> None:
    program.commands.show_about()
    (about,) = (d for d in program.window.findChildren(QDialog) if "About" in d.windowTitle())
    program.settings.change(language=Language.CHINESE)
    settle(qapp)
    assert "关于" in about.windowTitle()
    about.close()


def test_numbers_and_the_toolkit_s_own_words_follow(
    program: Application, qapp: QApplication
) -> None:
    program.commands.show_settings()
    dialog = program.commands.settings_dialog
    assert dialog is not None
    program.settings.change(language=Language.GERMAN)
    settle(qapp)
    assert QLocale().toString(1.5, "f", 1) == "1,5"
    assert any("chließen" in button.text() for button in dialog.findChildren(QPushButton))


def test_the_system_s_language_is_taken_where_there_is_a_translation() -> None:
    cases = {"de_AT": "de", "fr_FR": "en", "zh_CN": "zh_CN", "zh_SG": "zh_CN", "zh_TW": "en"}
    assert {name: i18n.translated(QLocale(name)) for name in cases} == cases


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        (Language.ENGLISH, "1 word", "1,200 words"),
        (Language.GERMAN, "1 Wort", "1.200 Wörter"),
        (Language.CHINESE, "1 个词", "1,200 个词"),
    ],
)
def test_one_thing_is_named_otherwise_than_several(
    speech: i18n.Speech, language: Language, one: str, many: str
) -> None:
    speech.take(language)
    shown = [QCoreApplication.translate("HistoryDialog", "%Ln words", "", n) for n in (1, 1_200)]
    assert shown == [one, many]
