"""The kept conversations, newest first, and the search through all of them."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.chat_actions import ChatActions
from app.conversation.store import Conversation, Found
from app.moments import when_text

SEARCH_MS = 150  # after the last key

_CONVERSATION = Qt.ItemDataRole.UserRole
_MESSAGE = Qt.ItemDataRole.UserRole + 1


class _Rows(QStyledItemDelegate):
    """A title is written anew in the whole of its row: the field is higher than a line of text."""

    def updateEditorGeometry(
        self,
        editor: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Qt would begin at the text, and reach into the next row."""
        del index
        editor.setGeometry(option.rect)


class _List(QListWidget):
    """Chooses nothing by the mere focus: with no row in sight Qt would take the first one."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin above the first row."""
        none = self.currentItem() is None
        with QSignalBlocker(self):
            super().focusInEvent(event)
            if none:
                self.setCurrentRow(-1)


class _Field(QLineEdit):
    """Words to look for. Enter and Down go on to what was found, Escape looks for nothing.

    Signals:
        left(): to what was found.
    """

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that mean something beside the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class ConversationList(QFrame):
    """Titles to choose from; while something is looked for, where it was found.

    Signals:
        chosen(Conversation, object): show this one; the message in it, or None.
        search_asked(str): the words that are looked for now; empty: all conversations.
        renamed(Conversation, str): a person has written another title.
    """

    chosen = Signal(object, object)
    search_asked = Signal(str)
    renamed = Signal(object, str)

    def __init__(self, actions: ChatActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._renaming = False
        self.field = _Field(self)
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._typed)
        self.field.left.connect(self._go_to_found)
        self.new = QToolButton(self)
        self.new.setDefaultAction(actions["new"])
        self.new.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.new.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.list = _List(self)
        self.list.setObjectName("conversations")
        self.list.setItemDelegate(_Rows(self.list))
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QListWidget.EditTrigger.NoEditTriggers)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        menu: list[QAction] = [actions[name] for name in ("rename", "export_md", "export_json")]
        self.list.addActions([*menu, actions["delete"]])
        self.list.currentItemChanged.connect(self._current_changed)
        # The one in sight is current from the start: a place in it is gone to by asking for it.
        self.list.itemClicked.connect(self._place_asked)
        self.list.itemActivated.connect(self._place_asked)
        self.list.itemChanged.connect(self._item_changed)
        self.list.itemDelegate().closeEditor.connect(self._renamed)
        self.nothing = QLabel(self)
        self.nothing.setProperty("role", "muted")
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.field, 1)
        head.addWidget(self.new)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.nothing)
        layout.addWidget(self.list, 1)
        self._pause = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._pause.timeout.connect(self._search)
        self.retranslate()

    def show_all(self, conversations: list[Conversation], shown: int | None) -> None:
        """List all; `shown` is the one in sight."""
        self._fill([(c, None, c.title) for c in conversations], shown)

    def show_found(self, found: list[Found], shown: int | None) -> None:
        """List those in which something was found, with the words around it."""
        lines = []
        for one in found:
            text = "\n".join(filter(None, (one.conversation.title, one.excerpt)))
            lines.append((one.conversation, one.message, text))
        self._fill(lines, shown)

    def _fill(self, lines: list[tuple[Conversation, int | None, str]], shown: int | None) -> None:
        if self._renaming:
            return  # what is being written would be lost; it is listed anew afterwards
        before, bar = self._current_id(), self.list.verticalScrollBar()
        scrolled = bar.value()
        with QSignalBlocker(self.list):
            self.list.clear()
            for conversation, message, text in lines:
                item = QListWidgetItem(text, self.list)
                item.setData(_CONVERSATION, conversation)
                item.setData(_MESSAGE, message)
                if conversation.id == shown:
                    self.list.setCurrentItem(item)
        self._tell_dates()
        self.nothing.setVisible(not lines and bool(self.searching))
        self.list.doItemsLayout()
        current = self.list.currentItem()
        if before == shown:  # nothing else is in sight: who has scrolled stays there
            bar.setValue(scrolled)
        elif current is not None:
            self.list.scrollToItem(current)
        else:
            self.list.scrollToTop()

    def _tell_dates(self) -> None:
        """Say of each when something was last said in it."""
        with QSignalBlocker(self.list):
            for row in range(self.list.count()):
                item = self.list.item(row)
                conversation: Conversation = item.data(_CONVERSATION)
                item.setToolTip(f"{conversation.title}\n{when_text(conversation.changed)}")

    def _current_id(self) -> int | None:
        item = self.list.currentItem()
        conversation: Conversation | None = item.data(_CONVERSATION) if item else None
        return conversation.id if conversation else None

    @property
    def searching(self) -> str:
        """What is looked for; empty if nothing is."""
        return self.field.text().strip()

    def begin_rename(self) -> None:
        """Let the current title be written anew, in its place; the list must be in sight."""
        if self.list.currentItem() is None and self.searching:
            self.field.clear()  # what is in sight is not among what was found
            self._pause.stop()
            self._search()
        item = self.list.currentItem()
        if item is not None and self.list.isVisible():
            with QSignalBlocker(self.list):
                conversation: Conversation = item.data(_CONVERSATION)
                item.setText(conversation.title)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self._renaming = True
            self.list.editItem(item)

    @Slot()
    def _renamed(self) -> None:
        """The title's field is closed, with another title or without."""
        self._renaming = False
        QTimer.singleShot(0, self, self._search)

    @Slot(QListWidgetItem)
    def _item_changed(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsEditable:
            with QSignalBlocker(self.list):
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
            self.renamed.emit(item.data(_CONVERSATION), item.text())

    @Slot(QListWidgetItem, QListWidgetItem)
    def _current_changed(
        self, item: QListWidgetItem | None, _before: QListWidgetItem | None
    ) -> None:
        if item is not None:
            self.chosen.emit(item.data(_CONVERSATION), item.data(_MESSAGE))

    @Slot(QListWidgetItem)
    def _place_asked(self, item: QListWidgetItem) -> None:
        if item.data(_MESSAGE) is not None:
            self._current_changed(item, None)

    @Slot()
    def _typed(self) -> None:
        self._pause.start()

    @Slot()
    def _go_to_found(self) -> None:
        """The first that was found, or the list as it is while nothing is looked for."""
        if self._pause.isActive():
            self._pause.stop()
            self._search()
        first = self.list.item(0)
        if first is not None:
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
        if first is not None and self.searching:
            if self.list.currentItem() is first:
                self._place_asked(first)
            self.list.setCurrentItem(first)

    @Slot()
    def _search(self) -> None:
        self.search_asked.emit(self.searching)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.field.setPlaceholderText(self.tr("Find"))
        self.field.setAccessibleName(self.tr("Find in conversations"))
        self.list.setAccessibleName(self.tr("Conversations"))
        self.nothing.setText(self.tr("Nothing was found"))
        self.new.setAccessibleName(self.tr("New conversation"))
        self._tell_dates()
