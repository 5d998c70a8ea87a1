"""The place of each message: a list whose rows have heights of their own. Draws nothing.

Qt's list asks every row's height anew at each change; a thousand messages would be laid out before
the first is seen. Here a row is laid out when it comes in sight, and the rest bit by bit when
nothing else is to be done; what is in sight stays where it is while heights become known.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QPushButton, QWidget

from app.models.messages import MessageModel
from app.theme import Theme
from app.widgets.message_layout import MessageLayouts
from app.widgets.row_heights import RowHeights

NEAR_BOTTOM_PX = 8
SLICE_MS = 6  # of laying out, between two looks at what a person does
CALM_MS = 150  # after the last scrolling, before laying out ahead goes on
END_PX = 12  # below the last message

_AnyIndex = QModelIndex | QPersistentModelIndex


class MessageList(QListView):
    """Messages one below the other; follows the end while the end is in sight.

    Signals:
        row_entered(int): the row that the pointer or the keyboard is on; -1: none.
    """

    row_entered = Signal(int)

    def __init__(self, model: MessageModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages, self._theme = model, theme
        self._heights = RowHeights()
        self._following = True
        self._arranging = False
        self._entered = -1
        self._unmeasured = 0  # rows above this one may have a guessed height
        self._point_size = 15
        self.layouts = MessageLayouts(theme, self)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMinimumHeight(96)
        self.jump = QPushButton(self)
        self.jump.setObjectName("jump")
        self.jump.setCursor(Qt.CursorShape.PointingHandCursor)
        self.jump.hide()
        self.jump.clicked.connect(self.follow)
        self._idle = QTimer(self, singleShot=True, interval=0)
        self._idle.timeout.connect(self._lay_out_some)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.setModel(model)
        model.modelReset.connect(self._begin_anew)
        model.rowsInserted.connect(self.rows_changed)
        model.rowsRemoved.connect(self.rows_changed)
        theme.changed.connect(self._retint)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window, and lay out what has words of ours."""
        self.jump.setText(self.tr("Jump to latest"))
        self._retint()

    @property
    def messages(self) -> MessageModel:
        """The rows."""
        return self._messages

    # --- look ------------------------------------------------------------------------------------

    @property
    def following(self) -> bool:
        """Whether new words scroll into sight."""
        return self._following

    def set_text_size(self, points: int) -> None:
        """Text size in points."""
        self._point_size = points
        with self._still():
            self.layouts.set_look(QFont(self.font()), points)
            self.rows_changed()

    @Slot()
    def _retint(self) -> None:
        self.jump.setIcon(self._theme.icon("down", self._theme.tones.on_accent))
        self.set_text_size(self._point_size)

    @Slot()
    def follow(self) -> None:
        """Go to the newest words and stay with them."""
        self._set_following(True)
        self._to_bottom()

    # --- heights ---------------------------------------------------------------------------------

    @Slot()
    def _begin_anew(self) -> None:
        """Other messages: the pointer is on none of them before it moves."""
        self.enter(-1)
        self.rows_changed()

    @Slot()
    def rows_changed(self) -> None:
        """Other rows: take the heights that are known, guess the rest, measure what is in sight."""
        count = self._messages.rowCount()
        estimate = self.layouts.estimate
        self._heights.set_all([round(estimate(self._messages.row(row))) for row in range(count)])
        self._unmeasured = count
        if self._entered >= count:
            self.enter(-1)
        self._arrange()
        self._idle.start(CALM_MS if self._following else 0)

    def _arrange(self) -> None:
        """Scroll range and place follow the heights."""
        self.updateGeometries()
        if self._following:
            self._to_bottom()
        self._place_jump()
        self.viewport().update()

    @contextmanager
    def _still(self) -> Iterator[None]:
        """Around a change of all heights: the row at the top stays, seen from the same words on."""
        row = None if self._following else self._heights.at(self.verticalOffset())
        if row is None:
            yield
            return
        above = (self.verticalOffset() - self._heights.top(row)) / self._heights.height(row)
        yield
        self._measure(row)
        self.updateGeometries()
        self._arranging = True
        place = self._heights.top(row) + above * self._heights.height(row)
        self.verticalScrollBar().setValue(round(place))
        self._arranging = False

    def updateGeometries(self) -> None:
        """The scroll bar's range; Qt's own would ask for every row."""
        self._arranging = True
        bar, page = self.verticalScrollBar(), self.viewport().height()
        bar.setPageStep(page)
        bar.setSingleStep(max(12, self.fontMetrics().lineSpacing() * 3 // 2))
        bar.setRange(0, max(0, self._heights.total + END_PX - page))
        bar.setEnabled(bar.maximum() > 0)
        self._arranging = False

    def doItemsLayout(self) -> None:
        """Nothing: rows stand one below the other."""
        self.updateGeometries()

    def dataChanged(self, top: _AnyIndex, bottom: _AnyIndex, /, roles: Sequence[int] = ()) -> None:
        """Only these rows are looked at; what is above them in sight does not move."""
        del roles
        for row in range(top.row(), min(bottom.row() + 1, len(self._heights))):
            self._measure(row)
        self._arrange()

    def _measure(self, row: int) -> None:
        """Take a row's exact height; rows that begin above the sight push nothing."""
        bar = self.verticalScrollBar()
        top = self._heights.top(row)
        more = self._heights.change(row, round(self.layouts.laid(self._messages.row(row)).height))
        if more and not self._following and top + self._heights.height(row) <= bar.value():
            self.updateGeometries()
            self._arranging = True
            bar.setValue(bar.value() + more)
            self._arranging = False

    def _measure_sight(self) -> None:
        """Make sure that the heights in sight are exact."""
        changed = False
        for _ in range(3):  # a row that is higher than thought pushes others out of sight
            again = False
            for row in self._rows_in(self._sight()):
                if self.layouts.known(self._messages.row(row)) is None or (
                    round(self.layouts.estimate(self._messages.row(row)))
                    != self._heights.height(row)
                ):
                    self._measure(row)
                    again = changed = True
            if not again:
                break
            self.updateGeometries()
            if self._following:
                self._to_bottom()
        if changed:
            self._place_jump()

    @property
    def measuring(self) -> bool:
        """Whether there are rows that were never laid out."""
        return self._idle.isActive()

    @Slot()
    def _lay_out_some(self) -> None:
        """Measure rows that were never in sight, the nearest to the end first."""
        until = perf_counter() + SLICE_MS / 1000
        self._unmeasured = min(self._unmeasured, len(self._heights))
        while self._unmeasured > 0:
            self._unmeasured -= 1
            if self.layouts.known(self._messages.row(self._unmeasured)) is None:
                self._measure(self._unmeasured)
                if perf_counter() > until:
                    self._idle.start(0)
                    break
        self._arrange()

    # --- where things are ------------------------------------------------------------------------

    def _sight(self) -> QRect:
        return self.viewport().rect().translated(0, self.verticalOffset())

    def _rows_in(self, area: QRect) -> range:
        if not len(self._heights) or area.top() >= self._heights.total:
            return range(0)
        first = self._heights.at(max(0, area.top()))
        last = self._heights.at(min(area.bottom(), self._heights.total - 1))
        return range(first or 0, (last or 0) + 1)

    def verticalOffset(self) -> int:
        """How far down the sight begins."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """Rows are as wide as the view."""
        return 0

    def visualRect(self, index: _AnyIndex) -> QRect:
        """Where a row stands in the viewport."""
        row = index.row()
        if not index.isValid() or row >= len(self._heights):
            return QRect()
        top = self._heights.top(row) - self.verticalOffset()
        return QRect(0, top, self.viewport().width(), self._heights.height(row))

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The row at a point of the viewport."""
        row = self._heights.at(point.y() + self.verticalOffset())
        return QModelIndex() if row is None else self._messages.index(row)

    def scrollTo(
        self,
        index: _AnyIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring the beginning of a row in sight, if it is not."""
        if not index.isValid() or index.row() >= len(self._heights):
            return
        self._measure(index.row())
        self.updateGeometries()
        place, page = self.visualRect(index), self.viewport().height()
        bar = self.verticalScrollBar()
        top = hint is QAbstractItemView.ScrollHint.PositionAtTop
        if top or place.top() < 0 or place.height() > page:
            bar.setValue(bar.value() + place.top())
        elif place.bottom() > page:
            bar.setValue(bar.value() + place.bottom() - page)

    def show_message(self, number: int) -> None:
        """Go to a message and mark its row."""
        place = self._messages.place(number)
        if place is not None:
            index = self._messages.index(place)
            self.setCurrentIndex(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)

    def moveCursor(
        self,
        action: QAbstractItemView.CursorAction,
        modifiers: Qt.KeyboardModifier,
    ) -> QModelIndex:
        """Up and down by a row; from no row to the last one."""
        del modifiers
        move = QAbstractItemView.CursorAction
        last = self._messages.rowCount() - 1
        row = self.currentIndex().row()
        match action:
            case move.MoveUp | move.MovePrevious | move.MoveLeft:
                row = last if row < 0 else max(0, row - 1)
            case move.MoveDown | move.MoveNext | move.MoveRight:
                row = last if row < 0 else min(last, row + 1)
            case move.MoveHome:
                row = 0
            case move.MoveEnd:
                row = last
        return self._messages.index(row)

    def visualRegionForSelection(self, selection: object) -> QRegion:
        """Marked rows are drawn with a frame; Qt need not know where."""
        del selection
        return QRegion(self.viewport().rect())

    def setSelection(self, rect: QRect, command: object) -> None:
        """Rows are not marked by dragging: words are."""
        del rect, command

    # --- scrolling -------------------------------------------------------------------------------

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        if not self._arranging:
            self._set_following(value >= self.verticalScrollBar().maximum() - NEAR_BOTTOM_PX)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Draw anew what is in sight."""
        del dx, dy
        self.enter(-1)
        if self._idle.isActive() and not self._arranging:
            self._idle.start(CALM_MS)
        self.viewport().update()

    def _set_following(self, following: bool) -> None:
        self._following = following
        self._place_jump()

    def _to_bottom(self) -> None:
        self._arranging = True
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._arranging = False

    def _place_jump(self) -> None:
        size, area = self.jump.sizeHint(), self.viewport().geometry()
        self.jump.setGeometry(
            area.center().x() - size.width() // 2,
            area.bottom() - size.height() - 10,
            size.width(),
            size.height(),
        )
        self.jump.setVisible(not self._following)
        self.jump.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width breaks lines elsewhere; the row at the top stays there."""
        with self._still():
            QAbstractItemView.resizeEvent(self, event)
            if self.layouts.set_width(self.viewport().width()):
                self.rows_changed()
        self._arrange()

    def enter(self, row: int) -> None:
        """The pointer or the keyboard is on this row now; -1: on none."""
        if row != self._entered:
            self._entered = row
            self.row_entered.emit(row)

    def sizeHint(self) -> QSize:
        """Room for a few messages."""
        return QSize(480, 360)
