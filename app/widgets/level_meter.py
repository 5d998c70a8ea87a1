"""A bar that shows how loud the microphone is. Knows nothing of where the level comes from."""

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import Theme

FLOOR_DB = -60.0
QUIET_DB = -42.0
LOUD_DB = -3.0
FALL_DB = 1.6  # a frame of 33 ms
HOLD_FRAMES = 30


class LevelMeter(QWidget):
    """Peak level in decibels of full scale, with a mark at the loudest of the last second.

    What the bar shows stands in words in the tooltip and the accessible description.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._level_db = self._shown_db = self._held_db = FLOOR_DB
        self._hold = 0
        self._words = ""
        self._frames = QTimer(self, interval=33)
        self._frames.timeout.connect(self._next_frame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._fit)
        self._fit()
        self.retranslate()

    @Slot()
    def _fit(self) -> None:
        self.setMinimumWidth(self._theme.px(64))
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setAccessibleName(self.tr("Microphone level"))
        self._words = ""
        self._describe()

    @Slot(float)
    def set_level(self, peak: float) -> None:
        """Take a new peak, 0..1."""
        self._level_db = max(FLOOR_DB, 20 * math.log10(peak)) if peak > 0 else FLOOR_DB
        if self.isVisible() and not self._frames.isActive():
            self._frames.start()

    @property
    def moving(self) -> bool:
        """Whether it is being redrawn; not while it shows nothing or is not seen."""
        return self._frames.isActive()

    @property
    def words(self) -> str:
        """What the bar shows, in words."""
        return self._words

    def sizeHint(self) -> QSize:
        """A thin bar."""
        return QSize(self._theme.px(140), self._theme.px(14))

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing moves unseen."""
        self._frames.stop()
        super().hideEvent(event)

    @Slot()
    def _next_frame(self) -> None:
        self._shown_db = max(self._level_db, self._shown_db - FALL_DB)
        self._hold -= 1
        if self._shown_db >= self._held_db or self._hold <= 0:
            self._held_db = self._shown_db
            self._hold = HOLD_FRAMES
        self._describe()
        self.update()
        if self._shown_db <= FLOOR_DB and self._level_db <= FLOOR_DB:
            self._held_db = FLOOR_DB
            self._frames.stop()

    def _describe(self) -> None:
        if self._held_db <= FLOOR_DB:
            words = self.tr("No sound")
        elif self._held_db < QUIET_DB:
            words = self.tr("Very quiet")
        elif self._held_db < LOUD_DB:
            words = self.tr("Good level")
        else:
            words = self.tr("Too loud")
        if words != self._words:
            self._words = words
            self.setToolTip(self.tr("Microphone level: {level}").format(level=words))
            self.setAccessibleDescription(words)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Groove, bar, held mark; too loud is a full bar in another colour with a notch."""
        tones = self._theme.tones
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        px = self._theme.px
        thick, mark, over = px(8), px(3), px(2)
        groove = QRectF(0, (self.height() - thick) / 2, self.width(), thick)
        painter.setBrush(QColor(tones.sunken))
        painter.drawRoundedRect(groove, thick / 2, thick / 2)
        loud = self._held_db >= LOUD_DB
        colour = QColor(tones.listening if loud else tones.accent)
        part = (self._shown_db - FLOOR_DB) / -FLOOR_DB
        if part > 0:
            painter.setBrush(colour)
            bar = QRectF(groove)
            bar.setWidth(max(thick, groove.width() * part))
            painter.drawRoundedRect(bar, thick / 2, thick / 2)
        held = (self._held_db - FLOOR_DB) / -FLOOR_DB
        if held > 0:
            painter.setBrush(QColor(tones.text))
            at = min(groove.width() - mark, groove.width() * held)
            line = QRectF(at, groove.top() - over, mark, thick + 2 * over)
            painter.drawRoundedRect(line, mark / 2, mark / 2)
