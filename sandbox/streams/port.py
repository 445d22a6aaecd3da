"""The port of one job: a listening socket, cheap to open and to free, and its connections."""

import asyncio
import socket

from sandbox.streams.http2 import GrpcConnection, Serve

_BACKLOG = 16


class StreamPort:
    """Listens at once when made; clients that connect before the loop serves them wait."""

    def __init__(self, host: str, port: int, serve: Serve) -> None:
        """Bind the port; OSError when somebody has it."""
        self._socket = socket.create_server((host, port), backlog=_BACKLOG)
        self._serve = serve
        self._connections: set[GrpcConnection] = set()
        self._server: asyncio.Server | None = None
        self._listening = asyncio.get_running_loop().create_task(self._listen())

    def go_away(self, *, only_one: bool = False) -> None:
        """End every call, or those of one connection, as the real server does when a job ends."""
        for connection in list(self._connections)[: 1 if only_one else None]:
            connection.go_away()

    def cut(self) -> None:
        """Reset every connection."""
        for connection in list(self._connections):
            connection.cut()

    def close(self) -> None:
        """Free the port at once: the next job may want it. Open connections end by themselves."""
        self._listening.cancel()
        if self._server is not None:
            self._server.close()
        self._socket.close()

    async def _listen(self) -> None:
        # In two steps, so that a server that is cancelled half-way is known and closed.
        self._server = await asyncio.get_running_loop().create_server(
            lambda: GrpcConnection(self._serve, self._connections),
            sock=self._socket,
            start_serving=False,
        )
        await self._server.start_serving()
