"""The messages on screen, what is drawn of them and what a click on them does."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAction,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QMenu, QStyleOptionViewItem, QWidget

from app.models.messages import MessageModel, Row
from app.theme import Theme
from app.widgets.empty_hint import paint_hint
from app.widgets.message_delegate import MessageDelegate
from app.widgets.message_layout import SHOW_ALL, Laid, anchors
from app.widgets.message_list import MessageList
from app.widgets.message_marking import MessageMarking

MENU_PX = 360  # at most, of a line in the menu of what a message holds

_AnyIndex = QModelIndex | QPersistentModelIndex


class ConversationView(MessageList):
    """A conversation to be read, marked and copied.

    Signals:
        link_clicked(str): a link of an answer, to be shown before it is opened.
        code_copied(str): a block of code was asked for.
        version_asked(int, int): show the version so many places further of this message.
    """

    link_clicked = Signal(str)
    code_copied = Signal(str)
    version_asked = Signal(int, int)

    def __init__(self, model: MessageModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(model, theme, parent)
        self.delegate = MessageDelegate(self.layouts, theme, self)
        self.setItemDelegate(self.delegate)
        model.note = self.delegate.note
        self.setObjectName("messages")
        self.setMouseTracking(True)
        self.marking = MessageMarking(self)
        model.answered.connect(self._announce)

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        super().retranslate()
        self.setAccessibleName(self.tr("Messages"))

    # --- one message -----------------------------------------------------------------------------

    def message_at(self, point: QPoint) -> tuple[Row, Laid, QPointF] | None:
        """The message under a point, its layout, and the point relative to its row."""
        index = self.indexAt(point)
        if not index.isValid():
            return None
        row = self._messages.row(index.row())
        place = QPointF(point - self.visualRect(index).topLeft())
        return row, self.layouts.laid(row), place

    def tools_place(self, row: int) -> QRect:
        """Where buttons for a row may stand, in the viewport: right of its header."""
        area = self.visualRect(self._messages.index(row))
        header = self.layouts.laid(self._messages.row(row)).header.toAlignedRect()
        return header.translated(area.topLeft())

    def click(self, point: QPoint) -> bool:
        """Do what is at a point: a link, a version's arrow. Whether there was something."""
        found = self.message_at(point)
        if found is None:
            return False
        row, laid, place = found
        if step := self.delegate.step_at(row, laid, place):
            self.version_asked.emit(row.message.id, step)
            return True
        href = laid.document.documentLayout().anchorAt(place - laid.body.topLeft())
        if not href:
            return False
        self.follow_link(row, href)
        return True

    def follow_link(self, row: Row, href: str) -> None:
        """Copy code, show the whole message, or ask about a link."""
        if href.startswith("copy:"):
            code, number = self.layouts.code(row), int(href.removeprefix("copy:"))
            if number < len(code):  # what is cut off within its first line may be no code
                self.code_copied.emit(code[number])
        elif href == SHOW_ALL:
            self.show_whole(row.message.id)
        else:
            self.link_clicked.emit(href)

    def show_whole(self, message: int) -> None:
        """Show a long message to its end."""
        self.layouts.show_whole(message)
        self.rows_changed()

    def set_switching(self, possible: bool) -> None:
        """Whether another version can be shown now; if not, the arrows are grey."""
        self.delegate.switching = possible
        self.viewport().update()

    def offer_links(self) -> None:
        """What can be clicked in the row that the keyboard is on, as a menu; without any, none."""
        index = self.currentIndex()
        if not index.isValid():
            return
        row = self._messages.row(index.row())
        found = list(anchors(self.layouts.laid(row).document))
        if not found:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.triggered.connect(self._take_offer)
        code = self.layouts.code(row)
        for _, href, words in found:
            block = code[int(href.removeprefix("copy:")) :] if href.startswith("copy:") else []
            whole = f"{words}: {block[0]}".splitlines()[0] if block else words
            shown = self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, MENU_PX)
            menu.addAction(shown.replace("&", "&&")).setData((row.message.id, href))
        area = self.visualRect(index) & self.viewport().rect()
        menu.popup(self.viewport().mapToGlobal(area.topLeft() + QPoint(24, 24)))

    @Slot(QAction)
    def _take_offer(self, action: QAction) -> None:
        message, href = action.data()
        place = self._messages.place(message)
        if place is not None:
            self.follow_link(self._messages.row(place), href)

    # --- what a person does ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to mark words."""
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self.marking.begin(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark words, or show what is under the pointer."""
        point = event.position().toPoint()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.marking.extend(point)
        else:
            self.marking.hover(point)
            self.enter(self.indexAt(point).row())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click that marks nothing does what is at its place."""
        if event.button() is Qt.MouseButton.LeftButton and not self.marking.text():
            self.click(event.position().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Mark a word."""
        self.marking.mark_word(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is gone; the keyboard's row counts again."""
        super().leaveEvent(event)
        current = self.currentIndex().row() if self.hasFocus() else -1
        if not self.viewport().underMouse():
            self.enter(current)

    def currentChanged(self, current: _AnyIndex, previous: _AnyIndex) -> None:
        """The keyboard is on another row."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.marking.keep_to(self._messages.row(current.row()).message.id)
        self.enter(current.row())
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pages scroll the text: a message may be longer than the window. Enter: its links."""
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_PageUp:
                bar.setValue(bar.value() - bar.pageStep())
            case Qt.Key.Key_PageDown | Qt.Key.Key_Space:
                bar.setValue(bar.value() + bar.pageStep())
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.offer_links()
            case _:
                super().keyPressEvent(event)

    # --- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows in sight; the first time each is exactly measured before it is drawn."""
        self._measure_sight()
        painter = QPainter(self.viewport())
        if not len(self._heights):
            self._paint_hint(painter)
            return
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        for row in self._rows_in(self._sight()):
            index = self._messages.index(row)
            option.rect = self.visualRect(index)
            if option.rect.intersects(event.rect()):
                self.delegate.paint(painter, option, index)
                if self.hasFocus() and self.currentIndex().row() == row:
                    self.delegate.paint_focus(painter, self._messages.row(row), QRectF(option.rect))

    def _paint_hint(self, painter: QPainter) -> None:
        paint_hint(
            painter,
            QRectF(self.viewport().rect()),
            self.font(),
            self._theme.tones,
            self.tr("Nothing has been asked yet"),
            self.tr("Write a question below, or hold the microphone and say it."),
        )

    @Slot(str)
    def _announce(self, text: str) -> None:
        """Let a screen reader say a whole answer without taking the focus."""
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
