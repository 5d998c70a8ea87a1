"""Who made this and under which licences."""

from PySide6.QtCore import QEvent, QSize, Slot, qVersion
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.paths import assets_folder
from app.theme import Theme, pixmap
from app.widgets.sized_dialog import SizedDialog


class AboutDialog(SizedDialog):
    """Version, licence, and the licences of what is built in."""

    def __init__(self, version: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(QSize(560, 480), theme, parent)
        self._bird = QLabel(self)
        name = QLabel(f"Nestling {version}", self)
        name.setProperty("role", "title")
        self._what = QLabel(self)
        self._what.setProperty("role", "muted")
        self._what.setWordWrap(True)
        words = QVBoxLayout()
        words.addWidget(name)
        words.addWidget(self._what)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._bird)
        head.addLayout(words, 1)
        self.licences = QTextBrowser(self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(14)
        layout.addLayout(head)
        layout.addWidget(self.licences, 1)
        layout.addWidget(buttons)
        theme.changed.connect(self._draw)
        self._draw()
        self.retranslate()

    @Slot()
    def _draw(self) -> None:
        self._bird.setPixmap(pixmap("nestling", self._theme.px(64), ""))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setWindowTitle(self.tr("About Nestling"))
        self._what.setText(self.tr("A private assistant that writes down what you say."))
        self.licences.setAccessibleName(self.tr("Licences"))
        self.licences.setPlainText(self._text())

    def _text(self) -> str:
        parts = [
            self.tr("Nestling is free software under the Apache License, version 2.0."),
            self.tr(
                "It uses Qt {version} through PySide6 under the GNU Lesser General Public License, "
                "version 3; you may replace the Qt libraries by your own."
            ).format(version=qVersion()),
            self.tr("Gemma is provided under and subject to the Gemma Terms of Use."),
        ]
        folder = assets_folder() / "licenses"
        for file in sorted(folder.glob("*.txt")) + sorted(folder.glob("*.md")):
            parts.append(f"— {file.name} —\n\n{file.read_text(encoding='utf-8')}")
        return "\n\n".join(parts)
