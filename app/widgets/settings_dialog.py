"""The settings dialog, made from the schema; each change holds at once."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QItemSelectionModel,
    QSize,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QStackedWidget,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from app.settings.choices import Page
from app.settings.schema import Entry, Settings, entries
from app.settings.store import SettingsStore
from app.theme import Theme
from app.widgets.eliding_list import ElidingList
from app.widgets.labelled_row import LabelledRow
from app.widgets.number_field import off_the_border
from app.widgets.sized_dialog import SizedDialog
from app.widgets.wheel import only_with_focus
from app.widgets.wrapped_check_box import WrappedCheckBox

SHOWN_PAGES = (
    Page.LISTENING,
    Page.CAPTIONS,
    Page.LOOKING,
    Page.APPEARANCE,
    Page.PRIVACY,
    Page.CONNECTIONS,
)


class SettingsDialog(SizedDialog):
    """One page for each shown table of the schema; `extras` stand at the end of their page."""

    def __init__(
        self,
        settings: SettingsStore,
        extras: dict[Page, list[QWidget]],
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(QSize(720, 560), theme, parent)
        self._settings = settings
        self._fields: dict[str, QWidget] = {}
        self._titles: list[QLabel] = []
        self._contents: list[QWidget] = []
        # What shows a text of the schema, and the text: both are brought together by `retranslate`.
        self._worded: list[tuple[Callable[[str], object], str]] = []
        self._pages = QListWidget(self)
        self._pages.setObjectName("pages")
        self._pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack = QStackedWidget(self)
        for page in SHOWN_PAGES:
            self._pages.addItem("")
            self._stack.addWidget(self._page(page, extras.get(page, [])))
        self._pages.currentRowChanged.connect(self._stack.setCurrentIndex)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        body = QHBoxLayout()
        body.setSpacing(18)
        body.addWidget(self._pages)
        body.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(14)
        layout.addLayout(body, 1)
        layout.addWidget(buttons)
        settings.changed.connect(self._refresh)
        self.retranslate()
        self.show_page(Page.LISTENING)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in a field is for that field

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setWindowTitle(self.tr("Settings"))
        self._pages.setAccessibleName(self.tr("Pages of the settings"))
        for row, page in enumerate(SHOWN_PAGES):
            self._pages.item(row).setText(self._title(page))
            self._titles[row].setText(self._title(page))
        self._fit_pages()
        for show, text in self._worded:
            show(QCoreApplication.translate("Settings", text))

    @Slot()
    def _fit_pages(self) -> None:
        self._pages.setFixedWidth(self._pages.sizeHintForColumn(0) + 48)
        if self.isVisible():
            # As much wider as what stands on the pages needs, so that nothing is beyond the edge.
            room = self._stack.width() - self.style().pixelMetric(
                QStyle.PixelMetric.PM_ScrollBarExtent
            )
            lacks = max(page.minimumSizeHint().width() for page in self._contents) - room
            if lacks > 0:
                self.resize(min(self.width() + lacks, self.room.width()), self.height())

    def show_page(self, page: Page) -> None:
        """Go to a page."""
        row = SHOWN_PAGES.index(page)
        self._pages.setCurrentRow(row, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._stack.setCurrentIndex(row)

    def _title(self, page: Page) -> str:
        return {
            Page.LISTENING: self.tr("Listening"),
            Page.CAPTIONS: self.tr("Captions"),
            Page.LOOKING: self.tr("Looking"),
            Page.APPEARANCE: self.tr("Appearance"),
            Page.PRIVACY: self.tr("Privacy"),
            Page.CONNECTIONS: self.tr("Connections"),
        }[page]

    def _page(self, page: Page, extras: list[QWidget]) -> QWidget:
        content = QWidget(self)
        self._contents.append(content)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(4, 4, 12, 4)
        layout.setSpacing(10)
        title = QLabel(content)
        title.setProperty("role", "title")
        self._titles.append(title)
        layout.addWidget(title)
        for name, entry in entries().items():
            if entry.page is page and entry.label:
                self._add_field(layout, name, entry)
        for extra in extras:
            extra.setParent(content)
            layout.addSpacing(8)
            layout.addWidget(extra)
        layout.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(content)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _add_field(self, layout: QVBoxLayout, name: str, entry: Entry) -> None:
        value = getattr(self._settings.values, name)
        field: QWidget
        if isinstance(value, bool):
            field = box = WrappedCheckBox(self)
            self._worded.append((box.setText, entry.label))
            box.setChecked(value)
            box.toggled.connect(self._changed)
            layout.addWidget(box)
        else:
            label = QLabel(self)
            self._worded.append((label.setText, entry.label))
            label.setWordWrap(True)
            field = self._chooser(value, entry) if entry.choices else self._number(value, entry)
            only_with_focus(field)
            label.setBuddy(field)
            layout.addWidget(LabelledRow(label, field, self))
        field.setObjectName(name)
        self._worded.append((field.setAccessibleName, entry.label))
        self._fields[name] = field
        if entry.help:
            help_text = QLabel(self)
            self._worded.append((help_text.setText, entry.help))
            help_text.setProperty("role", "muted")
            help_text.setWordWrap(True)
            help_text.setContentsMargins(34 if isinstance(value, bool) else 4, 0, 0, 6)
            self._worded.append((field.setAccessibleDescription, entry.help))
            layout.addWidget(help_text)

    def _chooser(self, value: StrEnum, entry: Entry) -> QComboBox:
        box = ElidingList(self)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for index, (member, text) in enumerate(zip(type(value), entry.choices, strict=True)):
            box.addItem("", member.value)
            self._worded.append((partial(box.setItemText, index), text))
        box.setCurrentIndex(box.findData(value.value))
        box.activated.connect(self._changed)
        return box

    def _number(self, value: int, entry: Entry) -> QSpinBox:
        box = QSpinBox(self)
        box.setRange(entry.low, entry.high)
        self._worded.append((box.setSuffix, entry.suffix))
        box.setSingleStep(10 if entry.low >= 80 else 5 if entry.high == 100 else 1)
        box.setValue(value)
        # While a number is typed its first digits are no wish: 5 on the way to 50.
        box.setKeyboardTracking(False)
        off_the_border(box)
        box.valueChanged.connect(self._changed)
        return box

    @Slot()
    def _changed(self) -> None:
        field = self.sender()
        assert isinstance(field, QCheckBox | QComboBox | QSpinBox)
        self._settings.change(**{field.objectName(): _value(field)})

    @Slot(object)
    def _refresh(self, names: frozenset[str]) -> None:
        """Follow changes that were made elsewhere."""
        values: Settings = self._settings.values
        if "interface_percent" in names:
            QTimer.singleShot(0, self, self._fit_pages)  # once the list has the other letters
        for name in names & self._fields.keys():
            field, value = self._fields[name], getattr(values, name)
            field.blockSignals(True)
            if isinstance(field, QCheckBox):
                field.setChecked(value)
            elif isinstance(field, QComboBox):
                field.setCurrentIndex(field.findData(value.value))
            elif isinstance(field, QSpinBox):
                field.setValue(value)
            field.blockSignals(False)


def _value(field: QCheckBox | QComboBox | QSpinBox) -> object:
    if isinstance(field, QCheckBox):
        return field.isChecked()
    if isinstance(field, QComboBox):
        return field.currentData()
    return field.value()
