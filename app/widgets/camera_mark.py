"""The mark that says, wherever one is in the window, that the camera or the screen is looked at."""

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from app.actions import plain
from app.models.live import LiveState
from app.theme import Theme, pixmap

LENS_PX = 16


def looking_title(state: LiveState, title: str) -> str:
    """The window's title while something is looked at: that comes first."""
    translate = QCoreApplication.translate
    if state.camera_is_screen:
        marked = translate("CameraMark", "◉ Screen in view · {title}")
    elif state.camera_is_file:
        marked = translate("CameraMark", "▶ Video · {title}")
    else:
        marked = translate("CameraMark", "◉ Camera on · {title}")
    return marked.format(title=title)


class CameraMark(QFrame):
    """Out of sight while nothing is looked at; else in signal red, with a button that ends it."""

    def __init__(
        self, off: QAction, state: LiveState, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._theme = state, theme
        self.setObjectName("camera_mark")
        self._lens = QLabel(self)
        self._label = QLabel(self)
        self.off = QToolButton(self)
        self._off = off  # not as its default action: the icon has the mark's own colour
        self.off.clicked.connect(off.trigger)
        self.off.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 2, 4, 2)
        layout.setSpacing(8)
        layout.addWidget(self._lens)
        layout.addWidget(self._label)
        layout.addWidget(self.off)
        state.camera_changed.connect(self.show_state)
        theme.changed.connect(self.show_state)
        self.show_state()

    @property
    def text(self) -> str:
        """The words of the mark; empty while it is out of sight."""
        return self._label.text() if not self.isHidden() else ""

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.show_state()

    @Slot()
    def show_state(self) -> None:
        """Bring words and colour up to date."""
        name = self._state.camera
        text = self.tr("Screen in view") if self._state.camera_is_screen else self.tr("Camera on")
        if self._state.camera_is_file:
            text = self.tr("Video open")
        self.setVisible(bool(name))
        self._label.setText(text)
        self.setToolTip(self.tr("Looking at {name}").format(name=name) if name else "")
        self.setAccessibleName(text)
        self.setAccessibleDescription(name)
        tint = self._theme.tones.on_listening
        self._lens.setPixmap(pixmap("camera", self._theme.px(LENS_PX), tint))
        self.off.setIcon(self._theme.icon("close", tint))
        keys = self._off.shortcut().toString()
        self.off.setToolTip(f"{self._off.toolTip()} ({keys})")
        self.off.setAccessibleName(plain(self._off.text()))
