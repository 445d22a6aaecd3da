"""A stand-in for RabbitMQ: AMQP 0-9-1 in memory, without transactions, policies and clusters.

What is not served is refused as RabbitMQ refuses it.
"""

import asyncio
import struct
from collections.abc import Callable, Mapping
from typing import cast

from sandbox.network.listener import LOOPBACK, Address
from sandbox.network.rabbitmq import amqp
from sandbox.network.rabbitmq.amqp import AmqpError, AmqpFrame, Method, method_frame
from sandbox.network.rabbitmq.channel import NOT_IMPLEMENTED, Channel, ChannelRefusal
from sandbox.network.rabbitmq.queues import Queues

USER, PASSWORD = "guest", "guest"

_VHOST = "/"
_ACCESS_REFUSED, _COMMAND_INVALID, _NOT_ALLOWED = 403, 503, 530
_CHANNELS, _FRAME_BYTES, _HEARTBEAT_S = 2047, 131_072, 60
_CAPABILITIES = {"publisher_confirms": True, "basic.nack": True}
_HANDSHAKE_S = 10.0
"""Time that a client has until its connection is open, as RabbitMQ gives it."""


class Broker:
    """Listens for AMQP clients on the sandbox's own loop."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._open: set[_Conversation] = set()
        self.queues = Queues()

    @property
    def address(self) -> Address:
        """Where it listens, once started."""
        assert self._server is not None  # noqa: S101 - asked after the start only
        host, port = self._server.sockets[0].getsockname()
        return host, port

    @property
    def uri(self) -> str:
        """Where it listens, with user and password."""
        return "amqp://{2}:{3}@{0}:{1}".format(*self.address, USER, PASSWORD)

    async def start(self) -> None:
        """Listen on a free loopback port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Conversation(self._open, self.queues), LOOPBACK, 0
        )

    def stop(self) -> None:
        """Close the port and every connection."""
        if self._server is not None:
            self._server.close()
        for conversation in list(self._open):
            conversation.drop()


class _Conversation(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, register: set["_Conversation"], queues: Queues) -> None:
        self._register = register
        self._queues = queues
        self._channels: dict[int, Channel] = {}
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._handshake: asyncio.TimerHandle | None = None
        self._greeted = False
        self._expected: Method | None = amqp.START_OK
        self._answers: Mapping[Method, Callable[[AmqpFrame], None]] = {
            amqp.START_OK: self._start_ok,
            amqp.TUNE_OK: self._tune_ok,
            amqp.OPEN: self._open,
            amqp.CLOSE: self._close,
            amqp.CLOSE_OK: self._closed,
            amqp.CHANNEL_OPEN: self._channel_open,
            amqp.CHANNEL_CLOSE: self._channel_close,
            amqp.CHANNEL_CLOSE_OK: self._ignore,
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by type
        self._handshake = asyncio.get_running_loop().call_later(_HANDSHAKE_S, self.drop)
        self._register.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._shaken()
        self._register.discard(self)
        for channel in list(self._channels):
            self._forget(channel)
        self._queues.release(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._greeted and not self._greet():
            return
        try:
            for frame in amqp.take_frames(self._received):
                if frame.kind == amqp.METHOD:
                    self._answer(frame)
                elif frame.kind != amqp.HEARTBEAT:
                    self._of_channel(frame)
        except (AmqpError, ValueError, LookupError, struct.error):
            self.drop()

    def drop(self) -> None:
        """Close without a word."""
        if self._transport is not None:
            self._transport.close()

    def _greet(self) -> bool:
        """Answer the protocol header; to another one, with our own, as the specification has it."""
        header = bytes(self._received[: len(amqp.PROTOCOL_HEADER)])
        if not amqp.PROTOCOL_HEADER.startswith(header):
            self._write(amqp.PROTOCOL_HEADER)
            self.drop()
            return False
        if len(header) < len(amqp.PROTOCOL_HEADER):
            return False
        del self._received[: len(header)]
        self._greeted = True
        known = {"product": "RabbitMQ", "version": "3.12.0", "platform": "sandbox"}
        properties = amqp.table({**known, "capabilities": dict(_CAPABILITIES)})
        texts = amqp.long_text(b"PLAIN AMQPLAIN") + amqp.long_text(b"en_US")
        self._send(amqp.START, b"\x00\x09" + properties + texts)
        return True

    def _answer(self, frame: AmqpFrame) -> None:
        assert frame.method is not None  # noqa: S101 - it carries one
        wrong_time = self._expected is not None and frame.method != self._expected
        if wrong_time and frame.method != amqp.CLOSE:
            self._refuse(_COMMAND_INVALID, f"COMMAND_INVALID - not now: {frame.method}")
            return
        self._answers.get(frame.method, self._of_channel)(frame)

    def _of_channel(self, frame: AmqpFrame) -> None:
        """Let a channel take its frame; one that the broker has ended gets no more."""
        channel = self._channels.get(frame.channel)
        if channel is None:
            return
        try:
            channel.take(frame)
        except ChannelRefusal as refusal:
            if refusal.code == NOT_IMPLEMENTED:
                self._refuse(refusal.code, refusal.text)
            else:
                self._end_channel(frame, refusal.code, refusal.text)

    def _start_ok(self, frame: AmqpFrame) -> None:
        _, offset = amqp.read_long(frame.arguments, 0)
        mechanism, offset = amqp.read_short(frame.arguments, offset)
        response, _ = amqp.read_long(frame.arguments, offset)
        if (mechanism, response) != ("PLAIN", f"\0{USER}\0{PASSWORD}".encode()):
            self._refuse(_ACCESS_REFUSED, "ACCESS_REFUSED - Login was refused")
            return
        self._expected = amqp.TUNE_OK
        self._send(amqp.TUNE, struct.pack(">HIH", _CHANNELS, _FRAME_BYTES, _HEARTBEAT_S))

    def _tune_ok(self, _: AmqpFrame) -> None:
        self._expected = amqp.OPEN

    def _shaken(self) -> None:
        if self._handshake is not None:
            self._handshake.cancel()

    def _open(self, frame: AmqpFrame) -> None:
        self._shaken()
        vhost, _ = amqp.read_short(frame.arguments)
        if vhost != _VHOST:
            self._refuse(_NOT_ALLOWED, f"NOT_ALLOWED - vhost {vhost} not found")
            return
        self._expected = None
        self._send(amqp.OPEN_OK, amqp.short_text(""))

    def _close(self, _: AmqpFrame) -> None:
        self._send(amqp.CLOSE_OK)
        self.drop()

    def _closed(self, _: AmqpFrame) -> None:
        self.drop()

    def _ignore(self, _: AmqpFrame) -> None:
        """The answer to our own close of a channel."""

    def _channel_open(self, frame: AmqpFrame) -> None:
        self._channels[frame.channel] = Channel(frame.channel, self._queues, self._write, self)
        self._send(amqp.CHANNEL_OPEN_OK, amqp.long_text(b""), frame.channel)

    def _channel_close(self, frame: AmqpFrame) -> None:
        self._forget(frame.channel)
        self._send(amqp.CHANNEL_CLOSE_OK, channel=frame.channel)

    def _end_channel(self, frame: AmqpFrame, code: int, text: str) -> None:
        reason = struct.pack(">H", code) + amqp.short_text(text)
        arguments = reason + struct.pack(">HH", *frame.method or ())
        self._forget(frame.channel)
        self._send(amqp.CHANNEL_CLOSE, arguments, frame.channel)

    def _forget(self, channel: int) -> None:
        if channel in self._channels:
            self._channels.pop(channel).close()

    def _refuse(self, code: int, text: str) -> None:
        """Close the connection with a reason; the client answers with Close-Ok."""
        self._expected = amqp.CLOSE_OK
        arguments = struct.pack(">H", code) + amqp.short_text(text) + struct.pack(">HH", 0, 0)
        self._send(amqp.CLOSE, arguments)

    def _send(self, method: Method, arguments: bytes = b"", channel: int = 0) -> None:
        self._write(method_frame(method, arguments, channel))

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)
