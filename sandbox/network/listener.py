"""One loopback port whose new connections are taken, refused or dropped.

Refused is real: while the port is kept, nothing listens on it, so a client gets ECONNREFUSED at
once. Dropped is real on Linux: the listener's backlog has one place, which a connection of our
own fills, so the kernel ignores every further SYN, as it ignores what a firewall drops. A client
runs into its own time limit, or gets through with a retransmission after the door has opened.
Elsewhere a full backlog refuses; there the substitute is a connection that is never served.
"""

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import Callable
from enum import Enum

Address = tuple[str, int]

LOOPBACK = "127.0.0.1"
_BACKLOG = 128
_IGNORES_SYN = sys.platform == "linux"
_OUT_OF_FILES_S = 0.05
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Door(Enum):
    """What happens to whoever connects."""

    OPEN = "open"
    REFUSING = "refusing"
    DROPPING = "dropping"


class Gate:
    """Hands each connection that it takes to `take`, as a non-blocking socket."""

    def __init__(self, take: Callable[[socket.socket], None], port: int = 0) -> None:
        """Keep the port, refusing at first; OSError when it is taken."""
        self._take = take
        self._reserved = _bound((LOOPBACK, port))
        self.address: Address = self._reserved.getsockname()
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._plug: socket.socket | None = None
        self._plug_name: Address | None = None
        if not _IGNORES_SYN:  # elsewhere two sockets cannot share the port, not even so
            self._reserved.close()
        self.door = Door.REFUSING

    def set(self, door: Door) -> None:
        """Treat new connections so from now on; those that were taken are not touched."""
        if door is self.door:
            return
        self.door = door
        self._stop_accepting()
        if door is Door.REFUSING:
            self._stop_listening()
            return
        listener = self._listening()
        if door is Door.DROPPING:
            self._plug_up(listener)
        else:
            self._unplug()
            listener.listen(_BACKLOG)
            self._accepting = asyncio.create_task(self._accept(listener))

    def close(self) -> None:
        """Give the port back."""
        self._stop_accepting()
        self._stop_listening()
        self._reserved.close()

    def _listening(self) -> socket.socket:
        if self._listener is None:
            self._listener = _bound(self.address)
            self._listener.listen(_BACKLOG)
        return self._listener

    def _stop_accepting(self) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
            self._accepting = None

    def _stop_listening(self) -> None:
        self._unplug()
        if self._listener is not None:
            with contextlib.suppress(OSError):  # ends it at once for the accepting task's copy too
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _plug_up(self, listener: socket.socket) -> None:
        """Let the kernel drop what comes from now on."""
        if not _IGNORES_SYN:
            return
        listener.listen(0)
        self._plug = socket.socket()
        self._plug.setblocking(False)
        self._plug.connect_ex(self.address)
        self._plug_name = self._plug.getsockname()

    def _unplug(self) -> None:
        if self._plug is not None:
            self._plug.close()
            self._plug = None

    async def _accept(self, listener: socket.socket) -> None:
        """Take connections from a socket of our own, so that nobody else closes it meanwhile."""
        loop = asyncio.get_running_loop()
        with listener.dup() as waited_on:
            waited_on.setblocking(False)
            while True:
                try:
                    taken, name = await loop.sock_accept(waited_on)
                except OSError:  # too many files, or the client has gone again
                    await asyncio.sleep(_OUT_OF_FILES_S)
                    continue
                if name == self._plug_name:
                    taken.close()
                else:
                    self._take(taken)


def reset(connection: socket.socket) -> None:
    """Close so that the other side gets a reset."""
    linger_not(connection)
    connection.close()


def linger_not(connection: socket.socket) -> None:
    """Let the end of the connection be a reset, with nothing more sent."""
    with contextlib.suppress(OSError):  # it may be gone already
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)


def _bound(address: Address) -> socket.socket:
    made = socket.socket()
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    made.setblocking(False)
    return made
