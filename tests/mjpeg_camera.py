"""A virtual network camera for tests: MJPEG over HTTP on the loopback interface."""

import functools
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2
import numpy as np

SIZE = (640, 480)
_POLL_SECONDS = 0.01


class MjpegCamera:
    """Serves pictures to whoever asks, until it hangs, is unplugged or closed.

    Args:
        picture: gives the frame of a number, uint8 [H, W, 3] in RGB; None: colours that move.
        fps: frames a second.
        port: 0: any that is free.
    """

    def __init__(
        self,
        picture: Callable[[int], np.ndarray[Any, Any]] | None = None,
        fps: float = 30.0,
        port: int = 0,
    ) -> None:
        self.picture = picture or moving_colours
        self.fps = fps
        self.hanging = False
        self.viewers = 0
        self.sent = 0
        self._ended = False
        camera = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                camera.viewers += 1
                try:
                    camera.serve(self)
                except (BrokenPipeError, ConnectionResetError):
                    pass
                finally:
                    camera.viewers -= 1
                    self.close_connection = True

        self._handler = Handler
        self._server = self._listen(port)

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/cam.mjpg"

    def serve(self, viewer: BaseHTTPRequestHandler) -> None:
        """Send frames to one viewer, in real time."""
        viewer.send_response(200)
        viewer.send_header("Content-Type", "multipart/x-mixed-replace; boundary=f")
        viewer.end_headers()
        start, number = time.monotonic(), 0
        while not self._ended:
            wait = start + number / self.fps - time.monotonic()
            if self.hanging or wait > 0:
                time.sleep(_POLL_SECONDS if self.hanging else min(wait, _POLL_SECONDS))
                continue
            bgr = cv2.cvtColor(self.picture(number), cv2.COLOR_RGB2BGR)
            jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
            head = b"--f\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
            viewer.wfile.write(head + jpeg + b"\r\n")
            viewer.wfile.flush()
            number += 1
            self.sent += 1

    def unplug(self) -> int:
        """End all connections and accept none; the port to come back at."""
        port = self.port
        self._ended = True
        self._server.shutdown()
        self._server.server_close()
        return port

    def plug_in(self, port: int) -> None:
        """Be there again."""
        self._ended = False
        self._server = self._listen(port)

    def close(self) -> None:
        """End it."""
        if not self._ended:
            self.unplug()

    def _listen(self, port: int) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", port), self._handler)
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server


def moving_colours(number: int) -> np.ndarray[Any, Any]:
    """A gradient that wanders, with the frame's number written on it."""
    picture = np.roll(_colours(), -2 * number, axis=1)
    return cv2.putText(picture, f"frame {number}", (30, 200), 0, 1.5, (255, 255, 255), 3)


@functools.cache
def _colours() -> np.ndarray[Any, Any]:
    width, height = SIZE
    rows, columns = np.mgrid[:height, :width]
    return np.stack([columns % 256, rows % 256, (rows + columns) % 256], -1).astype(np.uint8)


def plain(colour: tuple[int, int, int]) -> Callable[[int], np.ndarray[Any, Any]]:
    """The same colour for ever."""
    width, height = SIZE
    picture = np.full((height, width, 3), colour, np.uint8)
    return lambda _number: picture
