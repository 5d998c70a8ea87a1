"""A local server that speaks the Hub's API, with a second one as its "CDN", and their faults.

What it says and which headers it sends: as huggingface.co does for `/api/models/…?blobs=true` and
`/…/resolve/…` (small files direct, LFS files by redirect to another host, which knows ranges).
"""

import hashlib
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.file_keyring import VARIABLE

PIECE = 16_384
WAIT_S = 60.0
COMMIT = "a" * 40


@dataclass
class Fault:
    """What goes wrong with one answer.

    status, headers: instead of the file. after: so many bytes of the answer come, then `then`:
    drop (the connection ends), stall (nothing more comes, until the client leaves), hold (until
    `go_on`). flip: one byte of the answer is another. ranges: False: the server knows none.
    crawl: byte by byte. range_header: instead of the right one. body: instead of the file's own.
    length: False: the answer does not say how long it is.
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    after: int = -1
    then: str = "drop"
    flip: bool = False
    ranges: bool = True
    crawl: bool = False
    range_header: str = ""
    body: bytes | None = None
    length: bool = True
    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Seen:
    """One request."""

    place: str  # "api", "hub" or "cdn"
    path: str
    headers: dict[str, str]

    @property
    def start(self) -> int:
        """Where the wanted range begins."""
        return int(self.headers.get("Range", "bytes=0-").split("=")[1].split("-")[0])


class HubServer:
    """One repository, its faults, and every request that came.

    files: name to bytes; those of at least `lfs_from` bytes are LFS files.
    faults: by file name, or "api"; the next request takes the first one.
    token: if set, who wants a file must send it. licensed: whether its owner accepted the terms.
    """

    def __init__(self, repo: str, files: dict[str, bytes], lfs_from: int = 10_000) -> None:
        self.repo, self.files, self.lfs_from = repo, files, lfs_from
        self.commit = COMMIT
        self.faults: dict[str, deque[Fault]] = {}
        self.token = ""
        self.licensed = True
        self.seen: list[Seen] = []
        self._servers: list[ThreadingHTTPServer] = []
        self._threads: list[threading.Thread] = []
        self.address = self._serve("hub")
        self._cdn = self._serve("cdn")

    def fault(self, name: str, *faults: Fault) -> None:
        self.faults.setdefault(name, deque()).extend(faults)

    def requests(self, name: str) -> list[Seen]:
        """Those that were answered with bytes of a file, or should have been."""
        return [
            seen for seen in self.seen if seen.path.endswith(f"/{name}") and seen.place != "api"
        ]

    def close(self) -> None:
        for waiting in self.faults.values():
            for fault in waiting:
                fault.go_on.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def is_lfs(self, name: str) -> bool:
        return len(self.files[name]) >= self.lfs_from

    def _serve(self, place: str) -> str:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                _answer(hub, place, self)

            def log_message(self, format: str, *args: Any) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients leave
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        self._servers.append(server)
        self._threads.append(thread)
        return f"http://127.0.0.1:{server.server_port}"


@contextmanager
def serving(repo: str, files: dict[str, bytes], **more: Any) -> Iterator[HubServer]:
    server = HubServer(repo, files, **more)
    try:
        yield server
    finally:
        server.close()


def environment(server: HubServer, folder: Path) -> dict[str, str]:
    """Variables of a program that knows this server for the Hub and keeps all in `folder`; no
    token is known."""
    return {
        "HF_ENDPOINT": server.address,
        "HF_HOME": str(folder / "huggingface"),
        "HF_TOKEN": "",
        "PYTHON_KEYRING_BACKEND": "tests.file_keyring.FileKeyring",
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        "NO_PROXY": "127.0.0.1",
        VARIABLE: str(folder / "keyring.json"),
    }


def _answer(hub: HubServer, place: str, request: BaseHTTPRequestHandler) -> None:
    path = unquote(urlsplit(request.path).path)
    headers = {key.title(): value for key, value in request.headers.items()}
    is_api = path.startswith("/api/models/")
    hub.seen.append(Seen("api" if is_api else place, path, headers))
    name = "api" if is_api else path.rpartition("/")[2]
    authorized = not hub.token or headers.get("Authorization") == f"Bearer {hub.token}"
    if path not in (f"/api/models/{hub.repo}", f"/{hub.repo}/resolve/{hub.commit}/{name}"):
        return _send(request, 404, b"{}", {"X-Error-Code": "RepoNotFound"})
    lfs = not is_api and name in hub.files and hub.is_lfs(name)
    waiting = hub.faults.get(name)
    # What befalls an LFS file befalls it where its bytes are, but for the refusals of the Hub.
    fault = None
    if waiting and (not lfs or place == "cdn" or waiting[0].status in (401, 403, 404)):
        fault = waiting.popleft()
    fault = fault or Fault()
    if fault.status:
        return _send(request, fault.status, fault.body or b'{"error": "no"}', fault.headers)
    if is_api:
        return _send(request, 200, fault.body or json.dumps(_info(hub)).encode(), {})
    if place == "hub" and not authorized:
        code = {"X-Error-Code": "GatedRepo"}
        return _send(request, 401, b'{"error": "Access is restricted. Please log in."}', code)
    if place == "hub" and not hub.licensed:
        code = {"X-Error-Code": "GatedRepo"}
        return _send(request, 403, b'{"error": "You are not in the authorized list."}', code)
    if name not in hub.files:
        return _send(request, 404, b"", {"X-Error-Code": "EntryNotFound"})
    if lfs and place == "hub":
        sha256 = hashlib.sha256(hub.files[name]).hexdigest()
        return _send(
            request,
            302,
            b"",
            {
                "Location": f"{hub._cdn}{path}?signature=1",
                "X-Repo-Commit": hub.commit,
                "X-Linked-Etag": f'"{sha256}"',
                "X-Linked-Size": str(len(hub.files[name])),
            },
        )
    return _content(hub.files[name], fault, hub.seen[-1], request)


def _send(
    request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]
) -> None:
    request.send_response(status)
    for key, value in ({"Content-Length": str(len(body))} | headers).items():
        request.send_header(key, value)
    request.end_headers()
    request.wfile.write(body)


def _content(body: bytes, fault: Fault, seen: Seen, request: BaseHTTPRequestHandler) -> None:
    ranged = fault.ranges and "Range" in seen.headers
    start = seen.start if ranged else 0
    if ranged and start >= len(body):
        return _send(request, 416, b"", {"Content-Range": f"bytes */{len(body)}"})
    rest = bytearray(body[start:] if fault.body is None else fault.body)
    if fault.flip:
        rest[len(rest) // 2] ^= 1
    request.send_response(206 if ranged else 200)
    if fault.length:
        request.send_header("Content-Length", str(len(rest)))
    else:
        request.send_header("Connection", "close")
        request.close_connection = True
    request.send_header("ETag", f'"{hashlib.sha1(body).hexdigest()}"')
    request.send_header("X-Repo-Commit", COMMIT)
    if ranged:
        place = fault.range_header or f"bytes {start}-{len(body) - 1}/{len(body)}"
        request.send_header("Content-Range", place)
    request.end_headers()
    first = len(rest) if fault.after < 0 else fault.after
    step = 1 if fault.crawl else PIECE
    for at in range(0, first, step):
        request.wfile.write(rest[at : min(at + step, first)])
        request.wfile.flush()
    if fault.after < 0:
        return None
    fault.reached.set()
    if fault.then == "stall":
        request.connection.settimeout(WAIT_S)
        request.rfile.read(1)  # returns when the client hangs up
    if fault.then == "hold":
        fault.go_on.wait(WAIT_S)
        request.wfile.write(rest[first:])
    else:
        request.close_connection = True
        request.connection.shutdown(2)
    return None


def _info(hub: HubServer) -> dict[str, Any]:
    siblings = []
    for name, body in hub.files.items():
        blob = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
        entry: dict[str, Any] = {"rfilename": name, "blobId": blob, "size": len(body)}
        if hub.is_lfs(name):
            sha256 = hashlib.sha256(body).hexdigest()
            entry["lfs"] = {"sha256": sha256, "size": len(body), "pointerSize": 135}
        siblings.append(entry)
    return {
        "_id": "0",
        "id": hub.repo,
        "modelId": hub.repo,
        "sha": hub.commit,
        "private": False,
        "gated": "manual" if hub.token else False,
        "tags": [],
        "downloads": 0,
        "likes": 0,
        "siblings": siblings,
    }
