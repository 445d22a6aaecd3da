"""The Focus Server's connection to RabbitMQ, over which it announces live jobs."""

import asyncio
import struct

from sandbox.network.listener import Address
from sandbox.network.rabbitmq import amqp
from sandbox.network.rabbitmq.amqp import AmqpError, Method, method_frame
from sandbox.network.rabbitmq.broker import PASSWORD, USER
from sandbox.network.rabbitmq.queues import EXCHANGE

_READ_BYTES = 65_536
_CHANNEL = 1
_PASSIVE = b"\x01"


class BrokerAwayError(ConnectionError):
    """RabbitMQ cannot be used; the message says why."""


class Publisher:
    """Keeps one connection; one that is dead is replaced at the next check."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._wire: _Wire | None = None
        self._check: asyncio.Task[None] | None = None

    async def check(self, limit_s: float) -> None:
        """When the broker has answered that the exchange is there. BrokerAwayError if not.

        Requests that come together share one look: no one of them waits for the looks of others.
        """
        if self._check is None or self._check.done():
            self._check = asyncio.create_task(self._look(limit_s))
        await asyncio.shield(self._check)

    async def _look(self, limit_s: float) -> None:
        """Try the connection that is there first, then a new one."""
        try:
            async with asyncio.timeout(limit_s):
                if not await self._answers_still():
                    self._wire = await _connected(self._address)
        except (OSError, AmqpError) as error:  # TimeoutError is an OSError
            self.close()
            raise BrokerAwayError(type(error).__name__) from error

    def close(self) -> None:
        """Drop the connection."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    async def _answers_still(self) -> bool:
        if self._wire is None:
            return False
        try:
            await self._wire.declare()
        except (ConnectionError, AmqpError):
            self.close()
            return False
        return True


class _Wire:
    """One connection with its open channel."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._received = bytearray()

    def close(self) -> None:
        self._writer.close()

    async def open(self) -> None:
        """Shake hands and open a channel."""
        self._writer.write(amqp.PROTOCOL_HEADER)
        await self._expect(amqp.START)
        login = amqp.long_text(f"\0{USER}\0{PASSWORD}".encode())
        start = amqp.table() + amqp.short_text("PLAIN") + login + amqp.short_text("en_US")
        self._send(amqp.START_OK, start)
        await self._expect(amqp.TUNE)
        self._send(amqp.TUNE_OK, struct.pack(">HIH", 0, 0, 0))
        self._send(amqp.OPEN, amqp.short_text("/") + amqp.short_text("") + b"\x00")
        await self._expect(amqp.OPEN_OK)
        self._send(amqp.CHANNEL_OPEN, amqp.short_text(""), _CHANNEL)
        await self._expect(amqp.CHANNEL_OPEN_OK)

    async def declare(self) -> None:
        """Ask whether the exchange is there."""
        names = amqp.short_text(EXCHANGE) + amqp.short_text("topic")
        self._send(amqp.EXCHANGE_DECLARE, b"\0\0" + names + _PASSIVE + amqp.table(), _CHANNEL)
        await self._expect(amqp.EXCHANGE_DECLARE_OK)

    def _send(self, method: Method, arguments: bytes, channel: int = 0) -> None:
        if self._writer.is_closing():
            raise ConnectionResetError("The connection has ended.")
        self._writer.write(method_frame(method, arguments, channel))

    async def _expect(self, method: Method) -> None:
        """Wait for that method and take no other."""
        while True:
            for frame in amqp.take_frames(self._received):
                if frame.method == method:
                    return
                raise AmqpError(f"The broker sent {frame.method} and not {method}.")
            received = await self._reader.read(_READ_BYTES)
            if not received:
                raise ConnectionResetError("The broker closed the connection.")
            self._received += received


async def _connected(address: Address) -> _Wire:
    wire = _Wire(*await asyncio.open_connection(*address))
    try:
        await wire.open()
        await wire.declare()
    except BaseException:
        wire.close()
        raise
    return wire
