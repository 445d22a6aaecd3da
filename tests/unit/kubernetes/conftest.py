"""An API server that answers as a test scripts it, over real HTTP."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from http_server import Answering, serving
from kubernetes import client

from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.connection import Connection

JSON = "application/json"


@dataclass
class Answer:
    """What the API says once; `hold` keeps the connection open until the test is over."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    promised: int | None = None  # bytes of Content-Length, where they are not the body's
    hold: bool = False

    @property
    def content(self) -> bytes:
        return json.dumps(self.body).encode() if self.raw is None else self.raw


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    body: Any

    @property
    def is_watch(self) -> bool:
        return "watch" in self.query


@dataclass
class Api:
    """`answers` are given one after the other, then `forever`; `asked` is what came."""

    answers: list[Answer] = field(default_factory=list)
    forever: Callable[[Asked], Answer] | None = None
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.answers:
            return self.answers.pop(0)
        return self.forever(asked) if self.forever else Answer(404, status_of(404, "NotFound"))


def status_of(code: int, reason: str) -> dict[str, Any]:
    return {"kind": "Status", "status": "Failure", "code": code, "message": f"it is {reason}"}


def named(kind: str, name: str, version: str = "1", **more: Any) -> dict[str, Any]:
    metadata = {"name": name, "uid": f"uid-{name}", "resourceVersion": version, **more}
    return {"kind": kind, "apiVersion": "v1", "metadata": metadata}


def list_of(kind: str, *names: str, version: str = "1", **metadata: str) -> dict[str, Any]:
    return {
        "kind": f"{kind}List",
        "metadata": {"resourceVersion": version, **metadata},
        "items": [{"metadata": named(kind, name)["metadata"]} for name in names],
    }


def handler_of(api: Api) -> type[BaseHTTPRequestHandler]:
    class Handler(Answering):
        def _serve(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(
                self.command, url.path, dict(parse_qsl(url.query)), json.loads(body or "null")
            )
            answer = api.answer(asked)
            self.send_response(answer.status)
            headers = {"Content-Type": JSON, **answer.headers}
            if not asked.is_watch:
                length = len(answer.content) if answer.promised is None else answer.promised
                headers["Content-Length"] = str(length)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)
            self.wfile.flush()
            if answer.hold:
                api.over.wait(60)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the base's names

    return Handler


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def address(api: Api) -> Iterator[str]:
    with serving(handler_of(api)) as found:
        yield found
        api.over.set()


@pytest.fixture
def cluster(address: str) -> Cluster:
    return Cluster(Connection(client.ApiClient(client.Configuration(host=address))), "panda")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between repeats are noted and not waited for."""
    pauses: list[float] = []
    monkeypatch.setattr("focus_engine.kubernetes.connection.time.sleep", pauses.append)
    return pauses


@pytest.fixture
def pauses(_no_pauses: list[float]) -> list[float]:
    return _no_pauses
