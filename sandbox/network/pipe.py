"""One direction of a relayed connection: bytes wait, pass the effects and go on in order."""

import asyncio
import socket
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sandbox.network.effects import Close, Effect, Piece, Reset

_MOST_WAITING = 64 * 1024
"""Bytes that wait before the sender is slowed, as a full socket buffer slows it."""


class Ends(Protocol):
    """What a current may do to the connection that it is part of."""

    def freeze_point(self) -> asyncio.Event:
        """The event that is set while packets pass."""

    def carried_to_the_end(self) -> None:
        """Take note that one direction is over."""

    def close(self) -> None:
        """Close both ends in order."""

    def reset(self) -> None:
        """Reset both ends."""


@dataclass
class Side:
    """One end: its transport and the socket below it, None until it is connected."""

    transport: asyncio.Transport | None = None
    raw: socket.socket | None = None


class Current:
    """Carries from `source` to `sink`; without effects, at once and without a task."""

    def __init__(self, ends: Ends, source: Side, sink: Side) -> None:
        self._ends = ends
        self._source = source
        self._sink = sink
        self._passing = ends.freeze_point()
        self._waiting: deque[Piece] = deque()
        self._size = 0
        self._effects: Sequence[Effect] = ()
        self._carrying: asyncio.Task[None] | None = None
        self._finished = False  # the source sends nothing more
        self.ended = False
        """Whether the end of the stream has been carried."""

    def use(self, effects: Sequence[Effect]) -> None:
        """Let what comes from now on pass these effects."""
        self._effects = effects

    def feed(self, data: bytes) -> None:
        """Take bytes of the source."""
        passes = self._sink.transport is not None and self._passing.is_set()
        if passes and self._carrying is None and not self._effects:
            self._write(data)
            return
        self._queue(Piece(data, asyncio.get_running_loop().time()))

    def finish(self) -> None:
        """Take the end of the source's stream, once; it waits its turn."""
        if not self._finished:
            self._finished = True
            self._queue(Piece(b"", asyncio.get_running_loop().time()))

    def start(self) -> None:
        """Carry what has waited for the sink."""
        if self._waiting and self._carrying is None and self._sink.transport is not None:
            self._carrying = asyncio.create_task(self._carry())

    def stop(self) -> None:
        """Carry nothing more."""
        self._waiting.clear()
        for effect in self._effects:
            effect.stop()
        if self._carrying is not None:
            self._carrying.cancel()

    def _queue(self, piece: Piece) -> None:
        self._waiting.append(piece)
        self._size += len(piece.data)
        if self._size > _MOST_WAITING:
            _pause(self._source)
        self.start()

    async def _carry(self) -> None:
        try:
            while self._waiting:
                await self._passing.wait()
                piece = self._waiting.popleft()
                await self._through(piece, self._effects)
                self._size -= len(piece.data)
                if self._size <= _MOST_WAITING and not self._finished:  # it would end again
                    _resume(self._source)
        except Close:
            self._ends.close()
        except Reset:
            self._ends.reset()
        finally:
            self._carrying = None

    async def _through(self, piece: Piece, effects: Sequence[Effect]) -> None:
        """Carry the piece through the effects, which may be others for the next one."""
        if effects:
            async for part in effects[0].carry(piece):
                await self._through(part, effects[1:])
            return
        await self._passing.wait()
        if piece.data:
            self._write(piece.data)
        else:
            self._end()

    def _write(self, data: bytes) -> None:
        if self._sink.transport is not None and not self._sink.transport.is_closing():
            self._sink.transport.write(data)

    def _end(self) -> None:
        self.ended = True
        sink = self._sink.transport
        if sink is not None and not sink.is_closing() and sink.can_write_eof():
            sink.write_eof()
        self._ends.carried_to_the_end()


def _pause(side: Side) -> None:
    transport = side.transport
    if transport is not None and not transport.is_closing() and transport.is_reading():
        transport.pause_reading()


def _resume(side: Side) -> None:
    transport = side.transport
    if transport is not None and not transport.is_closing() and not transport.is_reading():
        transport.resume_reading()
