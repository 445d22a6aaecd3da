"""Sends requests over kept-alive connections: as many as it takes, and never twice."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable

from focus_engine.latency.planning.plan import MeasurementPlan
from focus_engine.latency.sampler.connecting import Connector
from focus_engine.latency.sampler.http_answer import IncompleteAnswerError
from focus_engine.latency.sampler.http_connection import HttpConnection, WireExchange
from focus_engine.latency.sampler.wire_request import Route
from focus_engine.network.trust import tls_context

IDLE_CONNECTION_SECONDS = 4.0
"""uvicorn closes a connection that rests for 5 s; what is sent at that moment is reset, and would
count as an error of the server. Other clients keep one for 1 s (`bounded_http`); here a new one
costs time that is measured."""


class NotConnectedInTimeError(TimeoutError):
    """Nobody took the connection within the time-out of the request."""


class ConnectionPool:
    """For all `routes` of a plan; the connection that was used last is used first.

    To be made on the event loop. Raises ToolError when certificates are to be read that cannot be.
    """

    def __init__(self, plan: MeasurementPlan, routes: Iterable[Route]) -> None:
        self._loop = asyncio.get_running_loop()
        self._timeout = plan.timeout
        encrypted = any(route.is_encrypted for route in routes)
        self._connector = Connector(tls_context(verify=plan.verify_tls) if encrypted else None)
        self._idle: dict[Route, dict[HttpConnection, None]] = defaultdict(dict)
        self._routes: dict[HttpConnection, Route] = {}  # of all that are open
        self._connecting: set[asyncio.Task[None]] = set()
        self._closed = False

    def send(self, exchange: WireExchange) -> None:
        """Send it now, or as soon as there is a connection; it ends within the time-out."""
        connection = self._rested(exchange.request.route)
        if connection is not None:
            connection.send(exchange)
        else:
            exchange.sent = time.perf_counter()
            exchange.connecting = self._loop.create_task(self._connect(exchange))
            self._connecting.add(exchange.connecting)
            exchange.connecting.add_done_callback(self._connecting.discard)
        exchange.timer = self._loop.call_later(self._timeout, self._give_up, exchange)

    async def close(self) -> None:
        """Close everything; what is not answered yet is not over, and never will be."""
        self._closed = True
        connecting = list(self._connecting)
        for task in connecting:
            task.cancel()
        for connection in list(self._routes):
            connection.give_up()
        await asyncio.gather(*connecting, return_exceptions=True)
        await asyncio.sleep(0)  # what has just ended is over now

    def _rested(self, route: Route) -> HttpConnection | None:
        idle = self._idle[route]
        while idle:
            connection, _ = idle.popitem()
            rest = time.perf_counter() - connection.rested_at
            if connection.is_open and rest < IDLE_CONNECTION_SECONDS:
                return connection
            connection.give_up()
        return None

    async def _connect(self, exchange: WireExchange) -> None:
        try:
            connection = await self._connector.open(exchange.request.route)
        except Exception as error:  # noqa: BLE001 - who sends tells a mistake from an outcome
            exchange.end(time.perf_counter(), error)
            return
        if not connection.is_open:
            gone = IncompleteAnswerError("the connection was closed before the request was sent")
            exchange.end(time.perf_counter(), gone)
            return
        connection.on_rest, connection.on_lost = self._rest, self._lose
        self._routes[connection] = exchange.request.route
        connection.send(exchange)

    def _rest(self, connection: HttpConnection) -> None:
        self._idle[self._routes[connection]][connection] = None

    def _lose(self, connection: HttpConnection) -> None:
        route = self._routes.pop(connection)
        self._idle[route].pop(connection, None)

    def _give_up(self, exchange: WireExchange) -> None:
        """Its time is over."""
        if self._closed:
            return
        if exchange.connection is not None:
            exchange.connection.give_up()
            exchange.end(time.perf_counter(), TimeoutError())
        elif exchange.connecting is not None:
            exchange.connecting.cancel()
            exchange.end(time.perf_counter(), NotConnectedInTimeError())
