"""The screen, a window or a rectangle of it as a source of pictures, through Qt. GUI thread only.

On X11 (and where Qt draws itself) Qt grabs what is asked for, a few times a second. On Wayland
only the desktop's portal may, one picture at a time and only with the person's consent.
"""

from PySide6.QtCore import QObject, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage, QPixmap, QScreen

from app.capture import x11
from app.capture.camera_sources import PictureSource, SourceKind
from app.capture.picture import rgb_of
from engine.datatypes import Rgb

INTERVAL_MS = 400  # grabbing a large screen takes tens of milliseconds of the window's own thread
PORTAL = "portal"  # the id of what the desktop's portal lets be seen
LARGEST_PX = 2560  # a side; the model sees 768


def is_wayland() -> bool:
    """Whether only the portal may see the screen."""
    return QGuiApplication.platformName().startswith("wayland")


def screens() -> tuple[PictureSource, ...]:
    """The screens, and the windows that can be looked at, by name."""
    found = [
        PictureSource(SourceKind.SCREEN, screen.name(), screen_label(screen))
        for screen in QGuiApplication.screens()
    ]
    if QGuiApplication.platformName() == "xcb":
        found += [
            PictureSource(SourceKind.WINDOW, str(window.number), window.title)
            for window in reversed(x11.windows())
        ]
    return tuple(found)


def screen_label(screen: QScreen) -> str:
    """A screen's name with its size."""
    size = screen.size() * screen.devicePixelRatio()
    maker = " ".join(part for part in (screen.manufacturer(), screen.model()) if part.strip())
    return f"{maker or screen.name()} · {size.width()} × {size.height()}"


def region_source(area: QRect) -> PictureSource:
    """A rectangle of the desktop, in Qt's coordinates."""
    text = f"{area.width()}x{area.height()}"
    return PictureSource(
        SourceKind.REGION, f"{area.x()},{area.y()},{text}", f"{area.width()} × {area.height()}"
    )


class ScreenGrabber(QObject):
    """Takes a picture of its source a few times a second, until it is stopped.

    Signals:
        grabbed(Rgb): uint8 [H, W, 3].
        lost(): the screen or the window is not there any more.
    """

    grabbed = Signal(object)
    lost = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: PictureSource | None = None
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._grab)

    def start(self, source: PictureSource) -> None:
        """Begin; the first picture comes at once."""
        self._source = source
        self._timer.start()
        QTimer.singleShot(0, self, self._grab)

    def stop(self) -> None:
        """No picture comes from now on."""
        self._source = None
        self._timer.stop()

    @Slot()
    def _grab(self) -> None:
        if self._source is None:
            return
        picture = _picture(self._source)
        if picture is None:
            self.stop()
            self.lost.emit()
            return
        self.grabbed.emit(picture)


def _picture(source: PictureSource) -> Rgb | None:
    """What the source looks like now, None if it is gone."""
    pixmap = QPixmap()
    if source.kind is SourceKind.SCREEN:
        found = [screen for screen in QGuiApplication.screens() if screen.name() == source.id]
        if found:
            pixmap = found[0].grabWindow(0)
    elif source.kind is SourceKind.WINDOW:
        if any(str(window.number) == source.id for window in x11.windows()):
            pixmap = QGuiApplication.primaryScreen().grabWindow(int(source.id))
    else:
        left, top, size = source.id.split(",")
        area = QRect(int(left), int(top), *(int(side) for side in size.split("x")))
        screen = QGuiApplication.screenAt(area.center())
        if screen is not None:
            corner = area.topLeft() - screen.geometry().topLeft()
            pixmap = screen.grabWindow(0, corner.x(), corner.y(), area.width(), area.height())
    return None if pixmap.isNull() else rgb_of(_bounded(pixmap.toImage()))


def _bounded(image: QImage) -> QImage:
    largest = max(image.width(), image.height())
    if largest <= LARGEST_PX:
        return image
    # The fast way: what is lost is lost again when the model's picture is made.
    return image.scaled(image.size() * (LARGEST_PX / largest))
