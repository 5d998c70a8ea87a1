"""The bar below the transcript: start, pause, microphone, level. And buttons made of actions."""

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.actions import ActionTable, plain
from app.models.live import LiveState
from app.settings.store import SettingsStore
from app.theme import Theme
from app.widgets.icon_button import IconButton as IconButton
from app.widgets.icon_button import icon_button as icon_button
from app.widgets.language_bar import LanguageBar
from app.widgets.level_meter import LevelMeter
from app.widgets.microphone_picker import MicrophonePicker


class ActionButton(QPushButton):
    """A button with words that is an action: same text, icon, tooltip and state."""

    def __init__(self, action: QAction, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action, self._theme = action, theme
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(action.trigger)
        action.changed.connect(self.sync)
        theme.changed.connect(self.sync)
        self.sync()

    @Slot()
    def sync(self) -> None:
        """Take over what the action says now."""
        tones = self._theme.tones
        colour = {"primary": tones.on_accent, "stop": tones.on_listening}.get(
            str(self.property("role") or "")
        )
        if not self._action.isEnabled():
            colour = tones.muted
        text = plain(self._action.text())
        if text != self.text():
            self.setText(text)
        self.setAccessibleName(text)
        self.setIcon(self._theme.icon(str(self._action.property("icon_name")), colour))
        self.setEnabled(self._action.isEnabled())
        keys = self._action.shortcut().toString()
        tip = self._action.toolTip()
        self.setToolTip(f"{tip} ({keys})" if keys else tip)
        self.setAccessibleDescription(tip)


class ControlBar(QFrame):
    """Start or stop, pause, which microphone, how loud; below, what to translate into.

    What stands side by side stands one above the other where it is narrow.
    """

    def __init__(
        self,
        table: ActionTable,
        picker: MicrophonePicker,
        meter: LevelMeter,
        settings: SettingsStore,
        state: LiveState,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self.languages = LanguageBar(table, settings, state, self)
        self.setProperty("role", "card")
        self.listen = ActionButton(table["listen"], theme, self)
        self.listen.setProperty("role", "primary")
        self.pause = ActionButton(table["pause"], theme, self)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._buttons.setSpacing(10)
        self._buttons.addWidget(self.listen)
        self._buttons.addWidget(self.pause)
        self._sound = sound = QVBoxLayout()
        sound.setSpacing(6)
        sound.addWidget(picker)
        sound.addWidget(meter)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._rows.setSpacing(16)
        self._rows.addLayout(self._buttons)
        self._rows.addLayout(sound, 1)
        self._whole = whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(10)
        whole.addLayout(self._rows)
        whole.addWidget(self.languages)
        state.phase_changed.connect(self._show_phase)
        self._show_phase()

    def minimumSizeHint(self) -> QSize:
        """As narrow as it can become, and as high as it is now."""
        least = super().minimumSizeHint()
        parts = (self.listen, self.pause, self.languages)
        widest = max(self._sound_px, *(part.minimumSizeHint().width() for part in parts))
        return QSize(widest + self._edges_px, least.height())

    def event(self, event: QEvent) -> bool:
        """Arrange anew where there is another width, or something in it needs another.

        Not at once: on the way to its width it may be narrower, and what would ask for a higher
        window then makes it higher for good.
        """
        done = super().event(event)
        if event.type() is QEvent.Type.Resize:
            self._whole.update()
        elif event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self._arrange()
        return done

    def _arrange(self) -> None:
        room = self.width() - self._edges_px
        hints = [button.sizeHint().width() for button in (self.listen, self.pause)]
        buttons = sum(hints) + self._buttons.spacing()
        row = buttons + self._rows.spacing() + self._sound_px
        below, beside = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._rows.setDirection(beside if row <= room else below)
        self._buttons.setDirection(beside if buttons <= room else below)

    @property
    def _edges_px(self) -> int:
        margins = self._whole.contentsMargins()
        border = self.width() - self.contentsRect().width()
        return margins.left() + margins.right() + border

    @property
    def _sound_px(self) -> int:
        return self._sound.minimumSize().width()

    @Slot()
    def _show_phase(self) -> None:
        role = "stop" if self._state.running else "primary"
        if self.listen.property("role") != role:
            self.listen.setProperty("role", role)
            self.listen.style().unpolish(self.listen)
            self.listen.style().polish(self.listen)
        self.listen.sync()
