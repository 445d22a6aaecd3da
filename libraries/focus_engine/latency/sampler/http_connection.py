"""One connection, one request on it at a time, and the stamps of both ends of it.

When its last byte is in, an answer is stamped and put together. What it is worth is found out in
the next turn of the loop, after all else that has arrived was stamped.
"""

import asyncio
import time
from collections.abc import Callable
from typing import cast

from focus_engine.latency.sampler.http_answer import AnswerReader, IncompleteAnswerError, WireAnswer
from focus_engine.latency.sampler.wire_request import WireRequest


class WireExchange:
    """A request and what became of it; `over` is called with it, once, in a turn of the loop.

    `sent` and `done` are of perf_counter; `row` is for who sends.
    """

    __slots__ = (
        "_end",
        "_over",
        "connecting",
        "connection",
        "done",
        "request",
        "row",
        "sent",
        "timer",
        "waiter",
    )

    def __init__(self, request: WireRequest, over: "Callable[[WireExchange], None]") -> None:
        self.request = request
        self.row = -1
        self.sent = self.done = 0.0
        self.waiter: asyncio.Future[None] | None = None  # of who sends the next one after it
        self.connecting: asyncio.Task[None] | None = None
        self.connection: HttpConnection | None = None
        self.timer: asyncio.TimerHandle | None = None
        self._over = over
        self._end: WireAnswer | Exception | None = None

    def end(self, done: float, end: WireAnswer | Exception) -> None:
        self.done, self._end = done, end
        self.connection = None
        if self.timer is not None:
            self.timer.cancel()
        asyncio.get_running_loop().call_soon(self._over, self)

    def answer(self) -> WireAnswer:
        """The answer. Raises what kept it from being one."""
        if isinstance(self._end, WireAnswer):
            return self._end
        assert self._end is not None  # noqa: S101 - it is over
        raise self._end


class HttpConnection(asyncio.Protocol):
    """Tells by `on_rest` that it may carry another request, and by `on_lost` that it never will."""

    def __init__(self) -> None:
        self.on_rest: Callable[[HttpConnection], None] | None = None
        self.on_lost: Callable[[HttpConnection], None] | None = None
        self.rested_at = 0.0
        self.transport: asyncio.Transport
        self._reader = AnswerReader()
        self._exchange: WireExchange | None = None

    @property
    def is_open(self) -> bool:
        return not self.transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own is no subclass

    def send(self, exchange: WireExchange) -> None:
        """Write the request; stamped now, unless its time began before there was a connection."""
        request = exchange.request
        self._exchange = exchange
        exchange.connection = self
        self._reader.expect(asks_head=request.asks_head)
        exchange.sent = exchange.sent or time.perf_counter()
        self.transport.write(request.data)

    def give_up(self) -> None:
        """Close at once; what was asked is not answered any more."""
        self._exchange = None
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if self._exchange is None:
            self.transport.abort()  # nobody has asked for that
            return
        try:
            self._reader.feed(data)
        except IncompleteAnswerError as error:
            self._finish(now, error)
        else:
            if self._reader.complete:
                self._finish(now, self._reader.answer())

    def connection_lost(self, error: Exception | None) -> None:
        now = time.perf_counter()
        if self._exchange is not None:
            self._finish(now, error or self._last_words())
        if self.on_lost is not None:
            self.on_lost(self)

    def _last_words(self) -> WireAnswer | Exception:
        """What the end of the connection makes of the answer: some end with it."""
        try:
            self._reader.end()
        except IncompleteAnswerError as error:
            return error
        return self._reader.answer()

    def _finish(self, now: float, end: WireAnswer | Exception) -> None:
        exchange, self._exchange = self._exchange, None
        assert exchange is not None  # noqa: S101 - it was asked for before
        exchange.end(now, end)
        if self.on_rest is None:
            return  # its opener goes on with it
        unsent = self.transport.get_write_buffer_size()
        if isinstance(end, WireAnswer) and self._reader.reusable and not unsent:
            self.rested_at = now
            self.on_rest(self)
        else:
            self.transport.abort()
