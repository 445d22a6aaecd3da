"""One relayed connection: the client's end, the server's end and a current each way."""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from sandbox.network.listener import Address, linger_not, reset
from sandbox.network.pipe import Current, Side

_DIAL_S = 5.0


class ClientConnection:
    """Begins when the gate has taken a client; `ended` is called once, at its end."""

    def __init__(self, passing: asyncio.Event, ended: Callable[["ClientConnection"], None]) -> None:
        """`passing` is set while packets pass; while it is not, both ends stay as they are."""
        self._passing = passing
        self._ended: Callable[[ClientConnection], None] | None = ended
        self._client, self._server = Side(), Side()
        self._up = Current(self, self._client, self._server)
        self._down = Current(self, self._server, self._client)

    def freeze_point(self) -> asyncio.Event:
        """The event that is set while packets pass."""
        return self._passing

    def current(self, upstream: bool) -> Current:
        """The current to the server, or the one to the client."""
        return self._up if upstream else self._down

    async def connect(self, client: socket.socket, address: Address) -> None:
        """Connect both ends; a server that cannot be reached resets the client."""
        server = socket.socket()
        server.setblocking(False)
        self._client.raw, self._server.raw = client, server
        try:
            async with asyncio.timeout(_DIAL_S):
                await asyncio.get_running_loop().sock_connect(server, address)
            await self._attach(self._server, server, self._down)
            await self._attach(self._client, client, self._up)
        except OSError:
            self.reset()
            return
        if self._ended is None:  # it was closed while it was being connected
            self.reset()
            return
        self._down.start()
        self._up.start()

    async def _attach(self, side: Side, raw: socket.socket, current: Current) -> None:
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(lambda: _End(self, side, current), raw)

    def carried_to_the_end(self) -> None:
        """Close when both directions are over."""
        if self._up.ended and self._down.ended:
            self.close()

    def close(self) -> None:
        """Close both ends; what was written still goes out."""
        for side in (self._client, self._server):
            if side.transport is not None:
                side.transport.close()
        self._end()

    def reset(self) -> None:
        """Reset both ends at once, as a killed socket does."""
        for side in (self._client, self._server):
            _abort(side)
        self._end()

    def lost(self, current: Current, failure: Exception | None) -> None:
        """Take note that the source of `current` has gone: in order, or with a reset."""
        if self._ended is None:
            return
        if not self._passing.is_set():
            current.finish()  # the other side learns of it when packets pass again
        elif failure is not None:
            self.reset()
        elif not current.ended:
            current.finish()
        else:
            self.close()

    def _end(self) -> None:
        ended, self._ended = self._ended, None
        self._up.stop()
        self._down.stop()
        if ended is not None:
            ended(self)


class _End(asyncio.Protocol):
    """Feeds what one end receives to its current."""

    def __init__(self, link: ClientConnection, side: Side, current: Current) -> None:
        self._link = link
        self._side = side
        self._current = current

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._side.transport = cast("asyncio.Transport", transport)  # uvloop's is none by type

    def data_received(self, data: bytes) -> None:
        self._current.feed(data)

    def eof_received(self) -> bool:
        self._current.finish()
        return True  # the other direction goes on

    def connection_lost(self, exc: Exception | None) -> None:
        self._link.lost(self._current, exc)


def _abort(side: Side) -> None:
    if side.transport is not None and side.raw is not None and not side.transport.is_closing():
        linger_not(side.raw)
        side.transport.abort()
    elif side.transport is None and side.raw is not None:
        reset(side.raw)
