"""The page of models: the bundled one, those that can be downloaded, and a folder of one's own."""

import itertools
from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.models.library import Here, Library, Step
from app.models.memory import bytes_text
from app.settings.store import SettingsStore
from app.theme import Theme
from app.widgets.confirm import confirmed
from app.widgets.flow_layout import FlowLayout
from app.widgets.model_card import ModelCard
from app.widgets.side import scrolling
from app.widgets.sized_dialog import SizedDialog

_PLACEHOLDER = "https://huggingface.co"


class ModelsDialog(SizedDialog):
    """One card for each model of the library; below, where they are kept and come from.

    Signals: those of `ModelCard`, and
        folder_chosen(str): keep models there. forget_asked(): the token shall go.
        local_asked(): open a folder that is here already. bundled_asked(): the
            demonstration. connections_asked(): show them.
    """

    get_asked = Signal(str)
    stop_asked = Signal(str)
    drop_asked = Signal(str)
    open_asked = Signal(str)
    answered = Signal(str, str)
    page_asked = Signal(str)
    folder_chosen = Signal(str)
    forget_asked = Signal()
    local_asked = Signal()
    bundled_asked = Signal()
    connections_asked = Signal()

    def __init__(
        self, library: Library, settings: SettingsStore, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(QSize(720, 720), theme, parent)
        self._library, self._settings = library, settings
        self.cards: dict[str, ModelCard] = {}
        self.confirm: Callable[[str], bool] = self._confirmed
        self._what = QLabel(self)
        self._what.setWordWrap(True)
        self._fault = QLabel(self)
        self._fault.setProperty("role", "danger")
        self._fault.setWordWrap(True)
        self._local_words = QLabel(self)
        self._local_words.setProperty("role", "muted")
        self._local_words.setWordWrap(True)
        self._folder_name, self._server_name = QLabel(self), QLabel(self)
        self._folder = QLabel(self)
        self._folder.setWordWrap(True)
        self._folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._free = QLabel(self)
        self._free.setProperty("role", "muted")
        self.repository = QLineEdit(self)
        self.server = QLineEdit(settings.values.models_server, self)
        self.server.setPlaceholderText(_PLACEHOLDER)
        self.add = QPushButton(self)
        self.bundled = QPushButton(self)
        self.local, self.change = QPushButton(self), QPushButton(self)
        self.forget, self.connections = QPushButton(self), QPushButton(self)
        self.outcome = QLabel(self)
        self.outcome.setWordWrap(True)
        self.outcome.hide()
        self._cards = QVBoxLayout()
        self._cards.setSpacing(10)
        self._compose()
        self.local.clicked.connect(self.local_asked)
        self.bundled.clicked.connect(self.bundled_asked)
        self.change.clicked.connect(self._choose_folder)
        self.forget.clicked.connect(self.forget_asked)
        self.connections.clicked.connect(self.connections_asked)
        self.server.editingFinished.connect(self._take_server)
        self.add.clicked.connect(self._add)
        self.repository.returnPressed.connect(self._add)
        library.listed.connect(self._show)
        library.moved.connect(self._show_one)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setWindowTitle(self.tr("Models"))
        self._what.setText(
            self.tr(
                "Models do all their work on this computer. Nothing is downloaded before you "
                "press a button here; a download goes on when this page is closed, and after an "
                "interruption it continues where it was."
            )
        )
        self._local_words.setText(
            self.tr(
                "A model that is on this computer already, downloaded or copied by yourself, or "
                "the small one that comes with Nestling:"
            )
        )
        self.local.setText(self.tr("Open a model folder…"))
        self.bundled.setText(self.tr("Use the demonstration model"))
        self.repository.setPlaceholderText(self.tr("Another one: owner/name"))
        self.repository.setAccessibleName(self.tr("Another repository of Gemma 3n weights"))
        self.add.setText(self.tr("Download"))
        self.add.setAccessibleName(self.tr("Download this repository"))
        self._folder_name.setText(self.tr("Kept in"))
        self.change.setText(self.tr("Change…"))
        self.change.setAccessibleName(self.tr("Change the folder of models"))
        self._server_name.setText(self.tr("Server"))
        self.server.setAccessibleName(self.tr("Server of models, or a mirror"))
        self.forget.setText(self.tr("Forget the token"))
        self.connections.setText(self.tr("All connections…"))
        self._show()

    def show_outcome(self, text: str, *, trouble: bool = False) -> None:
        """Say what became of the token; nothing, if the text is empty."""
        self.outcome.setText(text)
        self.outcome.setVisible(bool(text))
        self.outcome.setProperty("role", "danger" if trouble else "muted")
        self.outcome.style().unpolish(self.outcome)
        self.outcome.style().polish(self.outcome)
        if text and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    @Slot()
    def _show(self) -> None:
        library = self._library
        for name in [name for name in self.cards if name not in library.models]:
            card = self.cards.pop(name)
            card.hide()
            card.deleteLater()
        for place, name in enumerate(library.models):
            if name not in self.cards:
                self.cards[name] = card = ModelCard(library, name, self)
                self._cards.insertWidget(place, card)
                card.get_asked.connect(self.get_asked)
                card.stop_asked.connect(self.stop_asked)
                card.drop_asked.connect(self._drop)
                card.open_asked.connect(self.open_asked)
                card.page_asked.connect(self.page_asked)
                card.answered.connect(self.answered)
            self.cards[name].show_model()
        self._order()
        self._fault.setText(library.fault)
        self._fault.setVisible(bool(library.fault))
        self._folder.setText(library.folder)
        self._free.setText(
            self.tr("{free} free").format(free=bytes_text(library.free)) if library.free else ""
        )
        if not self.server.hasFocus():
            self.server.setText(self._settings.values.models_server)
            self.server.setPlaceholderText(library.address or _PLACEHOLDER)

    def _order(self) -> None:
        """The keyboard goes from above to below, whenever the cards were made."""
        fields = [field for name in self._library.models for field in self.cards[name].fields()]
        fields += [self.repository, self.add, self.local, self.bundled, self.change]
        fields += [self.server, self.forget, self.connections]
        for before, after in itertools.pairwise(fields):
            QWidget.setTabOrder(before, after)

    @Slot(str)
    def _show_one(self, name: str) -> None:
        if name in self.cards:
            self.cards[name].show_model()

    # --- what a person wants ---------------------------------------------------------------------

    @Slot(str)
    def _drop(self, name: str) -> None:
        model = self._library.models[name]
        text = (
            self.tr("The download of {name} ends, and what has arrived is deleted.")
            if model.state is Here.PARTIAL or model.step is not Step.NONE
            else self.tr("{name} will be deleted from this computer.")
        )
        size = self.tr("That frees {size}.").format(size=bytes_text(model.here))
        if self.confirm(f"{text.format(name=model.title)} {size}"):
            self.drop_asked.emit(name)

    def _confirmed(self, text: str) -> bool:
        return confirmed(
            self,
            self.tr("Delete the model?"),
            text,
        )

    @Slot()
    def _add(self) -> None:
        if name := self.repository.text().strip():
            self.repository.clear()
            self.get_asked.emit(name)

    @Slot()
    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Keep models in"))
        dialog.setObjectName("models folder dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setDirectory(self._library.folder)
        dialog.fileSelected.connect(self.folder_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _take_server(self) -> None:
        self._settings.change(models_server=self.server.text().strip())

    # --- making ----------------------------------------------------------------------------------

    def _compose(self) -> None:
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        column.addWidget(self._what)
        column.addWidget(self._fault)
        column.addLayout(self._cards)
        another = QHBoxLayout()
        another.addWidget(self.repository, 1)
        another.addWidget(self.add)
        column.addLayout(another)
        column.addWidget(self._rule())
        column.addWidget(self._local_words)
        local = FlowLayout()
        local.addWidget(self.local)
        local.addWidget(self.bundled)
        column.addLayout(local)
        column.addWidget(self._rule())
        form = QGridLayout()
        form.setSpacing(8)
        form.setColumnStretch(1, 1)
        for row, widgets in (
            (0, (self._folder_name, self._folder, self.change)),
            (2, (self._server_name, self.server, self.forget)),
        ):
            for column_number, widget in enumerate(widgets):
                form.addWidget(widget, row, column_number)
        form.addWidget(self._free, 1, 1)
        form.addWidget(self.outcome, 3, 1, 1, 2)
        self._server_name.setBuddy(self.server)
        column.addLayout(form)
        column.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.connections)
        foot.addWidget(buttons, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(14)
        layout.addWidget(scrolling(content, self), 1)
        layout.addLayout(foot)
        # Enter in a field acts on that field, never on whichever button comes first.
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)

    def _rule(self) -> QFrame:
        rule = QFrame(self)
        rule.setProperty("role", "rule")
        return rule
