"""What screen readers are told things are called, as Qt gives it to them."""

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QComboBox, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.application import Application
from app.settings.choices import Language


@pytest.mark.parametrize(
    ("language", "words"), [(Language.ENGLISH, "More menus"), (Language.GERMAN, "Weitere Menüs")]
)
def test_the_button_of_menus_without_room_has_a_name(
    program: Application, qtbot: QtBot, language: Language, words: str
) -> None:
    """Qt makes it, and gives it none."""
    program.settings.change(language=language)
    more = program.window.menuBar().findChild(QToolButton, "qt_menubar_ext_button")
    spoken = QAccessible.queryAccessibleInterface(more)
    qtbot.waitUntil(lambda: spoken.text(QAccessible.Text.Name) == words)
    assert more.toolTip() == words
    program.settings.change(language=Language.ENGLISH)


def names(box: QComboBox) -> list[str]:
    """What a screen reader under Linux calls it: the labels that stand for it."""
    spoken = QAccessible.queryAccessibleInterface(box)
    return [
        label.text(QAccessible.Text.Name)
        for label, relation in spoken.relations(QAccessible.RelationFlag.Label)
        if relation & QAccessible.RelationFlag.Label
    ]


def test_every_list_to_choose_from_has_a_label_that_names_it(
    program: Application, qtbot: QtBot
) -> None:
    """Linux was told "No translation" for the name of a list: what was chosen in it."""
    window = program.window
    program.commands.show_settings()
    dialog = program.commands.settings_dialog
    assert dialog is not None
    boxes = [*window.findChildren(QComboBox)]  # the dialog's, too
    assert len(boxes) > 8
    for box in boxes:
        assert all(names(box)), box.objectName()
        assert box.accessibleName() in names(box), box.objectName()
    assert names(window.picker) == ["Microphone"]
    assert "Language that is spoken" in names(window.controls.languages.source)
    program.settings.change(language=Language.GERMAN)
    qtbot.waitUntil(lambda: names(window.picker) == ["Mikrofon"])
    program.settings.change(language=Language.ENGLISH)
    dialog.close()


def test_a_list_that_moves_takes_its_name_along(program: Application) -> None:
    picker = program.window.picker
    other = QWidget(program.window)
    other.show()
    picker.setParent(other)
    assert names(picker) == ["Microphone"]
    assert [child for child in other.findChildren(QLabel) if not child.isHidden()] == []
