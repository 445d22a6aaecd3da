"""Makes connections: names are resolved once, addresses tried in turn, TLS and tunnels set up."""

import asyncio
import socket
import ssl
from collections import deque
from http import HTTPStatus
from typing import Any, cast

from focus_engine.latency.sampler.http_answer import IncompleteAnswerError
from focus_engine.latency.sampler.http_connection import HttpConnection, WireExchange
from focus_engine.latency.sampler.wire_request import Route, WireRequest

NEXT_AFTER = 0.25  # seconds that an address may be silent before the next one is tried as well

Address = tuple[int, Any]  # family of the socket, and what it connects to


class UnconnectedError(Exception):
    """Nobody took the connection; `causes` says why, of each address that was tried."""

    def __init__(self, *causes: Exception) -> None:
        super().__init__("; ".join(str(cause) for cause in causes))
        self.causes = causes


class Connector:
    """Opens connections to any route; those that are encrypted need `tls`."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        self._addresses: dict[tuple[str, int], asyncio.Task[deque[Address]]] = {}

    async def open(self, route: Route) -> HttpConnection:
        """Raises UnconnectedError."""
        try:
            return await self._open(route)
        except OSError as error:  # of which errors of names and of TLS are some
            raise UnconnectedError(error) from error

    async def _open(self, route: Route) -> HttpConnection:
        loop = asyncio.get_running_loop()
        addresses = await self._resolved(route.host, route.port)
        addresses.rotate(-1)  # so that all of them get their share
        connected = await _first_connected(list(addresses))
        try:
            _, connection = await loop.create_connection(
                HttpConnection,
                sock=connected,
                ssl=self._tls if route.tls else None,
                server_hostname=_name(route.host) if route.tls else None,
            )
        except BaseException:
            connected.close()
            raise
        if route.tunnel:
            await self._dig(connection, route)
        return connection

    async def _resolved(self, host: str, port: int) -> deque[Address]:
        """The addresses of a host, which are asked for once; only a failure is not kept."""
        place = (host, port)
        if place not in self._addresses:
            self._addresses[place] = asyncio.create_task(_addresses_of(host, port))
        asked = self._addresses[place]
        try:
            return await asyncio.shield(asked)
        except OSError:
            if self._addresses.get(place) is asked:
                del self._addresses[place]
            raise

    async def _dig(self, connection: HttpConnection, route: Route) -> None:
        """Have the proxy connect on, and speak TLS with who is there."""
        try:
            await _ask_for_tunnel(connection, route)
            made = await asyncio.get_running_loop().start_tls(
                connection.transport,
                connection,
                cast(ssl.SSLContext, self._tls),
                server_hostname=_name(route.tunnel_to),
            )
            connection.connection_made(cast(asyncio.Transport, made))
        except BaseException:
            connection.give_up()
            raise


async def _ask_for_tunnel(connection: HttpConnection, route: Route) -> None:
    """Raises UnconnectedError when the proxy makes none."""
    over = asyncio.Event()
    exchange = WireExchange(WireRequest(route.tunnel, route, asks_head=True), lambda _: over.set())
    connection.send(exchange)
    await over.wait()
    try:
        status = exchange.answer().status
    except (IncompleteAnswerError, OSError) as error:
        raise UnconnectedError(error) from error
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise UnconnectedError(ConnectionRefusedError(f"the proxy answered {status} to CONNECT"))
    if not connection.is_open:
        raise UnconnectedError(ConnectionResetError("the proxy closed its tunnel"))


async def _addresses_of(host: str, port: int) -> deque[Address]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return deque((family, address) for family, _, _, _, address in found)


async def _first_connected(addresses: list[Address]) -> socket.socket:
    """The first socket that connects. Raises UnconnectedError when none does.

    The next address is tried when one has failed, or has been silent for a while.
    """
    causes: list[Exception] = []
    trying: set[asyncio.Task[socket.socket]] = set()
    try:
        while addresses or trying:
            if addresses:
                trying.add(asyncio.create_task(_connected(*addresses.pop(0))))
            patience = NEXT_AFTER if addresses else None
            done, trying = await asyncio.wait(
                trying, timeout=patience, return_when=asyncio.FIRST_COMPLETED
            )
            made = [each.result() for each in done if each.exception() is None]
            for second in made[1:]:
                second.close()
            if made:
                return made[0]
            causes += [error for each in done if isinstance(error := each.exception(), Exception)]
    finally:
        for each in trying:
            each.cancel()
    raise UnconnectedError(*causes)


async def _connected(family: int, address: Any) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, address)
    except BaseException:
        made.close()
        raise
    return made


def _name(host: str) -> str:
    """As certificates have it: without the dot that a full name may end with."""
    return host.rstrip(".")
