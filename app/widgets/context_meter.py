"""How full the model's context is: a bar, and the number beside it."""

from PySide6.QtCore import QEvent, QLocale, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.theme import Theme

NEARLY_FULL = 0.9
BAR_PX = 90


class _Bar(QWidget):
    """The share that is used."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.share = 0.0
        self.setFixedSize(QSize(BAR_PX, 8))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the groove, and the part of it that is used."""
        tones = self._theme.tones
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones.sunken))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        full = self.share >= NEARLY_FULL
        painter.setBrush(QColor(tones.danger_text if full else tones.accent))
        width = max(self.height(), self.width() * min(1.0, self.share)) if self.share else 0
        painter.drawRoundedRect(QRectF(0, 0, width, self.height()), 4, 4)


class ContextMeter(QWidget):
    """Tokens used of those that the model holds; nothing before the first answer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._used = self._limit = 0
        self._bar = _Bar(theme, self)
        self._label = QLabel(self)
        self._label.setProperty("role", "muted")
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 0)
        layout.setSpacing(8)
        layout.addWidget(self._bar)
        layout.addWidget(self._label, 1)
        theme.changed.connect(self.update)
        self.set_use(0, 0)

    @property
    def text(self) -> str:
        """The words beside the bar."""
        return self._label.text()

    def set_use(self, used: int, limit: int) -> None:
        """Tokens. limit 0: not known yet."""
        self._used, self._limit = used, limit
        self._bar.share = used / limit if limit else 0.0
        self._bar.setVisible(bool(limit))
        written = QLocale().toString
        text = self.tr("{used} of {limit} tokens").format(used=written(used), limit=written(limit))
        self._label.setText(text if limit else "")
        self.setAccessibleName(self.tr("Context"))
        self.setAccessibleDescription(self._label.text())
        self.setToolTip(
            self.tr(
                "How much of what the model can bear in mind this conversation takes. When it is "
                "full, the oldest messages fall out of the model's sight; they stay in the window."
            )
        )
        self._bar.update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.set_use(self._used, self._limit)
