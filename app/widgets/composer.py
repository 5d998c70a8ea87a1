"""Where a question is written, spoken or given pictures. Asks nobody itself."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.actions import plain
from app.chat_actions import ChatActions
from app.theme import Theme
from app.widgets.context_meter import ContextMeter
from app.widgets.labelled_row import LabelledRow
from app.widgets.picture_strip import PictureStrip
from engine.datatypes import Rgb

MOST_LINES = 8


class QuestionEdit(QPlainTextEdit):
    """Plain text that grows with what is written, up to eight lines.

    Enter sends unless an input method is composing; Shift+Enter is a new line. With
    `enter_sends` off it is Enter that breaks the line, and Ctrl+Enter sends.

    Signals:
        submitted(): send what is written.
        recall_asked(): Up was pressed in an empty field.
        left(): Escape was pressed.
        entered(bool): it has the focus, or has lost it.
        other_pasted(QMimeData): something is pasted that is not for the text.

    Attributes:
        is_other: what is not for the text; None: everything is.
    """

    submitted = Signal()
    recall_asked = Signal()
    left = Signal()
    entered = Signal(bool)
    other_pasted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.enter_sends = True
        self.is_other: Callable[[QMimeData], bool] | None = None
        self._composing = False
        self.setObjectName("question")
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @property
    def composing(self) -> bool:
        """Whether an input method shows letters that are not written yet."""
        return self._composing

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Letters of an input method: until they are chosen, keys are its own."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell who draws the frame."""
        super().focusInEvent(event)
        self.entered.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Who leaves composes no more."""
        self._composing = False
        super().focusOutEvent(event)
        self.entered.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Up and Escape mean something of their own."""
        if self._composing:
            event.accept()  # some input methods let Enter through with which a word is chosen
            return
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if control or (self.enter_sends and not shift):
                self.submitted.emit()
            else:
                self.insertPlainText("\n")
        elif event.key() == Qt.Key.Key_Up and self.document().isEmpty():
            self.recall_asked.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Whether it can be pasted, by the key and from the menu."""
        other = self.is_other is not None and self.is_other(source)
        return other or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Take text; hand on the rest."""
        if self.is_other is not None and self.is_other(source):
            self.other_pasted.emit(source)
        else:
            super().insertFromMimeData(source)

    @Slot()
    def _fit(self) -> None:
        line = self.fontMetrics().lineSpacing()
        lines = min(MOST_LINES, max(1, round(self.document().size().height())))
        margins = 2 * (self.document().documentMargin() + self.frameWidth()) + 6
        self.setFixedHeight(round(lines * line + margins))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another number of lines."""
        super().resizeEvent(event)
        self._fit()


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A question that is not asked yet; pictures: uint8[H, W, 3] each."""

    text: str = ""
    pictures: tuple[Rgb, ...] = ()


class Composer(QFrame):
    """The field, its pictures, and the buttons around it.

    Signals:
        sent(str): ask this, with `pictures`.
        stop_asked(): end the answer.
        speak_pressed(), speak_released(): the microphone's button is held.
        help_asked(): do what is needed before anything can be asked.
        edit_left(): no earlier question is being edited any more.
    """

    sent = Signal(str)
    stop_asked = Signal()
    speak_pressed = Signal()
    speak_released = Signal()
    help_asked = Signal()
    edit_left = Signal()

    def __init__(self, actions: ChatActions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._answering = self._speaking = self._editing = False
        self._put_aside = Draft()  # while an earlier question is edited
        self._live_picture: Callable[[], Rgb | None] | None = None
        self.setObjectName("composer")
        self.setProperty("role", "card")
        self.edit = QuestionEdit(self)
        self.edit.submitted.connect(self.submit)
        self.edit.left.connect(self._leave)
        self.edit.entered.connect(self._entered)
        self.edit.textChanged.connect(self._show)
        self.speak = QToolButton(self)
        self.speak.setObjectName("speak")
        self.speak.pressed.connect(self.speak_pressed)
        self.speak.released.connect(self.speak_released)
        self._speak_action = actions["speak"]
        self._speak_action.changed.connect(self._show)
        self.answers = QToolButton(self)
        self.answers.setDefaultAction(actions["answers"])
        self.answers.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.send = QPushButton(self)
        self.send.setProperty("role", "primary")
        self.send.clicked.connect(self._send_or_stop)
        self.meter = ContextMeter(theme, self)
        self.hint = QLabel(self)
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        self.help = QPushButton(self)
        self.help.clicked.connect(self.help_asked)
        self.live = QLabel(self)
        self.live.setProperty("role", "live")
        self.live.hide()
        self.strip = PictureStrip(self)
        self.strip.changed.connect(self._show)
        self.strip.taken_away.connect(self.edit.setFocus)
        for button in (self.speak, self.answers):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._told = LabelledRow(self.hint, self.help, self)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.speak)
        buttons.addWidget(self.answers)
        buttons.addWidget(self.meter, 1)
        buttons.addWidget(self.send)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(6)
        layout.addWidget(self._told)
        layout.addWidget(self.strip)
        layout.addWidget(self.live)
        layout.addWidget(self.edit)
        layout.addLayout(buttons)
        theme.changed.connect(self._show)
        self.set_obstacle("")
        self.retranslate()

    # --- what is to be asked ---------------------------------------------------------------------

    @property
    def draft(self) -> Draft:
        """What is being prepared, or was before an earlier question was edited."""
        if self._editing:
            return self._put_aside
        return Draft(self.edit.toPlainText(), self.attached)

    def take_up(self, draft: Draft) -> None:
        """Go on with a draft in place of what is there; an edit ends."""
        if self._editing:
            self._put_aside = draft
            self._end_edit()
        else:
            self._fill(draft)

    @property
    def attached(self) -> tuple[Rgb, ...]:
        """The pictures that were put there, uint8[H, W, 3] each."""
        return self.strip.pictures

    @property
    def pictures(self) -> tuple[Rgb, ...]:
        """What goes with the question, uint8[H, W, 3] each: those that were put there, else
        what is seen now.
        """
        seen = self._seen_now() if not self.attached and not self._editing else None
        return self.attached if seen is None else (seen,)

    def set_live_picture(self, source: Callable[[], Rgb | None]) -> None:
        """Where the picture comes from that is seen now."""
        self._live_picture = source

    def _seen_now(self) -> Rgb | None:
        return None if self._live_picture is None else self._live_picture()

    @Slot()
    def note_live_picture(self) -> None:
        """A picture begins or ends to be seen: say that it goes along."""
        self.live.setVisible(
            not self.attached and not self._editing and self._seen_now() is not None
        )

    def attach_picture(self, rgb: Rgb) -> None:
        """A picture, uint8[H, W, 3], goes with the next question."""
        self.strip.attach(rgb)

    def clear(self) -> None:
        """An empty field without pictures; an edit ends and gives back what it has put aside."""
        self.take_up(self._put_aside if self._editing else Draft())

    def begin_edit(self, text: str) -> None:
        """Edit an earlier question: sending replaces it; pictures put there replace its own."""
        self.go_on_editing(Draft(text))
        self.edit.selectAll()
        self.edit.setFocus()

    def go_on_editing(self, begun: Draft) -> None:
        """The same, with what has been written of it."""
        self._put_aside, self._editing = self.draft, True
        self._fill(begun)

    def _end_edit(self) -> None:
        if not self._editing:
            return
        self._editing = False
        self._fill(self._put_aside)
        self._put_aside = Draft()
        self.edit_left.emit()

    def _fill(self, draft: Draft) -> None:
        self.strip.clear()
        self.edit.setPlainText(draft.text)
        self.edit.moveCursor(QTextCursor.MoveOperation.End)
        for picture in draft.pictures:
            self.attach_picture(picture)
        self._show()

    @Slot()
    def submit(self) -> None:
        """Send what is written, if there is something and nothing stands in the way."""
        if self.send.isEnabled() and not self._answering:
            self.sent.emit(self.edit.toPlainText())

    @Slot(bool)
    def _entered(self, entered: bool) -> None:
        """The field's frame is the composer's."""
        self.setProperty("entered", entered)
        self.style().unpolish(self)
        self.style().polish(self)

    @Slot()
    def _leave(self) -> None:
        if self._answering:
            self.stop_asked.emit()
        else:
            self._end_edit()

    @Slot()
    def _send_or_stop(self) -> None:
        if self._answering:
            self.stop_asked.emit()
        else:
            self.submit()

    # --- what holds ------------------------------------------------------------------------------

    def set_obstacle(self, sentence: str, action: str = "") -> None:
        """Why nothing can be asked, and what the button beside it is named; "": all is well."""
        self._obstacle = sentence
        self.hint.setText(sentence)
        self.hint.setVisible(bool(sentence))
        self.help.setText(plain(action))
        self.help.setVisible(bool(action))
        self._told.setVisible(bool(sentence or action))
        self._show()

    def set_answering(self, answering: bool) -> None:
        """Whether the button sends or stops."""
        self._answering = answering
        role = "stop" if answering else "primary"
        if self.send.property("role") != role:
            self.send.setProperty("role", role)
            self.send.style().unpolish(self.send)
            self.send.style().polish(self.send)
        self._show()

    def set_speaking(self, speaking: bool, seconds: float = 0.0) -> None:
        """Whether the microphone hears a question, and for how long."""
        self._speaking = speaking
        self.speak.setChecked(speaking)
        if speaking:
            said = self.tr("Hearing your question · {seconds:.0f} s; let go to ask")
            self.hint.setText(said.format(seconds=seconds))
            self.hint.show()
            self._told.show()
        else:
            self.set_obstacle(self._obstacle, self.help.text())
        self._show()

    @Slot()
    def _show(self) -> None:
        tones = self._theme.tones
        ready = not self._obstacle and (self._answering or not self._speaking)
        something = bool(self.edit.toPlainText().strip() or self.attached)
        held = self.window().focusWidget()
        self.send.setEnabled(self._answering or (ready and something))
        self.speak.setEnabled(self._speak_action.isEnabled())
        if held in (self.send, self.speak) and not held.isEnabled():
            self.edit.setFocus()  # Qt would go on to whatever field comes next
        colour = tones.on_listening if self._answering else tones.on_accent
        if not self.send.isEnabled():
            colour = tones.muted
        self.send.setIcon(self._theme.icon("stop" if self._answering else "send", colour))
        if self._answering:
            text = self.tr("Stop")
        else:
            text = self.tr("Ask anew") if self._editing else self.tr("Ask")
        self.send.setText(text)
        self.send.setAccessibleName(text)
        self.note_live_picture()
        hearing = tones.listening if self._speaking else ""
        self.speak.setIcon(self._theme.icon("microphone", hearing or None))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.edit.setAccessibleName(self.tr("Question"))
        self.edit.setPlaceholderText(self.tr("Ask something"))
        self.live.setText(self.tr("◉ The picture that is seen when you ask goes along"))
        self.speak.setAccessibleName(self.tr("Say the question: hold, or press and press again"))
        self.speak.setToolTip(self.tr("Hold and say your question; let go to ask it"))
        self.answers.setAccessibleName(self.tr("How to answer"))
        self._show()
