"""The transcript on screen: shows the model exactly, keeps still while it is read."""

import random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QGuiApplication, QTextCharFormat, QTextCursor
from pytestqt.qtbot import QtBot

from app.models.transcript import TranscriptModel
from app.settings.choices import Theme as ThemeChoice
from app.theme import Theme
from app.widgets.transcript_view import TranscriptView, clock_text
from engine.datatypes import Translation
from tests.app.window_fakes import segment


@pytest.fixture
def model(qapp: object) -> TranscriptModel:
    return TranscriptModel()


@pytest.fixture
def view(model: TranscriptModel, theme: Theme, qtbot: QtBot) -> TranscriptView:
    made = TranscriptView(model, theme)
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    return made


def expected(model: TranscriptModel) -> str:
    lines = []
    for row in range(model.rowCount()):
        shown = model.segment(row)
        title = model.title(row) + "\n" if model.title(row) else ""
        gap = f"[{shown.gap_before_s:.1f} s of sound missing] " if shown.gap_before_s else ""
        lines.append(title + gap + model.index(row).data())
    return "\n".join(lines)


def fill(model: TranscriptModel, count: int, first: int = 0) -> None:
    for index in range(first, first + count):
        model.put(1, segment(index, f"sentence number {index} of many", final=True))
        model.flush()


def test_any_sequence_of_changes_shows_the_model(
    model: TranscriptModel, view: TranscriptView
) -> None:
    """Words appear, change and vanish in any order; also beyond the 16-bit characters."""
    model.set_title(1, "talk 👍🏽.mp3")
    draw = random.Random(7)
    vocabulary = ["one", "zwei", "三", "👍🏽", "five", "шесть"]
    for _ in range(600):
        confirmed = " ".join(draw.choices(vocabulary, k=draw.randrange(4)))
        tentative = " ".join(draw.choices(vocabulary, k=draw.randrange(3)))
        gap = draw.choice([0.0, 0.0, 1.5])
        model.put(draw.randrange(2), segment(draw.randrange(6), confirmed, tentative, gap=gap))
        model.flush()
        assert view.toPlainText() == expected(model)


def test_the_time_stands_beside_the_words_and_not_beside_the_file_s_name(
    model: TranscriptModel, view: TranscriptView
) -> None:
    model.set_title(2, "talk.mp3")
    for recording in (1, 2):
        model.put(recording, segment(0, "hello", final=True))
    model.flush()
    view.grab()
    first, second = view.document().begin(), view.document().begin().next()
    assert second.layout().lineCount() == 2
    plain, named = (view._first_line(block) for block in (first, second))
    layout = view.document().documentLayout()
    for block, place, line in ((first, plain, 0), (second, named, 1)):
        text = block.layout().lineAt(line).naturalTextRect()
        assert place.bottom() == layout.blockBoundingRect(block).top() + text.bottom()


def test_tentative_words_differ_by_shape_and_not_by_colour_alone(
    model: TranscriptModel, view: TranscriptView
) -> None:
    model.put(1, segment(0, "sure", "perhaps"))
    model.flush()
    cursor = QTextCursor(view.document())
    cursor.setPosition(2)
    confirmed = cursor.charFormat()
    cursor.setPosition(len("sure perh"))
    tentative = cursor.charFormat()
    assert not confirmed.fontItalic()
    assert tentative.fontItalic()
    assert confirmed.underlineStyle() is QTextCharFormat.UnderlineStyle.NoUnderline
    assert tentative.underlineStyle() is QTextCharFormat.UnderlineStyle.DotLine
    assert confirmed.foreground().color() != tentative.foreground().color()


def test_confirming_a_word_makes_it_plain(model: TranscriptModel, view: TranscriptView) -> None:
    model.put(1, segment(0, "sure", "perhaps"))
    model.put(1, segment(0, "sure perhaps", final=True))
    model.flush()
    cursor = QTextCursor(view.document())
    cursor.setPosition(len("sure perh"))
    assert not cursor.charFormat().fontItalic()


def test_unconfirmed_words_can_be_hidden(model: TranscriptModel, view: TranscriptView) -> None:
    model.put(1, segment(0, "sure", "perhaps"))
    model.flush()
    view.set_look(15, tentative=False, times=False)
    assert view.toPlainText() == "sure"
    model.put(1, segment(0, "sure thing", "too"))
    model.flush()
    assert view.toPlainText() == "sure thing"
    view.set_look(20, tentative=True, times=True)
    assert view.toPlainText() == "sure thing too"
    assert view.document().defaultFont().pointSize() == 20


HEBREW = "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd."


def stop_is_left(view: TranscriptView, text: str) -> bool:
    """Whether the full stop at the end of these words stands to the left of them."""
    cursor = view.document().find(text.split()[-1])
    block, start, stop = cursor.block(), cursor.selectionStart(), cursor.selectionEnd() - 1
    line = block.layout().lineForTextPosition(stop - block.position())
    places = [line.cursorToX(place - block.position())[0] for place in (start, stop)]
    return places[1] < places[0]


@pytest.mark.parametrize(
    ("said", "meant", "gap"),
    [("Hello world.", HEBREW, 0.0), (HEBREW, "Hello world.", 0.0), (HEBREW, "Hello you.", 1.5)],
    ids=["below", "above", "after a gap"],
)
def test_speech_and_translation_are_each_laid_out_in_their_own_direction(
    model: TranscriptModel, view: TranscriptView, said: str, meant: str, gap: float
) -> None:
    """The full stop stands where each language has it, also after the translation has grown."""
    model.put(1, segment(0, said, final=True, gap=gap))
    for end in (len(meant) // 2, len(meant)):
        model.put_translation(1, Translation(0, 0, 2, "Hebrew", meant[:end], final=False))
        model.flush()
    assert stop_is_left(view, said) == (said is HEBREW)
    assert stop_is_left(view, meant) == (meant is HEBREW)
    assert view.toPlainText().endswith(f"{said}\n{meant}")
    view.selectAll()
    view.copy()
    assert QGuiApplication.clipboard().text() == view.toPlainText()


def test_it_follows_the_end_only_while_the_end_is_in_sight(
    model: TranscriptModel, view: TranscriptView, qtbot: QtBot
) -> None:
    bar = view.verticalScrollBar()
    fill(model, 40)
    assert bar.value() == bar.maximum() > 0
    assert not view.jump.isVisible()
    bar.setValue(50)
    assert not view.following
    assert view.jump.isVisible()
    fill(model, 10, first=40)
    assert bar.value() == 50
    qtbot.mouseClick(view.jump, Qt.MouseButton.LeftButton)
    assert view.following
    assert bar.value() == bar.maximum()
    assert not view.jump.isVisible()
    fill(model, 10, first=50)
    assert bar.value() == bar.maximum()


def test_scrolling_back_to_the_end_follows_again(
    model: TranscriptModel, view: TranscriptView
) -> None:
    fill(model, 40)
    bar = view.verticalScrollBar()
    bar.setValue(0)
    assert not view.following
    bar.setValue(bar.maximum())
    assert view.following


def test_an_emptied_transcript_is_followed_from_its_beginning(
    model: TranscriptModel, view: TranscriptView
) -> None:
    fill(model, 40)
    bar = view.verticalScrollBar()
    bar.setValue(0)
    model.clear()
    assert not view.jump.isVisible()
    fill(model, 40)
    assert bar.value() == bar.maximum() > 0


def test_of_another_transcript_that_is_all_in_sight_nothing_is_the_latest(
    model: TranscriptModel, view: TranscriptView
) -> None:
    fill(model, 40)
    view.verticalScrollBar().setValue(0)
    model.show_all([((1, 0), segment(0, "short", final=True))])
    assert view.following
    assert not view.jump.isVisible()


def test_a_smaller_window_keeps_the_end_in_sight(
    model: TranscriptModel, view: TranscriptView
) -> None:
    fill(model, 40)
    view.resize(300, 150)
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum()


def words_at_the_top(view: TranscriptView) -> tuple[str, int]:
    """The letters at the top of what is in sight, and how far below its edge their line begins."""
    cursor = view.cursorForPosition(view.viewport().rect().topLeft() + QPoint(60, 0))
    cursor.movePosition(QTextCursor.MoveOperation.StartOfLine)
    return cursor.block().text()[cursor.positionInBlock() :][:20], view.cursorRect(cursor).top()


@pytest.mark.parametrize("rows", [60, 1500])
def test_another_look_keeps_what_is_read_and_marked_in_its_place(
    model: TranscriptModel, view: TranscriptView, theme: Theme, qtbot: QtBot, rows: int
) -> None:
    """Larger text, no times, another theme: neither the place nor the marked words are lost."""
    fill(model, rows)
    row = rows * 2 // 3
    bar = view.verticalScrollBar()
    block = view.document().findBlockByNumber(row)
    bar.setValue(round(view.document().documentLayout().blockBoundingRect(block).top()) + 12)
    cursor = view.textCursor()
    cursor.setPosition(block.position() + 9)
    cursor.setPosition(block.position() + 15, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    words, top = words_at_the_top(view)
    assert str(row) in words

    def unchanged() -> bool:
        there, its_top = words_at_the_top(view)
        return there == words and abs(its_top - top) <= 2

    view.set_look(22, tentative=True, times=True)
    assert unchanged()
    view.set_look(22, tentative=True, times=False)
    theme.apply(ThemeChoice.DARK)
    view.retranslate()
    assert unchanged()
    view.resize(700, 300)
    assert unchanged()
    qtbot.wait(20)  # what Qt lays out afterwards moves nothing, either
    assert unchanged()
    assert not view.following
    assert view.textCursor().selectedText() == "number"
    bar.setValue(bar.maximum())
    view.set_look(12, tentative=True, times=True)
    assert bar.value() == bar.maximum()
    assert view.following


def test_another_look_marks_no_other_words(model: TranscriptModel, view: TranscriptView) -> None:
    model.put(1, segment(0, "sure", "perhaps"))
    model.flush()
    view.selectAll()
    view.set_look(15, tentative=False, times=True)
    assert not view.textCursor().hasSelection()


def test_translations_that_come_late_move_nothing_that_is_read(
    model: TranscriptModel, view: TranscriptView
) -> None:
    fill(model, 60)
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    words, top = words_at_the_top(view)
    for row in range(10):
        model.put_translation(1, Translation(row, 0, 5, "German", "ein Satz", final=True))
    model.flush()
    there, its_top = words_at_the_top(view)
    assert (there, abs(its_top - top) <= 2) == (words, True)


def test_a_selection_over_segments_survives_new_words_and_is_copied_as_text(
    model: TranscriptModel, view: TranscriptView
) -> None:
    fill(model, 3)
    cursor = view.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(len("sentence number 0 of many\nsentence"), QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    fill(model, 5, first=3)
    view.copy()
    clipboard = QGuiApplication.clipboard()
    assert clipboard.text() == "sentence number 0 of many\nsentence"
    assert not clipboard.mimeData().hasHtml()


def test_hours_of_text_cost_no_more_for_each_word_than_minutes(
    model: TranscriptModel, view: TranscriptView
) -> None:
    """A change near the end touches its own block: the others keep their revision."""
    fill(model, 1500)
    revisions = [view.document().findBlockByNumber(row).revision() for row in range(1499)]
    model.put(1, segment(1499, "the last one grows", "now"))
    model.flush()
    assert revisions == [view.document().findBlockByNumber(row).revision() for row in range(1499)]


def test_the_view_paints_times_and_hint(
    model: TranscriptModel, view: TranscriptView, theme: Theme
) -> None:
    """Both ways of painting draw something that the other does not."""
    empty = view.grab().toImage()
    view.set_look(15, tentative=True, times=True)
    model.put(1, segment(0, "one", at=61.0))
    model.flush()
    with_times = view.grab().toImage()
    view.set_look(15, tentative=True, times=False)
    assert len({empty.cacheKey(), with_times.cacheKey(), view.grab().toImage().cacheKey()}) == 3
    assert empty != with_times


def test_finished_segments_are_announced_to_screen_readers(
    model: TranscriptModel, view: TranscriptView, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QAccessible, "isActive", staticmethod(lambda: True))
    monkeypatch.setattr(
        QAccessible, "updateAccessibility", staticmethod(lambda event: said.append(event.message()))
    )
    model.put(1, segment(0, "one", "tw"))
    model.put(1, segment(0, "one two", final=True))
    model.flush()
    assert said == ["one two"]


@pytest.mark.parametrize("hours", [0, 9, 10, 99])
def test_times_have_room_beside_the_text(view: TranscriptView, hours: int) -> None:
    view.set_look(15, tentative=True, times=True)
    text = clock_text(hours * 3600 + 3599)
    assert QFontMetrics(view._time_font()).horizontalAdvance(text) <= view._time_metrics_width()
    margin = view.document().rootFrame().frameFormat().leftMargin()
    assert margin > view.fontMetrics().height() * 0.6 + view._time_metrics_width()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.9, "0:00"), (67, "1:07"), (3599.9, "59:59"), (3723, "1:02:03")]
)
def test_times_are_short(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text
