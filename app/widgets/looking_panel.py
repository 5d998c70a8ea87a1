"""The camera's place beside the pages: what is looked at, questions about it, and the watch."""

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.look_actions import LookActions
from app.models.sightings import SightingModel
from app.theme import Theme
from app.widgets.camera_preview import CameraPreview
from app.widgets.control_bar import ActionButton
from app.widgets.icon_button import icon_button
from app.widgets.source_picker import SourcePicker

LOG_PX = (58, 132)  # one line at least
WIDE_PX = 430


class LookingPanel(QFrame):
    """Picker, preview, a line for questions, and the log of "tell me when …".

    Signals:
        asked(str): ask this about the picture that is seen now.
        watch_asked(str): tell when this holds.
        watch_left(): watch no more.
        keep_asked(int): keep the frame of this line of the log.
    """

    asked = Signal(str)
    watch_asked = Signal(str)
    watch_left = Signal()
    keep_asked = Signal(int)

    def __init__(
        self,
        actions: LookActions,
        sightings: SightingModel,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._on = self._watching = False
        self._obstacle = ""
        self.setObjectName("looking")
        self.setProperty("role", "card")
        self.picker = SourcePicker(theme, self)
        self.look = ActionButton(actions["camera"], theme, self)
        self.preview = CameraPreview(theme, self)
        self.question = QLineEdit(self)
        self.question.setClearButtonEnabled(True)
        self.ask = QPushButton(self)
        self.ask.setProperty("role", "primary")
        self.watch = QPushButton(self)
        self.keep = icon_button(actions["keep"], self)
        self.hint = QLabel(self)
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        self.counts = QLabel(self)
        self.counts.setProperty("role", "muted")
        self.counts.setWordWrap(True)
        self.log = self._made_log(sightings)
        self._compose()
        self.question.returnPressed.connect(self._ask)
        self.question.textChanged.connect(self._show)
        self.ask.clicked.connect(self._ask)
        self.watch.clicked.connect(self._toggle_watch)
        self.log.activated.connect(self._keep)
        sightings.rowsInserted.connect(self._show)
        sightings.modelReset.connect(self._show)
        self.retranslate()

    def _made_log(self, sightings: SightingModel) -> QListView:
        log = QListView(self)
        log.setObjectName("sightings")
        log.setModel(sightings)
        log.setIconSize(QSize(64, 48))
        log.setWordWrap(True)
        log.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        log.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        log.setMinimumHeight(LOG_PX[0])
        log.setMaximumHeight(LOG_PX[1])
        return log

    def _compose(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.picker, 1)
        head.addWidget(self.look)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.ask)
        buttons.addWidget(self.watch)
        buttons.addStretch(1)
        buttons.addWidget(self.keep)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addLayout(head)
        words.addWidget(self.question)
        words.addLayout(buttons)
        words.addWidget(self.hint)
        words.addWidget(self.counts)
        words.addWidget(self.log)
        words.addStretch(1)
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._halves.setContentsMargins(14, 12, 14, 12)
        self._halves.setSpacing(8)
        self._halves.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignTop)
        self._halves.addLayout(words, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where it is wide: below the pages of a narrow window."""
        super().resizeEvent(event)
        wide = self.width() >= self._theme.px(WIDE_PX)
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if direction is not self._halves.direction():
            self._halves.setDirection(direction)
            self._halves.setStretch(0, 1 if wide else 0)
            # At once: a picture as wide as both halves would ask for a window that is too high.
            self._halves.activate()

    # --- what holds ------------------------------------------------------------------------------

    def set_on(self, on: bool) -> None:
        """Whether something is looked at."""
        self._on = on
        self._show()

    def set_obstacle(self, sentence: str) -> None:
        """Why nothing can be asked about pictures; "": it can."""
        self._obstacle = sentence
        self._show()

    def set_watch(self, condition: str) -> None:
        """What is watched for; "": nothing."""
        self._watching = bool(condition)
        if condition:
            self.question.setText(condition)
        self._show()

    def set_counts(self, seen: int, skipped: int, asked: int, late: int) -> None:
        """How many frames the watch has seen, and what became of them."""
        words = self.tr("{seen} frames seen · {skipped} skipped, nothing new · {asked} asked about")
        text = words.format(seen=seen, skipped=skipped, asked=asked)
        if late:
            text += " · " + self.tr("{late} passed over while answering").format(late=late)
        self.counts.setText(text)

    @Slot()
    def _show(self) -> None:
        written = bool(self.question.text().strip())
        ready = self._on and not self._obstacle
        self.question.setEnabled(not self._watching)
        self.ask.setEnabled(ready and written and not self._watching)
        self.watch.setEnabled(self._watching or (ready and written))
        self.watch.setText(self.tr("Watch no more") if self._watching else self.tr("Tell me when"))
        role = "stop" if self._watching else ""
        if self.watch.property("role") != role:
            self.watch.setProperty("role", role)
            self.watch.style().unpolish(self.watch)
            self.watch.style().polish(self.watch)
        self.hint.setText(self._obstacle)
        self.hint.setVisible(bool(self._obstacle))
        model = self.log.model()
        self.log.setVisible(model.rowCount() > 0)
        self.preview.set_low(model.rowCount() > 0)
        self.counts.setVisible(self._watching or model.rowCount() > 0)

    # --- what a person does ----------------------------------------------------------------------

    @Slot()
    def _ask(self) -> None:
        if self.ask.isEnabled():
            self.asked.emit(self.question.text().strip())

    @Slot()
    def _toggle_watch(self) -> None:
        if self._watching:
            self.watch_left.emit()
        else:
            self.watch_asked.emit(self.question.text().strip())

    @Slot(object)
    def _keep(self, index: QModelIndex) -> None:
        self.keep_asked.emit(index.row())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.question.setPlaceholderText(self.tr("What is this? · Someone is at the door"))
        self.question.setAccessibleName(self.tr("Question about the picture, or what to tell of"))
        self.ask.setText(self.tr("Ask"))
        self.ask.setToolTip(self.tr("Ask this about the picture that is seen now"))
        self.watch.setToolTip(
            self.tr("Say when this is so; asked again only when the scene has changed")
        )
        self.log.setAccessibleName(self.tr("What was seen, newest first"))
        self.log.setToolTip(self.tr("Press Enter on a line to keep its picture"))
        self._show()
