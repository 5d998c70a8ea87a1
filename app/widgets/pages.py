"""The pages of the window: tabs above, one page in sight. Knows nothing of what stands on them."""

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.actions import plain


class Pages(QStackedWidget):
    """Pages by name. `tabs` is the bar that chooses among them; it stands where the window wants.

    Signals:
        page_changed(str): another page is in sight.
    """

    page_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self._actions = QActionGroup(self)
        self._actions.triggered.connect(self._take_action)
        self.tabs = QTabBar(self)
        self.tabs.setObjectName("pages")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click is for what is on the page
        self.tabs.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.tabs.currentChanged.connect(self._show)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    @Slot()
    def retranslate(self) -> None:
        """Name everything as the actions are named now."""
        self.tabs.setAccessibleName(self.tr("Pages"))
        for index, action in enumerate(self._actions.actions()):
            self.tabs.setTabText(index, plain(action.text()))
            keys = action.shortcut().toString()
            self.tabs.setTabToolTip(index, f"{action.toolTip()} ({keys})")

    @property
    def page(self) -> str:
        """The name of the page in sight."""
        return self._names[self.currentIndex()]

    def add(self, name: str, action: QAction) -> QVBoxLayout:
        """An empty page with a tab and a checkable action; fill the layout that comes back."""
        page = QWidget(self)
        place = QVBoxLayout(page)
        place.setContentsMargins(0, 0, 0, 0)
        place.setSpacing(12)
        self._names.append(name)
        self._actions.addAction(action)
        self.addWidget(page)
        with QSignalBlocker(self.tabs):
            self.tabs.addTab("")
        self.retranslate()
        self._mark()
        return place

    def holder(self, name: str) -> QWidget:
        """The widget that all of a page stands on."""
        page = self.widget(self._names.index(name))
        assert page is not None
        return page

    def show_page(self, name: str) -> None:
        """Bring a page in sight; a name that is not known changes nothing."""
        if name in self._names:
            self.tabs.setCurrentIndex(self._names.index(name))

    @Slot(int)
    def _show(self, index: int) -> None:
        self.setCurrentIndex(index)
        self._mark()
        self.page_changed.emit(self._names[index])

    @Slot(QAction)
    def _take_action(self, action: QAction) -> None:
        self.tabs.setCurrentIndex(self._actions.actions().index(action))

    def _mark(self) -> None:
        self._actions.actions()[self.currentIndex()].setChecked(True)
