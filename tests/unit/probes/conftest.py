"""A server that can be told to misbehave, an environment that leads to it, and answers."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from focus_engine.environment import Environment, load_environment
from focus_engine.ledger import JobLedger
from focus_engine.probes.single_request import Answer, Asked, NoAnswer
from focus_engine.transport.reply import JSON, Reply

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"


@dataclass
class Server:
    """Gives every connection the same bytes; None holds it open in silence."""

    address: str
    reply: bytes | None = OK
    received: list[bytes] = field(default_factory=list)
    held: list[socket.socket] = field(default_factory=list)

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.received.append(connection.recv(65536))
            if self.reply is None:
                self.held.append(connection)
                continue
            connection.sendall(self.reply)
            connection.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stub = Server(f"http://127.0.0.1:{listener.getsockname()[1]}/focus-server")
        threading.Thread(target=stub.serve, args=(listener,), daemon=True).start()
        yield stub
        for connection in stub.held:
            connection.close()


@pytest.fixture
def environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setenv("FOCUS_ENVIRONMENT", "sandbox")
    monkeypatch.setenv("FOCUS_BASE_URL", server.address)
    return load_environment()


@pytest.fixture
def elsewhere(environment: Environment) -> Callable[[str], Environment]:
    return lambda url: replace(environment, base_url=url)


@pytest.fixture
def ledger(tmp_path: Path) -> JobLedger:
    return JobLedger(tmp_path / "ledger.sqlite")


def answered(
    status: int, body: str = "", seconds: float = 0.1, path: str = "/configure", **headers: str
) -> Answer:
    """An answer as if it had been received."""
    headers = {"content-type": JSON, **headers}
    reply = Reply("POST", path, path, b"{}", status, headers, body.encode(), seconds)
    return Answer(Asked("POST", path, b"{}"), seconds, 8.0, reply=reply)


def unanswered(error: NoAnswer, seconds: float = 8.0) -> Answer:
    return Answer(Asked("POST", "/configure"), seconds, 8.0, error=error, said="connection refused")
