"""Sizes in the window: what each costs before it is taken, all in a table, the automatic one."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.application import Application
from app.models.live import Phase
from app.sizing import BEHIND_READINGS, Because, Choice, largest_carried
from app.widgets.sizes_dialog import UNKNOWN, SizesDialog
from engine.datatypes import SizeFigures
from engine.protocol import Loaded, MeasureSizes, Metrics, SetSize, SizeChanged, SizesMeasured
from tests.app.window_fakes import SIZES, FakeHost, metrics, model

FIGURES = (
    SizeFigures("small", 1_900_000_000, 9.0, 60.0, 0.4),
    SizeFigures("mixed", 2_400_000_000, 6.0, 50.0, 0.6),
    SizeFigures("full", 3_000_000_000, 4.5, 40.0, 0.75),
)


def chosen(speed: float, *, live: bool = True, below: str | None = None) -> Choice:
    by_name = {one.name: one for one in FIGURES}
    return largest_carried(SIZES, by_name, speed, live=live, below=below)


def test_the_largest_size_that_answers_fast_enough_is_taken() -> None:
    assert chosen(4.0) == Choice("full", Because.LARGEST)
    assert chosen(5.0) == Choice("mixed", Because.ANSWERS, 4.5)
    assert chosen(7.0) == Choice("small", Because.ANSWERS, 6.0)
    assert chosen(90.0) == Choice("small", Because.SMALLEST, 9.0)


def test_speech_must_be_kept_up_with_where_the_model_hears() -> None:
    slow = [SizeFigures(one.name, 1, 50.0, 1.0, 0.7 + 0.2 * n) for n, one in enumerate(FIGURES)]
    by_name = {one.name: one for one in slow}
    heard = largest_carried(SIZES, by_name, 4.0, live=True)
    assert heard == Choice("small", Because.LIVE, pytest.approx(0.9))
    assert largest_carried(SIZES, by_name, 4.0, live=False).name == "full"


def test_a_size_that_fell_behind_is_not_taken_again() -> None:
    assert chosen(4.0, below="full") == Choice("mixed", Because.BEHIND)
    assert chosen(4.0, below="small") == Choice("small", Because.SMALLEST, 9.0)


@pytest.fixture
def host(program: Application, hosts: list[FakeHost]) -> FakeHost:
    return hosts[-1]


@pytest.fixture
def measured(program: Application, host: FakeHost, qtbot: QtBot) -> Application:
    host.say(SizesMeasured(FIGURES))
    qtbot.waitUntil(lambda: bool(program.state.figures))
    return program


def take_automatic(program: Application) -> None:
    QTest.mouseClick(program.window.sizes.automatic, Qt.MouseButton.LeftButton)


def test_each_model_is_asked_what_it_costs(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    (asked,) = host.sent(MeasureSizes)
    assert asked == MeasureSizes(str(program.paths.sizes_file))
    host.say(SizesMeasured(FIGURES))
    host.say(Loaded(model("/models/other")))
    qtbot.waitUntil(lambda: len(host.sent(MeasureSizes)) == 2)
    assert not program.state.figures
    host.say(Loaded(model("/models/single", sizes=SIZES[-1:])))
    qtbot.waitUntil(lambda: program.state.model.folder == "/models/single")
    assert len(host.sent(MeasureSizes)) == 2


def test_the_slider_tells_the_cost_before_the_size_is_taken(
    measured: Application, host: FakeHost, qtbot: QtBot
) -> None:
    sizes = measured.window.sizes
    measured.state.set_conversation_tokens(1_200)
    assert "About 3.0 GB of memory, 4.5 tokens a second." in sizes.words
    sizes.slider.setSliderDown(True)
    sizes.slider.setValue(1)
    assert "2.4 GB" in sizes.words
    assert "Nothing is read anew." in sizes.words
    sizes.slider.setValue(0)
    assert "1200 tokens are read anew, about 20 s." in sizes.words
    assert not host.sent(SetSize)
    sizes.slider.setSliderDown(False)  # the hand lets go
    qtbot.waitUntil(lambda: host.sent(SetSize) == [SetSize("small")])
    host.say(SizeChanged("small"))
    qtbot.waitUntil(lambda: measured.state.size == "small")
    assert "read anew" not in sizes.words


def test_without_figures_only_the_tokens_are_told(program: Application) -> None:
    assert program.state.switch_sentence(SIZES[0]) == "Nothing is read anew."
    program.state.set_conversation_tokens(70)
    assert program.state.switch_sentence(SIZES[0]) == "70 tokens are read anew."
    assert program.state.switch_sentence(SIZES[2]) == ""


def test_a_score_of_a_general_model_is_its_mmlu(
    program: Application, host: FakeHost, qtbot: QtBot
) -> None:
    host.say(Loaded(model("/models/general", demonstration=False)))
    qtbot.waitUntil(lambda: "MMLU 88.5." in program.window.sizes.words)


def test_the_program_takes_the_largest_size_it_carries_and_says_why(
    measured: Application, host: FakeHost, qtbot: QtBot
) -> None:
    sizes = measured.window.sizes
    measured.settings.change(answer_speed=5)
    assert not host.sent(SetSize)
    take_automatic(measured)
    qtbot.waitUntil(lambda: host.sent(SetSize) == [SetSize("mixed")])
    assert not sizes.slider.isEnabled()
    assert "answers with 4.5 tokens a second, too slow." in sizes.words
    measured.settings.change(answer_speed=7)
    qtbot.waitUntil(lambda: host.sent(SetSize)[-1] == SetSize("small"))
    assert "6.0 tokens" in sizes.words
    take_automatic(measured)
    assert sizes.slider.isEnabled()
    assert "too slow" not in sizes.words
    assert host.sent(SetSize)[-1] == SetSize("small")  # it stays as it is


def test_automatic_is_remembered(
    measured: Application, compose: Callable[[], Application], hosts: list[FakeHost], qtbot: QtBot
) -> None:
    take_automatic(measured)
    measured.close()
    again = compose()
    assert again.window.sizes.automatic.isChecked()
    hosts[-1].say(Loaded(model()))
    hosts[-1].say(SizesMeasured(FIGURES))
    qtbot.waitUntil(lambda: "The largest size is fast enough" in again.window.sizes.words)


def test_falling_behind_takes_a_smaller_size(
    measured: Application, host: FakeHost, qtbot: QtBot
) -> None:
    take_automatic(measured)
    measured.state.set_phase(Phase.LISTENING)
    for _ in range(BEHIND_READINGS - 1):
        measured.state.set_metrics(metrics(load=1.2))
    measured.state.set_metrics(metrics(load=0.9))
    measured.state.set_metrics(metrics(load=1.2))
    assert not host.sent(SetSize)
    for _ in range(BEHIND_READINGS):
        measured.state.set_metrics(metrics(load=1.2))
    qtbot.waitUntil(lambda: host.sent(SetSize) == [SetSize("mixed")])
    assert "fell behind what is said" in measured.window.sizes.words
    host.say(Metrics(1, metrics()))


def opened(program: Application) -> SizesDialog:
    QTest.mouseClick(program.window.sizes.table, Qt.MouseButton.LeftButton)
    assert program.sizing.dialog is not None
    return program.sizing.dialog


def row(dialog: SizesDialog, number: int) -> list[str]:
    items = [dialog.table.item(number, column) for column in range(dialog.table.columnCount())]
    return [item.text() for item in items if item is not None]


def test_the_table_has_every_size_and_one_can_be_taken(
    measured: Application, host: FakeHost, qtbot: QtBot
) -> None:
    measured.state.set_conversation_tokens(600)
    dialog = opened(measured)
    assert row(dialog, 0) == [
        *("small", "1.9 GB", "9.0", "71.5", "600 tokens are read anew, about 10 s.")
    ]
    assert row(dialog, 1)[3:] == [UNKNOWN, "Nothing is read anew."]
    assert row(dialog, 2)[4] == ""
    assert not dialog.use.isEnabled()  # it is in force
    dialog.table.selectRow(0)
    QTest.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: host.sent(SetSize) == [SetSize("small")])
    assert opened(measured) is dialog
    dialog.close()


def test_enter_on_a_size_takes_it_and_no_more(
    measured: Application, host: FakeHost, qtbot: QtBot
) -> None:
    dialog = opened(measured)
    before = len(host.sent(MeasureSizes))
    dialog.table.selectRow(0)
    dialog.table.setFocus()
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: host.sent(SetSize) == [SetSize("small")])
    assert len(host.sent(MeasureSizes)) == before
    dialog.close()


def test_the_table_measures_again_when_asked(
    measured: Application, host: FakeHost, qtbot: QtBot
) -> None:
    dialog = opened(measured)
    QTest.mouseClick(dialog.measure, Qt.MouseButton.LeftButton)
    again = MeasureSizes(str(measured.paths.sizes_file), at_once=True)
    qtbot.waitUntil(lambda: host.sent(MeasureSizes)[-1] == again)
    assert "Not measured yet" in dialog.note.text()
    assert row(dialog, 0)[1:3] == [UNKNOWN, UNKNOWN]
    host.say(SizesMeasured(FIGURES))
    qtbot.waitUntil(lambda: "Measured on this machine" in dialog.note.text())
    dialog.close()


def test_the_program_s_choice_is_not_taken_out_of_its_hands(measured: Application) -> None:
    take_automatic(measured)
    dialog = opened(measured)
    dialog.table.selectRow(0)
    assert not dialog.use.isEnabled()
    dialog.close()
