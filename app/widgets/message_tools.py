"""The buttons of one message: copy, edit or answer again. They stand on the row that is entered."""

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from app.actions import plain
from app.chat_actions import ChatActions
from app.widgets.conversation_view import ConversationView
from engine.datatypes import Role

NAMES = ("copy_message", "copy_code", "keep_media", "edit", "again")
EDGE_PX = 2
MOST = 3  # of them on one message: a question has no code, an answer no pictures


class MessageTools(QFrame):
    """Follows the pointer and the keyboard from row to row. `message`: whose buttons they are."""

    def __init__(self, actions: ChatActions, view: ConversationView) -> None:
        super().__init__(view.viewport())
        self._view, self._actions = view, actions
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
            button.setIconSize(QSize(16, 16))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.pressed.connect(self._pressed)
            layout.addWidget(button)
            self.buttons[name] = button
        view.row_entered.connect(self._stand_on)
        self._keep_room()
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        """In another size of the interface the buttons are as wide as that."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._keep_room()

    def _keep_room(self) -> None:
        """No message has its versions' arrows below the buttons, however many it has of these."""
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
