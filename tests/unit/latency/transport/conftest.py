"""Servers and a client in one event loop, to see what each of them does."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from focus_engine.latency.planning.plan import MeasurementPlan, PreparedRequest
from focus_engine.latency.planning.schedule import constant
from focus_engine.latency.sampler.connection_pool import ConnectionPool
from focus_engine.latency.sampler.http_answer import WireAnswer
from focus_engine.latency.sampler.http_connection import WireExchange
from focus_engine.latency.sampler.wire_request import WireRequest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LIMIT = 60.0  # seconds: generous, for a machine that is busy
Run = Callable[[Coroutine[Any, Any, None]], None]
Visit = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    factory: Any = asyncio.new_event_loop
    if request.param == "uvloop":
        factory = pytest.importorskip("uvloop").new_event_loop

    def to_its_end(work: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(asyncio.wait_for(work, LIMIT))

    return to_its_end


class Visitors:
    """Answers each request with what `answers` has next (None hangs up), the last one for ever.

    With `hang_up` it closes the connection after each answer, and says so to nobody.
    """

    def __init__(self, *answers: bytes | None, hang_up: bool = False) -> None:
        self._answers = list(answers)
        self._hang_up = hang_up
        self.requests: list[tuple[int, bytes]] = []  # number of the connection, and what came
        self.connections = 0
        self.gone = 0

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                self.requests.append((number, await reader.readuntil(b"\r\n\r\n")))
                answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
                if self._hang_up:
                    break
        self.gone += 1
        writer.close()


@asynccontextmanager
async def serving(
    visit: Visit, tls: ssl.SSLContext | None = None, scheme: str = "http"
) -> AsyncIterator[str]:
    server = await asyncio.start_server(visit, "127.0.0.1", 0, ssl=tls)
    try:
        scheme = "https" if tls else scheme
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


class Client:
    """A pool, and a way to wait for what it is given."""

    def __init__(self, url: str, timeout: float = LIMIT, proxy: str | None = None) -> None:
        asked = PreparedRequest("GET", url)
        plan = MeasurementPlan((asked,), constant(1, 1), timeout=timeout, proxy=proxy)
        self.request = WireRequest.of(asked, proxy)
        self.pool = ConnectionPool(plan, [self.request.route])
        self.over = 0

    def send(self) -> tuple[WireExchange, "asyncio.Future[WireExchange]"]:
        ended: asyncio.Future[WireExchange] = asyncio.get_running_loop().create_future()

        def end(exchange: WireExchange) -> None:
            self.over += 1
            ended.set_result(exchange)  # raises when it is over twice

        exchange = WireExchange(self.request, end)
        self.pool.send(exchange)
        return exchange, ended

    async def ask(self) -> WireAnswer:
        _, ended = self.send()
        return (await ended).answer()


@asynccontextmanager
async def client(
    url: str, within: float = LIMIT, proxy: str | None = None
) -> AsyncIterator[Client]:
    made = Client(url, within, proxy)
    try:
        yield made
    finally:
        await made.pool.close()


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 - what is waited for has no event; `run` ends it
        await asyncio.sleep(0.005)


def fill(listener: socket.socket) -> list[socket.socket]:
    """Connections that nobody accepts, so that a further one is not even taken."""
    waiting = [socket.socket() for _ in range(4)]
    for each in waiting:
        each.setblocking(False)
        each.connect_ex(listener.getsockname())
    return waiting
