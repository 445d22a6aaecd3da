"""An HTTP proxy before the sandbox: passes on what it hears, unless a teller says otherwise."""

import contextlib
import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar
from urllib.parse import urlsplit

_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_TIMEOUT = 60.0  # seconds


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What it gets: status, headers and body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def saying(self, body: bytes | str) -> "Answer":
        """The same answer with another body."""
        return replace(self, body=body if isinstance(body, bytes) else body.encode())


T = TypeVar("T", bound="Teller")
Send = Callable[[Request], Answer]
Teller = Callable[[Request, Send], Answer]
"""Given a request and the way to the sandbox: what the client hears."""


class Proxy(ThreadingHTTPServer):
    """Listens on a loopback port of its own; `teller` may be changed between requests."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, base_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        parts = urlsplit(base_url)
        self.upstream = (parts.hostname, parts.port)
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}{parts.path}"
        self.teller: Teller = lambda request, send: send(request)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""

    @contextlib.contextmanager
    def told_by(self, teller: T) -> Iterator[T]:
        """What is asked meanwhile is answered by `teller`."""
        before, self.teller = self.teller, teller
        try:
            yield teller
        finally:
            self.teller = before

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client, with one connection to the sandbox beside it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Proxy

    def setup(self) -> None:
        super().setup()
        self._upstream = http.client.HTTPConnection(*self.server.upstream, timeout=_TIMEOUT)

    def finish(self) -> None:
        self._upstream.close()
        super().finish()

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        length = int(self.headers.get("Content-Length") or 0)
        headers = tuple((name, value) for name, value in self.headers.items())
        request = Request(self.command, self.path, headers, self.rfile.read(length))
        self._answer(self.server.teller(request, self._send))
        self.wfile.flush()

    def _send(self, request: Request) -> Answer:
        """The sandbox's answer to exactly this request, over the connection that is held open."""
        try:
            return self._sent(request)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._upstream.close()  # it closed an idle connection: nothing was lost
            return self._sent(request)

    def _sent(self, request: Request) -> Answer:
        up = self._upstream
        up.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers:
            if name.lower() not in _HOP:
                up.putheader(name, value)
        if request.body or request.method in {"POST", "PUT", "PATCH"}:
            up.putheader("Content-Length", str(len(request.body)))
        up.endheaders(request.body or None)
        heard = up.getresponse()
        headers = tuple((k, v) for k, v in heard.getheaders() if k.lower() not in _HOP)
        return Answer(heard.status, headers, heard.read())

    def _answer(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
