"""A place for one frame: the newest wins. Knows no Qt, no camera."""

import threading

from engine.datatypes import CameraFrame, Rgb


class FrameSlot:
    """Between the thread that grabs and the one that looks. Any thread may call any method.

    State: the newest frame until it is taken; who may put one there. `open` gives the place to a
    grabber and shuts out all others; `shut` empties it and shuts out everyone at once, also who
    was about to open it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: object | None = None
        self._era = 0  # from one `shut` to the next
        self._frame: CameraFrame | None = None
        self._next_index = 0
        self._passed_over = 0

    @property
    def passed_over(self) -> int:
        """Frames that a newer one replaced before anybody took them."""
        return self._passed_over

    def open(self, owner: object, era: int) -> None:
        """From now on only this one's frames count; nobody's, if it was shut since that era."""
        with self._lock:
            if era == self._era:
                self._owner = owner

    def shut(self) -> int:
        """No frame is there, and none comes, until an `open` with the era that is returned."""
        with self._lock:
            self._owner = self._frame = None
            self._era += 1
            return self._era

    def put(self, owner: object, rgb: Rgb, captured_at: float) -> bool:
        """Put a picture there; whether it was the owner's and found the place empty."""
        with self._lock:
            if owner is not self._owner:
                return False
            was_empty = self._frame is None
            self._passed_over += not was_empty
            self._frame = CameraFrame(rgb, self._next_index, captured_at)
            self._next_index += 1
            return was_empty

    def take(self) -> CameraFrame | None:
        """The newest frame, once."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame
