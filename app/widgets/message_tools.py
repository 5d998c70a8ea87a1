"""The buttons of one message: copy, edit or answer again. They stand on the row that is entered."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from app.actions import plain
from app.chat_actions import ChatActions
from app.theme import Theme
from app.widgets.conversation_view import ConversationView
from engine.datatypes import Role

NAMES = ("copy_message", "copy_code", "keep_media", "edit", "again")
EDGE_PX = 2
ICON_PX = 16
SHARE = 26  # of the view's width, that an icon takes at most if it is to grow
MOST = 3  # of them on one message: a question has no code, an answer no pictures


class MessageTools(QFrame):
    """Follows the pointer and the keyboard from row to row. `message`: whose buttons they are."""

    def __init__(self, actions: ChatActions, theme: Theme, view: ConversationView) -> None:
        super().__init__(view.viewport())
        self._view, self._actions, self._theme = view, actions, theme
        self.message: int | None = None
        self.setObjectName("tools")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(EDGE_PX, 0, EDGE_PX, 0)
        layout.setSpacing(0)
        self.buttons: dict[str, QToolButton] = {}
        for name in NAMES:
            button = QToolButton(self)
            button.setDefaultAction(actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.pressed.connect(self._pressed)
            layout.addWidget(button)
            self.buttons[name] = button
        view.row_entered.connect(self._stand_on)
        theme.changed.connect(self._keep_room)
        view.viewport().installEventFilter(self)
        self._keep_room()
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another width of the view, other buttons."""
        if event.type() is QEvent.Type.Resize:
            self._keep_room()
        return super().eventFilter(watched, event)

    @Slot()
    def _keep_room(self) -> None:
        """No message has its versions' arrows below the buttons, however many it has of these.

        Where it is narrow, their icons grow less than the interface, and leave room for the name.
        """
        share = self._view.viewport().width() // SHARE
        side = min(self._theme.px(ICON_PX), max(ICON_PX, share))
        for button in self.buttons.values():
            button.setIconSize(QSize(side, side))
        width = max(button.sizeHint().width() for button in self.buttons.values())
        self._view.delegate.tools_width = MOST * width + 2 * EDGE_PX

    @Slot()
    def _pressed(self) -> None:
        if self.message is not None:
            self._view.marking.keep_to(self.message)

    @Slot(int)
    def _stand_on(self, row: int) -> None:
        if row < 0:
            self.message = None
            self.hide()
            return
        model = self._view.messages
        message = model.row(row).message
        self.message = message.id
        self.buttons["copy_code"].setVisible(bool(self._view.layouts.code(model.row(row))))
        self.buttons["keep_media"].setVisible(message.has_media and not message.kept)
        self.buttons["edit"].setVisible(message.role is Role.USER)
        self.buttons["again"].setVisible(message.role is Role.MODEL)
        for button in self.buttons.values():
            button.setAccessibleName(plain(button.defaultAction().text()))
        self.adjustSize()
        header = self._view.tools_place(row)
        self.move(header.right() - self.width(), header.center().y() - self.height() // 2)
        self.setVisible(header.bottom() > 0)
        self.raise_()
