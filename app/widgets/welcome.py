"""The first start: three lines that say what the program is. Also in the Help menu."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.theme import Theme, pixmap
from app.widgets.control_bar import ActionButton


class Welcome(QFrame):
    """Three lines and two buttons.

    Signals:
        done(): a person has read it.
    """

    done = Signal()

    def __init__(self, open_model: QAction, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName(self.tr("Welcome"))
        bird = QLabel(self)
        bird.setPixmap(pixmap("nestling", 72, ""))
        bird.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        title = QLabel(self.tr("Welcome to Nestling"), self)
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        font.setBold(True)
        title.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(36, 28, 36, 28)
        layout.setSpacing(14)
        layout.addStretch(2)
        layout.addWidget(bird)
        layout.addWidget(title)
        layout.addSpacing(6)
        self.lines = [
            self.tr(
                "Nestling writes down what you say while you say it. "
                "Everything happens on this computer."
            ),
            self.tr(
                "The model that comes with it is a demonstration: "
                "it understands simple English, spoken clearly."
            ),
            self.tr(
                "For real use, download Gemma 3n (E2B or E4B) from Google’s page on Hugging Face, "
                "then choose “Open model folder…”."
            ),
        ]
        for line in self.lines:
            label = QLabel(line, self)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setMaximumWidth(560)
            larger = label.font()
            larger.setPointSizeF(larger.pointSizeF() * 1.15)
            label.setFont(larger)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(label, 8)
            row.addStretch(1)
            layout.addLayout(row)
        self.begin = QPushButton(self.tr("Begin"), self)
        self.begin.setProperty("role", "primary")
        self.begin.clicked.connect(self.done)
        self.open_model = ActionButton(open_model, theme, self)
        self.open_model.clicked.connect(self._leave)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch(1)
        buttons.addWidget(self.open_model)
        buttons.addWidget(self.begin)
        buttons.addStretch(1)
        layout.addSpacing(10)
        layout.addLayout(buttons)
        layout.addStretch(3)

    @Slot()
    def _leave(self) -> None:
        self.done.emit()
