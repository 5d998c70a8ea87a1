"""Downloads through the proxies of the environment: an HTTP proxy, and SOCKS."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import ProxyHandler, build_opener

from tests.hub_server import HubServer


class Proxy(ThreadingHTTPServer):
    """A forward proxy as companies have them, for plain HTTP, which the local hub speaks."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                proxy.asked.append(self.path)
                direct = build_opener(ProxyHandler({}))
                direct.addheaders = [("User-Agent", "proxy")]
                with direct.open(self.path) as answer:
                    body = answer.read()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None: ...

        super().__init__(("127.0.0.1", 0), Handler)


class Socks(socketserver.ThreadingTCPServer):
    """SOCKS 5 without a password (RFC 1928), which connects by IPv4 address or by name."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        super().__init__(("127.0.0.1", 0), SocksHandler)


class SocksHandler(socketserver.StreamRequestHandler):
    """One connection: greeting, request, then bytes both ways."""

    server: Socks

    def handle(self) -> None:
        methods = self.rfile.read(2)[1]
        self.rfile.read(methods)
        self.wfile.write(b"\x05\x00")
        kind = self.rfile.read(4)[3]
        length = 4 if kind == 1 else self.rfile.read(1)[0]
        host = self.rfile.read(length)
        name = socket.inet_ntoa(host) if kind == 1 else host.decode()
        port = int.from_bytes(self.rfile.read(2), "big")
        self.server.asked.append((name, port))
        with socket.create_connection((name, port)) as other:
            self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
            back = threading.Thread(target=pour, args=(other, self.connection))
            back.start()
            pour(self.connection, other)
            back.join()


def pour(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one of them left


@contextmanager
def running(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_proxy_of_the_environment_is_used(models: Callable[..., Any], hub: HubServer) -> None:
    with running(Proxy()) as proxy:
        address = f"http://127.0.0.1:{proxy.server_port}"
        done = models("get", "E2B", HTTP_PROXY=address, http_proxy=address)
    assert done.returncode == 0, done.stderr
    assert len(proxy.asked) > 5
    assert {seen.headers["User-Agent"] for seen in hub.seen} == {"proxy"}


def test_a_socks_proxy_is_used(models: Callable[..., Any], hub: HubServer) -> None:
    with running(Socks()) as socks:
        address = f"socks5://127.0.0.1:{socks.server_address[1]}"
        done = models("get", "E2B", ALL_PROXY=address, all_proxy=address)
    assert done.returncode == 0, done.stderr
    assert {f"http://{name}:{port}" for name, port in socks.asked} == {hub.address, hub._cdn}
