"""One sentence about what went wrong, above the transcript; never in the way of anything."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from app.actions import plain
from app.theme import Theme
from engine.errors import ErrorKind


class Weight(StrEnum):
    """How much a sentence matters: its ground and its icon. In rising order."""

    INFO = "info"
    WARNING = "warning"
    DANGER = "danger"


_WEIGHTS = {
    ErrorKind.MICROPHONE_MOVED: Weight.INFO,
    ErrorKind.NO_MICROPHONE: Weight.WARNING,
    ErrorKind.MICROPHONE_LOST: Weight.WARNING,
    ErrorKind.AUDIO_SERVER: Weight.WARNING,
    ErrorKind.NO_CAMERA: Weight.WARNING,
    ErrorKind.CAMERA_LOST: Weight.WARNING,
    ErrorKind.NO_SCREEN: Weight.WARNING,
    ErrorKind.BAD_PICTURE: Weight.WARNING,
    ErrorKind.UNSUPPORTED_TASK: Weight.WARNING,
    ErrorKind.WORKER_DIED: Weight.WARNING,
}
_ICONS = {Weight.INFO: "info", Weight.WARNING: "warning", Weight.DANGER: "error"}


@dataclass(frozen=True, slots=True)
class _Message:
    """A sentence, what it is about, and the button that goes with it."""

    kind: ErrorKind | None
    text: str
    action: str
    act: Callable[[], None] | None

    @property
    def weight(self) -> Weight:
        """Errors that are not listed as lighter are grave."""
        return _WEIGHTS.get(self.kind, Weight.DANGER) if self.kind else Weight.INFO


class Banner(QFrame):
    """Shows the weightiest sentence, of equal ones the newest; one of each kind is kept."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._messages: dict[ErrorKind | None, _Message] = {}
        self._icon = QLabel(self)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.action = QPushButton(self)
        self.action.hide()
        self.action.clicked.connect(self._act)
        self.dismiss = QToolButton(self)
        self.dismiss.clicked.connect(self._dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.action)
        layout.addWidget(self.dismiss)
        theme.changed.connect(self._show)
        self.retranslate()
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name the button in the language of the window; what was said stays as it was said."""
        self.dismiss.setAccessibleName(self.tr("Dismiss this message"))
        self.dismiss.setToolTip(self.tr("Dismiss this message"))

    @property
    def message(self) -> _Message | None:
        """What is shown, None if nothing is."""
        order = list(Weight)
        messages = list(self._messages.values())
        ranked = sorted(enumerate(messages), key=lambda m: (order.index(m[1].weight), m[0]))
        return ranked[-1][1] if ranked else None

    @property
    def text(self) -> str:
        """The sentence that is shown; empty if none."""
        return self.message.text if self.message else ""

    def show_message(
        self,
        kind: ErrorKind | None,
        text: str,
        action: str = "",
        act: Callable[[], None] | None = None,
    ) -> None:
        """Show a sentence. kind None: good to know. action, act: a button and what it does."""
        self._messages.pop(kind, None)
        self._messages[kind] = _Message(kind, text, action, act)
        self._show()
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def clear(self, *kinds: ErrorKind | None) -> None:
        """The trouble of these kinds is over."""
        for kind in kinds:
            self._messages.pop(kind, None)
        self._show()

    @Slot()
    def _dismiss(self) -> None:
        if self.message is not None:
            self.clear(self.message.kind)

    @Slot()
    def _act(self) -> None:
        message = self.message
        self._dismiss()
        if message is not None and message.act is not None:
            message.act()

    @Slot()
    def _show(self) -> None:
        message = self.message
        if message is None:
            self.hide()
            return
        tones = self._theme.tones
        colour = tones.danger_text if message.weight is Weight.DANGER else tones.text
        self._icon.setPixmap(self._theme.icon(_ICONS[message.weight], colour).pixmap(22, 22))
        self.dismiss.setIcon(self._theme.icon("close"))
        self._text.setText(message.text)
        self.setAccessibleName(message.text)
        self.action.setText(plain(message.action))
        self.action.setVisible(message.act is not None)
        self.setProperty("role", f"banner-{message.weight.value}")
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()
