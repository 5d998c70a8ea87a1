"""The first start: three lines that say what the program is. Also in the Help menu."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.theme import Theme, pixmap
from app.widgets.control_bar import ActionButton

LINES = 3


class Welcome(QFrame):
    """Three lines and two buttons.

    Signals:
        done(): a person has read it.
    """

    done = Signal()

    def __init__(self, models: QAction, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._starter_ears = False
        self.setProperty("role", "card")
        bird = QLabel(self)
        bird.setPixmap(pixmap("nestling", 72, ""))
        bird.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._title = QLabel(self)
        self._title.setProperty("role", "greeting")
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(36, 28, 36, 28)
        layout.setSpacing(14)
        layout.addStretch(2)
        layout.addWidget(bird)
        layout.addWidget(self._title)
        layout.addSpacing(6)
        self._labels = [QLabel(self) for _ in range(LINES)]
        for label in self._labels:
            label.setProperty("role", "lead")
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setMaximumWidth(560)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(label, 8)
            row.addStretch(1)
            layout.addLayout(row)
        self.begin = QPushButton(self)
        self.begin.setProperty("role", "primary")
        self.begin.clicked.connect(self.done)
        self.models = ActionButton(models, theme, self)
        self.models.clicked.connect(self._leave)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch(1)
        buttons.addWidget(self.models)
        buttons.addWidget(self.begin)
        buttons.addStretch(1)
        layout.addSpacing(10)
        layout.addLayout(buttons)
        layout.addStretch(3)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setAccessibleName(self.tr("Welcome"))
        self._title.setText(self.tr("Welcome to Nestling"))
        self.begin.setText(self.tr("Begin"))
        for label, line in zip(self._labels, self._texts(), strict=True):
            label.setText(line)

    def set_starter_ears(self, present: bool) -> None:
        """Whether people's English is heard by another recogniser than the demonstration model."""
        if present is not self._starter_ears:
            self._starter_ears = present
            self.retranslate()

    @property
    def lines(self) -> list[str]:
        """What it says."""
        return [label.text() for label in self._labels]

    def _texts(self) -> list[str]:
        return [
            self.tr(
                "Nestling writes down what you say while you say it. "
                "Everything happens on this computer."
            ),
            self._demonstration(),
            self.tr(
                "For real use, get Gemma 3n (E2B or E4B): the page “Models…” downloads it, or "
                "opens a folder that you have already."
            ),
        ]

    def _demonstration(self) -> str:
        if self._starter_ears:
            return self.tr(
                "For now it hears English alone, with a small recogniser (Moonshine tiny); "
                "the model that comes with it is a demonstration, which explains this program."
            )
        return self.tr(
            "The model that comes with it is a demonstration: "
            "it understands simple English, spoken clearly, and explains this program."
        )

    @Slot()
    def _leave(self) -> None:
        self.done.emit()
