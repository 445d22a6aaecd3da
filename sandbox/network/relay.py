"""A relay: one loopback port in the place of a server's, with the network in between."""

import asyncio
import socket
from collections.abc import Callable

from sandbox.network.cni import ADMITTED, FlowTreatment
from sandbox.network.connection import ClientConnection
from sandbox.network.listener import Address, Door, Gate
from sandbox.network.toxics import Toxics


class Relay:
    """Carries connections to `upstream`, as the network treats them and the toxics allow.

    The network comes first: what it refuses or drops never reaches the proxy behind it.
    """

    def __init__(self, upstream: Callable[[], Address], port: int = 0) -> None:
        """Listen at once; OSError when the port is taken. `upstream` is asked per connection."""
        self._upstream = upstream
        self._gate = Gate(self._take, port)
        self._links: set[ClientConnection] = set()
        self._dialling: set[asyncio.Task[None]] = set()
        self._passing = asyncio.Event()
        self._treatment = ADMITTED
        self._enabled = True
        self.toxics = Toxics()
        self._apply()

    @property
    def address(self) -> Address:
        """Where it listens."""
        return self._gate.address

    @property
    def connections(self) -> int:
        """How many connections there are now."""
        return len(self._links)

    @property
    def enabled(self) -> bool:
        """Whether the proxy is up."""
        return self._enabled

    def treat(self, treatment: FlowTreatment) -> None:
        """Let the network treat the flow so from now on."""
        self._treatment = treatment
        self._apply()

    def enable(self, enabled: bool) -> None:
        """Switch the proxy; down, it closes its port and every connection."""
        self._enabled = enabled
        self._apply()
        if not enabled:
            self.cut()

    def cut(self) -> None:
        """Close every connection, in order."""
        for link in list(self._links):
            link.close()

    def kill(self) -> int:
        """Reset every connection; return how many there were."""
        killed = list(self._links)
        for link in killed:
            link.reset()
        return len(killed)

    def close(self) -> None:
        """Give the port back and end every connection."""
        self._gate.close()
        self.kill()

    def _apply(self) -> None:
        door = self._treatment.door
        if door is Door.OPEN and not self._enabled:
            door = Door.REFUSING
        self._gate.set(door)
        if self._treatment.packets_pass:
            self._passing.set()
        else:
            self._passing.clear()

    def _take(self, client: socket.socket) -> None:
        link = ClientConnection(self._passing, self._forget)
        self._links.add(link)
        self.toxics.began(link)
        dialling = asyncio.create_task(link.connect(client, self._upstream()))
        self._dialling.add(dialling)
        dialling.add_done_callback(self._dialling.discard)

    def _forget(self, link: ClientConnection) -> None:
        self._links.discard(link)
        self.toxics.ended(link)
