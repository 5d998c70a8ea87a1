"""The captions: the newest words, above every other window. Knows nothing of where they come from.

A window of its own without a frame: drag it anywhere, or let clicks go through it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QScreen,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QMenu, QWidget

from app.widgets.directions import goes_left

ROUNDING_PX = 2
PLACE_MS = 400  # after the last move the place is kept
LINE_HEIGHT = 1.28  # of the letters'
PADDING = 0.6  # of a line
UTF16, UNIT = "utf-16-le", 2  # what Qt counts letters in, and its bytes


@dataclass(frozen=True, slots=True)
class Look:
    """How captions look. lines: of each language; width: of the screen, 0..1; opacity: 0..1."""

    point_size: int
    width: float
    lines: int
    opacity: float
    dark: bool
    click_through: bool


@dataclass(frozen=True, slots=True)
class Caption:
    """One language's newest words, and directly behind them what may still change."""

    text: str
    tentative: str = ""
    translated: bool = False


class CaptionWindow(QWidget):
    """Shows the last lines of one or two languages.

    Signals:
        moved(object): a person has put its centre here, QPoint on the whole desktop.
        closed(): a person has closed it.
    """

    moved = Signal(object)
    closed = Signal()

    def __init__(self, actions: Sequence[QAction], look: Look) -> None:
        super().__init__(None)
        self._actions = list(actions)
        self._look = look
        self._captions: tuple[Caption, ...] = ()
        self._drag: QPoint | None = None
        self._centre: QPoint | None = None
        self._placed = QPoint()
        self._placing = False
        self._place_timer = QTimer(self, singleShot=True, interval=PLACE_MS)
        self._place_timer.timeout.connect(self._tell_place)
        self.setObjectName("captions")
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWindowFlags(self._flags())
        self.retranslate()
        self._fit()
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenAdded.connect(self._follow_screen)
        app.screenRemoved.connect(self._screens_changed)
        app.primaryScreenChanged.connect(self._screens_changed)
        for screen in app.screens():
            screen.availableGeometryChanged.connect(self._screens_changed)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the window."""
        self.setWindowTitle(self.tr("Captions — Nestling"))
        self.setAccessibleName(self.tr("Captions"))
        self.update()

    @property
    def captions(self) -> tuple[Caption, ...]:
        """What is shown."""
        return self._captions

    def show_captions(self, captions: tuple[Caption, ...]) -> None:
        """Take new words."""
        if captions != self._captions:
            higher = len(captions) != len(self._captions)
            self._captions = captions
            self.setAccessibleDescription("\n".join(caption.text for caption in captions))
            if higher:
                self._fit()
            self.update()

    def set_look(self, look: Look) -> None:
        """Look another way from now on."""
        if look != self._look:
            through = look.click_through != self._look.click_through
            self._look = look
            if through:  # windows take such a flag only while they are hidden
                visible = self.isVisible()
                self.setWindowFlags(self._flags())
                self.setVisible(visible)
            self._fit()
            self.update()

    def put_at(self, centre: QPoint | None) -> None:
        """Go to a place on the desktop; None, or one out of sight: low in the middle."""
        self._centre = centre
        self._fit()

    def _flags(self) -> Qt.WindowType:
        flags = (
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus
        )
        return (
            flags | Qt.WindowType.WindowTransparentForInput if self._look.click_through else flags
        )

    # --- size and place --------------------------------------------------------------------------

    @Slot(QScreen)
    def _follow_screen(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self._screens_changed)
        self._fit()

    @Slot()
    def _screens_changed(self) -> None:
        """Where it stood there may be nothing any more; it comes back when that screen does."""
        self._fit()

    def _fit(self) -> None:
        """As high as its lines, around the same centre line, on a screen."""
        screens = QGuiApplication.screens()
        screen = next(
            (s for s in screens if self._centre and s.geometry().contains(self._centre)),
            QGuiApplication.primaryScreen(),
        )
        area = screen.availableGeometry()
        line = self._line_height()
        rows = self._look.lines * max(1, len(self._captions))
        width = round(area.width() * self._look.width)
        height = min(area.height(), round(line * (rows + 2 * PADDING)))
        centre = self._centre
        if centre is None or not screen.geometry().contains(centre):
            centre = QPoint(area.center().x(), area.bottom() - round(1.5 * line) - height // 2)
        left = min(max(area.left(), centre.x() - width // 2), area.right() + 1 - width)
        top = min(max(area.top(), centre.y() - height // 2), area.bottom() + 1 - height)
        self._placing = True
        self.setGeometry(left, top, width, height)
        self._placed = self.geometry().center()
        self._placing = False

    def moveEvent(self, event: QMoveEvent) -> None:
        """Where a person puts it, it shall stand the next time."""
        super().moveEvent(event)
        centre = self.geometry().center()
        # The system tells late, too, where it has put the window itself.
        away = (centre - self._placed).manhattanLength() > ROUNDING_PX
        if not self._placing and self.isVisible() and away:
            self._centre = self._placed = centre
            self._place_timer.start()

    @Slot()
    def _tell_place(self) -> None:
        self.moved.emit(self._centre)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to move it; the desktop does it where it can, as Wayland demands."""
        if event.button() is Qt.MouseButton.LeftButton:
            handle = self.windowHandle()
            if handle is None or not handle.startSystemMove():
                self._drag = event.globalPosition().toPoint() - self.pos()
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it by hand where the desktop does not."""
        if self._drag is not None:
            self.move(event.globalPosition().toPoint() - self._drag)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """It stays here."""
        self._drag = None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with captions."""
        menu = QMenu(self)
        menu.addActions(self._actions)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def closeEvent(self, event: QCloseEvent) -> None:
        """The desktop, too, can close it."""
        super().closeEvent(event)
        self.closed.emit()

    # --- drawing ---------------------------------------------------------------------------------

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(self._look.point_size)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _line_height(self) -> float:
        return QFontMetricsF(self._font()).height() * LINE_HEIGHT

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, then the last lines of each language, the first language above."""
        look, line = self._look, self._line_height()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor("#101314" if look.dark else "#fffefb")
        ground.setAlphaF(look.opacity)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()), line / 3, line / 3)
        area = QRectF(self.rect()).adjusted(line / 2, line * PADDING, -line / 2, -line * PADDING)
        for place, caption in enumerate(self._shown()):
            top = area.top() + place * look.lines * line
            self._paint(painter, caption, QRectF(area.left(), top, area.width(), look.lines * line))

    def _shown(self) -> tuple[Caption, ...]:
        return self._captions or (Caption("", self.tr("Captions appear here")),)

    def _paint(self, painter: QPainter, caption: Caption, area: QRectF) -> None:
        """The last lines that have room; what may change is fainter and slanted."""
        layout = self._laid_out(caption.text + caption.tentative, area.width())
        units, certain = layout.text().encode(UTF16), len(caption.text.encode(UTF16))
        count, line = layout.lineCount(), self._line_height()
        first = max(0, count - self._look.lines)
        text, faint = self._colours(translated=caption.translated)
        for row in range(first, count):
            placed = layout.lineAt(row)
            start = placed.textStart() * UNIT
            end = start + placed.textLength() * UNIT
            words = units[start:end].decode(UTF16).rstrip()
            split = len(units[start : max(start, min(end, certain))].decode(UTF16))
            x = area.left() + (area.width() - placed.naturalTextWidth()) / 2
            y = area.top() + (row - first) * line + QFontMetricsF(self._font()).ascent()
            parts = [(words[:split], text, False), (words[split:], faint, True)]
            for part, colour, slanted in reversed(parts) if goes_left(words) else parts:
                at = QPoint(round(x), round(y))
                x = self._write(painter, at, part, colour, slanted=slanted)

    def _laid_out(self, text: str, width: float) -> QTextLayout:
        """Lines of text no wider than `width`."""
        layout = QTextLayout(text, self._font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
        layout.endLayout()
        return layout

    def _write(
        self, painter: QPainter, at: QPoint, text: str, colour: QColor, *, slanted: bool
    ) -> float:
        """Letters with an outline that sets them off from whatever lies behind; where they end."""
        font = self._font()
        font.setItalic(slanted)
        if text:
            path = QPainterPath()
            path.addText(at, font, text)
            outline = QColor("#000000" if self._look.dark else "#ffffff")
            outline.setAlphaF(1.0 - 0.6 * self._look.opacity)
            painter.strokePath(path, QPen(outline, self._look.point_size / 9))
            painter.fillPath(path, colour)
        return at.x() + QFontMetricsF(font).horizontalAdvance(text)

    def _colours(self, *, translated: bool) -> tuple[QColor, QColor]:
        """Of certain words, and of those that may change."""
        if self._look.dark:
            return QColor("#9fe3cf" if translated else "#ffffff"), QColor("#c9cde9")
        return QColor("#1f5346" if translated else "#161a15"), QColor("#4b4c7c")
