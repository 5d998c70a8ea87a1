"""The page of conversations: list, messages, one sentence, composer. Decides nothing."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.actions import plain
from app.chat_actions import ChatActions
from app.models.messages import MessageModel
from app.theme import Theme
from app.widgets.composer import Composer
from app.widgets.conversation_list import ConversationList
from app.widgets.conversation_view import ConversationView
from app.widgets.message_tools import MessageTools

NARROW_PX = 620  # below, the list comes only when it is asked for
LIST_PX = 210


class Notice(QFrame):
    """One sentence about the conversation, and what can be done.

    Signals:
        taken(): the button was pressed.
    """

    taken = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner-info")
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self.button = QPushButton(self)
        self.button.clicked.connect(self.taken)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 10, 6)
        layout.addWidget(self._label, 1)
        layout.addWidget(self.button)
        self.show_sentence("")

    @property
    def text(self) -> str:
        """The sentence."""
        return self._label.text()

    def show_sentence(self, text: str, action: str = "") -> None:
        """Say this; "": nothing. action: the words of the button, if there is one."""
        self._label.setText(text)
        self.setAccessibleName(text)
        self.button.setText(plain(action))
        self.button.setVisible(bool(action))
        self.setVisible(bool(text))


class ConversationPage(QWidget):
    """Composes the widgets of a conversation."""

    def __init__(
        self, model: MessageModel, actions: ChatActions, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._actions, self._theme = actions, theme
        self._list_wanted = False
        self.list = ConversationList(actions, self)
        self.view = ConversationView(model, theme, self)
        self.tools = MessageTools(actions, theme, self.view)
        self.notice = Notice(self)
        self.composer = Composer(actions, theme, self)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.view.addActions(
            [
                actions[name]
                for name in (
                    *("copy_message", "copy_code", "edit", "again"),
                    *("version_back", "version_forth"),
                )
            ]
        )
        side = QWidget(self)
        rows = QVBoxLayout(side)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(10)
        rows.addWidget(self.view, 1)
        rows.addWidget(self.notice)
        rows.addWidget(self.composer)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(12)
        self._splitter.addWidget(self.list)
        self._splitter.addWidget(side)
        self._splitter.setStretchFactor(1, 1)
        self._list_px = theme.px(LIST_PX)
        self._splitter.setSizes([self._list_px, 600])
        theme.changed.connect(self._arrange)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._splitter)

    def show_search(self, *, fresh: bool) -> None:
        """Go to the search; in a narrow window the list comes with it, and goes again.

        fresh: the page has just come in sight, so nobody wants the list to go.
        """
        in_list = self.list.isVisible() and self.list.isAncestorOf(self.focusWidget() or self)
        self._list_wanted = fresh or not (in_list and self._list_wanted)
        self._arrange()
        if self.list.isVisible():
            self.list.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.list.field.selectAll()
        else:
            self.composer.edit.setFocus()

    @Slot()
    def begin_rename(self) -> None:
        """Let the current title be written anew; in a narrow window the list comes for it."""
        self._list_wanted = True
        self._arrange()
        self.list.begin_rename()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list stands beside the messages where there is room."""
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        narrow = self.width() < self._theme.px(NARROW_PX)
        self.list.setVisible(not narrow or self._list_wanted)
        turned = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        list_px = self._theme.px(LIST_PX)
        if turned is not self._splitter.orientation() or list_px != self._list_px:
            self._list_px = list_px
            self._splitter.setOrientation(turned)
            self._splitter.setSizes([160, 600] if narrow else [list_px, 600])
