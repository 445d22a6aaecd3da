"""An HTTP server on loopback whose answers a test writes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answering(BaseHTTPRequestHandler):
    """Says nothing on the console; a test adds `do_GET` and the like, which `send`."""

    def send(self, status: int, body: bytes, kind: str = "application/json", **more: str) -> None:
        """Answer with a status, a body of a content type, and further headers."""
        self.send_response(status)
        length = str(len(body))
        for name, value in {"Content-Type": kind, "Content-Length": length, **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test output quiet."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server that answers with `handler`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
