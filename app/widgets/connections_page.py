"""Every connection that the program can make, when, to whom, and what is sent."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget


class ConnectionsPage(QWidget):
    """Stands alone on its page of the settings. A test holds it against what the sources import."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(8)
        self._labels = []
        for heading, _ in self._lines():
            label = QLabel(self)
            label.setWordWrap(True)
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            if heading:
                label.setProperty("role", "heading")
                label.setContentsMargins(0, 8, 0, 0)
            layout.addWidget(label)
            self._labels.append(label)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language of the window."""
        for label, (_, text) in zip(self._labels, self._lines(), strict=True):
            label.setText(text)

    @property
    def text(self) -> str:
        """All that it says."""
        return "\n".join(label.text() for label in self._labels)

    def _lines(self) -> list[tuple[bool, str]]:
        """What the page says; whether it is a heading, and its words."""
        return [
            (True, self.tr("Only when you ask for it")),
            (
                False,
                self.tr(
                    "Models: when you press Download or Continue on the page of models, until the "
                    "model has arrived or you press Pause. To huggingface.co, or the server that "
                    "you name instead, and to the hosts that it sends the download on to. Sent: "
                    "the name of the model, the names and versions of the download’s libraries, "
                    "and, if the server wants to know who asks, your token; the token goes to that "
                    "server alone. Proxies of this computer’s settings are used."
                ),
            ),
            (
                False,
                self.tr(
                    "A network camera: while you look at one, to the address that you gave. Its "
                    "pictures are not sent anywhere."
                ),
            ),
            (
                False,
                self.tr(
                    "Pages: a button or a link that names a page opens it in your browser, which "
                    "makes connections of its own."
                ),
            ),
            (
                False,
                self.tr(
                    "Set-up: “main.py setup” and “main.py test”, which you type in a shell, fetch "
                    "packages with pip and apt from the servers that these are set to."
                ),
            ),
            (True, self.tr("Inside this computer, never out of it")),
            (
                False,
                self.tr(
                    "The sound server, the screen, the desktop’s portal and its keyring, through "
                    "local sockets; another start of Nestling, which the first one answers; the "
                    "processes in which models work and downloads run, through pipes."
                ),
            ),
            (True, self.tr("Never")),
            (
                False,
                self.tr(
                    "Updates, statistics, reports of errors, what you say, write or show: none of "
                    "it is sent to anybody."
                ),
            ),
        ]
