"""The mark that says whether the microphone is open, in words, shape and colour.

While a file is written down it says how much of it is.
"""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.models.live import FileProgress, LiveState, Phase
from app.moments import left_text
from app.theme import Theme
from app.widgets.transcript_view import clock_text

MOST_LETTERS = 26  # of a file's name
END_LETTERS = 9  # of these, behind what is left out
TOP, WHOLE = 90 * 16, 360 * 16  # angles as Qt counts them


class _Lamp(QWidget):
    """A full disc while listening, two bars while paused, a ring otherwise; in it, as a sector,
    how much of a file is written down.
    """

    def __init__(self, state: LiveState, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._state, self._theme = state, theme
        self.setFixedSize(QSize(14, 14))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the shape of the phase."""
        tones = self._theme.tones
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._state.phase is Phase.LISTENING or self._state.asking_aloud:
            painter.setBrush(QColor(tones.on_listening))
            painter.drawEllipse(QRectF(2, 2, 10, 10))
        elif self._state.phase is Phase.PAUSED:
            painter.setBrush(QColor(tones.text))
            painter.drawRoundedRect(QRectF(3, 2, 3, 10), 1, 1)
            painter.drawRoundedRect(QRectF(8, 2, 3, 10), 1, 1)
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(tones.muted))
            painter.drawEllipse(QRectF(2.5, 2.5, 9, 9))
            file = self._state.file
            if file is not None and file.length_s:
                painter.setBrush(QColor(tones.muted))
                share = min(1.0, file.heard_s / file.length_s)
                painter.drawPie(QRectF(2.5, 2.5, 9, 9), TOP, -round(share * WHOLE))


class _Words(QLabel):
    """Whole, or not there at all: a mark that is cut says something else."""

    def minimumSizeHint(self) -> QSize:
        """None of the width, if others need it."""
        return QSize(0, super().minimumSizeHint().height())

    @property
    def whole(self) -> bool:
        """Whether there is room; as long as it is not in sight, there is."""
        return not self.isVisible() or self.width() >= self.sizeHint().width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw all or nothing."""
        if self.whole:
            super().paintEvent(event)


class ListeningMark(QFrame):
    """Says "Listening" with the time listened, and nothing like it when it does not.

    Where there is too little room the colour and the shape say it alone.
    """

    def __init__(self, state: LiveState, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setObjectName("mark")
        self._lamp = _Lamp(state, theme, self)
        self._label = _Words(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 14, 5)
        layout.setSpacing(8)
        layout.addWidget(self._lamp)
        layout.addWidget(self._label)
        self._seconds = QTimer(self, interval=1000)
        self._seconds.timeout.connect(self.show_state)
        state.phase_changed.connect(self.show_state)
        state.microphone_changed.connect(self.show_state)
        state.file_changed.connect(self.show_state)
        theme.changed.connect(self.show_state)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setAccessibleName(self.tr("Listening state"))
        self.show_state()

    @property
    def text(self) -> str:
        """The words of the mark."""
        return self._label.text()

    @property
    def says_words(self) -> bool:
        """Whether there is room for them."""
        return self._label.whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What there is no room for stands in the tooltip."""
        super().resizeEvent(event)
        self.show_state()

    @Slot()
    def show_state(self) -> None:
        """Bring words, shape and colour up to date."""
        phase = self._state.phase
        clock = clock_text(self._state.listened_s)
        if phase is Phase.LISTENING and self._state.waiting_for_sound:
            text = self.tr("Listening · waiting for sound")
        elif phase is Phase.LISTENING:
            text = self.tr("Listening · {time}").format(time=clock)
        elif phase is Phase.PAUSED:
            text = self.tr("Paused · {time}").format(time=clock)
        elif phase is Phase.READING and self._state.file is not None:
            text = self._progress(self._state.file)
            if self._state.files_waiting:
                more = self.tr("{count} more to come").format(count=self._state.files_waiting)
                text = f"{text} · {more}"
        elif phase is Phase.STOPPING:
            text = self.tr("Finishing the last words…")
        elif self._state.asking_aloud:
            text = self.tr("Hearing your question")
        else:
            text = self.tr("Not listening")
        listening = phase is Phase.LISTENING or self._state.asking_aloud
        if listening and not self._seconds.isActive():
            self._seconds.start()
        elif not listening:
            self._seconds.stop()
        self._label.setText(text)
        self.setAccessibleDescription(text)
        heard = self._state.microphone if listening else ""
        tip = self.tr("Hearing {microphone}").format(microphone=heard) if heard else ""
        if self._state.file is not None:
            tip = self._state.file.name
        self.setToolTip(tip if self.says_words else f"{text}\n{tip}".strip())
        if self.property("listening") is not listening:
            self.setProperty("listening", listening)
            for widget in (self, self._label):
                widget.style().unpolish(widget)
                widget.style().polish(widget)
        self._lamp.update()

    def _progress(self, file: FileProgress) -> str:
        done = clock_text(file.heard_s)
        if file.length_s is None:
            return self.tr("{file} · {done}").format(file=_shortened(file.name), done=done)
        whole = clock_text(max(file.heard_s, file.length_s))
        progress = self.tr("{file} · {done} of {whole}").format(
            file=_shortened(file.name), done=done, whole=whole
        )
        return " · ".join(filter(None, (progress, left_text(file.left_s))))


def _shortened(name: str) -> str:
    """A name without its middle, if it is long: the ending says what it is."""
    if len(name) <= MOST_LETTERS:
        return name
    return f"{name[: MOST_LETTERS - END_LETTERS - 1]}…{name[-END_LETTERS:]}"
